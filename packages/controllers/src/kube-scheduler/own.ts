import { type ClusterView, type FlagValues, type InertObjectCreated, type Pod, podConditionOf } from '@wavetank/cluster'
import type { Entry, EventOf } from '@wavetank/kernel'
import { fullBucket, type Rate, spend, type TokenBucket } from '../rate-limiter.ts'
import {
  addImage,
  addNode,
  changeNode,
  contextOf,
  createCache,
  displacePod,
  forgetSelectors,
  placePod,
  relabelPod,
  removeNode,
  type SchedulerCache,
  terminatePod,
} from './cache.ts'
import type { ClusterChange } from './changes.ts'
import { DEFAULT_CONFIGURATION, type SchedulerConfiguration } from './configuration/configuration.ts'
import { refreshOrder } from './node-table.ts'
import { clearNomination, createNominator, type Nominator, nominate } from './nominator.ts'
import { SELECTOR_CHANGES, STORAGE_CHANGES, STORAGE_KINDS } from './objects.ts'
import { isGated } from './plugins/scheduling-gates/scheduling-gates.ts'
import { DEFAULT_SCHEDULER_NAME, type Profile } from './profile.ts'
import {
  addPod,
  addUnschedulable,
  createQueue,
  flushUnschedulable,
  popPod,
  type QueuedPod,
  removePod,
  requeue,
  type SchedulingQueue,
  ungate,
} from './queue/queue.ts'
import { listensAny, wakePods } from './queue/wake.ts'
import { type ProfiledShape, profiledShapeOf, type Shape, shapeOf } from './shapes.ts'
import { counts, type PodView, priorityOf } from './snapshot.ts'

/** The scheduler’s memory: its queue and its cache of the cluster, folded from the log. */

export const flags = {
  'client-connection-qps': {
    type: 'number',
    default: 50,
    min: 0.001,
    doc: 'KubeSchedulerConfiguration clientConnection.qps: bindings a second.',
  },
  'client-connection-burst': {
    type: 'integer',
    default: 100,
    min: 1,
    doc: 'KubeSchedulerConfiguration clientConnection.burst: bindings at once.',
  },
} as const

/** The flags, and what a KubeSchedulerConfiguration file says; without one the default profile. */
export type Config = FlagValues<typeof flags> & { readonly configuration?: SchedulerConfiguration }

export const configurationOf = (config: Config): SchedulerConfiguration => config.configuration ?? DEFAULT_CONFIGURATION

export const rateOf = (config: Config): Rate => {
  const { qps, burst } = configurationOf(config)
  return { qps: qps ?? config['client-connection-qps'], burst: burst ?? config['client-connection-burst'] }
}

export interface Own {
  readonly queue: SchedulingQueue
  readonly cache: SchedulerCache
  readonly nominator: Nominator
  /** The pod of the attempt under way, and how the scheduler sees it. */
  current: { readonly queued: QueuedPod; readonly shape: Shape; readonly profiled: ProfiledShape } | undefined
  /** nextStartNodeIndex. */
  start: number
  readonly bucket: TokenBucket
  /** Pods whose victims are not deleted yet. */
  readonly preempting: Set<string>
  /** The condition message last written, by pod. */
  readonly messages: Map<string, string>
  /** Pods that have a node and wait for their volumes to be bound there. */
  readonly binding: Map<string, string>
  /** The last entry brought the first pod into an empty queue. */
  isWoken: boolean
}

export const initialOwn = (config: Config): Own => ({
  queue: createQueue(),
  cache: createCache(),
  nominator: createNominator(),
  current: undefined,
  start: 0,
  bucket: fullBucket(rateOf(config)),
  preempting: new Set(),
  messages: new Map(),
  binding: new Map(),
  isWoken: false,
})

export const profileFor = (pod: PodView, { profiles }: SchedulerConfiguration): Profile | undefined => {
  const name = pod.template.spec.schedulerName ?? DEFAULT_SCHEDULER_NAME
  for (const profile of profiles) if (profile.schedulerName === name) return profile
  return undefined
}

type Fold = (own: Own, entry: Entry<never>, view: ClusterView, config: Config) => void
type PodEntry = Entry<{ readonly kind: string; readonly pod: string }>
type NodeEntry = Entry<{ readonly kind: string; readonly node: string }>

