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
import { bindControllers, catalogue } from './bind-controllers.ts'
import { createExpectations, expectationNotices } from './expectations/expectations.ts'
import type { Verdict } from './expectations/verdicts.ts'
import { initialNotices } from './initial-notices.ts'
import { headerOf } from './log-header.ts'

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

export const createSimulation = (scenario: Scenario, options: SimulationOptions = {}): Simulation => {
  const { seed = scenario.seed, sink = createNullSink(), onEntry } = options
  const horizon = Math.min(options.until ?? scenario.duration, scenario.duration)
  const model = createClusterStore()
  const writer = createLogWriter({ catalogue, header: headerOf(scenario, seed), sink })
  const expectations = createExpectations(scenario.expect, horizon, model.view, scenario.duration)
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
    controllers: bindControllers(scenario, scenario.behaviors, scenario.kubelets),
    catalogue,
    draw: createDraw(seed),
    initial: [...initialNotices(scenario, seed), ...expectationNotices(scenario.expect)],
    horizon,
    limits: scenario.limits,
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
      const digest = writer.finish({ end: reason, endedAt: at, ...kinds })
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
