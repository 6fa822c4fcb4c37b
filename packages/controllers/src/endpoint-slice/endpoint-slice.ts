import {
  type ClusterView,
  controllerRefOf,
  createEndpointSlice,
  type DeepReadonly,
  defineController,
  type EndpointSlice,
  endpointSliceEvents,
  type Flags,
  type FlagValues,
  isTerminatingNamespace,
  keyOf,
  type ObjectKey,
  type Pod,
  type PodKey,
  serviceEvents,
  serviceKeyOf,
  servicesSelecting,
} from '@wavetank/cluster'
import { generateName } from '@wavetank/cluster/api'
import { type Emission, type Entry, emit, QUIET, type Scene, type SimEvent, timer } from '@wavetank/kernel'
import { clientFlags, clientRate, joinFolds, spendOnWrites } from '../api-client.ts'
import { type ClientQueue, clientQueue, nextTurn, takeTurn } from '../client-queue.ts'
import { reactionTime } from '../latency.ts'
import { fullBucket } from '../rate-limiter.ts'
import { relistObjects } from '../relist.ts'
import { exponentialBackoff } from '../retry.ts'
import type { EndpointView, PodView, ServiceView } from './endpoint.ts'
import { EndpointSliceSyncDue, EndpointSliceSyncFailed } from './events.ts'
import { type Home, type Homes, isOutdated, settle, unsettle } from './homes.ts'
import { type NewSlice, type Plan, planAnew, planChanges, type SliceUpdate, type Surroundings } from './plan.ts'
import { isManaged, labelsOfSlices, slicesOf } from './slices.ts'

/**
 * EndpointSlices: which pods of a Service take traffic, in lists of 100.
 *
 *   pod Ready ──▶ web-x7k2p  10.244.0.2 ready, 10.244.1.2 ready, 10.244.2.2 not ready
 *
 * 1. A change of a pod concerns the Services that select it, which are looked up by its labels, and only if what one of
 *    them has of it is not what it should have.
 * 2. What has changed is gathered until the sync; the sync looks at that alone.
 * 3. Where each pod's endpoint stands is remembered (`homes`), folded from the slices' own events.
 *
 * Source: pkg/controller/endpointslice/endpointslice_controller.go.
 */

const name = 'endpointslice-controller'

export const flags = {
  ...clientFlags,
  'max-endpoints-per-slice': {
    type: 'integer',
    default: 100,
    min: 1,
    doc: 'How many endpoints the EndpointSlice controller puts into one slice.',
  },
  'endpointslice-updates-batch-period': {
    type: 'duration',
    default: 0,
    doc: 'How long the EndpointSlice controller waits for more changes of pods before it writes them.',
  },
} as const satisfies Flags

type Config = FlagValues<typeof flags>

/** Source: maxRetries, defaultSyncBackOff, maxSyncBackOff, endpointSliceChangeMinSyncDelay. */
const RETRIES_MAX = 15
const syncBackoff = exponentialBackoff(1_000, 1_000_000)
const SLICE_CHANGED_MILLIS = 1_000

/** What a sync has to look at. */
interface Changed {
  /** Everything: pods alone would not say it all. */
  all: boolean
  readonly pods: Set<PodKey>
}

interface Own {
  readonly bucket: ClientQueue['bucket']
  readonly queue: ClientQueue
  readonly homes: Homes
  /** By Service, what has changed since its last sync. */
  readonly changed: Map<ObjectKey, Changed>
  /** What the sync that is due now looks at. */
  current: Changed | undefined
  /** The Services that the last entry has something new for. */
  touched: readonly ObjectKey[]
  /** Rises when a node goes or has other labels; endpoints say on which node and in which zone they are. */
  nodesVersion: number
  readonly syncedAt: Map<ObjectKey, number>
  readonly failures: Map<ObjectKey, { readonly count: number; readonly retried: boolean }>
}

