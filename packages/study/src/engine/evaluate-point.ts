import { type Entry, InvariantViolation } from '@wavetank/kernel'
import { agreesUntil, planOf, type RunPlan, type Trial, tryPlan } from 'wavetank'
import type { DesignPoint, Outcome } from '../design-point.ts'
import { foldMeasures, type MeasureFolds } from '../measures/fold-measures.ts'
import type { BrokenRun } from './engine.ts'

/** Entries between two looks at whether the run has ended. */
const SLICE = 1_000_000

interface Asked {
  readonly number: number
  readonly seed: number
}

/** One run under way, or to be: its plan, and what is measured of it. */
interface Branch {
  readonly point: DesignPoint
  readonly plan: RunPlan
  readonly folds: MeasureFolds
}

/**
 * One run of one point, in this process: a function of the two, and of nothing else. Throws a `BrokenRun` if the model
 * breaks.
 */
export const evaluatePoint = (point: DesignPoint, asked: Asked): Outcome => evaluatePoints([point], asked)[0]!

/**
 * The same replication of several points, in their order. What their histories have in common is run once:
 *
 *     ├──────────┬────────── a
 *     │          └───┬────── b      the trunk's entries are heard by the measures of all that are still on it
 *     │              └────── c
 *     └───────────────────── d      nothing in common: a run of its own
 *
 * Which points agree and for how long is found out here, so that the outcome is that of each alone.
 */
export const evaluatePoints = (points: readonly DesignPoint[], asked: Asked): readonly Outcome[] => {
  const outcomes = new Map<number, Outcome>()
  let underWay = points[0]?.index ?? 0
  try {
    const branches = points.map((point) => {
      underWay = point.index
      return branchOf(point, planOf(point.scenario, asked.seed))
    })
    grow(branches, asked, undefined, (branch, outcome) => {
      underWay = branch.point.index
      if (outcome !== undefined) outcomes.set(underWay, outcome)
    })
  } catch (error) {
    const said = error instanceof InvariantViolation ? error.message : String((error as Error)?.stack ?? error)
    const broken: BrokenRun = { brokenRun: said, point: underWay, number: asked.number }
    throw broken
  }
  return points.map(({ index }) => outcomes.get(index)!)
}

const branchOf = (point: DesignPoint, plan: RunPlan): Branch => ({
  point,
  plan,
  folds: foldMeasures(point.measures, point.prices, point.warmup),
})

/** An entry is told to everything that is measured of the runs that it belongs to. */
const listenersOf = (branches: readonly Branch[]) => {
  let [only, ...others] = branches.map(({ folds }) => folds.apply)
  const still = new Set(branches)
  return {
    apply: (entry: Entry, view: Trial['view']): void => {
      only?.(entry, view)
      for (let i = 0; i < others.length; i++) others[i]!(entry, view)
    },
    leave: (gone: readonly Branch[]): void => {
      for (const branch of gone) still.delete(branch)
      ;[only, ...others] = Array.from(still, ({ folds }) => folds.apply)
    },
  }
}

/**
 * Runs branches that share what has happened so far.
 *
 * @param from makes a run that goes on from there; without it they begin at the beginning
 * @param tell of the branch that is at work, and of its outcome at its end
 */
const grow = (
  branches: readonly Branch[],
  asked: Asked,
  from: ((plan: RunPlan, onEntry: (entry: Entry, view: Trial['view']) => void) => Trial) | undefined,
  tell: (branch: Branch, outcome?: Outcome) => void,
): void => {
  const [trunk, ...others] = branches
  if (trunk === undefined) return
  tell(trunk)
  // By the instant at which they part from the trunk.
  const parting = new Map<number, Branch[]>()
  const apart: Branch[] = []
  for (const other of others) {
    const until = agreesUntil(trunk.plan, other.plan)
    if (until === 0) apart.push(other)
    else if (parting.has(until)) parting.get(until)!.push(other)
    else parting.set(until, [other])
  }
  const together = branches.filter((branch) => !apart.includes(branch))
  const listeners = listenersOf(together)
  const begin = from ?? ((plan, onEntry) => tryPlan(plan, { onEntry }))
  const trial = begin(trunk.plan, listeners.apply)
  for (const [until, those] of [...parting].sort(([a], [b]) => a - b)) {
    // Equal to the end: it is the same run, measured for each.
    if (until === Number.POSITIVE_INFINITY) continue
    const isOver = trial.advanceTo(until) !== undefined
    listeners.leave(those)
    if (isOver) {
      // Its budget is used up: nothing goes on from there.
      for (const { point, plan } of those) grow([branchOf(point, plan)], asked, undefined, tell)
      continue
    }
    grow(those, asked, (plan, onEntry) => trial.fork(plan, { onEntry }), tell)
    tell(trunk)
  }
  let result = trial.advance(SLICE)
  while (result === undefined) result = trial.advance(SLICE)
  const { end, verdicts } = result
  for (const branch of [trunk, ...(parting.get(Number.POSITIVE_INFINITY) ?? [])])
    tell(branch, {
      point: branch.point.index,
      number: asked.number,
      seed: asked.seed,
      responses: branch.folds.responses({ view: trial.view, at: end.at, entries: end.entries, verdicts }),
      expectations: Object.fromEntries(
        verdicts.flatMap(({ name, verdict }) => (verdict === 'undecided' ? [] : [[name, verdict]])),
      ),
      entries: end.entries,
      end: end.reason,
    })
  // What has nothing in common with the trunk may have with each other.
  grow(apart, asked, undefined, tell)
}
