import { createLogWriter, createNullSink, type LogPlace, type LogSink } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import { catalogue } from './bind-controllers.ts'
import { planOf, type RunPlan } from './plan.ts'
import { begin, type Trial, type TrialOptions, type TrialResult } from './trial.ts'

export interface SimulationOptions extends TrialOptions {
  /** Instead of the scenario's. */
  readonly seed?: number
  /** Where the log goes; nowhere by default, and only its digest is computed. */
  readonly sink?: LogSink
}

export interface SimulationResult extends TrialResult {
  readonly digest: string
  readonly bytes: number
}

/** A run of a scenario under way, with its log; it goes on when told to, so that a caller can show progress or stop it. */
export interface Simulation extends Trial {
  /** The place in the log behind what has happened. */
  readonly place: () => LogPlace
  readonly advance: (count: number) => SimulationResult | undefined
  readonly advanceTo: (at: number) => SimulationResult | undefined
  /** Ends the run where it is; the log is whole. */
  readonly stop: () => SimulationResult
  /** Writes out what is buffered. */
  readonly flush: () => void
}

export const createSimulation = (scenario: Scenario, options: SimulationOptions = {}): Simulation =>
  simulatePlan(planOf(scenario, options.seed), options)

export const simulatePlan = (plan: RunPlan, options: Omit<SimulationOptions, 'seed'> = {}): Simulation => {
  const { header, initial } = plan
  const { sink = createNullSink(), ...rest } = options
  const writer = createLogWriter({ catalogue, header, sink })
  const trial = begin(plan, { ...rest, append: writer.append })

  let result: SimulationResult | undefined
  const finish = (ended: TrialResult): SimulationResult => {
    if (result === undefined) {
      const { end } = ended
      const { reason, at } = end
      const kinds = 'kinds' in end ? { kinds: end.kinds } : {}
      const left = initial.filter((notice) => notice.at > at)
      const timeline = left.length === 0 ? {} : { timeline: left }
      const digest = writer.finish({ end: reason, endedAt: at, ...kinds, ...timeline })
      result = { ...ended, digest, bytes: writer.bytes() }
    }
    return result
  }
  const finishIf = (ended: TrialResult | undefined): SimulationResult | undefined =>
    ended === undefined ? undefined : finish(ended)
  return {
    ...trial,
    place: writer.place,
    advance: (count) => finishIf(trial.advance(count)),
    advanceTo: (at) => finishIf(trial.advanceTo(at)),
    stop: () => finish(trial.stop()),
    flush: writer.flush,
  }
}
