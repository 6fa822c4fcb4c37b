import type { SimEvent } from '@wavetank/kernel'
import { type ApiObject, isKind } from '../api/api-object.ts'
import type { StatefulSet } from '../api/apps/stateful-set.ts'
import type { CronJob } from '../api/batch/cron-job.ts'
import type { Job } from '../api/batch/job.ts'
import type { Node } from '../api/core/node.ts'
import type { PersistentVolume } from '../api/core/persistent-volume.ts'
import type { PersistentVolumeClaim } from '../api/core/persistent-volume-claim.ts'
import { quotaStatus } from '../api-server/quotas.ts'
import { replicaEventsOf } from '../api-server/replica-sets.ts'
import { cronJobEvents } from '../cron-job/events.ts'
import { type DeploymentCondition, deploymentEvents } from '../deployment/events.ts'
import { keyOf } from '../ids.ts'
import { JobConditionType, jobEvents } from '../job/events.ts'
import { NamespaceMarkedForDeletion } from '../namespace/events.ts'
import { NodeFailed, NodeMarkedUnknown, NodeStatusPosted } from '../node/events.ts'
import { FOREGROUND_DELETION, ORPHAN } from '../object/meta.ts'
import { deleteStoredObject, storedKindOf } from '../object/stored-kinds.ts'
import { persistentVolumeEvents } from '../persistent-volume/events.ts'
import { persistentVolumeClaimEvents } from '../persistent-volume-claim/events.ts'
import { BOUND_BY_CONTROLLER } from '../persistent-volume-claim/persistent-volume-claim.ts'
import { statefulSetEvents } from '../stateful-set/events.ts'
import type { ClusterView } from '../tables.ts'
import { storedTime } from '../wall-clock.ts'
import { missingRevision } from './load-revision.ts'
import { isDumped } from './pod-content.ts'
import { resumedPod } from './resumed-pod.ts'
import {
  ClaimStatusJson,
  CronJobStatusJson,
  DeploymentStatusJson,
  JobStatusJson,
  NodeStatusJson,
  PhaseJson,
  ReplicaStatusJson,
  StatefulSetStatusJson,
  statusOf,
  VolumeStatusJson,
} from './status-json.ts'

/**
 * What the status of a dumped object comes to, once the object is stored. Only what its controller could not find out
 * again is needed; the rest is there so that the first instant looks as the dump does.
 */

const nodeState = (object: Node): readonly SimEvent[] => {
  const node = object.metadata.name
  const ready = statusOf(object, NodeStatusJson).conditions?.find(({ type }) => type === 'Ready')
  if (ready === undefined || ready.status === 'True') return []
  const { reason = '', message = '' } = ready
  // Nobody has heard of it for a while: it has no power, as far as anybody can tell.
  if (ready.status === 'Unknown') return [NodeMarkedUnknown({ node, reason, message }), NodeFailed({ node })]
  return [NodeStatusPosted({ node, ready: 'False', reason, message })]
}

const replicaState = (object: ApiObject): readonly SimEvent[] => {
  const status = statusOf(object, ReplicaStatusJson)
  const failure = status.conditions?.find((one) => one.type === 'ReplicaFailure' && one.status === 'True')
  const { metadata } = object
  return [
    replicaEventsOf(object.kind as 'ReplicaSet' | 'ReplicationController').StatusReported({
      object: keyOf(metadata.namespace ?? '', metadata.name),
      replicas: status.replicas ?? 0,
      fullyLabeledReplicas: status.fullyLabeledReplicas ?? 0,
      readyReplicas: status.readyReplicas ?? 0,
      availableReplicas: status.availableReplicas ?? 0,
      observedGeneration: 1,
      failure: failure === undefined ? undefined : { reason: failure.reason ?? '', message: failure.message ?? '' },
    }),
  ]
}

const DEPLOYMENT_CONDITIONS: ReadonlySet<string> = new Set<DeploymentCondition['type']>([
  'Available',
  'Progressing',
  'ReplicaFailure',
])

