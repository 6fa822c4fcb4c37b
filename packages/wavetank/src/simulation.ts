import { type ClusterView, createClusterStore } from '@wavetank/cluster'
import {
  createDraw,
  createLogWriter,
  createNullSink,
  createRun,
  type Entry,
  type LogPlace,
  type LogSink,
  type RunEnd,
} from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import { bindControllers, type ControllerSettings, catalogue, type LiveSettings } from './bind-controllers.ts'
import { createExpectations, expectationNotices } from './expectations/expectations.ts'
import type { Verdict } from './expectations/verdicts.ts'
import { type InitialNotice, initialNotices } from './initial-notices.ts'
import { headerOf, type LogHeader } from './log-header.ts'

export interface SimulationOptions {
  /** Instead of the scenario's. */
  readonly seed?: number
  /** Ends the run here instead of after the scenario's duration; milliseconds. */
  readonly until?: number
  /** Where the log goes; nowhere by default. */
  readonly sink?: LogSink
  /** Told of every entry once it has been applied. */
  readonly onEntry?: (entry: Entry, view: ClusterView) => void
}

export interface SimulationResult {
  readonly seed: number
  readonly end: RunEnd
  readonly digest: string
  readonly bytes: number
  readonly verdicts: readonly Verdict[]
}

/** A run of a scenario under way; it goes on when told to, so that a caller can show progress or stop it. */
export interface Simulation {
  readonly view: ClusterView
  readonly slices: Readonly<Record<string, unknown>>
  readonly seed: number
  readonly horizon: number
  readonly now: () => number
  readonly entries: () => number
  /** The place in the log behind what has happened. */
  readonly place: () => LogPlace
  /** Lets at most `count` entries happen; the result once the run has ended. */
  readonly advance: (count: number) => SimulationResult | undefined
  /** Ends the run where it is; the log is whole. */
  readonly stop: () => SimulationResult
  /** Writes out what is buffered. */
  readonly flush: () => void
}

/** All that a run comes from: a scenario says it, and so does the log of a run. */
export interface RunPlan extends LiveSettings, Pick<Scenario, 'limits' | 'expect'> {
  readonly header: LogHeader
  /** Without those of the expectations. */
  readonly initial: readonly InitialNotice[]
}

export const createSimulation = (scenario: Scenario, options: SimulationOptions = {}): Simulation => {
  const { seed = scenario.seed } = options
  const { behaviors, kubelets, machines, failures, limits, expect } = scenario
  const initial = initialNotices(scenario, seed)
  const header = headerOf(scenario, seed)
  return simulatePlan({ behaviors, kubelets, machines, failures, limits, expect, header, initial }, options)
}

export const simulatePlan = (
  { header, initial, behaviors, kubelets, machines, failures, limits, expect }: RunPlan,
  options: Omit<SimulationOptions, 'seed'> = {},
): Simulation => {
  const { seed, duration } = header
  const { sink = createNullSink(), onEntry } = options
  const horizon = Math.min(options.until ?? duration, duration)
  const model = createClusterStore()
  const writer = createLogWriter({ catalogue, header, sink })
  const expectations = createExpectations(expect, horizon, model.view, duration)
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
    controllers: bindControllers(header as ControllerSettings, { behaviors, kubelets, machines, failures }),
    catalogue,
    draw: createDraw(seed),
    initial: [...initial, ...expectationNotices(expect)],
    horizon,
    limits,
    append: (entry) => {
      writer.append(entry)
      expectations.seen(entry)
    },
    observe: expectations.observe,
  })

  let result: SimulationResult | undefined
  const finish = (end: RunEnd): SimulationResult => {
    if (result === undefined) {
      const { reason, at } = end
      const kinds = 'kinds' in end ? { kinds: end.kinds } : {}
      const left = initial.filter((notice) => notice.at > at)
      const timeline = left.length === 0 ? {} : { timeline: left }
      const digest = writer.finish({ end: reason, endedAt: at, ...kinds, ...timeline })
      result = { seed, end, digest, bytes: writer.bytes(), verdicts: expectations.verdicts() }
    }
    return result
  }
  return {
    view: model.view,
    slices: run.slices,
    seed,
    horizon,
    now: run.now,
    entries: run.entries,
    place: writer.place,
    advance: (count) => {
      const end = run.advance(count)
      return end === undefined ? undefined : finish(end)
    },
    stop: () => finish(run.stop()),
    flush: writer.flush,
  }
}
