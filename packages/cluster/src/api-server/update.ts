import { invariant, type SimEvent } from '@wavetank/kernel'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import { type ApiObject, isKind } from '../api/api-object.ts'
import type { Namespace } from '../api/core/namespace.ts'
import type { Node } from '../api/core/node.ts'
import { decodeObject } from '../api/decode.ts'
import { keyOf } from '../ids.ts'
import type { ObjectRef } from '../kubectl-command.ts'
import { NamespaceAnnotated, NamespaceLabelled } from '../namespace/events.ts'
import {
  NodeAnnotated,
  NodeCordoned,
  NodeLabelled,
  NodeTainted,
  NodeUncordoned,
  NodeUntainted,
  type Taint,
} from '../node/events.ts'
import { InertObjectChanged } from '../object/events.ts'
import { unlessEmpty } from '../render/json.ts'
import { findObject } from '../render/objects.ts'
import type { ClusterView } from '../tables.ts'
import { updateDaemonSet } from './daemon-sets.ts'
import { updateBudget } from './disruption-budgets.ts'
import { updateEndpointSlice } from './endpoint-slices.ts'
import { invalid, notFound, notSimulated } from './failure.ts'
import { updateHorizontalPodAutoscaler } from './horizontal-pod-autoscalers.ts'
import { updateCronJob, updateJob } from './jobs.ts'
import { manifestOf } from './manifest.ts'
import { pendingKey } from './objects.ts'
import { updatePriorityClass } from './priority-classes.ts'
import { type Charges, updateQuota } from './quotas.ts'
import { updateService } from './services.ts'
import { updateStatefulSet } from './stateful-sets.ts'
import { updateClaim, updateVolume } from './storage.ts'
import { updateDeployment } from './update-deployment.ts'
import { isEqual, type Update, updateMetadata } from './update-metadata.ts'
import { updatePod } from './update-pod.ts'
import { updateReplicaSet, updateReplicationController } from './update-replica-set.ts'

/**
 * UPDATE of any object: the events by which the stored one becomes the one given, or why it is refused.
 *
 * The stored object is rendered and read back as a manifest, so that both sides have the same defaults and only what
 * was really changed differs.
 */

const updateNamespace = (was: Namespace, is: Namespace): Update => {
  const namespace = was.metadata.name
  return updateMetadata('Namespace', was.metadata, is.metadata, {
    labelled: (labels) => NamespaceLabelled({ namespace, labels }),
    annotated: (annotations) => NamespaceAnnotated({ namespace, annotations }),
  })
}

const sameTaint = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect

const updateNode = (was: Node, is: Node): Update => {
  const node = was.metadata.name
  const changes: SimEvent[] = []
  const { taints: before = [], unschedulable: wasMarked = false, ...wasRest } = was.spec
  const { taints: after = [], unschedulable: isMarked = false, ...isRest } = is.spec
  if (wasRest.providerID !== undefined && wasRest.providerID !== isRest.providerID) {
    const cause = 'spec.providerID: Forbidden: node updates may not change providerID except from "" to valid'
    return left(invalid('Node', node, [cause]))
  }
  if (!isEqual(wasRest, isRest)) return left(notSimulated('Node', node, 'a change of spec besides taints and the mark'))
  for (const taint of before) {
    if (!after.some((other) => sameTaint(taint, other))) {
      changes.push(NodeUntainted({ node, key: taint.key, effect: taint.effect }))
    }
  }
  for (const taint of after)
    if (!before.some((other) => isEqual(taint, other))) changes.push(NodeTainted({ node, taint }))
  if (isMarked !== wasMarked) changes.push(isMarked ? NodeCordoned({ node }) : NodeUncordoned({ node }))
  const metadata = updateMetadata('Node', was.metadata, is.metadata, {
    labelled: (labels) => NodeLabelled({ node, labels }),
    annotated: (annotations) => NodeAnnotated({ node, annotations }),
  })
  return isLeft(metadata) ? metadata : right([...changes, ...metadata.right])
}

