/**
 * What the scheduler reads besides nodes and pods: the one place that knows where such objects are kept.
 *
 * Claims, volumes, services and budgets have tables of their own; classes are objects that nothing acts on
 * (`view.inertObjects`), in the shape of their manifests.
 */
import { type ClusterView, type InertObject, keyOf, type Selector, servicesSelecting } from '@wavetank/cluster'
import type { PersistentVolume, PersistentVolumeClaim, Requirement, StorageClass } from '@wavetank/cluster/api'
import { type selectorOf, selectorOfRequirements } from '@wavetank/cluster/api'
import type { PodView } from './snapshot.ts'

const bodyOf = <A>(view: ClusterView, kind: string, namespace: string, name: string): A | undefined =>
  (view.inertObjects.get(`${kind}/${namespace}/${name}`) ?? view.inertObjects.get(`${kind}/${name}`))?.body as
    | A
    | undefined

const everyOf = <A>(view: ClusterView, kind: string): readonly (A & { readonly metadata: InertMetadata })[] => {
  const found: (A & { readonly metadata: InertMetadata })[] = []
  for (const object of (view.inertObjects as ReadonlyMap<string, InertObject>).values()) {
    if (object.kind !== kind) continue
    const { namespace, name, body } = object
    // A manifest may leave its namespace out; the key has it.
    const metadata = { ...(body.metadata as InertMetadata | undefined), namespace, name }
    found.push({ ...body, metadata } as unknown as A & { readonly metadata: InertMetadata })
  }
  return found
}

interface InertMetadata {
  readonly namespace?: string
  readonly name?: string
  readonly annotations?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  readonly deletionTimestamp?: string
}

/** Kinds without a table whose coming and going may make a pod schedulable. */
export const STORAGE_KINDS: ReadonlySet<string> = new Set([
  'StorageClass',
  'CSINode',
  'CSIDriver',
  'CSIStorageCapacity',
])

/** What happens to claims and volumes, and may make a pod schedulable. */
export const STORAGE_CHANGES: readonly string[] = [
  'PersistentVolumeClaimCreated',
  'PersistentVolumeClaimClassDefaulted',
  'PersistentVolumeClaimNodeSelected',
  'PersistentVolumeClaimBound',
  'PersistentVolumeClaimAnnotated',
  'PersistentVolumeClaimDeleted',
  'PersistentVolumeCreated',
  'PersistentVolumeSpecChanged',
  'PersistentVolumeAssigned',
  'PersistentVolumeUnassigned',
  'PersistentVolumePhaseChanged',
  'PersistentVolumeDeleted',
]

/** What changes the selectors that go into the default spread constraints. */
export const SELECTOR_CHANGES: readonly string[] = [
  'ReplicaSetSelectorChanged',
  'ReplicationControllerSelectorChanged',
  'StatefulSetCreated',
  'StatefulSetDeleted',
  'ServiceCreated',
  'ServiceSpecChanged',
  'ServiceDeleted',
]

export interface Claim {
  readonly namespace: string
  readonly name: string
  readonly spec: PersistentVolumeClaim['spec']
  readonly annotations: Readonly<Record<string, string>>
  readonly isBeingDeleted: boolean
  readonly isLost: boolean
  /** Uid of the controlling owner. */
  readonly owner: string | undefined
}

export const claimOf = (view: ClusterView, namespace: string, name: string): Claim | undefined => {
  const claim = view.persistentVolumeClaims.get(keyOf(namespace, name))
  if (claim === undefined) return undefined
  const { spec, annotations, deletion, status, owner } = claim
  return {
    namespace,
    name,
    spec: spec as PersistentVolumeClaim['spec'],
    annotations,
    isBeingDeleted: deletion !== undefined,
    isLost: status.phase === 'Lost',
    owner: owner?.uid,
  }
}

/** A claim is bound once it names its volume. */
export const volumeNameOf = (claim: Claim): string | undefined =>
  claim.spec.volumeName === undefined || claim.spec.volumeName === '' ? undefined : claim.spec.volumeName

type StoredVolume = ClusterView['persistentVolumes'] extends ReadonlyMap<string, infer V> ? V : never