/** Notes whether an entry woke the scheduler. */
const folding =
  <E>(fold: (own: Own, entry: E, view: ClusterView, config: Config) => void): Fold =>
  (own, entry, view, config) => {
    const { active, backoff, error } = own.queue.counts
    fold(own, entry as unknown as E, view, config)
    const now = own.queue.counts
    own.isWoken =
      (active + backoff === 0 && now.active + now.backoff > 0) ||
      (error === 0 && now.error > 0 && active + backoff === 0)
  }

const wake = (
  own: Own,
  at: number,
  view: ClusterView,
  config: Config,
  change: () => ClusterChange,
  kind: ClusterChange['kind'],
  mayMove: (pod: QueuedPod) => boolean = () => true,
): void => {
  const configuration = configurationOf(config)
  if (!listensAny(own.queue, configuration.profiles, kind)) return
  wakePods(
    own.queue,
    change(),
    at,
    configuration,
    view,
    (pod) => profileFor(pod, configuration),
    (pod) => !own.preempting.has(pod.key) && mayMove(pod),
  )
}

const nodeCreated = (own: Own, { event, at }: NodeEntry, view: ClusterView, config: Config): void => {
  const node = view.nodes.get(event.node)!
  addNode(own.cache, node)
  wake(own, at, view, config, () => ({ kind: 'NodeAdded', node }), 'NodeAdded')
}

const nodeDeleted = (own: Own, { event, at }: NodeEntry, view: ClusterView, config: Config): void => {
  const before = removeNode(own.cache, event.node)
  if (before === undefined) return
  if (own.start >= own.cache.nodes.size) own.start = 0
  wake(own, at, view, config, () => ({ kind: 'NodeDeleted', before }), 'NodeDeleted')
}

const nodeLabelled = (own: Own, { event, at }: NodeEntry, view: ClusterView, config: Config): void => {
  const node = view.nodes.get(event.node)!
  const before = changeNode(own.cache, node)
  if (before === undefined) return
  wake(own, at, view, config, () => ({ kind: 'NodeLabelsChanged', node, before }), 'NodeLabelsChanged')
}

const nodeTaintsChanged = (own: Own, { event, at }: NodeEntry, view: ClusterView, config: Config): void => {
  const node = view.nodes.get(event.node)!
  const before = changeNode(own.cache, node)
  if (before === undefined) return
  wake(own, at, view, config, () => ({ kind: 'NodeTaintsChanged', node, before }), 'NodeTaintsChanged')
}

const place = (own: Own, pod: PodView, at: number, view: ClusterView, config: Config): void => {
  if (!placePod(own.cache, pod, view)) return
  wake(own, at, view, config, () => ({ kind: 'AssignedPodAdded', pod }), 'AssignedPodAdded')
}

const displace = (own: Own, pod: PodView, at: number, view: ClusterView, config: Config): void => {
  if (!displacePod(own.cache, pod.key)) return
  wake(own, at, view, config, () => ({ kind: 'AssignedPodDeleted', pod }), 'AssignedPodDeleted')
}

/** A nomination that ends frees room for pods that are not more important. */
const denominate = (own: Own, pod: PodView, at: number, view: ClusterView, config: Config): void => {
  if (!clearNomination(own.nominator, pod.key)) return
  const priority = priorityOf(pod)
  const change = (): ClusterChange => ({ kind: 'AssignedPodDeleted', pod })
  wake(own, at, view, config, change, 'AssignedPodDeleted', (other) => other.priority <= priority)
}

const podCreated = (own: Own, { event, at }: PodEntry, view: ClusterView, config: Config): void => {
  const pod = view.pods.get(event.pod)!
  if (pod.node !== '') {
    place(own, pod, at, view, config)
    return
  }
  const profile = profileFor(pod, configurationOf(config))
  if (profile === undefined) return
  addPod(
    own.queue,
    { key: pod.key, uid: pod.uid, priority: priorityOf(pod) },
    at,
    profile.gates.length > 0 && isGated(pod),
  )
}

const podBound = (
  own: Own,
  { event, at, by }: Entry<{ kind: string; pod: string; evaluated?: number }>,
  view: ClusterView,
  config: Config,
): void => {
  if (own.current?.queued.key === event.pod) own.current = undefined
  if (by === DEFAULT_SCHEDULER_NAME) {
    spend(own.bucket, rateOf(config), at)
    if (event.evaluated !== undefined) own.start = (own.start + event.evaluated) % Math.max(1, own.cache.nodes.size)
  }
  removePod(own.queue, event.pod)
  clearNomination(own.nominator, event.pod)
  own.messages.delete(event.pod)
  own.binding.delete(event.pod)
  place(own, view.pods.get(event.pod)!, at, view, config)
}

