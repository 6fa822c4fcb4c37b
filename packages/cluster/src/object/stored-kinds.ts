import type { SimEvent } from '@wavetank/kernel'
import { controllerRevisionEvents } from '../controller-revision/events.ts'
import { cronJobEvents } from '../cron-job/events.ts'
import { daemonSetEvents } from '../daemon-set/events.ts'
import { deploymentEvents } from '../deployment/events.ts'
import { endpointSliceEvents } from '../endpoint-slice/events.ts'
import { horizontalPodAutoscalerEvents } from '../horizontal-pod-autoscaler/events.ts'
import type { ObjectKey } from '../ids.ts'
import { jobEvents } from '../job/events.ts'
import { persistentVolumeEvents } from '../persistent-volume/events.ts'
import { persistentVolumeClaimEvents } from '../persistent-volume-claim/events.ts'
import { podDisruptionBudgetEvents } from '../pod-disruption-budget/events.ts'
import { priorityClassEvents } from '../priority-class/events.ts'
import { replicaSetEvents } from '../replica-set/events.ts'
import { replicationControllerEvents } from '../replication-controller/events.ts'
import { resourceQuotaEvents } from '../resource-quota/events.ts'
import { serviceEvents } from '../service/events.ts'
import { statefulSetEvents } from '../stateful-set/events.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import type { ControllerRef, Propagation } from './meta.ts'
import type { ObjectEvents } from './object-events.ts'
import type { StoredObject } from './stored-object.ts'

/** What the garbage collector, the namespace controller and kubectl need to know of a kind. */
export interface StoredKind {
  readonly kind: string
  readonly table: (view: ClusterView) => ReadonlyMap<ObjectKey, DeepReadonly<StoredObject>>
  readonly events: ObjectEvents<string>
}

const storedKind = (kind: string, table: StoredKind['table'], events: unknown): StoredKind => ({
  kind,
  table,
  events: events as ObjectEvents<string>,
})

/** Every kind with a table of its own; a new kind is a folder and a line here. */
export const storedKinds: readonly StoredKind[] = [
  storedKind('Deployment', (view) => view.deployments, deploymentEvents),
  storedKind('ReplicationController', (view) => view.replicationControllers, replicationControllerEvents),
  storedKind('ReplicaSet', (view) => view.replicaSets, replicaSetEvents),
  storedKind('DaemonSet', (view) => view.daemonSets, daemonSetEvents),
  storedKind('ControllerRevision', (view) => view.controllerRevisions, controllerRevisionEvents),
  storedKind('Job', (view) => view.jobs, jobEvents),
  storedKind('CronJob', (view) => view.cronJobs, cronJobEvents),
  storedKind('HorizontalPodAutoscaler', (view) => view.horizontalPodAutoscalers, horizontalPodAutoscalerEvents),
  storedKind('StatefulSet', (view) => view.statefulSets, statefulSetEvents),
  storedKind('PersistentVolumeClaim', (view) => view.persistentVolumeClaims, persistentVolumeClaimEvents),
  storedKind('PersistentVolume', (view) => view.persistentVolumes, persistentVolumeEvents),
  storedKind('Service', (view) => view.services, serviceEvents),
  storedKind('PodDisruptionBudget', (view) => view.podDisruptionBudgets, podDisruptionBudgetEvents),
  storedKind('PriorityClass', (view) => view.priorityClasses, priorityClassEvents),
  storedKind('EndpointSlice', (view) => view.endpointSlices, endpointSliceEvents),
  storedKind('ResourceQuota', (view) => view.resourceQuotas, resourceQuotaEvents),
]

const byKind: ReadonlyMap<string, StoredKind> = new Map(storedKinds.map((stored) => [stored.kind, stored]))

export const storedKindOf = (kind: string): StoredKind | undefined => byKind.get(kind)

/** The object that an owner reference names, if it is still the same one. */
export const ownerOf = (
  view: ClusterView,
  namespace: string,
  owner: ControllerRef,
): DeepReadonly<StoredObject> | undefined => {
  const found = storedKindOf(owner.kind)?.table(view).get(`${namespace}/${owner.name}`)
  return found?.uid === owner.uid ? found : undefined
}

/** What a DELETE comes to: at once in the background, else after the garbage collector has done its part. */
export const deleteStoredObject = (
  object: DeepReadonly<StoredObject>,
  propagation: Propagation,
): readonly SimEvent[] => {
  const events = storedKindOf(object.kind)?.events
  if (events === undefined) return []
  if (propagation === 'Background' && object.finalizers.length === 0) return [events.Deleted({ object: object.key })]
  if (object.deletion !== undefined) return []
  return [
    events.MarkedForDeletion({
      object: object.key,
      propagation: propagation === 'Background' ? undefined : propagation,
    }),
  ]
}

/** What taking a finalizer away comes to: the last one of a deleted object takes the object with it. */
export const removeFinalizer = (object: DeepReadonly<StoredObject>, finalizer: string): readonly SimEvent[] => {
  const events = storedKindOf(object.kind)?.events
  if (events === undefined || !object.finalizers.includes(finalizer)) return []
  const finalizers = object.finalizers.filter((other) => other !== finalizer)
  return object.deletion !== undefined && finalizers.length === 0
    ? [events.Deleted({ object: object.key })]
    : [events.FinalizersChanged({ object: object.key, finalizers })]
}

/** The reference that an object puts on what it owns. Source: NewControllerRef. */
export const controllerRefOf = ({ apiVersion, kind, name, uid }: DeepReadonly<StoredObject>): ControllerRef => ({
  apiVersion,
  kind,
  name,
  uid,
})
