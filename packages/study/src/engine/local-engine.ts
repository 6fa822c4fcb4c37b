import type { DesignPoint, Outcome } from '../design-point.ts'
import type { Engine } from './engine.ts'
import { evaluatePoints } from './evaluate-point.ts'
import { createFamilies } from './families.ts'

/** Lets signals and timers have their turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Runs one after another, in this process. */
export const createLocalEngine = (): Engine => {
  const familiesOf = createFamilies()
  return {
    evaluate: async (points, replications, onOutcome, signal) => {
      const byIndex = new Map<number, DesignPoint>(points.map((point) => [point.index, point]))
      const outcomes: Outcome[] = []
      for (const { points: own, number, seed } of familiesOf(points, replications)) {
        signal?.throwIfAborted()
        const those = own.map((index) => byIndex.get(index)!)
        for (const outcome of evaluatePoints(those, { number, seed })) {
          outcomes.push(outcome)
          onOutcome?.(outcome)
        }
        await breathe()
      }
      return outcomes
    },
    close: async () => {},
  }
}
