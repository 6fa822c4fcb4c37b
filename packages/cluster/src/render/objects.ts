import type { JsonObject } from '../api/codec.ts'
import { allEndpoints, endpointsOf, type LegacyEndpoints } from '../endpoint-slice/legacy-endpoints.ts'
import type { Labels } from '../labels.ts'
import type { ClusterView } from '../tables.ts'
import { renderControllerRevision } from './controller-revision.ts'
import { renderCronJob } from './cron-job.ts'
import { renderDaemonSet } from './daemon-set.ts'
import { renderDeployment } from './deployment.ts'
import { renderEndpointSlice } from './endpoint-slice.ts'
import { renderHorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts'
import { inertMetadata, renderInert } from './inert.ts'
import { renderJob } from './job.ts'
import { renderEndpoints } from './legacy-endpoints.ts'
import { renderNamespace } from './namespace.ts'
import { renderNode } from './node.ts'
import { renderPod } from './pod.ts'
import { renderPodDisruptionBudget } from './pod-disruption-budget.ts'
import { renderPriorityClass } from './priority-class.ts'
import { renderReplicaSet } from './replica-set.ts'
import { renderResourceQuota } from './resource-quota.ts'
import { renderService } from './service.ts'
import { renderStatefulSet } from './stateful-set.ts'
import { renderPersistentVolume, renderPersistentVolumeClaim } from './storage.ts'

/** An object of the API by name, rendered only when asked. */
export interface RenderedObject {
  readonly kind: string
  /** Empty for kinds that belong to no namespace. */
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  readonly annotations: Labels
  readonly render: () => JsonObject
}

interface Meta {
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  readonly annotations: Labels
}

interface Source {
  readonly all: (view: ClusterView) => readonly RenderedObject[]
  readonly find: (view: ClusterView, namespace: string, name: string) => RenderedObject | undefined
}

const sourceOf = <R extends Meta>(
  kind: string,
  tableOf: (view: ClusterView) => ReadonlyMap<string, R>,
  keyOf: (namespace: string, name: string) => string,
  render: (view: ClusterView, record: R) => JsonObject,
): Source => {
  const object = (view: ClusterView, record: R): RenderedObject => ({
    kind,
    namespace: record.namespace,
    name: record.name,
    labels: record.labels,
    annotations: record.annotations,
    render: () => render(view, record),
  })
  return {
    all: (view) => Array.from(tableOf(view).values(), (record) => object(view, record)),
    find: (view, namespace, name) => {
      const record = tableOf(view).get(keyOf(namespace, name))
      return record === undefined ? undefined : object(view, record)
    },
  }
}

const namespaced = (namespace: string, name: string): string => `${namespace}/${name}`
const clusterWide = (_namespace: string, name: string): string => name

/** The kinds that have a table of their own. */
const SIMULATED: Readonly<Record<string, Source>> = {
  Pod: sourceOf('Pod', (view) => view.pods, namespaced, renderPod),
  Node: sourceOf('Node', (view) => view.nodes, clusterWide, renderNode),
  Namespace: sourceOf('Namespace', (view) => view.namespaces, clusterWide, renderNamespace),
  Deployment: sourceOf('Deployment', (view) => view.deployments, namespaced, renderDeployment),
  ReplicaSet: sourceOf('ReplicaSet', (view) => view.replicaSets, namespaced, renderReplicaSet),
  ReplicationController: sourceOf(
    'ReplicationController',
    (view) => view.replicationControllers,
    namespaced,
    renderReplicaSet,
  ),
  DaemonSet: sourceOf('DaemonSet', (view) => view.daemonSets, namespaced, renderDaemonSet),
  Job: sourceOf('Job', (view) => view.jobs, namespaced, renderJob),
  CronJob: sourceOf('CronJob', (view) => view.cronJobs, namespaced, renderCronJob),
  HorizontalPodAutoscaler: sourceOf(
    'HorizontalPodAutoscaler',
    (view) => view.horizontalPodAutoscalers,
    namespaced,
    renderHorizontalPodAutoscaler,
  ),
  ControllerRevision: sourceOf(
    'ControllerRevision',
    (view) => view.controllerRevisions,
    namespaced,
    renderControllerRevision,
  ),
  StatefulSet: sourceOf('StatefulSet', (view) => view.statefulSets, namespaced, renderStatefulSet),
  PersistentVolumeClaim: sourceOf(
    'PersistentVolumeClaim',
    (view) => view.persistentVolumeClaims,
    namespaced,
    renderPersistentVolumeClaim,
  ),
  PersistentVolume: sourceOf('PersistentVolume', (view) => view.persistentVolumes, namespaced, renderPersistentVolume),
  ResourceQuota: sourceOf('ResourceQuota', (view) => view.resourceQuotas, namespaced, renderResourceQuota),
  Service: sourceOf('Service', (view) => view.services, namespaced, renderService),
  PodDisruptionBudget: sourceOf(
    'PodDisruptionBudget',
    (view) => view.podDisruptionBudgets,
    namespaced,
    renderPodDisruptionBudget,
  ),
  PriorityClass: sourceOf('PriorityClass', (view) => view.priorityClasses, namespaced, renderPriorityClass),
  EndpointSlice: sourceOf('EndpointSlice', (view) => view.endpointSlices, namespaced, renderEndpointSlice),
}

const textMap = (value: unknown): Labels => (typeof value === 'object' && value !== null ? (value as Labels) : {})

type InertView = ClusterView['inertObjects'] extends ReadonlyMap<string, infer R> ? R : never

const inertObject = (view: ClusterView, record: InertView): RenderedObject => {
  const { labels, annotations } = inertMetadata(record)
  return {
    kind: record.kind,
    namespace: record.namespace,
    name: record.name,
    labels: textMap(labels),
    annotations: textMap(annotations),
    render: () => renderInert(view, record),
  }
}

/** Besides those that manifests bring, each Service with a selector has one of its own. */
const madeUpEndpoints = (view: ClusterView, endpoints: LegacyEndpoints): RenderedObject => ({
  kind: 'Endpoints',
  namespace: endpoints.namespace,
  name: endpoints.name,
  labels: endpoints.labels,
  annotations: endpoints.annotations,
  render: () => renderEndpoints(view, endpoints),
})

const byKey = (a: RenderedObject, b: RenderedObject): number => {
  const keyOfA = `${a.namespace}/${a.name}`
  const keyOfB = `${b.namespace}/${b.name}`
  return keyOfA < keyOfB ? -1 : keyOfA > keyOfB ? 1 : 0
}

/**
 * Every object of a kind, in the order in which etcd lists them (bytes of `namespace/name`). Kinds that are not
 * simulated have what was loaded of them; kinds that nobody knows have none.
 */
export const objectsOf = (view: ClusterView, kind: string): readonly RenderedObject[] => {
  const source = SIMULATED[kind]
  if (source !== undefined) return [...source.all(view)].sort(byKey)
  const objects: RenderedObject[] =
    kind === 'Endpoints' ? allEndpoints(view).map((endpoints) => madeUpEndpoints(view, endpoints)) : []
  const madeUp = new Set(objects.map(({ namespace, name }) => `${namespace}/${name}`))
  for (const record of view.inertObjects.values()) {
    if (record.kind === kind && !madeUp.has(record.key)) objects.push(inertObject(view, record))
  }
  return objects.sort(byKey)
}

/** One object; `namespace` is empty for kinds that belong to none. */
export const findObject = (
  view: ClusterView,
  kind: string,
  namespace: string,
  name: string,
): RenderedObject | undefined => {
  const source = SIMULATED[kind]
  if (source !== undefined) return source.find(view, namespace, name)
  if (kind === 'Endpoints') {
    const service = view.services.get(namespaced(namespace, name))
    const endpoints = service === undefined ? undefined : endpointsOf(view, service)
    if (endpoints !== undefined) return madeUpEndpoints(view, endpoints)
  }
  const record = view.inertObjects.get(`${kind}/${namespace}/${name}`)
  return record === undefined ? undefined : inertObject(view, record)
}
