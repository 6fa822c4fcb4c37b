import {
  type ClusterView,
  defineController,
  deletePod,
  deleteStoredObject,
  InertObjectDeleted,
  isTerminatingNamespace,
  NamespaceDeleted,
  storedKinds,
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
 * The namespace controller: empties a namespace that is being deleted, and removes it when nothing is left.
 *
 * Source: pkg/controller/namespace/deletion/namespaced_resources_deleter.go.
 */

export const NamespaceSyncDue = defineEvent('NamespaceSyncDue', {
  doc: 'The namespace controller looks at a terminating namespace.',
  rank: DECIDE,
  data: { namespace: t.string },
})

const name = 'namespace-controller'
type NamespaceScene = Scene<ClusterView, unknown, unknown>

const wake = (scene: NamespaceScene, namespace: string, at: number): readonly Emission[] =>
  isTerminatingNamespace(scene.view, namespace)
    ? [timer(namespace, reactionTime(scene.view, scene.draw, name, namespace, at), NamespaceSyncDue({ namespace }))]
    : QUIET

const empty = (
  { view }: NamespaceScene,
  { event }: Entry<{ kind: string; namespace: string }>,
): readonly Emission[] => {
  const { namespace } = event
  if (view.namespaces.get(namespace)?.terminating !== true) return QUIET
  const deletions: SimEvent[] = []
  let left = 0
  for (const { table } of storedKinds) {
    for (const object of table(view).values()) {
      if (object.namespace !== namespace) continue
      left++
      deletions.push(...deleteStoredObject(object, 'Background'))
    }
  }
  for (const object of view.inertObjects.values()) {
    if (object.namespace !== namespace) continue
    deletions.push(InertObjectDeleted({ objectKind: object.kind, object: object.key }))
  }
  for (const pod of view.pods.values()) {
    if (pod.namespace !== namespace) continue
    left++
    if (pod.deletion === undefined) deletions.push(...deletePod(pod))
  }
  if (left === 0) deletions.push(NamespaceDeleted({ namespace }))
  return deletions.map(emit)
}

const somethingGone = (scene: NamespaceScene, { at }: Entry): readonly Emission[] => {
  const gone = scene.view.removedPod
  return gone === undefined ? QUIET : wake(scene, gone.namespace, at)
}

const objectGone = (scene: NamespaceScene, { at }: Entry): readonly Emission[] => {
  const gone = scene.view.removedObject
  return gone === undefined ? QUIET : wake(scene, gone.namespace, at)
}

export const namespaceController = defineController<unknown, Record<string, never>>({
  name,
  doc: 'Empties and removes namespaces that are being deleted.',
  component: 'kube-controller-manager',
  flags: {},
  events: [NamespaceSyncDue],
  on: {
    NamespaceMarkedForDeletion: (scene, { event, at }) => wake(scene, event.namespace, at),
    NamespaceSyncDue: empty,
    PodDeleted: somethingGone,
    ...Object.fromEntries(storedKinds.map(({ events }) => [events.Deleted.kind, objectGone])),
  },
  restart: {
    relist: (scene, { at }) => [...scene.view.namespaces.keys()].flatMap((namespace) => wake(scene, namespace, at)),
  },
})
