import {
  type ClusterView,
  type DeepReadonly,
  daemonSetEvents,
  deploymentEvents,
  isActive,
  isReady,
  type Pod,
  PodAdopted,
  PodDeleted,
  PodFailed,
  PodMarkedForDeletion,
  PodMarkedNotReady,
  PodReleased,
  PodResumed,
  PodStatusReported,
  type ReplicaSet,
  replicaSetEvents,
  replicationControllerEvents,
  type StoredObject,
  statefulSetEvents,
} from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { defineMetric } from '../../metric.ts'
import { changeTo, meanOf, newTimeWeighted, type TimeWeighted } from '../../time-weighted.ts'

export interface WorkloadAvailability {
  /** A Deployment stands for its ReplicaSets. */
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly desired: number
  readonly ready: number
  /** Share of the time since its creation in which as many pods were ready as it wants, or more. */
  readonly availability: number
  /** The longest time without as many ready pods as it wants, once it had had them; 0 if there was none. */
  readonly longestOutageMillis: number
  /** Absent if it exists. */
  readonly deletedAt?: number
}

/** A workload as it is now. */
export interface Workload {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  /** Undefined until its controller has said how many. */
  desired: number | undefined
  ready: number
  /** 1 while available, else 0. */
  readonly up: TimeWeighted
  /** Since when it lacks pods; undefined while it does not, and until it first had them. */
  downSince: number | undefined
  longestOutage: number
  deletedAt: number | undefined
}

export interface AvailabilityState {
  /** Told when the counts of a workload may have changed. */
  readonly changed: (workload: Workload, at: number) => void
  /** By uid, in the order of creation. */
  readonly workloads: Map<string, Workload>
  /** From the uid of a ReplicaSet to that of its Deployment. */
  readonly deployments: Map<string, string>
  /** What each ready pod counts for, by its key. */
  readonly ready: Map<string, Workload>
}

const endOutage = (workload: Workload, at: number): void => {
  if (workload.downSince !== undefined)
    workload.longestOutage = Math.max(workload.longestOutage, at - workload.downSince)
  workload.downSince = undefined
}

const settle = (state: AvailabilityState, workload: Workload, at: number): void => {
  const { desired, ready } = workload
  const up = desired !== undefined && ready >= desired ? 1 : 0
  if (up !== workload.up.value) {
    changeTo(workload.up, up, at)
    if (up === 0) workload.downSince = at
    else endOutage(workload, at)
  }
  state.changed(workload, at)
}

const wants = (
  state: AvailabilityState,
  object: { readonly uid: string } | undefined,
  desired: number,
  at: number,
): void => {
  const workload = state.workloads.get(object?.uid ?? '')
  if (workload === undefined) return
  workload.desired = desired
  settle(state, workload, at)
}

type WorkloadView = DeepReadonly<Pick<StoredObject, 'uid' | 'kind' | 'namespace' | 'name'>>

const created = (
  state: AvailabilityState,
  object: WorkloadView | undefined,
  desired: number | undefined,
  at: number,
): void => {
  if (object === undefined) return
  const { uid, kind, namespace, name } = object
  const workload: Workload = {
    kind,
    namespace,
    name,
    desired,
    ready: 0,
    up: newTimeWeighted(),
    downSince: undefined,
    longestOutage: 0,
    deletedAt: undefined,
  }
  changeTo(workload.up, 0, at)
  state.workloads.set(uid, workload)
  settle(state, workload, at)
}

/** A ReplicaSet counts by itself until a Deployment has it. */
const setCame = (state: AvailabilityState, set: DeepReadonly<ReplicaSet> | undefined, at: number): void => {
  if (set?.owner?.kind === 'Deployment') state.deployments.set(set.uid, set.owner.uid)
  else created(state, set, set?.replicas, at)
}

const deleted = (state: AvailabilityState, view: ClusterView, at: number): void => {
  const uid = view.removedObject?.uid ?? ''
  state.deployments.delete(uid)
  const workload = state.workloads.get(uid)
  if (workload === undefined) return
  workload.deletedAt = at
  endOutage(workload, at)
  changeTo(workload.up, workload.up.value, at)
}

const workloadOf = (
  { workloads, deployments }: AvailabilityState,
  pod: DeepReadonly<Pod> | undefined,
): Workload | undefined => {
  if (pod?.owner === undefined || !isActive(pod as Pod) || !isReady(pod as Pod)) return undefined
  const { uid } = pod.owner
  return workloads.get(deployments.get(uid) ?? uid)
}

const podChanged = (
  state: AvailabilityState,
  { event, at }: Entry<{ kind: string; pod: string }>,
  view: ClusterView,
): void => {
  const before = state.ready.get(event.pod)
  const now = workloadOf(state, view.pods.get(event.pod))
  if (before === now) return
  if (before !== undefined) {
    before.ready--
    settle(state, before, at)
  }
  if (now === undefined) {
    state.ready.delete(event.pod)
    return
  }
  state.ready.set(event.pod, now)
  now.ready++
  settle(state, now, at)
}

