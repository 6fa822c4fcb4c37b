import {
  type ClusterView,
  type DeepReadonly,
  PodAdopted,
  PodDeleted,
  PodFailed,
  PodMarkedForDeletion,
  PodMarkedNotReady,
  PodReleased,
  PodResumed,
  PodStatusReported,
  type ReplicaKind,
  type ReplicaSet,
  replicaSetEvents,
  replicationControllerEvents,
} from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { defineMetric } from '../../metric.ts'
import { changeTo, meanOf, newTimeWeighted, type TimeWeighted } from '../../time-weighted.ts'

export interface WorkloadAvailability {
  readonly kind: ReplicaKind
  readonly namespace: string
  readonly name: string
  readonly desired: number
  readonly ready: number
  /** Share of the time since its creation in which as many pods were ready as it wants, or more. */
  readonly availability: number
  /** Absent if it exists. */
  readonly deletedAt?: number
}

interface Workload {
  readonly kind: ReplicaKind
  readonly namespace: string
  readonly name: string
  desired: number
  ready: number
  /** 1 while available, else 0. */
  readonly up: TimeWeighted
  deletedAt: number | undefined
}
/** By uid, in the order of creation. */
type State = Map<string, Workload>
type SetView = DeepReadonly<ReplicaSet>

const look = (state: State, set: SetView | undefined, at: number): void => {
  if (set === undefined) return
  const workload = state.get(set.uid)
  if (workload === undefined) return
  workload.desired = set.replicas
  workload.ready = set.tally.ready
  const up = set.tally.ready >= set.replicas ? 1 : 0
  if (up !== workload.up.value) changeTo(workload.up, up, at)
}

const created = (state: State, set: SetView | undefined, at: number): void => {
  if (set === undefined) return
  const { kind, namespace, name } = set
  const up = newTimeWeighted()
  changeTo(up, 0, at)
  state.set(set.uid, { kind, namespace, name, desired: 0, ready: 0, up, deletedAt: undefined })
  look(state, set, at)
}

const deleted = (state: State, view: ClusterView, at: number): void => {
  const workload = state.get(view.removedObject?.uid ?? '')
  if (workload === undefined) return
  workload.deletedAt = at
  changeTo(workload.up, workload.up.value, at)
}

type OfPod = Entry<{ readonly kind: string; readonly pod: string }>

const podChanged = (state: State, { event, at }: OfPod, view: ClusterView): void => {
  const pod = view.pods.get(event.pod)
  if (pod?.owner !== undefined) look(state, view.replicaSetsByUid.get(pod.owner.uid), at)
}

/** Of ReplicaSets and ReplicationControllers; a Deployment is judged by its ReplicaSets. */
export const availability = defineMetric({
  name: 'availability',
  doc: 'Share of the time in which a workload had as many ready pods as it wants.',
  unit: 'share',
  facts: {
    ReplicaSetCreated: replicaSetEvents.Created,
    ReplicaSetScaled: replicaSetEvents.Scaled,
    ReplicaSetDeleted: replicaSetEvents.Deleted,
    ReplicationControllerCreated: replicationControllerEvents.Created,
    ReplicationControllerScaled: replicationControllerEvents.Scaled,
    ReplicationControllerDeleted: replicationControllerEvents.Deleted,
    PodStatusReported,
    PodResumed,
    PodMarkedNotReady,
    PodMarkedForDeletion,
    PodFailed,
    PodDeleted,
    PodAdopted,
    PodReleased,
  },
  initial: (): State => new Map(),
  apply: {
    ReplicaSetCreated: (state, { event, at }, view) => created(state, view.replicaSets.get(event.object), at),
    ReplicaSetScaled: (state, { event, at }, view) => look(state, view.replicaSets.get(event.object), at),
    ReplicaSetDeleted: (state, { at }, view) => deleted(state, view, at),
    ReplicationControllerCreated: (state, { event, at }, view) =>
      created(state, view.replicationControllers.get(event.object), at),
    ReplicationControllerScaled: (state, { event, at }, view) =>
      look(state, view.replicationControllers.get(event.object), at),
    ReplicationControllerDeleted: (state, { at }, view) => deleted(state, view, at),
    PodStatusReported: podChanged,
    PodResumed: podChanged,
    PodMarkedNotReady: podChanged,
    PodMarkedForDeletion: podChanged,
    PodFailed: podChanged,
    PodAdopted: podChanged,
    PodDeleted: (state, { at }, view) => {
      const owner = view.removedPod?.owner
      if (owner !== undefined) look(state, view.replicaSetsByUid.get(owner.uid), at)
    },
    PodReleased: (state, { event, at }, view) => {
      look(state, view.replicaSets.get(event.owner), at)
      look(state, view.replicationControllers.get(event.owner), at)
    },
  },
  result: (state, { at }): readonly WorkloadAvailability[] =>
    Array.from(state.values(), ({ kind, namespace, name, desired, ready, up, deletedAt }) => ({
      kind,
      namespace,
      name,
      desired,
      ready,
      availability: meanOf(up, deletedAt ?? at) ?? 0,
      ...(deletedAt === undefined ? {} : { deletedAt }),
    })),
})
