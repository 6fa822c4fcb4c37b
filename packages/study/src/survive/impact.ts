import type { Millis } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import type { DesignPoint } from '../design-point.ts'
import type { Engine } from '../engine/engine.ts'
import { failureEntries, type SurveyOptions } from './survey.ts'
import type { Unit } from './units.ts'

/** The availability of a workload from the instant of the failures on, with and without them. */
export interface Impact {
  readonly workload: string
  readonly without: number
  readonly with: number
}

const KINDS = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'DaemonSet'])

const workloadsOf = ({ objects }: Scenario): readonly string[] =>
  objects.flatMap(({ kind, metadata }) =>
    KINDS.has(kind) && !(metadata.ownerReferences ?? []).some(({ controller }) => controller === true)
      ? [`${kind}/${metadata.namespace ?? 'default'}/${metadata.name}`]
      : [],
  )

/** Points of an engine keep their index; a survey on the same engine has the ones before. */
const FIRST = 100_000_000

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** What sets of failures do to each workload, those that lose most first; workloads that lose nothing are left out. */
export const impactsOf = async (
  engine: Engine,
  scenario: Scenario,
  cases: readonly { readonly units: readonly Unit[]; readonly seed: number }[],
  options: Pick<SurveyOptions, 'at' | 'lasts' | 'fault'>,
  signal?: AbortSignal,
): Promise<readonly (readonly Impact[])[]> => {
  const workloads = workloadsOf(scenario)
  const seeds = [...new Set(cases.map(({ seed }) => seed))]
  const measures = workloads.map((workload) => ({
    name: workload,
    metric: 'availability',
    of: { workload },
    unit: 'ratio' as const,
  }))
  const pointOf = (units: readonly Unit[], index: number): DesignPoint => ({
    index,
    levels: [],
    scenario: { ...scenario, timeline: inOrder([...scenario.timeline, ...failureEntries(units, options)]) },
    warmup: options.at as Millis,
    measures,
    prices: [],
  })
  const points = [pointOf([], FIRST), ...cases.map(({ units }, i) => pointOf(units, FIRST + i + 1))]
  const replications = [
    ...seeds.map((seed, number) => ({ point: FIRST, number, seed })),
    ...cases.map(({ seed }, i) => ({ point: FIRST + i + 1, number: 0, seed })),
  ]
  const outcomes = await engine.evaluate(points, replications, undefined, signal)
  return cases.map(({ seed }, i) => {
    const own = outcomes.find(({ point }) => point === FIRST + i + 1)!.responses
    const bare = outcomes.find((outcome) => outcome.point === FIRST && outcome.seed === seed)!.responses
    return workloads
      .map((workload): Impact => ({ workload, without: bare[workload] ?? 1, with: own[workload] ?? 1 }))
      .filter((impact) => impact.with < impact.without)
      .sort((a, b) => b.without - b.with - (a.without - a.with) || compareText(a.workload, b.workload))
  })
}

/** By time; at one instant as they are. */
const inOrder = <E extends { readonly at: number }>(entries: readonly E[]): readonly E[] =>
  [...entries].sort((a, b) => a.at - b.at)
