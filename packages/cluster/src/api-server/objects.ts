import { createDraw, type SimEvent, uuidOf } from '@wavetank/kernel'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { type ApiObject, isKind } from '../api/api-object.ts'
import type { ReplicaSet } from '../api/apps/replica-set.ts'
import { NAMESPACE_NAME_LABEL } from '../api/core/namespace.ts'
import type { ReplicationController } from '../api/core/replication-controller.ts'
import type { ServiceSpec } from '../api/core/service.ts'
import { keyOf } from '../ids.ts'
import type { ObjectRef } from '../kubectl-command.ts'
import type { LabelSelectorLike } from '../labels.ts'
import { generateName } from '../names.ts'
import { NamespaceCreated, NamespaceMarkedForDeletion } from '../namespace/events.ts'
import { NodeCreated, NodeDeleted } from '../node/events.ts'
import { InertObjectCreated, InertObjectDeleted } from '../object/events.ts'
import type { Propagation } from '../object/meta.ts'
import { deleteStoredObject, storedKindOf } from '../object/stored-kinds.ts'
import { findObject } from '../render/objects.ts'
import type { ClusterView } from '../tables.ts'
import { createDaemonSet } from './daemon-sets.ts'
import { createDeployment } from './deployments.ts'
import { createBudget } from './disruption-budgets.ts'
import { createEndpointSliceObject } from './endpoint-slices.ts'
import { type ApiFailure, alreadyExists, forbidden, notFound, notSimulated } from './failure.ts'
import { createHorizontalPodAutoscaler } from './horizontal-pod-autoscalers.ts'
import { createCronJob, createJobObject } from './jobs.ts'
import { contentOf, controllerOf, manifestOf } from './manifest.ts'
import { createPod, deletePod } from './pods.ts'
import { createPriorityClass, createSystemClasses, priorityClassDeletionProblem } from './priority-classes.ts'
import { type Charges, createQuota, objectQuotaProblem } from './quotas.ts'
import { createReplicaSet } from './replica-sets.ts'
import { allotmentKeys } from './service-allocation.ts'
import { createService } from './services.ts'
import { createStatefulSet } from './stateful-sets.ts'
import { claimProblem, createClaimObject, createVolumeObject, newClaimOf } from './storage.ts'

/**
 * CREATE and DELETE of any object: what they come to as events, or why they are refused, in the API server's words.
 *
 * Nothing is written here. Whoever sends several requests at one instant says which objects the earlier ones created
 * (`Pending`), since the view does not have them yet.
 */

/** What exists as soon as what was emitted has happened: objects, as `Kind/namespace/name`, and what was allotted to them. */
export type Pending = ReadonlySet<string>
const NOTHING: Pending = new Set()

export const pendingKey = (kind: string, namespace: string, name: string): string => `${kind}/${namespace}/${name}`

/** What a request that was granted adds to `Pending`. */
export const pendingKeys = (object: ApiObject, events: readonly SimEvent[]): readonly string[] => {
  const { kind, metadata } = object
  const allotted = events.flatMap((event) =>
    event.kind === 'ServiceCreated' ? allotmentKeys((event as unknown as { readonly spec: ServiceSpec }).spec) : [],
  )
  return [pendingKey(kind, metadata.namespace ?? '', metadata.name), ...allotted]
}

/** Namespaces that every cluster has. */
export const INITIAL_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'] as const

/** What every cluster has, namespaces and priority classes, as far as it does not exist yet. */
export const createInitialObjects = (view: ClusterView, at: number): readonly SimEvent[] => [
  ...INITIAL_NAMESPACES.filter((name) => !view.namespaces.has(name)).map((name) =>
    createNamespace(view, at, name, { [NAMESPACE_NAME_LABEL]: name }),
  ),
  ...createSystemClasses(view, at),
]

const createNamespace = (
  view: ClusterView,
  at: number,
  namespace: string,
  labels: Readonly<Record<string, string>>,
  annotations?: Readonly<Record<string, string>>,
): SimEvent => NamespaceCreated({ namespace, uid: uidFor(view, at, 'Namespace', namespace), labels, annotations })

const uidFor = (view: ClusterView, at: number, kind: string, key: string): string =>
  uuidOf(view.settings.seed, `${kind} ${key} ${at}`)

const namespaceOf = ({ metadata }: ApiObject): string => metadata.namespace ?? ''

