import { setMaxListeners } from 'node:events'
import type { DesignPoint, Outcome } from '../design-point.ts'
import { type Engine, type EngineFailure, isBrokenRun } from './engine.ts'
import { createFamilies, type Family, splitFamilies } from './families.ts'
import { encodePoint, type WorkerAnswer, type WorkerTask } from './worker.ts'

export interface PoolOptions {
  /** URL of a module for worker threads. */
  readonly module: string
  /** What it exports that does the work of `evaluateTask`. */
  readonly name: string
  readonly workers: number
}

/** How often a run is made again whose worker died: more often, and it is the run that kills. */
const ATTEMPTS = 3

/** Runs that wait in the pool for each worker, so that none is idle between two. */
const AHEAD = 2

/** Runs in worker threads. A worker that dies is replaced, and what it was at is done again. */
export const createPoolEngine = async ({ module, name, workers }: PoolOptions): Promise<Engine> => {
  // Loaded by whoever wants threads: it brings a native library.
  const { default: Piscina } = await import('piscina')
  const pool = new Piscina<WorkerTask, WorkerAnswer>({
    filename: module,
    name,
    minThreads: workers,
    maxThreads: workers,
    concurrentTasksPerWorker: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    // A run makes much that is soon forgotten: with room for it, a tenth less time is spent on collecting.
    resourceLimits: { maxYoungGenerationSizeMb: 96 },
  })
  // Deaths are told by the runs that were under way.
  pool.on('error', () => {})
  const encoded = new Map<number, SharedArrayBuffer>()
  const familiesOf = createFamilies()
  const taskOf = (byIndex: ReadonlyMap<number, DesignPoint>, { points, number, seed }: Family): WorkerTask => {
    const texts = points.map((index) => {
      let text = encoded.get(index)
      if (text === undefined) {
        text = encodePoint(byIndex.get(index)!)
        encoded.set(index, text)
      }
      return { index, text }
    })
    return { points: texts, number, seed }
  }

  const attempt = async (task: WorkerTask, signal: AbortSignal): Promise<readonly Outcome[]> => {
    for (let attempts = 1; ; attempts++) {
      let answer: WorkerAnswer
      try {
        answer = await pool.run(task, { signal })
      } catch (error) {
        if (signal.aborted) throw error
        if (attempts < ATTEMPTS) continue
        const [one] = task.points
        const failure: EngineFailure = {
          engineFailure: `the worker died ${ATTEMPTS} times at point ${one!.index}, replication ${task.number}: ${String((error as Error)?.message ?? error)}`,
          hint: 'if it ran out of memory: fewer workers with --workers, or more memory with NODE_OPTIONS=--max-old-space-size',
        }
        throw failure
      }
      if (isBrokenRun(answer)) throw answer
      return answer.outcomes
    }
  }

  return {
    evaluate: async (points, replications, onOutcome, signal) => {
      signal?.throwIfAborted()
      const byIndex = new Map(points.map((point) => [point.index, point]))
      const outcomes: Outcome[] = []
      // The first that fails ends the others.
      const end = new AbortController()
      // Every run that is under way listens.
      const ends = signal === undefined ? end.signal : AbortSignal.any([end.signal, signal])
      setMaxListeners(0, ends)
      const families = splitFamilies(familiesOf(points, replications), workers * AHEAD)
      let next = 0
      const lane = async (): Promise<void> => {
        while (next < families.length) {
          ends.throwIfAborted()
          for (const outcome of await attempt(taskOf(byIndex, families[next++]!), ends)) {
            outcomes.push(outcome)
            onOutcome?.(outcome)
          }
        }
      }
      const lanes = Array.from({ length: Math.min(workers * AHEAD, families.length) }, () =>
        lane().catch((error: unknown) => {
          end.abort(error)
          throw error
        }),
      )
      const settled = await Promise.allSettled(lanes)
      if (end.signal.aborted) throw signal?.aborted === true ? signal.reason : end.signal.reason
      signal?.throwIfAborted()
      const failed = settled.find((one) => one.status === 'rejected')
      if (failed !== undefined) throw failed.reason
      return outcomes
    },
    close: () => pool.destroy(),
  }
}