const deploymentState = (view: ClusterView, object: ApiObject, at: number): readonly SimEvent[] => {
  const { conditions = [], collisionCount, ...counts } = statusOf(object, DeploymentStatusJson)
  const { metadata } = object
  const now = storedTime(view.settings.start, at)
  return [
    deploymentEvents.StatusReported({
      object: keyOf(metadata.namespace ?? '', metadata.name),
      observedGeneration: 1,
      replicas: counts.replicas ?? 0,
      updatedReplicas: counts.updatedReplicas ?? 0,
      readyReplicas: counts.readyReplicas ?? 0,
      availableReplicas: counts.availableReplicas ?? 0,
      unavailableReplicas: counts.unavailableReplicas ?? 0,
      collisionCount,
      conditions: conditions.flatMap(({ type, status, reason = '', message = '' }) =>
        DEPLOYMENT_CONDITIONS.has(type)
          ? [
              {
                type: type as DeploymentCondition['type'],
                status,
                reason,
                message,
                lastUpdateAt: now,
                lastTransitionAt: now,
              },
            ]
          : [],
      ),
    }),
  ]
}

const statefulSetState = (view: ClusterView, object: StatefulSet): readonly SimEvent[] => {
  const { metadata } = object
  const namespace = metadata.namespace ?? ''
  const { currentRevision = '', updateRevision = '', ...status } = statusOf(object, StatefulSetStatusJson)
  if (!view.controllerRevisions.has(keyOf(namespace, updateRevision))) return []
  const isKnown = view.controllerRevisions.has(keyOf(namespace, currentRevision))
  return [
    statefulSetEvents.StatusReported({
      object: keyOf(namespace, metadata.name),
      replicas: status.replicas ?? 0,
      readyReplicas: status.readyReplicas ?? 0,
      availableReplicas: status.availableReplicas ?? 0,
      currentReplicas: status.currentReplicas ?? 0,
      updatedReplicas: status.updatedReplicas ?? 0,
      currentRevision: isKnown ? currentRevision : updateRevision,
      updateRevision,
      observedGeneration: 1,
      collisionCount: status.collisionCount ?? 0,
    }),
  ]
}

const jobState = (view: ClusterView, at: number, object: Job): readonly SimEvent[] => {
  const key = keyOf(object.metadata.namespace ?? '', object.metadata.name)
  const status = statusOf(object, JobStatusJson)
  if (status.startTime === undefined && status.conditions === undefined) return []
  const uncounted = status.uncountedTerminatedPods ?? {}
  const report = jobEvents.StatusReported({
    object: key,
    active: status.active ?? 0,
    ready: status.ready ?? 0,
    terminating: status.terminating ?? 0,
    succeeded: status.succeeded ?? 0,
    failed: status.failed ?? 0,
    startAt: status.startTime === undefined ? undefined : storedTime(view.settings.start, at),
    completedIndexes: status.completedIndexes,
    failedIndexes: status.failedIndexes,
    uncountedSucceeded: uncounted.succeeded,
    uncountedFailed: uncounted.failed,
  })
  const conditions = (status.conditions ?? []).flatMap((one): readonly SimEvent[] => {
    const { type, reason = '', message = '' } = one
    if (!JobConditionType.is(type)) return []
    if (type === 'Suspended') {
      return [one.status === 'True' ? jobEvents.Suspended({ object: key }) : jobEvents.Resumed({ object: key })]
    }
    if (one.status !== 'True') return []
    const ending = { object: key, condition: type, reason, message }
    return [type === 'Complete' || type === 'Failed' ? jobEvents.Finished(ending) : jobEvents.Decided(ending)]
  })
  return [report, ...conditions]
}

/** When it ran last is of a time before the run, whose clock knows nothing of it: it counts from now. */
const cronJobState = (view: ClusterView, object: CronJob): readonly SimEvent[] => {
  const namespace = object.metadata.namespace ?? ''
  const active = (statusOf(object, CronJobStatusJson).active ?? []).flatMap(({ name }) => {
    const job = view.jobs.get(keyOf(namespace, name))
    return job === undefined ? [] : [{ name, uid: job.uid }]
  })
  if (active.length === 0) return []
  return [cronJobEvents.StatusReported({ object: keyOf(namespace, object.metadata.name), active })]
}

