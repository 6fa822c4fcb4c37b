import {
  type ClusterView,
  defineController,
  isTerminatingNamespace,
  type ObjectKey,
  statefulSetEvents,
} from '@wavetank/cluster'
import { type Emission, type Entry, emit, QUIET, type Scene, timer } from '@wavetank/kernel'
import { type ClientConfig, clientFlags, clientRate, joinFolds, spendOnWrites } from '../api-client.ts'
import { claimPods } from '../claim-pods.ts'
import { watchPods } from '../pod-watch.ts'
import { fullBucket, type TokenBucket, tokensAt, waitFor } from '../rate-limiter.ts'
import { relistObjects } from '../relist.ts'
import { retryDelay } from '../retry.ts'
import { control, isSameStatus } from './control.ts'
import { StatefulSetSyncDue, StatefulSetSyncFailed } from './events.ts'
import { historyOf } from './history.ts'
import { ordinalOf } from './identity.ts'

/**
 * StatefulSet: pods with names of their own, in order.
 *
 * 1. It keeps no memory of what it did: a pod's name says which one it is, and a second one of that name cannot be
 *    stored. So a pod whose node died holds its place until its object is gone.
 * 2. Claims are made with the pod and stay when it goes, unless the retention policy gives them an owner that goes.
 *
 * Source: pkg/controller/statefulset/stateful_set.go; control.ts has the sync itself.
 */

const name = 'statefulset-controller'

export interface Own {
  readonly bucket: TokenBucket
  /** Syncs in a row that failed, by set. */
  readonly failures: Map<ObjectKey, number>
}
type SetScene = Scene<ClusterView, Own, ClientConfig>
type PodEntry = Entry<{ readonly kind: string; readonly pod: string }>
type SetEntry = Entry<{ readonly kind: string; readonly object: string }>

const { wakeLater, ownerKeyOf, on } = watchPods({
  name,
  kind: 'StatefulSet',
  tableOf: (view) => view.statefulSets,
  syncDue: (object) => StatefulSetSyncDue({ object }),
})

/** Source: sync, syncStatefulSet. */
const sync = (scene: SetScene, { event, at }: SetEntry): readonly Emission[] => {
  const { view, own, config } = scene
  const set = view.statefulSets.get(event.object)
  if (set === undefined) return QUIET
  const claimed = claimPods(view, set, (pod) => ordinalOf(set, pod) !== undefined)
  const history = historyOf(view, set, at)
  const isNew = history.events.some(({ kind }) => kind === 'ControllerRevisionCreated')
  const ending = set.deletion !== undefined || isTerminatingNamespace(view, set.namespace)
  if (isNew && ending) return QUIET

  const emissions: Emission[] = [...claimed.events, ...history.events].map(emit)
  const rate = clientRate(config)
  const tokens = Math.max(0, tokensAt(own.bucket, rate, at) - emissions.length)
  const { events, status, failure } = control(view, set, history, claimed.pods, tokens, at)
  for (const change of events) emissions.push(emit(change))
  if (status === undefined) {
    const wait = waitFor(own.bucket, rate, at, emissions.length + 1)
    return [...emissions, timer(set.key, Math.max(1, wait), StatefulSetSyncDue({ object: set.key }))]
  }
  if (!isSameStatus(set.status, status))
    emissions.push(emit(statefulSetEvents.StatusReported({ object: set.key, ...status })))
  if (failure !== undefined) {
    emissions.push(
      wakeLater(set.key, retryDelay(own.failures.get(set.key))),
      emit(StatefulSetSyncFailed({ object: set.key, ...failure })),
    )
  } else if (set.minReadySeconds > 0 && status.availableReplicas !== set.replicas) {
    emissions.push(wakeLater(set.key, set.minReadySeconds * 1_000))
  }
  return emissions
}

type OwnFold = (own: Own, entry: Entry<never>, view: ClusterView, config: ClientConfig) => void

const memory: Readonly<Record<string, OwnFold>> = {
  StatefulSetSyncFailed: (own, entry) => {
    const { object } = (entry as SetEntry).event
    own.failures.set(object, (own.failures.get(object) ?? 0) + 1)
  },
  StatefulSetDeleted: (own, entry) => {
    own.failures.delete((entry as SetEntry).event.object)
  },
  PodCreated: (own, entry, view) => {
    if ((entry as Entry).by !== name) return
    const pod = view.pods.get((entry as PodEntry).event.pod)
    if (pod !== undefined) own.failures.delete(ownerKeyOf(pod) ?? '')
  },
}

const writes = spendOnWrites<Own>(name, [
  'PodCreated',
  'PodLabelled',
  'PodMarkedForDeletion',
  'PodDeleted',
  'PodAdopted',
  'PodReleased',
  'StatefulSetStatusReported',
  'PersistentVolumeClaimCreated',
  'PersistentVolumeClaimAdopted',
  'PersistentVolumeClaimReleased',
  'ControllerRevisionCreated',
  'ControllerRevisionRenumbered',
  'ControllerRevisionAdopted',
  'ControllerRevisionReleased',
  'ControllerRevisionDeleted',
])

export const statefulSet = defineController<Own, typeof clientFlags>({
  name,
  doc: 'Keeps the pods of each StatefulSet, each with its name and its claims, in order.',
  component: 'kube-controller-manager',
  flags: clientFlags,
  events: [StatefulSetSyncDue, StatefulSetSyncFailed],
  own: {
    initial: (config) => ({
      bucket: fullBucket(clientRate(config)),
      failures: new Map(),
    }),
    apply: joinFolds(writes, memory),
  },
  on: {
    StatefulSetCreated: on.objectChanged,
    StatefulSetScaled: on.objectChanged,
    StatefulSetSpecChanged: on.objectChanged,
    StatefulSetMarkedForDeletion: on.objectChanged,
    // The status says which revision is the current one: with a new one an older may go.
    StatefulSetStatusReported: on.objectChanged,
    StatefulSetSyncDue: sync,
    PodCreated: on.podChanged,
    PodStatusReported: on.podReported,
    PodMarkedNotReady: on.podChanged,
    PodMarkedForDeletion: on.podChanged,
    PodFailed: on.podChanged,
    PodLabelled: on.podChanged,
    PodAdopted: on.podChanged,
    PodReleased: on.podReleased,
    PodDeleted: on.podGone,
  },
  restart: { relist: relistObjects((view) => view.statefulSets, on.objectChanged) },
})
