import { createTrial } from 'wavetank'
import type { DesignPoint, Outcome } from '../design-point.ts'
import { foldMeasures } from '../measures/fold-measures.ts'

/** Entries between two looks at whether the run has ended. */
const SLICE = 1_000_000

/** One run of one point, in this process: a function of the two, and of nothing else. */
export const evaluatePoint = (
  point: DesignPoint,
  { number, seed }: { readonly number: number; readonly seed: number },
): Outcome => {
  const folds = foldMeasures(point.measures, point.prices, point.warmup)
  const trial = createTrial(point.scenario, { seed, onEntry: folds.apply })
  let result = trial.advance(SLICE)
  while (result === undefined) result = trial.advance(SLICE)
  const { end, verdicts } = result
  const { view } = trial
  return {
    point: point.index,
    number,
    seed,
    responses: folds.responses({ view, at: end.at, entries: end.entries, verdicts }),
    expectations: Object.fromEntries(
      verdicts.flatMap(({ name, verdict }) => (verdict === 'undecided' ? [] : [[name, verdict]])),
    ),
    entries: end.entries,
    end: end.reason,
  }
}
