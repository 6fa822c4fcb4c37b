/**
 * Whether a scenario meets its expectations with a stated probability.
 *
 * 1. The number of runs is fixed beforehand, and so is how many of them may fail: the most for which a probability below
 *    the stated one would let no more runs fail only once in 1/(1 − confidence) cases (Clopper and Pearson, 1934). Looking
 *    on the way does not change the answer: who has failed too often cannot make up for it.
 * 2. A run fails if any expectation does. Runs of equal number have equal seeds whatever is compared, so that more nodes
 *    meet the same luck as fewer.
 * 3. Runs are asked for in rounds of sizes that depend on nothing but the outcomes, so that the number of workers does not
 *    show.
 */

import type { Millis } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import type { DesignPoint, Outcome } from '../design-point.ts'
import type { Engine, EngineFailure } from '../engine/engine.ts'
import { binomialQuantile } from '../statistics/quantile-functions.ts'

export interface Demand {
  /** Above 0, below 1. */
  readonly probability: number
  readonly confidence: number
  /** Runs of each candidate; the least that can show the probability with one failure among them, if absent. */
  readonly replications?: number | undefined
}

export interface Test {
  readonly replications: number
  /** More than so many failures, and the candidate is not enough. */
  readonly failuresMax: number
  /** The probability that passing shows, with the confidence of the demand; lower than demanded if there are too few runs. */
  readonly shows: number
}

/** The most failures in `count` runs that a lower probability explains no more often than the confidence allows. */
const failuresAllowed = (count: number, probability: number, confidence: number): number =>
  binomialQuantile(1 - confidence, count, 1 - probability) - 1

/** The least probability that explains no more than `failures` in `count` runs, with confidence. */
const shownBy = (failures: number, count: number, confidence: number): number => {
  let low = 0
  let high = 1
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2
    if (failuresAllowed(count, middle, confidence) >= failures) low = middle
    else high = middle
  }
  return low
}

/** The fewest runs of which one may fail. */
const replicationsFor = (probability: number, confidence: number): number => {
  let few = 1
  let many = 2
  while (failuresAllowed(many, probability, confidence) < 1) {
    few = many
    many *= 2
  }
  while (many - few > 1) {
    const middle = Math.floor((few + many) / 2)
    if (failuresAllowed(middle, probability, confidence) < 1) few = middle
    else many = middle
  }
  return many
}

/** How many runs a candidate gets, and how many of them may fail. */
export const testFor = ({ probability, confidence, replications }: Demand): Test => {
  const count = replications ?? replicationsFor(probability, confidence)
  const failuresMax = Math.max(0, failuresAllowed(count, probability, confidence))
  return { replications: count, failuresMax, shows: shownBy(failuresMax, count, confidence) }
}

/** What became of a candidate. */
export interface Finding {
  readonly isEnough: boolean
  readonly runs: number
  readonly failedRuns: number
  /** Runs in which each expectation failed, those that never did left out. */
  readonly broken: Readonly<Record<string, number>>
  /** Pods that had no node at the end of the run, at most. */
  readonly pendingMax: number
}

const PENDING = { name: 'pending', metric: 'pendingPods', of: { statistic: 'end' }, unit: 'count' } as const
const ROUND = 16

const unfinished = ({ end, seed }: Outcome): EngineFailure => ({
  engineFailure: `the run with seed ${seed} was ended before its time: ${end}`,
  hint: 'raise `limits` of the scenario if it is meant to be that long',
})

export interface Tester {
  readonly find: (scenario: Scenario) => Promise<Finding>
  /** Runs made so far. */
  readonly runs: () => number
}

/** Tests scenarios on an engine, one after another. */
export const createTester = (
  engine: Engine,
  { replications, failuresMax }: Test,
  options: { readonly seed: number; readonly onRun?: (runs: number) => void; readonly signal?: AbortSignal },
): Tester => {
  let points = 0
  let runs = 0
  return {
    runs: () => runs,
    find: async (scenario) => {
      const index = points++
      const point: DesignPoint = {
        index,
        levels: [],
        scenario,
        warmup: 0 as Millis,
        measures: [PENDING],
        prices: [],
      }
      let asked = 0
      let failedRuns = 0
      let pendingMax = 0
      const broken = new Map<string, number>()
      while (asked < replications && failedRuns <= failuresMax) {
        // Few runs are enough to refuse; more at a time keep workers busy.
        const size = Math.min(asked === 0 ? failuresMax + 1 : ROUND, ROUND, replications - asked)
        const replicas = Array.from({ length: size }, (_, i) => ({
          point: index,
          number: asked + i,
          seed: options.seed + asked + i,
        }))
        asked += size
        const outcomes = await engine.evaluate(
          [point],
          replicas,
          () => {
            runs++
            options.onRun?.(runs)
          },
          options.signal,
        )
        for (const outcome of outcomes) {
          if (outcome.end !== 'horizon' && outcome.end !== 'quiet') throw unfinished(outcome)
          const failed = Object.keys(outcome.expectations).filter((name) => outcome.expectations[name] === 'failed')
          if (failed.length > 0) failedRuns++
          for (const name of failed) broken.set(name, (broken.get(name) ?? 0) + 1)
          pendingMax = Math.max(pendingMax, outcome.responses.pending ?? 0)
        }
      }
      const counts = [...broken].sort(([a], [b]) => (a < b ? -1 : 1))
      return {
        isEnough: failedRuns <= failuresMax,
        runs: asked,
        failedRuns,
        broken: Object.fromEntries(counts),
        pendingMax,
      }
    },
  }
}
