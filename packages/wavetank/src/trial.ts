import { type ClusterTables, type ClusterView, createClusterStore } from '@wavetank/cluster'
import { copyOf, createDraw, createRun, type Entry, invariant, type RunEnd, type RunSnapshot } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import { bindControllers, type ControllerSettings, catalogue } from './bind-controllers.ts'
import { createExpectations, type ExpectationMemory, expectationNotices } from './expectations/expectations.ts'
import type { Verdict } from './expectations/verdicts.ts'
import { agreesUntil, planOf, type RunPlan } from './plan.ts'

/**
 * A run without a log, for whoever makes thousands of them; and others that go on from its middle.
 *
 *   plan ──▶ trial ────────────●───────────▶ result
 *                              │ snapshot
 *                              ├──▶ trial of another plan ──▶ result
 *                              └──▶ …
 *
 * 1. A trial has the entries that the simulation of the same plan has; nobody writes them out.
 * 2. A trial that goes on from a snapshot has the entries that a trial of its plan has from that instant on: two plans
 *    share a snapshot that is earlier than what they differ in (`agreesUntil`).
 * 3. A snapshot is plain data and stays as it is, however many go on from it. What expectations remember is their verdicts,
 *    and objects as they were last shown; the rest is read from the cluster.
 */
export interface Trial {
  readonly view: ClusterView
  readonly slices: Readonly<Record<string, unknown>>
  readonly seed: number
  readonly horizon: number
  readonly now: () => number
  readonly entries: () => number
  /** Lets at most `count` entries happen; the result once the run has ended. */
  readonly advance: (count: number) => TrialResult | undefined
  /** Lets everything happen that is due before `at`; the result if the run ends before. */
  readonly advanceTo: (at: number) => TrialResult | undefined
  /** Ends the run where it is. */
  readonly stop: () => TrialResult
  /** The run as it is once the instant under way is over. Not of a run that has ended. */
  readonly snapshot: () => Snapshot
  /** Another run that goes on from here: `tryFrom` of a snapshot that nobody else needs, at half the cost. */
  readonly fork: (plan?: RunPlan, options?: TrialOptions) => Trial
}

export interface TrialResult {
  readonly seed: number
  readonly end: RunEnd
  readonly verdicts: readonly Verdict[]
}

export interface TrialOptions {
  /** Ends the run here instead of after the scenario's duration; milliseconds. */
  readonly until?: number
  /** Told of every entry once it has been applied. */
  readonly onEntry?: (entry: Entry, view: ClusterView) => void
}

/** A run between two instants. */
export interface Snapshot {
  readonly run: RunSnapshot<ClusterView>
  /** What the run until then came from. */
  readonly plan: RunPlan
  readonly expectations: ExpectationMemory
}

/** What the folds never write again: a pod's template is recorded once, and lists of classes are replaced as a whole. */
const unchanging = ({ settings, templates, admissionClasses, limitRanges }: ClusterView): readonly object[] => [
  settings,
  ...templates.values(),
  admissionClasses,
  ...limitRanges.values(),
]

export interface Appending {
  /** Told of every entry before it is applied. */
  readonly append?: (entry: Entry) => void
}

/** @param from becomes the trial's own */
export const begin = (plan: RunPlan, options: TrialOptions & Appending, from?: Snapshot): Trial => {
  const { header, initial, expect, limits } = plan
  const { seed, duration } = header
  const { onEntry, append } = options
  const horizon = Math.min(options.until ?? duration, duration)
  const model = createClusterStore(from?.run.view as ClusterTables | undefined)
  const expectations = createExpectations(expect, horizon, model.view, duration, from?.expectations)
  const applied =
    onEntry === undefined
      ? model
      : {
          view: model.view,
          apply: (entry: Entry) => {
            model.apply(entry)
            onEntry(entry, model.view)
          },
        }
  const run = createRun<ClusterView>({
    model: applied,
    controllers: bindControllers(header as ControllerSettings, plan),
    catalogue,
    draw: createDraw(seed),
    initial: [...initial, ...expectationNotices(expect)],
    horizon,
    limits,
    append:
      append === undefined
        ? expectations.seen
        : (entry) => {
            append(entry)
            expectations.seen(entry)
          },
    observe: expectations.observe,
    ...(from === undefined ? {} : { from: from.run }),
  })
  const snapshot = (): Snapshot => {
    const copy = run.snapshot(unchanging(model.view))
    return { run: copy, plan, expectations: expectations.memory() }
  }
  const resultOf = (end: RunEnd): TrialResult => ({ seed, end, verdicts: expectations.verdicts() })
  const resultIf = (end: RunEnd | undefined): TrialResult | undefined => (end === undefined ? end : resultOf(end))
  return {
    view: model.view,
    slices: run.slices,
    seed,
    horizon,
    now: run.now,
    entries: run.entries,
    advance: (count) => resultIf(run.advance(count)),
    advanceTo: (at) => resultIf(run.advanceTo(at)),
    stop: () => resultOf(run.stop()),
    snapshot,
    fork: (other = plan, more = {}) => goOn(snapshot(), other, more),
  }
}

/** A run of a plan without a log. */
export const tryPlan = (plan: RunPlan, options: TrialOptions = {}): Trial => begin(plan, options)

/** A run of a scenario without a log. */
export const createTrial = (scenario: Scenario, options: TrialOptions & { readonly seed?: number } = {}): Trial =>
  tryPlan(planOf(scenario, options.seed), options)

/** @param snapshot becomes the trial's own */
const goOn = (snapshot: Snapshot, plan: RunPlan, options: TrialOptions): Trial => {
  const { at } = snapshot.run
  const until = agreesUntil(snapshot.plan, plan)
  invariant(until > at, () => `the snapshot is of ${at}ms, and the plans part at ${until}ms`)
  return begin(plan, options, snapshot)
}

/**
 * Goes on from a snapshot, which stays as it is.
 *
 * @param plan has to agree with the snapshot's until then
 */
export const tryFrom = (snapshot: Snapshot, plan: RunPlan = snapshot.plan, options: TrialOptions = {}): Trial =>
  goOn({ ...snapshot, run: copyOf(snapshot.run, unchanging(snapshot.run.view)) }, plan, options)
