import {
  type ClusterView,
  type DeepReadonly,
  defineController,
  type FlagValues,
  ObjectKey,
  type Pod,
  type PodMarkedForDeletion,
  quotaStatus,
  type ResourceQuota,
  resourceQuotaEvents,
  storedKinds,
} from '@wavetank/cluster'
import {
  cancel,
  DECIDE,
  defineEvent,
  type Emission,
  type Entry,
  type EventOf,
  emit,
  QUIET,
  type Scene,
  timer,
} from '@wavetank/kernel'
import { reactionTime } from '../latency.ts'
import { relistAll, relistObjects, relistPods } from '../relist.ts'

/**
 * Keeps the status of ResourceQuotas: what is allowed, and what is used of it.
 *
 * 1. What is created counts at once (admission adds it); what is gone counts until this controller has seen it.
 * 2. A pod that stays after its grace period is noticed by the full resync alone. Passes that would find nothing are no
 *    events.
 *
 * Source: pkg/controller/resourcequota/resource_quota_controller.go (syncResourceQuota),
 * pkg/quota/v1/evaluator/core/pods.go (QuotaV1Pod).
 */

export const ResourceQuotaSyncDue = defineEvent('ResourceQuotaSyncDue', {
  doc: 'The controller looks at one quota: its spec changed, or something that it counts is gone.',
  rank: DECIDE,
  data: { object: ObjectKey },
})

const name = 'resourcequota-controller'

const flags = {
  'resource-quota-sync-period': {
    type: 'duration',
    default: 300_000,
    doc: 'How often all quotas are counted anew: the only time at which pods that should be gone are noticed.',
  },
} as const

type QuotaScene = Scene<ClusterView, unknown, FlagValues<typeof flags>>
type QuotaView = DeepReadonly<ResourceQuota>

const look = (scene: QuotaScene, { key }: QuotaView, at: number): Emission =>
  timer(key, reactionTime(scene.view, scene.draw, name, key, at), ResourceQuotaSyncDue({ object: key }))

/** Those of a namespace whose status is not what it should be. */
const lookWhereNeeded = (scene: QuotaScene, namespace: string | undefined, at: number): readonly Emission[] => {
  const quotas = namespace === undefined ? undefined : scene.view.quotasByNamespace.get(namespace)
  if (quotas === undefined) return QUIET
  return quotas.filter((quota) => quotaStatus(quota) !== undefined).map((quota) => look(scene, quota, at))
}

const quotaChanged = (
  scene: QuotaScene,
  { event, at }: Entry<{ kind: string; object: string }>,
): readonly Emission[] => {
  const quota = scene.view.resourceQuotas.get(event.object)
  return quota === undefined ? QUIET : [look(scene, quota, at)]
}

const sync = ({ view }: QuotaScene, { event }: Entry<{ kind: string; object: string }>): readonly Emission[] => {
  const quota = view.resourceQuotas.get(event.object)
  const status = quota === undefined ? undefined : quotaStatus(quota)
  return status === undefined ? QUIET : [emit(status)]
}

const podChanged = (scene: QuotaScene, { event, at }: Entry<{ kind: string; pod: string }>): readonly Emission[] => {
  if (scene.view.quotasByNamespace.size === 0) return QUIET
  return lookWhereNeeded(scene, scene.view.pods.get(event.pod)?.namespace, at)
}

const expiryKey = (pod: string): string => `expiry ${pod}`

const podGone = (scene: QuotaScene, { event, at }: Entry<{ kind: string; pod: string }>): readonly Emission[] => {
  if (scene.view.quotasByNamespace.size === 0) return QUIET
  return [cancel(expiryKey(event.pod)), ...lookWhereNeeded(scene, scene.view.removedPod?.namespace, at)]
}

/** The grace period counts twice: `deletionTimestamp` is its end already, and the evaluator adds it once more. */
const expiryOf = ({ deletion }: DeepReadonly<Pod>): number =>
  deletion === undefined ? 0 : deletion.deadline + deletion.graceSeconds * 1_000

const podMarked = (
  scene: QuotaScene,
  { event, at }: Entry<EventOf<typeof PodMarkedForDeletion>>,
): readonly Emission[] => {
  const pod = scene.view.pods.get(event.pod)
  if (pod?.deletion === undefined || !scene.view.quotasByNamespace.has(pod.namespace)) return QUIET
  if (scene.view.expiredPods.has(pod.uid)) return QUIET
  const period = scene.config['resource-quota-sync-period']
  const pass = Math.floor(Math.max(expiryOf(pod), at) / period + 1) * period
  const key = expiryKey(pod.key)
  return [cancel(key), timer(key, pass - at, resourceQuotaEvents.PodExpired({ pod: pod.key }))]
}

const objectGone = (scene: QuotaScene, { at }: Entry): readonly Emission[] =>
  scene.view.quotasByNamespace.size === 0 ? QUIET : lookWhereNeeded(scene, scene.view.removedObject?.namespace, at)

const inertGone = (scene: QuotaScene, { event, at }: Entry<{ kind: string; object: string }>): readonly Emission[] =>
  scene.view.quotasByNamespace.size === 0
    ? QUIET
    : lookWhereNeeded(scene, event.object.slice(0, event.object.indexOf('/')), at)

export const resourceQuota = defineController<unknown, typeof flags>({
  name,
  doc: 'Keeps the status of ResourceQuotas: what they allow, and what is used of it.',
  component: 'kube-controller-manager',
  flags,
  events: [ResourceQuotaSyncDue],
  on: {
    ...Object.fromEntries(storedKinds.map(({ events }) => [events.Deleted.kind, objectGone])),
    [resourceQuotaEvents.Created.kind]: quotaChanged,
    [resourceQuotaEvents.SpecChanged.kind]: quotaChanged,
    [resourceQuotaEvents.PodExpired.kind]: podChanged,
    ResourceQuotaSyncDue: sync,
    PodStatusReported: podChanged,
    PodFailed: podChanged,
    PodMarkedForDeletion: podMarked,
    PodDeleted: podGone,
    InertObjectDeleted: inertGone,
  },
  restart: {
    relist: relistAll(
      relistObjects((view) => view.resourceQuotas, quotaChanged),
      relistPods(podMarked as never),
    ),
  },
})
