import { DEFAULT_LIMITS } from '@wavetank/kernel'
import { left, right } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { Arrivals } from './arrivals.ts'
import { Behavior } from './behavior.ts'
import {
  type Codec,
  defaulted,
  describeValue,
  integer,
  isRecord,
  list,
  mapped,
  object,
  oneOf,
  optional,
  type ProblemAt,
  required,
  text,
  value,
  variant,
  wrongType,
} from './codec.ts'
import { Dependency } from './dependency.ts'
import { type Disruption, disruptions } from './disruptions/registry.ts'
import { Duration, PositiveDuration } from './duration.ts'
import { Expectation } from './expectation.ts'
import { FailureItem } from './failure-model.ts'
import { type FlagCatalog, flagValues } from './flags.ts'
import { Instant } from './instant.ts'
import { Images, Latencies } from './latencies.ts'
import { Inline, ManifestItem, PathText } from './manifest-item.ts'
import { NamedMetricItem } from './named-metric.ts'
import { Name, NodePool, poolProblems } from './node-pool.ts'
import { SchedulerConfigurationItem } from './scheduler-configuration.ts'

export const API_VERSION = 'wavetank.dev/v1alpha1'

/** A Kubernetes object within the scenario file; the cluster's own codecs read it. */
const NodeManifests = object('NodeManifests', {
  manifests: required(PathText, 'A file, a folder or a glob with Node manifests.'),
})
const CheckedPool: Codec<NodePool> = mapped<NodePool, NodePool>(
  NodePool,
  NodePool.is,
  (pool) => {
    const problems = poolProblems(pool)
    return problems.length > 0 ? left(problems) : right(pool)
  },
  (pool) => pool,
)

export type NodeItem = { readonly manifests: string } | { readonly inline: Inline } | { readonly pool: NodePool }

/** Nodes: manifests, a Node as it is, or a pool of equal ones. */
export const NodeItem: Codec<NodeItem> = (() => {
  const inline = mapped<Inline, NodeItem>(
    Inline,
    (u): u is NodeItem => isRecord(u) && 'inline' in u,
    (object) => right({ inline: object }),
    (item) => ('inline' in item ? item.inline : {}),
  )
  const pool = mapped<NodePool, NodeItem>(
    CheckedPool,
    (u): u is NodeItem => isRecord(u) && 'pool' in u,
    (nodePool) => right({ pool: nodePool }),
    (item) => ('pool' in item ? item.pool : ({} as NodePool)),
  )
  const manifests = NodeManifests as Codec<NodeItem>
  return variant<NodeItem>(
    'NodeItem',
    [manifests, inline, pool],
    (u) => {
      if (typeof u === 'string')
        return {
          code: 'WT012',
          message: `expected a mapping, found the text "${u}"`,
          hint: `did you mean \`manifests: ${u}\`?`,
        }
      if (!isRecord(u)) return wrongType('a pool, a Node or `manifests`', u)
      return 'manifests' in u ? manifests : 'kind' in u || 'apiVersion' in u ? inline : pool
    },
    (item) => ('manifests' in item ? manifests : 'inline' in item ? inline : pool),
  )
})()

/** An entry of the timeline as the file has it, one action in it. */
export interface TimelineItem {
  readonly at: t.TypeOf<typeof Duration>
  readonly action: { readonly kind: 'kubectl'; readonly text: string } | Disruption
}

export const ACTIONS = ['kubectl', ...disruptions.map(({ name }) => name)]

export const TimelineFields = object('TimelineEntry', {
  at: required(Duration, 'When, from the start of the run.'),
  kubectl: optional(text, 'A kubectl command line that changes the cluster: `scale rc web --replicas=3`.'),
  ...Object.fromEntries(disruptions.map(({ name, doc, target }) => [name, optional(target as Codec<object>, doc)])),
})

export const TimelineItem: Codec<TimelineItem> = mapped<Readonly<Record<string, unknown>>, TimelineItem>(
  TimelineFields as unknown as Codec<Readonly<Record<string, unknown>>>,
  (u): u is TimelineItem => isRecord(u) && isRecord(u.action),
  (written) => {
    const given = ACTIONS.filter((action) => written[action] !== undefined)
    if (given.length !== 1) {
      const message = given.length === 0 ? 'nothing happens here' : `${given.join(' and ')} need an entry each`
      const path = given.length === 0 ? [] : [given[1]!]
      const problem: ProblemAt = [path, { code: 'WT022', message, hint: `one of ${ACTIONS.join(', ')}` }]
      return left([problem])
    }
    const [kind] = given
    const at = written.at as TimelineItem['at']
    if (kind === 'kubectl') return right({ at, action: { kind: 'kubectl', text: String(written.kubectl) } })
    return right({ at, action: { kind, ...(written[kind!] as object) } as Disruption })
  },
  ({ at, action }) => {
    if (action.kind === 'kubectl') return { at, kubectl: action.text }
    const { kind, ...target } = action
    return { at, [kind]: target }
  },
)