const exists = (view: ClusterView, pending: Pending, kind: string, namespace: string, name: string): boolean =>
  pending.has(pendingKey(kind, namespace, name)) ||
  // Endpoints that are made up from slices give way to nothing and stand in nobody's way.
  (kind === 'Endpoints'
    ? view.inertObjects.has(pendingKey(kind, namespace, name))
    : findObject(view, kind, namespace, name) !== undefined)

const GENERATE_NAME_ATTEMPTS = 8

/** The object with the name that the API server gives it, if it has `generateName` alone. */
export const withName = (
  view: ClusterView,
  at: number,
  object: ApiObject,
  pending: Pending = NOTHING,
): Either<ApiFailure, ApiObject> => {
  const { kind, metadata } = object
  if (metadata.name !== '') return right(object)
  const prefix = metadata.generateName ?? ''
  const namespace = namespaceOf(object)
  const draw = createDraw(view.settings.seed)
  let name = ''
  for (let attempt = 0; attempt < GENERATE_NAME_ATTEMPTS; attempt++) {
    // Several of one prefix may come at one instant: how many are there already makes their draws differ.
    name = generateName(prefix, draw('object-name', `${kind}/${namespace}/${prefix} ${at} ${pending.size} ${attempt}`))
    if (!exists(view, pending, kind, namespace, name)) {
      return right({ ...object, metadata: { ...metadata, name } } as ApiObject)
    }
  }
  return left(alreadyExists(kind, name))
}

/** Source: staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go, Admit. */
const namespaceProblem = (
  view: ClusterView,
  pending: Pending,
  kind: string,
  namespace: string,
  name: string,
): ApiFailure | undefined => {
  const found = view.namespaces.get(namespace)
  if (found?.terminating === true) {
    const why = `unable to create new content in namespace ${namespace} because it is being terminated`
    return forbidden(kind, name, why)
  }
  if (found !== undefined || pending.has(pendingKey('Namespace', '', namespace))) return undefined
  return notFound('Namespace', namespace)
}

const SIZED: ReadonlySet<string> = new Set(['Pod', 'PersistentVolumeClaim', 'Service'])

/** Why no object of that name may be stored now; `undefined` if one may. */
export const creationProblem = (
  view: ClusterView,
  { kind, namespace, name }: ObjectRef,
  pending: Pending = NOTHING,
): ApiFailure | undefined => {
  const problem = namespace === '' ? undefined : namespaceProblem(view, pending, kind, namespace, name)
  if (problem !== undefined) return problem
  // Pods, claims and Services are judged when their spec is known.
  const over = SIZED.has(kind) ? undefined : objectQuotaProblem(view, kind, namespace, undefined, undefined)
  if (over !== undefined) return forbidden(kind, name, over)
  return exists(view, pending, kind, namespace, name) ? alreadyExists(kind, name) : undefined
}

const createSet = (
  view: ClusterView,
  at: number,
  object: ReplicaSet | ReplicationController,
  selector: LabelSelectorLike,
): readonly SimEvent[] => {
  const { kind, metadata, spec } = object
  return createReplicaSet(view, at, {
    kind,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    owner: controllerOf(metadata),
    replicas: spec.replicas,
    minReadySeconds: spec.minReadySeconds,
    selector,
    template: contentOf(spec.template),
  })
}