type SliceScene = Scene<ClusterView, Own, Config>
type ObjectEntry = Entry<{ readonly kind: string; readonly object: string }>
type PodEntry = Entry<{ readonly kind: string; readonly pod: string }>
type Fold = (own: Own, entry: Entry<never>, view: ClusterView, config: Config) => void
type ViewOf<T> = DeepReadonly<T>

const NONE: readonly ObjectKey[] = []

// --- what has changed ----------------------------------------------------------------------------------------------

const changedOf = (own: Own, service: ObjectKey): Changed => {
  let changed = own.changed.get(service)
  if (changed === undefined) {
    changed = { all: false, pods: new Set() }
    own.changed.set(service, changed)
  }
  return changed
}

const folding =
  <E extends Entry<{ readonly kind: string }>>(
    fold: (own: Own, entry: E, view: ClusterView, config: Config) => void,
  ): Fold =>
  (own, entry, view, config) =>
    fold(own, entry as unknown as E, view, config)

/** Hot path: for every change of every pod. */
const podChanged = (own: Own, { event }: PodEntry, view: ClusterView): void => {
  own.touched = NONE
  if (view.servicesByLabel.size === 0 && own.homes.size === 0) return
  const key = event.pod
  const pod: ViewOf<Pod> | undefined = view.pods.get(key)
  let touched: ObjectKey[] | undefined
  const touch = (service: ObjectKey): void => {
    if (touched?.includes(service) === true || !isOutdated(view, own.homes, service, key)) return
    changedOf(own, service).pods.add(key)
    if (touched === undefined) touched = [service]
    else touched.push(service)
  }
  if (pod !== undefined) for (const service of servicesSelecting(view, pod.namespace, pod.labels)) touch(service.key)
  for (let home: Home | undefined = own.homes.get(key); home !== undefined; home = home.next) touch(home.service)
  if (touched !== undefined) own.touched = touched
  else if (pod === undefined) own.homes.delete(key)
}

const serviceChanged = (own: Own, { event }: ObjectEntry): void => {
  changedOf(own, event.object).all = true
}

const serviceGone = (own: Own, { event }: ObjectEntry): void => {
  own.changed.delete(event.object)
  own.failures.delete(event.object)
  own.syncedAt.delete(event.object)
}

type SliceNote = (own: Own, slice: ViewOf<EndpointSlice>, service: ObjectKey, event: SimEvent) => void

/** Notes where endpoints stand; a write by somebody else makes the Service's next sync look at everything. */
const sliceChanged =
  (note: SliceNote) =>
  (own: Own, entry: ObjectEntry, view: ClusterView): void => {
    own.touched = NONE
    const slice = view.endpointSlices.get(entry.event.object) ?? (view.removedObject as ViewOf<EndpointSlice>)
    const service = serviceKeyOf(slice.namespace, slice.labels)
    if (service === undefined) return
    const managed = isManaged(slice)
    if (managed) note(own, slice, service, entry.event)
    // One that is somebody else's now was perhaps the controller's before.
    const concerns = managed || entry.event.kind === endpointSliceEvents.Labelled.kind
    if (entry.by === name || !concerns || !view.services.has(service)) return
    changedOf(own, service).all = true
    own.touched = [service]
  }

const noteAll: SliceNote = (own, { key, endpoints }, service) => {
  // Pods that were looked at and are not here any more.
  for (const pod of own.current?.pods ?? []) unsettle(own.homes, key, pod)
  settle(own.homes, service, key, endpoints)
}

type Change = ReturnType<typeof endpointSliceEvents.EndpointsChanged>

const noteChange: SliceNote = (own, { key, namespace }, service, event) => {
  const { changed = [], removed = [], added = [] } = event as Change
  for (const pod of removed) unsettle(own.homes, key, keyOf(namespace, pod))
  settle(own.homes, service, key, changed as unknown as readonly EndpointView[])
  settle(own.homes, service, key, added as unknown as readonly EndpointView[])
}

const noteGone: SliceNote = (own, { key, endpoints }) => {
  for (const { targetRef } of endpoints) {
    unsettle(own.homes, key, keyOf(targetRef?.namespace ?? '', targetRef?.name ?? ''))
  }
}

