import type { DesignPoint, Outcome } from '../design-point.ts'
import { type BrokenRun, isBrokenRun } from './engine.ts'
import { evaluatePoints } from './evaluate-point.ts'

/** What a worker is asked: one replication of one point, or of several that may share a beginning. */
export interface WorkerTask {
  readonly points: readonly {
    readonly index: number
    /** The point as JSON, in memory that all threads share: it is written once, and read once by each. */
    readonly text: SharedArrayBuffer
  }[]
  readonly number: number
  readonly seed: number
}

/** What comes back; what is thrown in another thread loses what it was. */
export type WorkerAnswer = { readonly outcomes: readonly Outcome[] } | BrokenRun

/** Points that a worker keeps as it has read them. */
const KEPT = 256
const kept = new Map<number, DesignPoint>()

export const encodePoint = (point: DesignPoint): SharedArrayBuffer => {
  const bytes = new TextEncoder().encode(JSON.stringify(point))
  const shared = new SharedArrayBuffer(bytes.length)
  new Uint8Array(shared).set(bytes)
  return shared
}

const pointOf = ({ index, text }: WorkerTask['points'][number]): DesignPoint => {
  const known = kept.get(index)
  if (known !== undefined) return known
  // A decoder takes no shared memory.
  const read = JSON.parse(new TextDecoder().decode(new Uint8Array(text).slice())) as DesignPoint
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value!)
  kept.set(index, read)
  return read
}

/** The work of a thread. */
export const evaluateTask = ({ points, number, seed }: WorkerTask): WorkerAnswer => {
  try {
    return { outcomes: evaluatePoints(points.map(pointOf), { number, seed }) }
  } catch (error) {
    if (isBrokenRun(error)) return error
    throw error
  }
}