/** What a CREATE of the object comes to. Objects of kinds that are not simulated are stored as they are. */
export const createObject = (
  view: ClusterView,
  at: number,
  given: ApiObject,
  pending: Pending = NOTHING,
  charges?: Charges,
): Either<ApiFailure, readonly SimEvent[]> => {
  const named = withName(view, at, given, pending)
  if (isLeft(named)) return named
  const object = named.right
  const { kind, metadata } = object
  const { name } = metadata
  const namespace = namespaceOf(object)
  const problem = creationProblem(view, { kind, namespace, name }, pending)
  if (problem !== undefined) return left(problem)

  if (isKind(object, 'Pod')) {
    const content = contentOf({ metadata, spec: object.spec })
    const created = createPod(view, at, name, { namespace, content, owner: controllerOf(metadata), charges })
    return isLeft(created) ? left({ reason: 'Forbidden', message: created.left, kind, name }) : created
  }
  if (isKind(object, 'PersistentVolumeClaim')) {
    const refusal = claimProblem(view, newClaimOf(object), charges)
    return refusal === undefined
      ? right([createClaimObject(view, at, object)])
      : left({ reason: 'Forbidden', message: refusal, kind, name })
  }
  const over = objectQuotaProblem(view, kind, namespace, 'spec' in object ? object.spec : undefined, charges)
  if (over !== undefined) return left(forbidden(kind, name, over))
  if (isKind(object, 'ResourceQuota')) return right([createQuota(view, at, object)])
  if (isKind(object, 'Deployment')) return right(createDeployment(view, at, object))
  if (isKind(object, 'ReplicaSet')) return right(createSet(view, at, object, object.spec.selector))
  if (isKind(object, 'ReplicationController')) {
    return right(createSet(view, at, object, { matchLabels: object.spec.selector ?? {} }))
  }
  if (isKind(object, 'Job')) return right(createJobObject(view, at, object))
  if (isKind(object, 'CronJob')) return right(createCronJob(view, at, object))
  if (isKind(object, 'HorizontalPodAutoscaler')) return right(createHorizontalPodAutoscaler(view, at, object))
  if (isKind(object, 'DaemonSet')) return right(createDaemonSet(view, at, object))
  if (isKind(object, 'StatefulSet')) return right(createStatefulSet(view, at, object))
  if (isKind(object, 'PersistentVolume')) return right([createVolumeObject(view, at, object)])
  if (isKind(object, 'Service')) return createService(view, at, object, pending)
  if (isKind(object, 'PodDisruptionBudget')) return right([createBudget(view, at, object)])
  if (isKind(object, 'PriorityClass')) return createPriorityClass(view, at, object)
  if (isKind(object, 'EndpointSlice')) return right([createEndpointSliceObject(view, at, object)])
  if (kind === 'ControllerRevision') return left(notSimulated(kind, name, 'a revision that no controller made'))
  if (isKind(object, 'Namespace')) {
    return right([createNamespace(view, at, name, metadata.labels ?? {}, metadata.annotations)])
  }
  if (isKind(object, 'Node')) {
    const manifest = manifestOf(object) as Record<string, unknown>
    return right([NodeCreated({ node: name, uid: uidFor(view, at, kind, name), object: manifest })])
  }
  const key = keyOf(namespace, name)
  const body = manifestOf(object) as Record<string, unknown>
  return right([InertObjectCreated({ objectKind: kind, object: key, uid: uidFor(view, at, kind, key), body })])
}

export interface DeleteOptions {
  readonly propagation: Propagation
  /** Of pods; their own by default. 0 removes the object at once. */
  readonly graceSeconds?: number | undefined
}

/** Source: staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go, NewLifecycle. */
const IMMORTAL: ReadonlySet<string> = new Set(['default', 'kube-public', 'kube-system'])

const deleteNamespace = (view: ClusterView, name: string): Either<ApiFailure, readonly SimEvent[]> => {
  const found = view.namespaces.get(name)
  if (IMMORTAL.has(name)) return left(forbidden('Namespace', name, 'this namespace may not be deleted'))
  if (found === undefined) return left(notFound('Namespace', name))
  return right(found.terminating ? [] : [NamespaceMarkedForDeletion({ namespace: name })])
}

/** What a DELETE of the object comes to; nothing, if it is being deleted already. */
export const deleteObject = (
  view: ClusterView,
  { kind, namespace, name }: ObjectRef,
  options: DeleteOptions,
): Either<ApiFailure, readonly SimEvent[]> => {
  const key = keyOf(namespace, name)
  if (kind === 'Namespace') return deleteNamespace(view, name)
  if (kind === 'Pod') {
    const pod = view.pods.get(key)
    return pod === undefined ? left(notFound(kind, name)) : right(deletePod(pod, options.graceSeconds))
  }
  const stored = storedKindOf(kind)
  if (stored !== undefined) {
    const problem = kind === 'PriorityClass' ? priorityClassDeletionProblem(name) : undefined
    if (problem !== undefined) return left(problem)
    const found = stored.table(view).get(key)
    return found === undefined ? left(notFound(kind, name)) : right(deleteStoredObject(found, options.propagation))
  }
  if (kind === 'Node') {
    return view.nodes.has(name) ? right([NodeDeleted({ node: name })]) : left(notFound(kind, name))
  }
  if (!view.inertObjects.has(pendingKey(kind, namespace, name))) {
    const isMadeUp = findObject(view, kind, namespace, name) !== undefined
    return left(
      isMadeUp
        ? notSimulated(kind, name, 'a deletion of Endpoints that a Service has by its selector')
        : notFound(kind, name),
    )
  }
  return right([InertObjectDeleted({ objectKind: kind, object: key })])
}