/** In the shape of its manifest, as far as plugins look at it. */
const manifestOf = ({ name, labels, annotations, spec }: StoredVolume): PersistentVolume =>
  ({ metadata: { name, labels, annotations }, spec }) as unknown as PersistentVolume

export const volumeOf = (view: ClusterView, name: string): PersistentVolume | undefined => {
  const volume = view.persistentVolumes.get(keyOf('', name))
  return volume === undefined ? undefined : manifestOf(volume)
}

export const volumesOf = (view: ClusterView): readonly PersistentVolume[] =>
  Array.from(view.persistentVolumes.values(), manifestOf)

export const storageClassOf = (view: ClusterView, name: string | undefined): StorageClass | undefined =>
  name === undefined || name === '' ? undefined : bodyOf<StorageClass>(view, 'StorageClass', '', name)

interface CsiNode {
  readonly spec?: {
    readonly drivers?: readonly { readonly name: string; readonly allocatable?: { readonly count?: number } }[]
  }
}

/** How many volumes of each CSI driver fit on a node; a driver without a count has no limit. */
export const volumeLimitsOf = (view: ClusterView, node: string): ReadonlyMap<string, number> => {
  const drivers = bodyOf<CsiNode>(view, 'CSINode', '', node)?.spec?.drivers ?? []
  return new Map(
    drivers.flatMap(({ name, allocatable }) => (allocatable?.count === undefined ? [] : [[name, allocatable.count]])),
  )
}

interface CsiDriver {
  readonly spec?: { readonly storageCapacity?: boolean }
}

/** True if the driver publishes how much storage is left where. */
export const tracksCapacity = (view: ClusterView, driver: string): boolean =>
  bodyOf<CsiDriver>(view, 'CSIDriver', '', driver)?.spec?.storageCapacity === true

export interface StorageCapacity {
  readonly storageClassName?: string
  readonly capacity?: string
  readonly maximumVolumeSize?: string
  readonly nodeTopology?: Parameters<typeof selectorOf>[0]
}

export const storageCapacitiesOf = (view: ClusterView): readonly StorageCapacity[] =>
  everyOf<StorageCapacity>(view, 'CSIStorageCapacity')

type StoredBudget = ClusterView['podDisruptionBudgets'] extends ReadonlyMap<string, infer B> ? B : never

/** A PodDisruptionBudget and what it still allows, as its controller said last. */
export interface Budget {
  readonly namespace: string
  readonly selector: Selector
  readonly disruptionsAllowed: number
  /** By name, pods that are going already, and that it has been counted for. */
  readonly disruptedPods: StoredBudget['status']['disruptedPods']
}

export const budgetsOf = (view: ClusterView): readonly Budget[] =>
  Array.from(view.podDisruptionBudgets.values(), ({ namespace, matcher, status }) => ({
    namespace,
    selector: matcher as Selector,
    disruptionsAllowed: status.disruptionsAllowed,
    disruptedPods: status.disruptedPods,
  }))

const ownerSelector = (view: ClusterView, pod: PodView): readonly Requirement[] => {
  if (pod.owner === undefined) return []
  const set = view.replicaSetsByUid.get(pod.owner.uid)
  if (set !== undefined) return set.matcher.requirements
  if (pod.owner.kind !== 'StatefulSet') return []
  return view.statefulSets.get(keyOf(pod.namespace, pod.owner.name))?.matcher.requirements ?? []
}

/**
 * The pods that a pod belongs together with: those of its Services and of its owner, merged. `undefined` if that selects
 * everything.
 *
 * Source: pkg/scheduler/framework/plugins/helper/spread.go, DefaultSelector.
 */
export const defaultSelector = (view: ClusterView, pod: PodView): Selector | undefined => {
  const requirements = new Map<string, Requirement>()
  for (const { selector } of servicesSelecting(view, pod.namespace, pod.labels)) {
    for (const requirement of selector?.requirements ?? [])
      requirements.set(requirement.key, requirement as Requirement)
  }
  const all = [...requirements.values(), ...ownerSelector(view, pod)]
  return all.length === 0 ? undefined : selectorOfRequirements(all)
}