const nodesChanged = (own: Own): void => {
  own.nodesVersion++
}

const startSync = (own: Own, { event, at }: ObjectEntry, _view: ClusterView, config: Config): void => {
  const { object } = event
  takeTurn(own.queue, config, object, at)
  own.current = undefined
  if (!own.queue.hasTurn) return
  own.current = own.changed.get(object)
  own.changed.delete(object)
  if (own.current !== undefined && (own.syncedAt.get(object) ?? own.nodesVersion) < own.nodesVersion) {
    own.current.all = true
  }
  own.syncedAt.set(object, own.nodesVersion)
  const failed = own.failures.get(object)
  if (failed === undefined) return
  // The one before this did not fail again.
  if (failed.retried) own.failures.delete(object)
  else own.failures.set(object, { count: failed.count, retried: true })
}

const noteFailure = (own: Own, { event }: Entry<ReturnType<typeof EndpointSliceSyncFailed>>): void => {
  const { object, pods, dropped } = event
  for (const pod of pods) changedOf(own, object).pods.add(pod)
  if (dropped === true) own.failures.delete(object)
  else own.failures.set(object, { count: (own.failures.get(object)?.count ?? 0) + 1, retried: false })
}

// --- wake-ups ------------------------------------------------------------------------------------------------------

const syncDue = (object: ObjectKey) => EndpointSliceSyncDue({ object })

const wake = (scene: SliceScene, key: ObjectKey, at: number, delay: number): Emission =>
  timer(key, delay + reactionTime(scene.view, scene.draw, name, key, at), syncDue(key))

/** The delaying queue beside the queue. */
const wakeLater = (key: ObjectKey, delay: number): Emission => timer(`later ${key}`, delay, syncDue(key))

const wakeTouched = (scene: SliceScene, { at }: Entry): readonly Emission[] =>
  scene.own.touched.length === 0
    ? QUIET
    : scene.own.touched.map((key) => wake(scene, key, at, scene.config['endpointslice-updates-batch-period']))

const wakeService = (scene: SliceScene, { event, at }: ObjectEntry): readonly Emission[] => [
  wake(scene, event.object, at, 0),
]

/** Source: queueServiceForEndpointSlice. */
const sliceTouched = (scene: SliceScene): readonly Emission[] => {
  const delay = Math.max(SLICE_CHANGED_MILLIS, scene.config['endpointslice-updates-batch-period'])
  return scene.own.touched.map((key) => wakeLater(key, delay))
}

// --- syncs ---------------------------------------------------------------------------------------------------------

/** Requests of the controller: each takes a token of its API client. */
const WRITES: readonly string[] = [
  endpointSliceEvents.Created,
  endpointSliceEvents.EndpointsChanged,
  endpointSliceEvents.Rewritten,
  endpointSliceEvents.Deleted,
].map(({ kind }) => kind)
const isWrite: ReadonlySet<string> = new Set(WRITES)

/** Source: getEndpointSlicePrefix. */
const prefixOf = (service: string): string => `${service}-`

const createSlice = (
  { view, draw }: SliceScene,
  service: ServiceView,
  { ports, endpoints }: NewSlice,
  taken: Set<ObjectKey>,
  at: number,
): SimEvent => {
  let object = ''
  for (let attempt = 0; object === '' || taken.has(object) || view.endpointSlices.has(object); attempt++) {
    const u = draw('endpoint-slice-name', `${service.key} ${at} ${taken.size} ${attempt}`)
    object = keyOf(service.namespace, generateName(prefixOf(service.name), u))
  }
  taken.add(object)
  return createEndpointSlice(view, at, {
    object,
    labels: labelsOfSlices(service),
    annotations: {},
    owner: controllerRefOf(service),
    addressType: 'IPv4',
    ports,
    endpoints,
  })
}

const records = (list: readonly unknown[]): readonly Record<string, unknown>[] => list as Record<string, unknown>[]
const unlessEmpty = <A>(list: readonly A[]): readonly A[] | undefined => (list.length === 0 ? undefined : list)