/** The metadata without what the API server adds, and without empty mappings, which mean nothing. */
const ownMetadata = (object: ApiObject): Readonly<Record<string, unknown>> => {
  const { uid, resourceVersion, creationTimestamp, generation, managedFields, selfLink, labels, annotations, ...rest } =
    object.metadata
  return {
    ...rest,
    ...(labels === undefined || !unlessEmpty(labels) ? {} : { labels }),
    ...(annotations === undefined || !unlessEmpty(annotations) ? {} : { annotations }),
  }
}

const updateInert = (was: ApiObject, is: ApiObject): Update => {
  const before = { ...manifestOf(was), metadata: ownMetadata(was) }
  const after = { ...manifestOf(is), metadata: ownMetadata(is) }
  if (isEqual(before, after)) return right([])
  const object = keyOf(was.metadata.namespace ?? '', was.metadata.name)
  return right([InertObjectChanged({ objectKind: was.kind, object, body: after })])
}

/** The stored object as a manifest; `undefined` if there is none. */
export const storedObject = (view: ClusterView, { kind, namespace, name }: ObjectRef): ApiObject | undefined => {
  const found = findObject(view, kind, namespace, name)
  if (found === undefined) return undefined
  const decoded = decodeObject(found.render())
  invariant(!isLeft(decoded), () => {
    const problems = isLeft(decoded) ? decoded.left.map(({ message }) => message).join('; ') : ''
    return `the stored ${kind} ${namespace}/${name} does not read back: ${problems}`
  })
  return decoded.right
}

/**
 * What an UPDATE to the object comes to; no events, if nothing is different. The object is complete, as from `get`.
 *
 * @param charges what quotas have been charged at the same instant
 */
export const updateObject = (view: ClusterView, object: ApiObject, charges?: Charges): Update => {
  const { kind, metadata } = object
  const { name } = metadata
  const was = storedObject(view, { kind, namespace: metadata.namespace ?? '', name })
  if (was === undefined) return left(notFound(kind, name))
  if (isKind(was, 'Pod') && isKind(object, 'Pod')) return updatePod(was, object)
  if (isKind(was, 'Deployment') && isKind(object, 'Deployment')) return updateDeployment(view, was, object)
  if (isKind(was, 'ReplicaSet') && isKind(object, 'ReplicaSet')) return updateReplicaSet(view, was, object)
  if (isKind(was, 'ReplicationController') && isKind(object, 'ReplicationController')) {
    return updateReplicationController(view, was, object)
  }
  if (isKind(was, 'Job') && isKind(object, 'Job')) return updateJob(view, was, object)
  if (isKind(was, 'CronJob') && isKind(object, 'CronJob')) return updateCronJob(was, object)
  if (isKind(was, 'HorizontalPodAutoscaler') && isKind(object, 'HorizontalPodAutoscaler')) {
    return updateHorizontalPodAutoscaler(was, object)
  }
  if (isKind(was, 'DaemonSet') && isKind(object, 'DaemonSet')) return updateDaemonSet(view, was, object)
  if (isKind(was, 'StatefulSet') && isKind(object, 'StatefulSet')) return updateStatefulSet(view, was, object)
  if (isKind(was, 'PersistentVolumeClaim') && isKind(object, 'PersistentVolumeClaim')) return updateClaim(was, object)
  if (isKind(was, 'PersistentVolume') && isKind(object, 'PersistentVolume')) return updateVolume(was, object)
  if (isKind(was, 'ResourceQuota') && isKind(object, 'ResourceQuota')) return updateQuota(was, object)
  if (isKind(was, 'Service') && isKind(object, 'Service')) return updateService(view, was, object, charges)
  if (isKind(was, 'PodDisruptionBudget') && isKind(object, 'PodDisruptionBudget')) return updateBudget(was, object)
  if (isKind(was, 'PriorityClass') && isKind(object, 'PriorityClass')) return updatePriorityClass(view, was, object)
  if (isKind(was, 'EndpointSlice') && isKind(object, 'EndpointSlice')) return updateEndpointSlice(was, object)
  if (isKind(was, 'Node') && isKind(object, 'Node')) return updateNode(was, object)
  if (isKind(was, 'Namespace') && isKind(object, 'Namespace')) return updateNamespace(was, object)
  if (!view.inertObjects.has(pendingKey(kind, metadata.namespace ?? '', name))) {
    return left(notSimulated(kind, name, 'a change of Endpoints that a Service has by its selector'))
  }
  return updateInert(was, object)
}