const podUnschedulable = (
  own: Own,
  { event, at, by }: Entry<{ kind: string; pod: string; message: string; plugins?: string[]; nominatedNode?: string }>,
  view: ClusterView,
  config: Config,
): void => {
  if (by !== DEFAULT_SCHEDULER_NAME) return
  if (own.current?.queued.key === event.pod) own.current = undefined
  if (own.binding.delete(event.pod)) clearNomination(own.nominator, event.pod)
  // The condition is only written if it says something new.
  if (own.messages.get(event.pod) !== event.message || event.nominatedNode !== undefined) {
    spend(own.bucket, rateOf(config), at)
    own.messages.set(event.pod, event.message)
  }
  addUnschedulable(own.queue, event.pod, at, event.plugins ?? [], configurationOf(config))
  const { nominatedNode } = event
  if (nominatedNode === undefined) return
  const pod = view.pods.get(event.pod)!
  if (nominatedNode === '') denominate(own, pod, at, view, config)
  else {
    nominate(own.nominator, event.pod, nominatedNode)
    own.preempting.add(event.pod)
  }
}

const podGone = (own: Own, { event, at }: PodEntry, view: ClusterView, config: Config): void => {
  removePod(own.queue, event.pod)
  own.messages.delete(event.pod)
  own.preempting.delete(event.pod)
  own.binding.delete(event.pod)
  if (own.current?.queued.key === event.pod) own.current = undefined
  const pod = view.removedPod
  if (pod === undefined) return
  displace(own, pod, at, view, config)
  denominate(own, pod, at, view, config)
}

const podStatusChanged = (own: Own, { event, at }: PodEntry, view: ClusterView, config: Config): void => {
  const pod = view.pods.get(event.pod)
  if (pod === undefined || counts(pod)) return
  removePod(own.queue, event.pod)
  displace(own, pod, at, view, config)
}

const podLabelled = (own: Own, { event, at }: PodEntry, view: ClusterView, config: Config): void => {
  const pod = view.pods.get(event.pod)!
  const before = relabelPod(own.cache, pod, view)
  if (before === undefined) return
  wake(own, at, view, config, () => ({ kind: 'PodLabelsChanged', pod, before }), 'PodLabelsChanged')
}

const byKey = ({ key: a }: PodView, { key: b }: PodView): number => (a < b ? -1 : a > b ? 1 : 0)

/** What a scheduler that has just started makes of what it lists: in the order of the names, as the API server does. */
export const remember = (own: Own, view: ClusterView, at: number, config: Config): void => {
  for (const name of [...view.nodes.keys()].sort()) addNode(own.cache, view.nodes.get(name)!)
  for (const pod of [...view.pods.values()].sort(byKey)) {
    if (pod.node !== '') {
      placePod(own.cache, pod, view)
      continue
    }
    const profile = profileFor(pod, configurationOf(config))
    if (profile === undefined || !counts(pod)) continue
    const gated = profile.gates.length > 0 && isGated(pod)
    addPod(own.queue, { key: pod.key, uid: pod.uid, priority: priorityOf(pod) }, at, gated)
    if (pod.nominatedNode !== '') nominate(own.nominator, pod.key, pod.nominatedNode)
    const scheduled = podConditionOf(pod as Pod, 'PodScheduled')
    if (scheduled?.status === 'False') own.messages.set(pod.key, scheduled.message ?? '')
  }
  own.isWoken = own.queue.counts.active > 0
}

/** Source: pkg/scheduler/schedule_one.go, ScheduleOne, skipPodSchedule. */
const cycleDue = (own: Own, { at }: Entry, view: ClusterView, config: Config): void => {
  refreshOrder(own.cache.table)
  for (let queued = popPod(own.queue, at); queued !== undefined; queued = popPod(own.queue, at)) {
    const pod = view.pods.get(queued.key)
    if (pod !== undefined && pod.uid === queued.uid && pod.node === '' && pod.deletion === undefined) {
      const context = contextOf(own.cache, view)
      const shape = shapeOf(context, pod)
      const profiled = profiledShapeOf(context, pod, shape, profileFor(pod, configurationOf(config))!)
      own.current = { queued, shape, profiled }
      return
    }
    removePod(own.queue, queued.key)
  }
  own.current = undefined
}

