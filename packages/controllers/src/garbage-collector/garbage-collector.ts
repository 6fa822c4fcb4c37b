import {
  type ClusterView,
  type ControllerRef,
  type DeepReadonly,
  defineController,
  deletePod,
  deleteStoredObject,
  FOREGROUND_DELETION,
  keyOf,
  ObjectKey,
  ORPHAN,
  ownerOf,
  type Pod,
  PodReleased,
  removeFinalizer,
  type StoredKind,
  type StoredObject,
  storedKindOf,
  storedKinds,
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
type ObjectView = DeepReadonly<StoredObject>
type Owned = Pick<ObjectView, 'namespace' | 'owner'>
interface Dependents {
  readonly pods: readonly DeepReadonly<Pod>[]
  readonly objects: readonly ObjectView[]
}

const dependentsOf = (view: ClusterView, uid: string): Dependents => ({
  pods: [...(view.podsByOwner.get(uid) ?? [])],
  objects: [...(view.objectsByOwner.get(uid) ?? [])],
})

const look = (scene: GcScene, ownerKind: string, owner: string, uid: string, at: number): readonly Emission[] => [
  timer(uid, reactionTime(scene.view, scene.draw, name, uid, at), GarbageCollectionDue({ ownerKind, owner, uid })),
]

const deleteDependents = (
  { pods, objects }: Dependents,
  propagation: 'Background' | 'Foreground',
): readonly SimEvent[] => [
  ...pods.filter(({ deletion }) => deletion === undefined).flatMap((pod) => deletePod(pod)),
  ...objects.flatMap((object) => deleteStoredObject(object, propagation)),
]

const attempt = (
  { view }: GcScene,
  { event }: Entry<{ kind: string; ownerKind: string; owner: string; uid: string }>,
): readonly Emission[] => {
  const { ownerKind, uid } = event
  const stored = storedKindOf(ownerKind)
  const found = stored?.table(view).get(event.owner)
  const dependents = dependentsOf(view, uid)
  // Gone, or replaced by another object of the same name: to its dependents the same.
  if (stored === undefined || found === undefined || found.uid !== uid) {
    return deleteDependents(dependents, 'Background').map(emit)
  }
  if (found.finalizers.includes(FOREGROUND_DELETION)) {
    const none = dependents.pods.length === 0 && dependents.objects.length === 0
    return (none ? removeFinalizer(found, FOREGROUND_DELETION) : deleteDependents(dependents, 'Foreground')).map(emit)
  }
  if (found.finalizers.includes(ORPHAN)) {
    return [
      ...dependents.pods.map((pod) => PodReleased({ pod: pod.key, owner: found.key })),
      ...dependents.objects.flatMap((object) => {
        const events = storedKindOf(object.kind)?.events
        return events === undefined ? [] : [events.Released({ object: object.key, owner: found.key })]
      }),
      ...removeFinalizer(found, ORPHAN),
    ].map(emit)
  }
  return QUIET
}

const ownerGone = (scene: GcScene, { at }: Entry): readonly Emission[] => {
  const gone = scene.view.removedObject
  return gone === undefined
    ? QUIET
    : [...look(scene, gone.kind, gone.key, gone.uid, at), ...dependentGone(scene, gone.namespace, gone.owner, at)]
}

const ownerMarked =
  ({ kind, table }: StoredKind) =>
  (scene: GcScene, { event, at }: Entry<{ kind: string; object: string }>): readonly Emission[] => {
    const object = table(scene.view).get(event.object)
    return object === undefined ? QUIET : look(scene, kind, object.key, object.uid, at)
  }

/** A dependent is gone: its owner may be waiting for that. */
const dependentGone = (
  scene: GcScene,
  namespace: string,
  owner: ControllerRef | undefined,
  at: number,
): readonly Emission[] => {
  const found = owner === undefined ? undefined : ownerOf(scene.view, namespace, owner)
  return found?.deletion === undefined ? QUIET : look(scene, found.kind, found.key, found.uid, at)
}

const podGone = (scene: GcScene, { at }: Entry): readonly Emission[] => {
  const pod = scene.view.removedPod
  if (pod === undefined) return QUIET
  const owned = scene.view.objectsByOwner.has(pod.uid) ? look(scene, 'Pod', pod.key, pod.uid, at) : QUIET
  return [...owned, ...dependentGone(scene, pod.namespace, pod.owner, at)]
}

/** A pod that names an owner which does not exist was orphaned before it was born. */
const podCreated = (scene: GcScene, { event, at }: Entry<{ kind: string; pod: string }>): readonly Emission[] => {
  const pod = scene.view.pods.get(event.pod)
  const owner = pod?.owner
  if (pod === undefined || owner === undefined || storedKindOf(owner.kind) === undefined) return QUIET
  if (ownerOf(scene.view, pod.namespace, owner) !== undefined) return QUIET
  return look(scene, owner.kind, `${pod.namespace}/${owner.name}`, owner.uid, at)
}

/** The graph of owners is built anew: who is going, and what is left of owners that are gone. */
const relist = (scene: GcScene, { at }: Entry): readonly Emission[] => {
  const { view } = scene
  const emissions: Emission[] = []
  for (const { kind, table } of storedKinds) {
    for (const { key, uid, deletion } of table(view).values())
      if (deletion !== undefined) emissions.push(...look(scene, kind, key, uid, at))
  }
  for (const owned of [view.podsByOwner, view.objectsByOwner] as readonly ReadonlyMap<string, ReadonlySet<Owned>>[]) {
    for (const dependents of owned.values()) {
      const [first] = dependents
      const owner = first?.owner
      if (first === undefined || owner === undefined || storedKindOf(owner.kind) === undefined) continue
      if (ownerOf(view, first.namespace, owner) === undefined)
        emissions.push(...look(scene, owner.kind, keyOf(first.namespace, owner.name), owner.uid, at))
    }
  }
  return emissions
}

export const garbageCollector = defineController<unknown, Record<string, never>>({
  name,
  doc: 'Deletes or releases the dependents of deleted owners.',
  component: 'kube-controller-manager',
  flags: {},
  events: [GarbageCollectionDue],
  on: {
    ...Object.fromEntries(
      storedKinds.flatMap((stored) => [
        [stored.events.Deleted.kind, ownerGone],
        [stored.events.MarkedForDeletion.kind, ownerMarked(stored)],
      ]),
    ),
    GarbageCollectionDue: attempt,
    PodDeleted: podGone,
    PodCreated: podCreated,
  },
  restart: { relist },
})