const relabel = (update: SliceUpdate, service: ServiceView): readonly SimEvent[] => {
  const labels = labelsOfSlices(service)
  const { labels: before, key: object } = update.slice
  const same =
    Object.keys(before).length === Object.keys(labels).length &&
    Object.entries(labels).every(([key, value]) => before[key] === value)
  return same ? [] : [endpointSliceEvents.Labelled({ object, labels })]
}

const rewrite = (object: ObjectKey, { ports, endpoints }: NewSlice): SimEvent =>
  endpointSliceEvents.Rewritten({ object, ports: records(ports), endpoints: records(endpoints) })

const updateSlice = (update: SliceUpdate, service: ServiceView): readonly SimEvent[] => {
  const { slice } = update
  const { key: object } = slice
  const labelled = relabel(update, service)
  if (update.as === 'relabelled') return labelled
  if (update.as === 'rewritten') return [rewrite(object, update), ...labelled]
  const { changed, removed, added } = update
  const names = [...removed].map((place) => slice.endpoints[place]?.targetRef?.name)
  // Only somebody else writes endpoints of no pod; there is no name to remove them by.
  if (names.includes(undefined)) {
    const kept = slice.endpoints.flatMap((one, place) => (removed.has(place) ? [] : [changed.get(place) ?? one]))
    return [rewrite(object, { ports: slice.ports, endpoints: [...kept, ...added] }), ...labelled]
  }
  const event = endpointSliceEvents.EndpointsChanged({
    object,
    changed: unlessEmpty(records([...changed.values()])),
    removed: unlessEmpty(names as readonly string[]),
    added: unlessEmpty(records(added)),
  })
  return [event, ...labelled]
}

const eventsOf = (scene: SliceScene, service: ServiceView, plan: Plan, at: number): readonly SimEvent[] => {
  const taken = new Set<ObjectKey>()
  const terminating = isTerminatingNamespace(scene.view, service.namespace)
  // What cannot be created in a namespace that goes is left, and so is the rest. Source: finalize.
  if (terminating && plan.creates.length > 0) return []
  return [
    ...plan.creates.map((slice) => createSlice(scene, service, slice, taken, at)),
    ...plan.updates.flatMap((update) => updateSlice(update, service)),
    ...plan.deletes.map(({ key }) => endpointSliceEvents.Deleted({ object: key })),
  ]
}

/** Source: reconcileByAddressType, handleErr. */
const failureOf = ({ own }: SliceScene, service: ServiceView, pods: readonly PodView[]): readonly Emission[] => {
  if (pods.length === 0) return []
  const { key } = service
  const said = pods.map(({ name: pod, node }) => `skipping Pod ${pod} for Service ${key}: Node ${node} Not Found`)
  const message = said.length === 1 ? said[0]! : `[${said.join(', ')}]`
  const count = own.failures.get(key)?.count ?? 0
  const dropped = count >= RETRIES_MAX ? true : undefined
  const failed = EndpointSliceSyncFailed({ object: key, pods: pods.map((pod) => pod.key), message, dropped })
  if (dropped === true) return [emit(failed)]
  return [emit(failed), wakeLater(key, syncBackoff(count))]
}

const planOf = ({ view, own, config }: SliceScene, service: ServiceView): Plan | undefined => {
  const { current } = own
  if (current === undefined || service.selector === undefined || service.spec.type === 'ExternalName') return undefined
  const { key } = service
  const maxEndpoints = Math.min(config['max-endpoints-per-slice'], MAX_PER_SLICE)
  const surroundings: Surroundings = { view, service, slices: slicesOf(view, key), maxEndpoints }
  return current.all
    ? planAnew(surroundings, view.podsByService.get(key) ?? [])
    : planChanges(surroundings, own.homes, current.pods)
}

/** What the API server takes. Source: pkg/apis/discovery/validation/validation.go, maxEndpoints. */
const MAX_PER_SLICE = 1_000

