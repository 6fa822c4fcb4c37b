import { podRequests } from '@wavetank/cluster'
import { type ApiObject, isKind, type Node, type PodSpec, quantityMillis, quantityWhole } from '@wavetank/cluster/api'
import type { Scenario } from '@wavetank/scenario'

/** Amounts by resource: millicores, bytes, pieces; `pods` are pods. */
export type Amounts = Readonly<Record<string, number>>

const REPLICATED = ['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController'] as const

const isOwned = ({ metadata }: ApiObject): boolean =>
  (metadata.ownerReferences ?? []).some(({ controller }) => controller === true)

const replicatedSpec = (object: ApiObject): { readonly replicas: number; readonly spec: PodSpec } | undefined => {
  for (const kind of REPLICATED) {
    if (!isKind(object, kind)) continue
    const { template, replicas } = object.spec as {
      readonly template?: { readonly spec: PodSpec }
      readonly replicas?: number
    }
    return template === undefined ? undefined : { replicas: replicas ?? 1, spec: template.spec }
  }
  return undefined
}

/** Verbs that can leave a workload with fewer or smaller pods than its manifest asks for. */
const LESSENING = new Set([
  'scale',
  'delete',
  'apply',
  'replace',
  'patch',
  'set resources',
  'autoscale',
  'rollout undo',
])

/**
 * What the pods ask for that run all the time: those of replicated workloads, in the number that is never gone below.
 * Whatever ends by itself or may be taken away counts for nothing, so that no cluster with less can hold them.
 */
export const steadyRequests = ({ objects, timeline, behaviors }: Scenario): Amounts => {
  const lessened = timeline.some(({ action }) => 'command' in action && LESSENING.has(action.command.verb))
  if (lessened) return {}
  const least = new Map<string, number>()
  for (const object of objects) {
    if (!isKind(object, 'HorizontalPodAutoscaler')) continue
    const { scaleTargetRef, minReplicas = 1 } = object.spec
    least.set(`${scaleTargetRef.kind}/${object.metadata.namespace}/${scaleTargetRef.name}`, minReplicas)
  }
  const sums: Record<string, number> = {}
  const add = (resource: string, amount: number): void => {
    if (amount > 0) sums[resource] = (sums[resource] ?? 0) + amount
  }
  // A pod alone that a behaviour ends makes room for the next one.
  const ends = behaviors.some(({ run }) => run !== undefined)
  for (const object of objects) {
    if (isOwned(object)) continue
    const one = isKind(object, 'Pod') && !ends ? { replicas: 1, spec: object.spec } : replicatedSpec(object)
    if (one === undefined) continue
    const { kind, metadata } = object
    const replicas = Math.min(one.replicas, least.get(`${kind}/${metadata.namespace}/${metadata.name}`) ?? one.replicas)
    const { cpuMillis, memoryBytes, ephemeralStorageBytes, extended } = podRequests(one.spec)
    add('pods', replicas)
    add('cpu', replicas * cpuMillis)
    add('memory', replicas * memoryBytes)
    add('ephemeral-storage', replicas * ephemeralStorageBytes)
    for (const [resource, amount] of Object.entries(extended)) add(resource, replicas * amount)
  }
  return sums
}

/** What pods may request of a node. */
export const allocatableOf = ({ status }: Node): Amounts =>
  Object.fromEntries(
    Object.entries(status?.allocatable ?? {}).map(([resource, quantity]) => [
      resource,
      resource === 'cpu' ? quantityMillis(quantity) : quantityWhole(quantity),
    ]),
  )
