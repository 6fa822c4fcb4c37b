import type { ClusterView, Pod } from '@wavetank/cluster'
import { namePattern, type Scenario, suggestion } from '@wavetank/scenario'
import { type ProblemAt, text } from '@wavetank/scenario/codec'

/** How a study file names workloads: `shop/web`, `Deployment/shop/web`, `shop/*`. */
export const WorkloadName = text
export const WORKLOAD_DOC =
  'As `namespace/name`, or `Kind/namespace/name` where several kinds have the name; `*` stands for anything.'

interface Named {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** Whether an object is meant. */
export type Chooses = (object: Named) => boolean

/** Without a name, everything is meant. */
export const chosenBy = (written: string | undefined): Chooses => {
  if (written === undefined) return () => true
  const parts = written.split('/')
  const [kind, path] = parts.length === 3 ? [parts[0]!, parts.slice(1).join('/')] : [undefined, written]
  const pattern = namePattern(path.includes('/') ? path : `default/${path}`)
  return (object) => (kind === undefined || kind === object.kind) && pattern.test(`${object.namespace}/${object.name}`)
}

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> => typeof u === 'object' && u !== null

const namedOf = (manifest: unknown): readonly Named[] => {
  if (!isRecord(manifest) || typeof manifest.kind !== 'string' || !isRecord(manifest.metadata)) return []
  const { name, namespace } = manifest.metadata
  return [{ kind: manifest.kind, namespace: typeof namespace === 'string' ? namespace : 'default', name: String(name) }]
}

/** Everything that a scenario brings, at its beginning or by a command of its timeline. */
const broughtBy = (scenario: Scenario): readonly Named[] => [
  ...scenario.objects.map(({ kind, metadata: { namespace = '', name } }) => ({ kind, namespace, name })),
  ...scenario.timeline.flatMap(({ action }) => {
    if (!('command' in action)) return []
    const { command } = action
    if (command.verb === 'create job') return [{ kind: 'Job', namespace: command.namespace, name: command.name }]
    return 'manifests' in command ? command.manifests.flatMap(namedOf) : []
  }),
]

export const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController'] as const
export const POD_OWNERS = [...WORKLOADS, 'Job', 'CronJob', 'Pod'] as const
export const JOBS = ['Job', 'CronJob'] as const

/** What is wrong with a name: no object of these kinds has it. */
export const missingFrom = (
  scenario: Scenario,
  kinds: readonly string[],
  field: string,
  written: string | undefined,
): readonly ProblemAt[] => {
  if (written === undefined) return []
  const chooses = chosenBy(written)
  const there = broughtBy(scenario).filter(({ kind }) => kinds.includes(kind))
  if (there.some(chooses)) return []
  const withKind = written.split('/').length === 3
  const known = there.map(({ kind, namespace, name }) => `${withKind ? `${kind}/` : ''}${namespace}/${name}`)
  const what = kinds === JOBS ? 'Job or CronJob' : 'workload'
  return [
    [
      [field],
      {
        code: 'WT061',
        message: `the scenario has no ${what} ${written}`,
        hint: known.length === 0 ? `it has no ${what} at all` : suggestion(written, known),
      },
    ],
  ]
}

type PodView = Pick<Pod, 'key' | 'namespace' | 'name' | 'owner'>

/** What a pod is of: its Deployment, StatefulSet, Job …; a pod without an owner is its own. */
export const ownerOfPod = (view: ClusterView, { namespace, name, owner }: PodView): Named => {
  if (owner === undefined) return { kind: 'Pod', namespace, name }
  const direct = { kind: owner.kind, namespace, name: owner.name }
  const above =
    owner.kind === 'ReplicaSet'
      ? view.replicaSetsByUid.get(owner.uid)?.owner
      : owner.kind === 'Job'
        ? view.jobsByUid.get(owner.uid)?.owner
        : undefined
  return above === undefined ? direct : { kind: above.kind, namespace, name: above.name }
}

/** Whether a pod is of a chosen workload, by its own owner or by that which is above it. */
export const podsOf = (written: string | undefined): ((view: ClusterView, pod: PodView) => boolean) => {
  if (written === undefined) return () => true
  const chooses = chosenBy(written)
  return (view, pod) => {
    const { owner, namespace } = pod
    if (owner !== undefined && chooses({ kind: owner.kind, namespace, name: owner.name })) return true
    return chooses(ownerOfPod(view, pod))
  }
}