const Limits = object('Limits', {
  entries: defaulted(
    integer(1, Number.MAX_SAFE_INTEGER),
    DEFAULT_LIMITS.entries,
    'Log entries after which a run is taken for endless and stopped.',
  ),
  causesInOneInstant: defaulted(
    integer(1, Number.MAX_SAFE_INTEGER),
    DEFAULT_LIMITS.causesInOneInstant,
    'Causes in a row within one instant after which they are taken for a loop.',
  ),
})

const TimeZone: Codec<string> = value<string>({
  name: 'TimeZone',
  schema: { type: 'string', examples: ['Europe/Paris'] },
  is: (u): u is string => typeof u === 'string',
  parse: (u) =>
    typeof u === 'string' && /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(u)
      ? right(u)
      : left({
          code: 'WT019',
          message: `expected a time zone, found ${describeValue(u)}`,
          hint: 'an IANA name: `Europe/Paris`, `UTC`',
        }),
})

/** The codec of a scenario file, for the flags that there are. */
export const scenarioFile = (flags: FlagCatalog) =>
  object('Scenario', {
    apiVersion: required(oneOf(API_VERSION), 'The version of this format.'),
    kind: required(oneOf('Scenario'), 'Always `Scenario`.'),
    metadata: required(
      object('ScenarioMetadata', { name: required(Name, 'What reports call the scenario.') }),
      'The name of the scenario.',
    ),
    seed: defaulted(
      integer(0, Number.MAX_SAFE_INTEGER),
      1,
      'Decides every random draw: the same seed gives the same run.',
    ),
    start: defaulted(Instant, '2025-01-01T00:00:00Z', 'The wall clock at the start of the run, with its zone.'),
    timeZone: defaulted(TimeZone, 'UTC', 'Time zone of CronJobs that have none of their own.'),
    duration: required(PositiveDuration, 'How long the run lasts in virtual time: `10m`, `24h`.'),
    manifests: defaulted(
      list(ManifestItem),
      [],
      'Kubernetes manifests: files, folders and globs, relative to this file, or objects as they are.',
    ),
    nodes: defaulted(
      list(NodeItem),
      [],
      'The nodes of the cluster: manifests, Nodes as they are, or pools of equal nodes.',
    ),
    metrics: defaulted(
      list(NamedMetricItem),
      [],
      'Metrics that no container has, for HorizontalPodAutoscalers: of queues, objects or pods.',
    ),
    dependencies: defaulted(
      list(Dependency),
      [],
      'What containers depend on and the cluster does not run: `needs` of a probe names them, the timeline takes them down.',
    ),
    fidelity: defaulted(
      oneOf('changes', 'every-tick'),
      'changes',
      'What becomes an event: `changes` skips the probes, heartbeats and retries that change nothing, `every-tick` skips none. The cluster is the same.',
    ),
    behaviors: defaulted(list(Behavior), [], 'How containers act; the first that matches a container counts.'),
    latencies: defaulted(Latencies, {}, 'How long things take that Kubernetes does not decide.'),
    images: defaulted(Images, {}, 'How large images are, and which are not as they should be.'),
    flags: defaulted(flagValues(flags), {}, 'Flags of the components, by their Kubernetes names.'),
    schedulerConfiguration: optional(
      SchedulerConfigurationItem,
      'A KubeSchedulerConfiguration: the path of its file, or as it is. The default profile without it.',
    ),
    timeline: defaulted(list(TimelineItem), [], 'What happens from outside: kubectl commands and faults.'),
    arrivals: defaulted(
      list(Arrivals),
      [],
      'Objects that are created over time, as a table says: the pods of a trace.',
    ),
    failures: defaulted(list(FailureItem), [], 'Nodes that fail by themselves: at random times, or as recorded.'),
    expect: defaulted(list(Expectation), [], 'What the run is expected to show.'),
    limits: defaulted(Limits, {}, 'When a run is taken for endless.'),
  })
export type ScenarioFile = t.TypeOf<ReturnType<typeof scenarioFile>>
