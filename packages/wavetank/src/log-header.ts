import type { Flags } from '@wavetank/cluster'
import { leaderElectionFlags } from '@wavetank/controllers'
import { DEFAULT_LIMITS, type Limits, Millis } from '@wavetank/kernel'
import type { Behavior, Scenario } from '@wavetank/scenario'
import * as t from 'io-ts'
import { SchedulerConfigurationJson } from './scheduler-configuration.ts'
import { hasUsage } from './settings.ts'

/** Raised when the same log would fold to another state: logs of another model are refused, not misread. */
export const MODEL_VERSION = 1
export const KUBERNETES_VERSION = '1.34'

/** A number or a text, or a mapping or a list of them. */
const FlagValue = t.union([
  t.number,
  t.boolean,
  t.string,
  t.record(t.string, t.union([t.number, t.string])),
  t.array(t.record(t.string, t.number)),
])

/** What a log says of itself before its first entry. */
export const LogHeader = t.readonly(
  t.intersection([
    t.type({
      model: t.literal(MODEL_VERSION),
      kubernetes: t.string,
      name: t.string,
      seed: t.Int,
      start: t.Int,
      timeZone: t.string,
      duration: Millis,
      flags: t.record(t.string, t.record(t.string, FlagValue)),
      expect: t.array(t.UnknownRecord),
    }),
    t.partial({
      schedulerConfiguration: SchedulerConfigurationJson,
      // What a run goes by besides, so that it can be gone on with from its log alone. What a scenario does not say is
      // left out; its objects and its timeline are entries.
      behaviors: t.array(t.UnknownRecord),
      kubelets: t.array(t.type({ nodes: t.array(t.string), settings: t.UnknownRecord })),
      failures: t.array(t.UnknownRecord),
      machines: t.array(t.type({ nodes: t.array(t.string), settings: t.UnknownRecord })),
      dependencies: t.array(t.string),
      limits: t.type({ entries: t.number, causesInOneInstant: t.number }),
    }),
  ]),
  'LogHeader',
)
export type LogHeader = t.TypeOf<typeof LogHeader>

/** Flags that logs had no word of for long: where they are as by default, they still have none. */
const LATER: Flags = leaderElectionFlags

const loggedFlags = (flags: Scenario['flags']): LogHeader['flags'] =>
  Object.fromEntries(
    Object.entries(flags).map(([component, values]) => [
      component,
      Object.fromEntries(Object.entries(values).filter(([name, value]) => LATER[name]?.default !== value)),
    ]),
  ) as LogHeader['flags']

/** The curves of what containers use stand in the first entry. */
const loggedBehavior = (behavior: Behavior): Record<string, unknown> => {
  const { cpu, sharedCpu, memory, disk, inodes, logs, processes, volumes, ...rest } = behavior
  return hasUsage(behavior) ? { ...rest, hasUsage: true } : rest
}

/** The behaviours that a log was made with, given what its first entry says containers use. */
export const behaviorsOf = (header: LogHeader, usage: readonly Readonly<Partial<Behavior>>[]): readonly Behavior[] => {
  let next = 0
  return (header.behaviors ?? []).map((logged) => {
    const { hasUsage, ...rest } = logged as Record<string, unknown>
    return (hasUsage === true ? { ...rest, ...usage[next++] } : rest) as unknown as Behavior
  })
}

type Kubelets = Scenario['kubelets']

/** Nodes of a pool have the same settings: they are written once. */
const byNodes = (kubelets: Readonly<Record<string, object>>): NonNullable<LogHeader['kubelets']> => {
  const groups = new Map<string, { readonly nodes: string[]; readonly settings: Record<string, unknown> }>()
  for (const [node, settings] of Object.entries(kubelets)) {
    const key = JSON.stringify(settings)
    const group = groups.get(key) ?? { nodes: [] as string[], settings: settings as Record<string, unknown> }
    group.nodes.push(node)
    groups.set(key, group)
  }
  return [...groups.values()]
}

const ofNodes = (groups: LogHeader['kubelets'] = []): Kubelets =>
  Object.fromEntries(groups.flatMap(({ nodes, settings }) => nodes.map((node) => [node, settings])))

export const kubeletsOf = ({ kubelets }: LogHeader): Kubelets => ofNodes(kubelets)

export const machinesOf = ({ machines }: LogHeader): Scenario['machines'] => ofNodes(machines) as Scenario['machines']

export const failuresOf = ({ failures = [] }: LogHeader): Scenario['failures'] =>
  failures as unknown as Scenario['failures']

export const limitsOf = ({ limits = DEFAULT_LIMITS }: LogHeader): Limits => limits

const isDefault = ({ entries, causesInOneInstant }: Limits): boolean =>
  entries === DEFAULT_LIMITS.entries && causesInOneInstant === DEFAULT_LIMITS.causesInOneInstant

export const headerOf = (scenario: Scenario, seed: number): LogHeader => ({
  model: MODEL_VERSION,
  kubernetes: KUBERNETES_VERSION,
  name: scenario.name,
  seed: seed as t.Int,
  start: scenario.start as t.Int,
  timeZone: scenario.timeZone,
  duration: scenario.duration,
  flags: loggedFlags(scenario.flags),
  ...(scenario.schedulerConfiguration === undefined ? {} : { schedulerConfiguration: scenario.schedulerConfiguration }),
  ...(scenario.behaviors.length === 0 ? {} : { behaviors: scenario.behaviors.map(loggedBehavior) }),
  ...(Object.keys(scenario.kubelets).length === 0 ? {} : { kubelets: byNodes(scenario.kubelets) }),
  ...(Object.keys(scenario.machines).length === 0 ? {} : { machines: byNodes(scenario.machines) }),
  ...(scenario.failures.length === 0 ? {} : { failures: scenario.failures.map((failure) => ({ ...failure })) }),
  ...(scenario.dependencies.length === 0 ? {} : { dependencies: scenario.dependencies.map(({ name }) => name) }),
  ...(isDefault(scenario.limits) ? {} : { limits: scenario.limits }),
  // Without the file: the log must be the same wherever the scenario lies.
  expect: scenario.expect.map(({ source, ...rest }) => ({ ...rest, line: source.line, column: source.column })),
})

/** What a log says of itself after its last entry. */
export const LogFooter = t.readonly(
  t.intersection([
    t.type({
      end: t.keyof({ horizon: null, quiet: null, stopped: null, budget: null, loop: null }),
      /** When the run ended, which may be later than its last entry. */
      endedAt: Millis,
    }),
    t.partial({
      kinds: t.readonlyArray(t.string),
      /** What the timeline would have brought after the end. */
      timeline: t.readonlyArray(
        t.type({ at: Millis, by: t.string, event: t.intersection([t.type({ kind: t.string }), t.UnknownRecord]) }),
      ),
    }),
  ]),
  'LogFooter',
)
export type LogFooter = t.TypeOf<typeof LogFooter>
