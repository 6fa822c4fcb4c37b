import {
  type ClusterView,
  type DeepReadonly,
  defineController,
  deletePod,
  deleteReplicaSet,
  FOREGROUND_DELETION,
  ObjectKey,
  ORPHAN,
  type Pod,
  PodReleased,
  type ReplicaKind,
  type ReplicaSet,
  replicaEventsOf,
  replicaTableOf,
  Uid,
} from '@wavetank/cluster'
import {
  DECIDE,
  defineEvent,
  type Emission,
  type Entry,
  emit,
  QUIET,
  type Scene,
  type SimEvent,
  timer,
} from '@wavetank/kernel'
import * as t from 'io-ts'
import { reactionTime } from '../latency.ts'

/**
 * The garbage collector: what becomes of the dependents of a deleted owner.
 *
 *   Background   owner goes at once, then its dependents
 *   Foreground   dependents go first; the owner when none that blocks it is left
 *   Orphan       dependents lose their owner reference, then the owner goes
 *
 * Source: pkg/controller/garbagecollector/garbagecollector.go (attemptToDeleteItem, processDeletingDependentsItem,
 * orphanDependents).
 */

export const GarbageCollectionDue = defineEvent('GarbageCollectionDue', {
  doc: 'The garbage collector looks at the dependents of an owner that is gone or going.',
  rank: DECIDE,
  data: { ownerKind: t.string, owner: ObjectKey, uid: Uid },
})

const name = 'generic-garbage-collector'

type GcScene = Scene<ClusterView, unknown, unknown>
interface Dependents {
  readonly pods: readonly DeepReadonly<Pod>[]
  readonly replicaSets: readonly DeepReadonly<ReplicaSet>[]
}

const dependentsOf = (view: ClusterView, uid: string): Dependents => ({
  pods: [...(view.podsByOwner.get(uid) ?? [])],
  replicaSets: [...view.replicaSets.values()].filter(({ owner }) => owner?.uid === uid),
})

const collect = (
  scene: GcScene,
  ownerKind: string,
  object: DeepReadonly<ReplicaSet>,
  at: number,
): readonly Emission[] => [
  timer(
    object.uid,
    reactionTime(scene.view, scene.draw, name, object.uid, at),
    GarbageCollectionDue({ ownerKind, owner: object.key, uid: object.uid }),
  ),
]

const deleteDependents = (
  { pods, replicaSets }: Dependents,
  propagation: 'Background' | 'Foreground',
): readonly SimEvent[] => [
  ...pods.filter(({ deletion }) => deletion === undefined).flatMap((pod) => deletePod(pod)),
  ...replicaSets.flatMap((set) => deleteReplicaSet(set, propagation)),
]

const attempt = (
  { view }: GcScene,
  { event }: Entry<{ kind: string; ownerKind: ReplicaKind; owner: string; uid: string }>,
): readonly Emission[] => {
  const { ownerKind, uid } = event
  const found = replicaTableOf(view, ownerKind).get(event.owner)
  const dependents = dependentsOf(view, uid)
  const none = dependents.pods.length === 0 && dependents.replicaSets.length === 0
  // Gone, or replaced by another object of the same name: to its dependents the same.
  if (found === undefined || found.uid !== uid) return deleteDependents(dependents, 'Background').map(emit)
  const { Deleted, Released } = replicaEventsOf(ownerKind)
  if (found.finalizers.includes(FOREGROUND_DELETION)) {
    return none ? [emit(Deleted({ object: found.key }))] : deleteDependents(dependents, 'Foreground').map(emit)
  }
  if (found.finalizers.includes(ORPHAN)) {
    return [
      ...dependents.pods.map((pod) => PodReleased({ pod: pod.key, owner: found.key })),
      ...dependents.replicaSets.map((set) => Released({ object: set.key, owner: found.key })),
      Deleted({ object: found.key }),
    ].map(emit)
  }
  return QUIET
}

const ownerGone =
  (kind: ReplicaKind) =>
  (scene: GcScene, { at }: Entry): readonly Emission[] => {
    const removed = scene.view.removedReplicaSet
    return removed === undefined ? QUIET : collect(scene, kind, removed, at)
  }

const ownerMarked =
  (kind: ReplicaKind) =>
  (scene: GcScene, { event, at }: Entry<{ kind: string; object: string }>): readonly Emission[] => {
    const object = replicaTableOf(scene.view, kind).get(event.object)
    return object === undefined ? QUIET : collect(scene, kind, object, at)
  }

/** A dependent is gone: its owner may be waiting for that. */
const podGone = (scene: GcScene, { at }: Entry): readonly Emission[] => {
  const pod = scene.view.removedPod
  const owner = pod?.owner
  if (pod === undefined || owner === undefined) return QUIET
  const kind = owner.kind as ReplicaKind
  const object = replicaTableOf(scene.view, kind).get(`${pod.namespace}/${owner.name}`)
  return object?.deletion === undefined ? QUIET : collect(scene, kind, object, at)
}

/** A pod that names an owner which does not exist was orphaned before it was born. */
const podCreated = (scene: GcScene, { event, at }: Entry<{ kind: string; pod: string }>): readonly Emission[] => {
  const pod = scene.view.pods.get(event.pod)
  const owner = pod?.owner
  if (pod === undefined || owner === undefined) return QUIET
  const kind = owner.kind as ReplicaKind
  const key = `${pod.namespace}/${owner.name}`
  if (replicaTableOf(scene.view, kind).get(key)?.uid === owner.uid) return QUIET
  return [
    timer(
      owner.uid,
      reactionTime(scene.view, scene.draw, name, owner.uid, at),
      GarbageCollectionDue({ ownerKind: kind, owner: key, uid: owner.uid }),
    ),
  ]
}

export const garbageCollector = defineController<unknown, Record<string, never>>({
  name,
  doc: 'Deletes or releases the dependents of deleted owners.',
  component: 'kube-controller-manager',
  flags: {},
  events: [GarbageCollectionDue],
  on: {
    ReplicaSetDeleted: ownerGone('ReplicaSet'),
    ReplicationControllerDeleted: ownerGone('ReplicationController'),
    ReplicaSetMarkedForDeletion: ownerMarked('ReplicaSet'),
    ReplicationControllerMarkedForDeletion: ownerMarked('ReplicationController'),
    GarbageCollectionDue: attempt,
    PodDeleted: podGone,
    PodCreated: podCreated,
  },
})
