import { InvariantViolation } from '@wavetank/kernel'
import { createTrial } from 'wavetank'
import type { DesignPoint, Outcome } from '../design-point.ts'
import { foldMeasures } from '../measures/fold-measures.ts'
import type { BrokenRun } from './engine.ts'

/** Entries between two looks at whether the run has ended. */
const SLICE = 1_000_000

interface Asked {
  readonly number: number
  readonly seed: number
}

/**
 * One run of one point, in this process: a function of the two, and of nothing else. Throws a `BrokenRun` if the model
 * breaks.
 */
export const evaluatePoint = (point: DesignPoint, asked: Asked): Outcome => {
  try {
    return evaluate(point, asked)
  } catch (error) {
    const said = error instanceof InvariantViolation ? error.message : String((error as Error)?.stack ?? error)
    const broken: BrokenRun = { brokenRun: said, point: point.index, number: asked.number }
    throw broken
  }
}

const evaluate = (point: DesignPoint, { number, seed }: Asked): Outcome => {
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