const reconcile = (scene: SliceScene, { event, at }: ObjectEntry): readonly Emission[] => {
  const { view, own, config } = scene
  const service = own.queue.hasTurn ? view.services.get(event.object) : undefined
  const plan = service === undefined ? undefined : planOf(scene, service)
  if (service === undefined || plan === undefined) return nextTurn(own.queue, config, at, syncDue)
  const events = eventsOf(scene, service, plan, at)
  const owed = events.filter(({ kind }) => isWrite.has(kind)).length
  return [
    ...events.map(emit),
    ...failureOf(scene, service, plan.lackingNodes),
    ...nextTurn(own.queue, config, at, syncDue, owed),
  ]
}

/** What can change the endpoint of a pod. Source: podEndpointsChanged, deletePod. */
const POD_CHANGES = [
  'PodStatusReported',
  'PodResumed',
  'PodMarkedNotReady',
  'PodMarkedForDeletion',
  'PodFailed',
  'PodLabelled',
  'PodDeleted',
]

const forEach = <A>(kinds: readonly string[], value: A): Readonly<Record<string, A>> =>
  Object.fromEntries(kinds.map((kind) => [kind, value]))

export const endpointSlice = defineController<Own, typeof flags>({
  name,
  doc: 'Keeps the EndpointSlices of Services with a selector: which pods take traffic, and which are about to stop.',
  component: 'kube-controller-manager',
  flags,
  events: [EndpointSliceSyncDue, EndpointSliceSyncFailed],
  own: {
    initial: (config) => {
      const bucket = fullBucket(clientRate(config))
      return {
        bucket,
        queue: clientQueue(bucket),
        homes: new Map(),
        changed: new Map(),
        current: undefined,
        touched: NONE,
        nodesVersion: 0,
        syncedAt: new Map(),
        failures: new Map(),
      }
    },
    apply: joinFolds<Own, Config>(spendOnWrites(name, WRITES), {
      ...forEach(POD_CHANGES, folding(podChanged)),
      [serviceEvents.Created.kind]: folding(serviceChanged),
      [serviceEvents.SpecChanged.kind]: folding(serviceChanged),
      [serviceEvents.Labelled.kind]: folding(serviceChanged),
      [serviceEvents.Deleted.kind]: folding(serviceGone),
      [endpointSliceEvents.Created.kind]: folding(sliceChanged(noteAll)),
      [endpointSliceEvents.Rewritten.kind]: folding(sliceChanged(noteAll)),
      [endpointSliceEvents.Labelled.kind]: folding(sliceChanged(noteAll)),
      [endpointSliceEvents.EndpointsChanged.kind]: folding(sliceChanged(noteChange)),
      [endpointSliceEvents.Deleted.kind]: folding(sliceChanged(noteGone)),
      NodeDeleted: nodesChanged,
      NodeLabelled: nodesChanged,
      EndpointSliceSyncDue: folding(startSync),
      EndpointSliceSyncFailed: folding(noteFailure),
    }),
  },
  on: {
    ...forEach(POD_CHANGES, wakeTouched),
    [serviceEvents.Created.kind]: wakeService,
    [serviceEvents.SpecChanged.kind]: wakeService,
    [serviceEvents.Labelled.kind]: wakeService,
    [endpointSliceEvents.Created.kind]: sliceTouched,
    [endpointSliceEvents.Rewritten.kind]: sliceTouched,
    [endpointSliceEvents.Labelled.kind]: sliceTouched,
    [endpointSliceEvents.EndpointsChanged.kind]: sliceTouched,
    [endpointSliceEvents.Deleted.kind]: sliceTouched,
    EndpointSliceSyncDue: reconcile,
  },
  restart: {
    relist: relistObjects((view) => view.services, wakeService),
    remember: (own, view) => {
      for (const service of view.services.keys()) changedOf(own, service).all = true
      for (const slice of view.endpointSlices.values()) {
        const service = serviceKeyOf(slice.namespace, slice.labels)
        if (service !== undefined && isManaged(slice)) settle(own.homes, service, slice.key, slice.endpoints)
      }
    },
  },
})