/** The pods that a ReplicaSet has count for the Deployment that adopted it. */
const setAdopted = (
  state: AvailabilityState,
  entry: Entry<{ kind: string; object: string }>,
  view: ClusterView,
): void => {
  const { event, at } = entry
  const set = view.replicaSets.get(event.object)
  if (set?.owner?.kind !== 'Deployment') return
  state.workloads.delete(set.uid)
  state.deployments.set(set.uid, set.owner.uid)
  for (const { key } of view.podsByOwner.get(set.uid) ?? [])
    podChanged(state, { ...entry, event: { kind: event.kind, pod: key }, at }, view)
}

/** @param changed told when the counts of a workload may have changed */
export const newAvailability = (changed: AvailabilityState['changed']): AvailabilityState => ({
  changed,
  workloads: new Map(),
  deployments: new Map(),
  ready: new Map(),
})

export const availability = defineMetric({
  name: 'availability',
  doc: 'Share of the time in which a workload had as many ready pods as it wants.',
  unit: 'share',
  facts: {
    DeploymentCreated: deploymentEvents.Created,
    DeploymentScaled: deploymentEvents.Scaled,
    DeploymentSpecChanged: deploymentEvents.SpecChanged,
    DeploymentDeleted: deploymentEvents.Deleted,
    ReplicaSetCreated: replicaSetEvents.Created,
    ReplicaSetAdopted: replicaSetEvents.Adopted,
    ReplicaSetScaled: replicaSetEvents.Scaled,
    ReplicaSetDeleted: replicaSetEvents.Deleted,
    ReplicationControllerCreated: replicationControllerEvents.Created,
    ReplicationControllerScaled: replicationControllerEvents.Scaled,
    ReplicationControllerDeleted: replicationControllerEvents.Deleted,
    StatefulSetCreated: statefulSetEvents.Created,
    StatefulSetScaled: statefulSetEvents.Scaled,
    StatefulSetSpecChanged: statefulSetEvents.SpecChanged,
    StatefulSetDeleted: statefulSetEvents.Deleted,
    DaemonSetCreated: daemonSetEvents.Created,
    DaemonSetStatusReported: daemonSetEvents.StatusReported,
    DaemonSetDeleted: daemonSetEvents.Deleted,
    PodStatusReported,
    PodResumed,
    PodMarkedNotReady,
    PodMarkedForDeletion,
    PodFailed,
    PodDeleted,
    PodAdopted,
    PodReleased,
  },
  initial: (): AvailabilityState => newAvailability(() => {}),
  apply: {
    DeploymentCreated: (state, { event, at }, view) =>
      created(state, view.deployments.get(event.object), event.spec.replicas, at),
    DeploymentScaled: (state, { event, at }, view) =>
      wants(state, view.deployments.get(event.object), event.replicas, at),
    DeploymentSpecChanged: (state, { event, at }, view) =>
      wants(state, view.deployments.get(event.object), event.spec.replicas, at),
    DeploymentDeleted: (state, { at }, view) => deleted(state, view, at),
    ReplicaSetCreated: (state, { event, at }, view) => setCame(state, view.replicaSets.get(event.object), at),
    ReplicaSetAdopted: setAdopted,
    ReplicaSetScaled: (state, { event, at }, view) =>
      wants(state, view.replicaSets.get(event.object), event.replicas, at),
    ReplicaSetDeleted: (state, { at }, view) => deleted(state, view, at),
    ReplicationControllerCreated: (state, { event, at }, view) =>
      created(state, view.replicationControllers.get(event.object), event.spec.replicas, at),
    ReplicationControllerScaled: (state, { event, at }, view) =>
      wants(state, view.replicationControllers.get(event.object), event.replicas, at),
    ReplicationControllerDeleted: (state, { at }, view) => deleted(state, view, at),
    StatefulSetCreated: (state, { event, at }, view) =>
      created(state, view.statefulSets.get(event.object), event.spec.replicas, at),
    StatefulSetScaled: (state, { event, at }, view) =>
      wants(state, view.statefulSets.get(event.object), event.replicas, at),
    StatefulSetSpecChanged: (state, { event, at }, view) =>
      wants(state, view.statefulSets.get(event.object), event.spec.replicas, at),
    StatefulSetDeleted: (state, { at }, view) => deleted(state, view, at),
    DaemonSetCreated: (state, { event, at }, view) => created(state, view.daemonSets.get(event.object), undefined, at),
    DaemonSetStatusReported: (state, { event, at }, view) =>
      wants(state, view.daemonSets.get(event.object), event.desiredNumberScheduled, at),
    DaemonSetDeleted: (state, { at }, view) => deleted(state, view, at),
    PodStatusReported: podChanged,
    PodResumed: podChanged,
    PodMarkedNotReady: podChanged,
    PodMarkedForDeletion: podChanged,
    PodFailed: podChanged,
    PodAdopted: podChanged,
    PodDeleted: podChanged,
    PodReleased: podChanged,
  },
  result: ({ workloads }, { at }): readonly WorkloadAvailability[] =>
    Array.from(
      workloads.values(),
      ({ kind, namespace, name, desired, ready, up, downSince, longestOutage, deletedAt }) => ({
        kind,
        namespace,
        name,
        desired: desired ?? 0,
        ready,
        availability: meanOf(up, deletedAt ?? at) ?? 0,
        longestOutageMillis: Math.max(longestOutage, downSince === undefined ? 0 : at - downSince),
        ...(deletedAt === undefined ? {} : { deletedAt }),
      }),
    ),
})
