import type { DesignPoint, Outcome } from '../design-point.ts'
import { type BrokenRun, isBrokenRun } from './engine.ts'
import { evaluatePoint } from './evaluate-point.ts'

/** What a worker is asked: one run. */
export interface WorkerTask {
  readonly index: number
  /** The point as JSON, in memory that all threads share: it is written once, and read once by each. */
  readonly point: SharedArrayBuffer
  readonly number: number
  readonly seed: number
}

/** What comes back; what is thrown in another thread loses what it was. */
export type WorkerAnswer = { readonly outcome: Outcome } | BrokenRun

/** Points that a worker keeps as it has read them. */
const KEPT = 64
const kept = new Map<number, DesignPoint>()

export const encodePoint = (point: DesignPoint): SharedArrayBuffer => {
  const bytes = new TextEncoder().encode(JSON.stringify(point))
  const shared = new SharedArrayBuffer(bytes.length)
  new Uint8Array(shared).set(bytes)
  return shared
}

const pointOf = ({ index, point }: WorkerTask): DesignPoint => {
  const known = kept.get(index)
  if (known !== undefined) return known
  // A decoder takes no shared memory.
  const read = JSON.parse(new TextDecoder().decode(new Uint8Array(point).slice())) as DesignPoint
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value!)
  kept.set(index, read)
  return read
}

/** The work of a thread. */
export const evaluateTask = (task: WorkerTask): WorkerAnswer => {
  const { number, seed } = task
  try {
    return { outcome: evaluatePoint(pointOf(task), { number, seed }) }
  } catch (error) {
    if (isBrokenRun(error)) return error
    throw error
  }
}