const claimState = (object: PersistentVolumeClaim): readonly SimEvent[] => {
  const { metadata, spec } = object
  const { phase, capacity, accessModes = [] } = statusOf(object, ClaimStatusJson)
  if (phase !== 'Bound' || spec.volumeName === undefined) return []
  return [
    persistentVolumeClaimEvents.Bound({
      object: keyOf(metadata.namespace ?? '', metadata.name),
      volume: spec.volumeName,
      capacity: capacity?.storage ?? spec.resources.requests?.storage ?? '0',
      accessModes,
      byController: metadata.annotations?.[BOUND_BY_CONTROLLER] !== undefined,
    }),
  ]
}

const volumeState = (object: PersistentVolume): readonly SimEvent[] => {
  const { phase, message } = statusOf(object, VolumeStatusJson)
  if (phase === undefined || phase === 'Pending') return []
  return [persistentVolumeEvents.PhaseChanged({ object: keyOf('', object.metadata.name), phase, message })]
}

/** A deletion that waits for the garbage collector goes on. */
const deletionOf = (view: ClusterView, { kind, metadata }: ApiObject): readonly SimEvent[] => {
  if (metadata.deletionTimestamp === undefined) return []
  const object = storedKindOf(kind)
    ?.table(view)
    .get(keyOf(metadata.namespace ?? '', metadata.name))
  const finalizers = metadata.finalizers ?? []
  if (object === undefined) return []
  if (finalizers.includes(FOREGROUND_DELETION)) return deleteStoredObject(object, 'Foreground')
  if (finalizers.includes(ORPHAN)) return deleteStoredObject(object, 'Orphan')
  return object.finalizers.length === 0 ? [] : deleteStoredObject(object, 'Background')
}

const stateOf = (
  view: ClusterView,
  at: number,
  object: ApiObject,
  objects: readonly ApiObject[],
): readonly SimEvent[] => {
  if (isKind(object, 'Pod')) return resumedPod(view, at, object)
  if (isKind(object, 'Node')) return nodeState(object)
  if (isKind(object, 'ReplicaSet') || isKind(object, 'ReplicationController')) return replicaState(object)
  if (isKind(object, 'Deployment')) return deploymentState(view, object, at)
  if (isKind(object, 'Job')) return jobState(view, at, object)
  if (isKind(object, 'PersistentVolumeClaim')) return claimState(object)
  if (isKind(object, 'PersistentVolume')) return volumeState(object)
  if (isKind(object, 'DaemonSet') || isKind(object, 'StatefulSet')) return missingRevision(view, at, object, objects)
  if (isKind(object, 'Namespace') && statusOf(object, PhaseJson).phase === 'Terminating') {
    return [NamespaceMarkedForDeletion({ namespace: object.metadata.name })]
  }
  return []
}

/** @param objects all that are loaded, this one among them */
export const loadedState = (
  view: ClusterView,
  at: number,
  object: ApiObject,
  objects: readonly ApiObject[],
): readonly SimEvent[] => (isDumped(object) ? [...stateOf(view, at, object, objects), ...deletionOf(view, object)] : [])

/** What can only be said once everything is stored: who refers to what came later, and how much there is. */
export const settledState = (view: ClusterView, object: ApiObject): readonly SimEvent[] => {
  if (isKind(object, 'ResourceQuota')) {
    const quota = view.resourceQuotas.get(keyOf(object.metadata.namespace ?? '', object.metadata.name))
    const status = quota === undefined ? undefined : quotaStatus(quota)
    return status === undefined ? [] : [status]
  }
  if (!isDumped(object)) return []
  if (isKind(object, 'StatefulSet')) return statefulSetState(view, object)
  if (isKind(object, 'CronJob')) return cronJobState(view, object)
  return []
}
