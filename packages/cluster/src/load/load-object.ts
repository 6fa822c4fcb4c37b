import type { SimEvent } from '@wavetank/kernel'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { type ApiObject, isKind } from '../api/api-object.ts'
import type { DaemonSet } from '../api/apps/daemon-set.ts'
import type { Job } from '../api/batch/job.ts'
import type { Pod } from '../api/core/pod.ts'
import type { OwnerReference } from '../api/meta/object-meta.ts'
import type { ApiFailure } from '../api-server/failure.ts'
import { contentOf, controllerOf } from '../api-server/manifest.ts'
import { createObject, type Pending } from '../api-server/objects.ts'
import { createPod } from '../api-server/pods.ts'
import { storeService } from '../api-server/services.ts'
import { createClaimObject } from '../api-server/storage.ts'
import { TEMPLATE_GENERATION } from '../daemon-set/daemon-set.ts'
import { keyOf } from '../ids.ts'
import { CONTROLLER_UID } from '../job/job.ts'
import { storedKindOf } from '../object/stored-kinds.ts'
import { isMirrorObject, withoutMirrorNotes } from '../pod/static-pod.ts'
import type { ClusterView } from '../tables.ts'
import { loadRevision } from './load-revision.ts'
import { isOwnerKind } from './owners.ts'
import { dumpedPod, isDumped } from './pod-content.ts'

/**
 * Storing an object that was there before the run: as CREATE does it, but for what only a fresh object gets.
 *
 * 1. An object keeps its uid, so labels, selectors and references that hold it stay true.
 * 2. A reference to an owner that is there names that one; one to an owner that is not is dropped, or the garbage
 *    collector would delete what the dump is about.
 * 3. A pod that has been stored before passed admission then. It stays on its node; if that is not there, it is scheduled
 *    again, unless it belongs to the node.
 */

const uidOfOwner = (view: ClusterView, namespace: string, { kind, name, uid }: OwnerReference): string | undefined => {
  // A static pod that a scenario brings: its Node has a uid now.
  if (kind === 'Node') return uid === '' ? view.nodes.get(name)?.uid : uid
  if (kind === 'Pod') return view.pods.get(keyOf(namespace, name))?.uid
  return storedKindOf(kind)?.table(view).get(keyOf(namespace, name))?.uid
}

const withOwners = (view: ClusterView, object: ApiObject): ApiObject => {
  const { ownerReferences, ...rest } = object.metadata
  if (ownerReferences === undefined) return object
  const known = ownerReferences.flatMap((owner): readonly OwnerReference[] => {
    if (owner.controller !== true || !(isOwnerKind(owner.kind) || owner.kind === 'Node')) return [owner]
    const uid = uidOfOwner(view, object.metadata.namespace ?? '', owner)
    return uid === undefined ? [] : [{ ...owner, uid }]
  })
  return { ...object, metadata: known.length === 0 ? rest : { ...rest, ownerReferences: known } } as ApiObject
}

/** A Job whose selector nobody generated yet gets the one for the uid that it has. */
const withSelector = (job: Job): Job =>
  job.metadata.uid === undefined || job.spec.selector !== undefined || job.spec.manualSelector === true
    ? job
    : { ...job, spec: { ...job.spec, selector: { matchLabels: { [CONTROLLER_UID]: job.metadata.uid } } } }

/** A DaemonSet's pod is its node's just as well as a static one. */
const belongsToNode = (pod: Pod): boolean => isMirrorObject(pod) || controllerOf(pod.metadata)?.kind === 'DaemonSet'

const loadPod = (view: ClusterView, at: number, object: Pod): Either<ApiFailure, readonly SimEvent[]> => {
  const { metadata } = object
  const isStatic = isMirrorObject(object)
  const { content, node, affinityNode } = dumpedPod(isStatic ? withoutMirrorNotes(object) : object)
  const isThere = node === '' || view.nodes.has(node)
  if (!isThere && belongsToNode(object)) return right([])
  const namespace = metadata.namespace ?? ''
  const owner = controllerOf(metadata)
  const place = isThere && node !== '' ? node : undefined
  const annotations = isStatic ? metadata.annotations : undefined
  const pod = { namespace, content, owner, affinityNode, node: place, annotations, unlimited: true }
  const created = createPod(view, at, metadata.name, pod)
  // What is missing now was there when the pod was stored: its priority class, say.
  const stored = isLeft(created) ? createPod(view, at, metadata.name, { ...pod, admitted: true }) : created
  return isLeft(stored) ? left({ reason: 'Forbidden', message: stored.left }) : stored
}

/** Source: pkg/apis/apps/v1/types.go, DeprecatedTemplateGeneration. */
const loadDaemonSet = (view: ClusterView, at: number, object: DaemonSet): Either<ApiFailure, readonly SimEvent[]> => {
  const templateGeneration = Number(object.metadata.annotations?.[TEMPLATE_GENERATION] ?? 1)
  const created = createObject(view, at, object)
  if (isLeft(created) || !Number.isSafeInteger(templateGeneration) || templateGeneration <= 1) return created
  return right(
    created.right.map((event) => (event.kind === 'DaemonSetCreated' ? { ...event, templateGeneration } : event)),
  )
}

const load = (
  view: ClusterView,
  at: number,
  object: ApiObject,
  wishes: Pending,
): Either<ApiFailure, readonly SimEvent[]> => {
  if (object.kind === 'ControllerRevision') return right(loadRevision(view, at, object))
  // What is there at the start is there: limits and quotas are for what comes later.
  if (isKind(object, 'PersistentVolumeClaim')) return right([createClaimObject(view, at, object)])
  if (isKind(object, 'Pod') && isMirrorObject(object)) return loadPod(view, at, object)
  if (isKind(object, 'Pod') && !isDumped(object) && object.metadata.name !== '') {
    const { metadata, spec } = object
    const pod = { namespace: metadata.namespace ?? '', content: contentOf({ metadata, spec }), unlimited: true }
    const stored = createPod(view, at, metadata.name, { ...pod, owner: controllerOf(metadata) })
    return isLeft(stored) ? left({ reason: 'Forbidden', message: stored.left }) : stored
  }
  if (!isDumped(object)) return createObject(view, at, object, wishes)
  if (isKind(object, 'Pod')) return loadPod(view, at, object)
  if (isKind(object, 'Service')) return right(storeService(view, at, object, object.spec))
  if (isKind(object, 'DaemonSet')) return loadDaemonSet(view, at, object)
  return createObject(view, at, isKind(object, 'Job') ? withSelector(object) : object, wishes)
}

/** What the objects that are loaded together have to know of each other. */
export interface Loading {
  /** Uids that are given out. */
  readonly uids: Set<string>
  /** What Services ask for; see `wishesOf`. */
  readonly wishes: Pending
}

/** The events by which the object is stored; none, for one that can only be on a node that is not there. */
export const loadObject = (
  view: ClusterView,
  at: number,
  given: ApiObject,
  { uids, wishes }: Loading,
): Either<ApiFailure, readonly SimEvent[]> => {
  const { uid } = given.metadata
  const events = load(view, at, withOwners(view, given), wishes)
  // A uid that a second object has was copied by hand.
  if (isLeft(events) || uid === undefined || uids.has(uid)) return events
  uids.add(uid)
  return right(events.right.map((event) => ('uid' in event ? { ...event, uid } : event)))
}
