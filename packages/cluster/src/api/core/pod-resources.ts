/**
 * What a pod asks for as a whole.
 *
 * Regular containers and sidecars add up; an init container stands alone beside the sidecars declared before it; the
 * larger of the two counts, for the whole life of the pod. Pod-level amounts replace the sum, overhead comes on top.
 * Source: `staging/src/k8s.io/component-helpers/resource/helpers.go: PodRequests, PodLimits`.
 *
 * Amounts are integers: millicores for cpu, whole units rounded up for everything else. Each container is rounded by
 * itself, where Kubernetes rounds the sum; that differs only for fractions of a byte.
 */
import { quantityMillis, quantityWhole } from '../../quantity.ts'
import type { Container } from './container.ts'
import { isSidecar } from './container.ts'
import type { PodSpec } from './pod-spec.ts'

export interface PodResources {
  readonly cpuMillis: number
  readonly memoryBytes: number
  readonly ephemeralStorageBytes: number
  /** Everything else by its name: extended resources in pieces, hugepages in bytes. */
  readonly extended: Readonly<Record<string, number>>
}

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'

/** What the scheduler's scores assume for a container that requests nothing (`pkg/scheduler/util/pod_resources.go`). */
export const DEFAULT_MILLI_CPU_REQUEST = 100
export const DEFAULT_MEMORY_REQUEST = 200 * 1024 * 1024

/** Amounts by resource name; millicores for cpu, whole units otherwise. */
type Amounts = Map<string, number>

const amountOf = (resource: string, quantity: string): number =>
  resource === 'cpu' ? quantityMillis(quantity) : quantityWhole(quantity)

type ResourceField = 'requests' | 'limits'

const addContainer = (amounts: Amounts, container: Container, field: ResourceField, assumed: boolean): void => {
  const own = container.resources[field]
  if (own !== undefined) {
    for (const resource in own) {
      amounts.set(resource, (amounts.get(resource) ?? 0) + amountOf(resource, own[resource]!))
    }
  }
  if (!assumed) return
  if (own?.cpu === undefined) amounts.set('cpu', (amounts.get('cpu') ?? 0) + DEFAULT_MILLI_CPU_REQUEST)
  if (own?.memory === undefined) amounts.set('memory', (amounts.get('memory') ?? 0) + DEFAULT_MEMORY_REQUEST)
}

const raiseTo = (amounts: Amounts, other: Amounts): void => {
  for (const [resource, amount] of other) {
    if (amount > (amounts.get(resource) ?? Number.NEGATIVE_INFINITY)) amounts.set(resource, amount)
  }
}

/** The sum over containers alone, without pod-level amounts and overhead (`AggregateContainerRequests`). */
export const aggregateContainers = (spec: PodSpec, field: ResourceField, assumed = false): Amounts => {
  const total: Amounts = new Map()
  for (const container of spec.containers) addContainer(total, container, field, assumed)
  const { initContainers } = spec
  if (initContainers === undefined || initContainers.length === 0) return total

  const sidecars: Amounts = new Map()
  const peak: Amounts = new Map()
  for (const container of initContainers) {
    if (isSidecar(container)) {
      addContainer(total, container, field, assumed)
      addContainer(sidecars, container, field, assumed)
      raiseTo(peak, sidecars)
    } else {
      const alone: Amounts = new Map(sidecars)
      addContainer(alone, container, field, assumed)
      raiseTo(peak, alone)
    }
  }
  raiseTo(total, peak)
  return total
}

/** The resources that may be set for the pod as a whole. */
export const isPodLevelResource = (resource: string): boolean =>
  resource === 'cpu' || resource === 'memory' || resource.startsWith('hugepages-')

const toResources = (amounts: ReadonlyMap<string, number>): PodResources => {
  let cpuMillis = 0
  let memoryBytes = 0
  let ephemeralStorageBytes = 0
  const extended: Record<string, number> = {}
  for (const [resource, amount] of amounts) {
    if (resource === 'cpu') cpuMillis = amount
    else if (resource === 'memory') memoryBytes = amount
    else if (resource === 'ephemeral-storage') ephemeralStorageBytes = amount
    else extended[resource] = amount
  }
  return { cpuMillis, memoryBytes, ephemeralStorageBytes, extended }
}

/** The same by the name of the resource, and only what somebody asks for. */
export const effectiveAmounts = (spec: PodSpec, field: ResourceField, assumed = false): ReadonlyMap<string, number> => {
  const amounts = aggregateContainers(spec, field, assumed)
  const podLevel = spec.resources?.[field]
  if (podLevel !== undefined) {
    for (const resource in podLevel) {
      if (isPodLevelResource(resource)) amounts.set(resource, amountOf(resource, podLevel[resource]!))
    }
  }
  const { overhead } = spec
  if (overhead !== undefined) {
    for (const resource in overhead) {
      const before = amounts.get(resource) ?? 0
      if (field === 'limits' && before === 0) continue
      amounts.set(resource, before + amountOf(resource, overhead[resource]!))
    }
  }
  return amounts
}

const effective = (spec: PodSpec, field: ResourceField, assumed: boolean): PodResources =>
  toResources(effectiveAmounts(spec, field, assumed))

/** What the scheduler reserves on a node. The spec has to be defaulted (`defaultPodSpec`), as decoded pods are. */
export const podRequests = (spec: PodSpec): PodResources => effective(spec, 'requests', false)

/** The sum of limits; 0 means that nothing was limited. */
export const podLimits = (spec: PodSpec): PodResources => effective(spec, 'limits', false)

/** Requests as scores see them: a container without a cpu or memory request counts as 100m and 200Mi. */
export const nonZeroRequests = (spec: PodSpec): PodResources => effective(spec, 'requests', true)

const positives = (amounts: Readonly<Record<string, string>> | undefined, into: Amounts): number => {
  let found = 0
  for (const resource of ['cpu', 'memory']) {
    const quantity = amounts?.[resource]
    if (quantity === undefined) continue
    const amount = amountOf(resource, quantity)
    if (amount <= 0) continue
    found += 1
    into.set(resource, (into.get(resource) ?? 0) + amount)
  }
  return found
}

/** The quality-of-service class, fixed when the pod is created (`pkg/apis/core/v1/helper/qos/qos.go: ComputePodQOS`). */
export const qosClass = (spec: PodSpec): QosClass => {
  const requests: Amounts = new Map()
  const limits: Amounts = new Map()
  let allLimited = true
  const parts =
    spec.resources !== undefined
      ? [spec.resources]
      : [...spec.containers, ...(spec.initContainers ?? [])].map((container) => container.resources)
  for (const resources of parts) {
    positives(resources.requests, requests)
    if (positives(resources.limits, limits) < 2) allLimited = false
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort'
  if (!allLimited || requests.size !== limits.size) return 'Burstable'
  for (const [resource, amount] of requests) if (limits.get(resource) !== amount) return 'Burstable'
  return 'Guaranteed'
}
