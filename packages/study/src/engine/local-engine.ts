import type { DesignPoint } from '../design-point.ts'
import type { Engine } from './engine.ts'
import { evaluatePoint } from './evaluate-point.ts'

/** Lets signals and timers have their turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Runs one after another, in this process. */
export const createLocalEngine = (): Engine => ({
  evaluate: async (points, replications, onOutcome, signal) => {
    const byIndex = new Map<number, DesignPoint>(points.map((point) => [point.index, point]))
    const outcomes = []
    for (const { point, number, seed } of replications) {
      signal?.throwIfAborted()
      const outcome = evaluatePoint(byIndex.get(point)!, { number, seed })
      outcomes.push(outcome)
      onOutcome?.(outcome)
      await breathe()
    }
    return outcomes
  },
  close: async () => {},
})
