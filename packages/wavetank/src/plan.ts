import { isDeepStrictEqual } from 'node:util'
import { FailureDue } from '@wavetank/controllers'
import type { Scenario, SourcedExpectation, TimelineEntry } from '@wavetank/scenario'
import type { LiveSettings } from './bind-controllers.ts'
import { BY_SCENARIO, type InitialNotice, initialNotices, noticesOf } from './initial-notices.ts'
import { headerOf, type LogHeader } from './log-header.ts'

/** All that a run comes from: a scenario says it, and so does the log of a run. */
export interface RunPlan extends LiveSettings, Pick<Scenario, 'limits' | 'expect'> {
  readonly header: LogHeader
  /** Without those of the expectations. */
  readonly initial: readonly InitialNotice[]
}

export const planOf = (scenario: Scenario, seed: number = scenario.seed): RunPlan => {
  const { behaviors, kubelets, machines, failures, limits, expect } = scenario
  const initial = initialNotices(scenario, seed)
  return { behaviors, kubelets, machines, failures, limits, expect, header: headerOf(scenario, seed), initial }
}

/**
 * The plan of the scenario that has more in its timeline, without storing its objects again.
 *
 * @param nodes those of the scenario, which faults are aimed at
 */
export const planWith = (
  plan: RunPlan,
  timeline: readonly Pick<TimelineEntry, 'at' | 'action'>[],
  nodes: Scenario['nodes'],
): RunPlan => {
  const added = timeline.flatMap((entry) => noticesOf(entry, nodes).map((notice) => ({ ...notice, by: BY_SCENARIO })))
  // Recorded failures come behind the timeline, as `initialNotices` has them.
  const end = plan.initial.findIndex(({ event }) => event.kind === FailureDue.kind)
  const place = end < 0 ? plan.initial.length : end
  return { ...plan, initial: [...plan.initial.slice(0, place), ...added, ...plan.initial.slice(place)] }
}

const inTime = (notices: readonly InitialNotice[]): readonly InitialNotice[] =>
  notices.every(({ at }, i) => i === 0 || notices[i - 1]!.at <= at) ? notices : [...notices].sort((a, b) => a.at - b.at)

const timeOf = (notice: { readonly at: number } | undefined): number => notice?.at ?? Number.POSITIVE_INFINITY

const firstDifference = (a: readonly InitialNotice[], b: readonly InitialNotice[]): number => {
  const first = inTime(a)
  const second = inTime(b)
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    if (!isDeepStrictEqual(first[i], second[i])) return Math.min(timeOf(first[i]), timeOf(second[i]))
  }
  return Number.POSITIVE_INFINITY
}

const asked = ({ source, ...rest }: SourcedExpectation): object => rest

/** Expectations are entries from the begin of their window on. */
const firstAsked = (a: RunPlan['expect'], b: RunPlan['expect']): number => {
  let first = Number.POSITIVE_INFINITY
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [one, other] = [a[i], b[i]]
    if (one !== undefined && other !== undefined && isDeepStrictEqual(asked(one), asked(other))) continue
    first = Math.min(first, one?.from ?? first, other?.from ?? first)
  }
  return first
}

/** What is in force from the first instant on. The name is said nowhere but in the header of a log. */
const settingsOf = ({ header, behaviors, kubelets, machines, failures, limits }: RunPlan): readonly unknown[] => {
  const { name, duration, expect, behaviors: _, kubelets: __, machines: ___, failures: ____, ...settings } = header
  return [settings, behaviors, kubelets, machines, failures, limits]
}

/**
 * Until when two plans come to the same run: every instant before the one that is returned has the same entries in both.
 * 0 if they differ in what holds from the beginning, infinity if in nothing.
 *
 * @returns milliseconds of the run
 */
export const agreesUntil = (a: RunPlan, b: RunPlan): number => {
  if (a === b) return Number.POSITIVE_INFINITY
  if (!isDeepStrictEqual(settingsOf(a), settingsOf(b))) return 0
  const ends = a.header.duration === b.header.duration ? [] : [a.header.duration, b.header.duration]
  return Math.min(firstDifference(a.initial, b.initial), firstAsked(a.expect, b.expect), ...ends)
}