/** The removal of the last victim wakes the pod; if they are all gone already, nothing else would. */
const preemptionDue = (
  own: Own,
  { event, at }: Entry<{ kind: string; pod: string; victims: readonly string[] }>,
  _view: ClusterView,
  config: Config,
): void => {
  own.preempting.delete(event.pod)
  const queued = own.queue.unschedulable.get(event.pod)
  if (queued === undefined || event.victims.some((victim) => own.cache.placed.has(victim))) return
  requeue(own.queue, queued, at, configurationOf(config))
}

type InertEntry = Entry<Pick<EventOf<typeof InertObjectCreated>, 'kind' | 'objectKind' | 'object'>>

const inertChanged = (own: Own, { event, at }: InertEntry, view: ClusterView, config: Config): void => {
  const { objectKind, object } = event
  if (!STORAGE_KINDS.has(objectKind)) return
  wake(own, at, view, config, () => ({ kind: 'StorageChanged', objectKind, object }), 'StorageChanged')
}

type StorageEntry = Entry<{ readonly kind: string; readonly object: string }>

const storageChanged =
  (objectKind: 'PersistentVolumeClaim' | 'PersistentVolume') =>
  (own: Own, { event, at }: StorageEntry, view: ClusterView, config: Config): void => {
    const { object } = event
    wake(own, at, view, config, () => ({ kind: 'StorageChanged', objectKind, object }), 'StorageChanged')
  }

/** The attempt is over, but for its volumes: until they are bound the pod holds its place by a nomination. */
const bindingBegun = (
  own: Own,
  { event, at, by }: Entry<{ kind: string; pod: string; node: string; evaluated?: number }>,
  _view: ClusterView,
  config: Config,
): void => {
  own.current = undefined
  own.binding.set(event.pod, event.node)
  nominate(own.nominator, event.pod, event.node)
  if (by === DEFAULT_SCHEDULER_NAME) spend(own.bucket, rateOf(config), at)
  if (event.evaluated !== undefined) own.start = (own.start + event.evaluated) % Math.max(1, own.cache.nodes.size)
}

export const applyOwn: Readonly<Record<string, Fold>> = {
  NodeCreated: folding(nodeCreated),
  NodeDeleted: folding(nodeDeleted),
  NodeLabelled: folding(nodeLabelled),
  NodeTainted: folding(nodeTaintsChanged),
  NodeUntainted: folding(nodeTaintsChanged),
  NodeCordoned: folding(nodeTaintsChanged),
  NodeUncordoned: folding(nodeTaintsChanged),
  PodCreated: folding(podCreated),
  PodBound: folding(podBound),
  PodUnschedulable: folding(podUnschedulable),
  PodNominationCleared: folding((own, { event, at }: PodEntry, view, config) => {
    denominate(own, view.pods.get(event.pod)!, at, view, config)
  }),
  PodSchedulingGatesChanged: folding((own, { event }: PodEntry, view) => {
    if (!isGated(view.pods.get(event.pod)!)) ungate(own.queue, event.pod)
  }),
  PodMarkedForDeletion: folding((own, { event }: PodEntry) => {
    terminatePod(own.cache, event.pod)
  }),
  ImagePulled: folding((own, { event }: Entry<{ kind: string; node: string; image: string }>) => {
    addImage(own.cache, event.node, event.image)
  }),
  ImagesRemoved: folding((own, { event }: Entry<{ kind: string; node: string; images: readonly string[] }>) => {
    for (const image of event.images) addImage(own.cache, event.node, image)
  }),
  ...Object.fromEntries(SELECTOR_CHANGES.map((kind) => [kind, folding((own) => forgetSelectors(own.cache))])),
  ...Object.fromEntries(
    STORAGE_CHANGES.map((kind) => [
      kind,
      folding(storageChanged(kind.startsWith('PersistentVolumeClaim') ? 'PersistentVolumeClaim' : 'PersistentVolume')),
    ]),
  ),
  VolumeBindingBegun: folding(bindingBegun),
  PodDeleted: folding(podGone),
  PodStatusReported: folding(podStatusChanged),
  PodResumed: folding(podStatusChanged),
  PodFailed: folding(podStatusChanged),
  PodLabelled: folding(podLabelled),
  InertObjectCreated: folding(inertChanged),
  InertObjectChanged: folding(inertChanged),
  InertObjectDeleted: folding(inertChanged),
  SchedulingCycleDue: folding(cycleDue),
  UnschedulableFlushDue: folding((own, { at }: Entry, _view, config) => {
    flushUnschedulable(own.queue, at, configurationOf(config))
  }),
  PreemptionDue: folding(preemptionDue),
}
