import type { Container } from '../api/core/container.ts'
import { effectiveAmounts, qosClass } from '../api/core/pod-resources.ts'
import type { PodSpec } from '../api/core/pod-spec.ts'
import type { ResourceQuotaSpec } from '../api/core/resource-quota.ts'
import type { ServiceSpec } from '../api/core/service.ts'
import type { PersistentVolumeClaimSpec } from '../api/core/volume.ts'
import { resourceOf } from '../api-server/failure.ts'
import type { DeepReadonly } from '../tables.ts'
import { type Amount, type Amounts, amountOf } from './amounts.ts'

/**
 * What an object uses of a quota.
 *
 * Source: pkg/quota/v1/evaluator/core (pods.go, persistent_volume_claims.go, services.go) and
 * staging/src/k8s.io/apiserver/pkg/quota/v1/generic/evaluator.go for every other kind, of which the number counts.
 */

const one: Amount = { value: 1, format: 'DecimalSI' }

/** The quantity in its own words, from the first container that has it. */
const formatIn = (spec: PodSpec, field: 'requests' | 'limits', resource: string): Amount['format'] => {
  const parts = [
    spec.resources,
    ...spec.containers.map((c) => c.resources),
    ...(spec.initContainers ?? []).map((c) => c.resources),
  ]
  const text = parts.map((part) => part?.[field]?.[resource]).find((quantity) => quantity !== undefined)
  return text === undefined ? 'DecimalSI' : amountOf(resource, text).format
}

/** What a pod asks for or is limited to, of every resource that it names. */
export const podAmounts = (spec: PodSpec, field: 'requests' | 'limits'): Amounts => {
  const amounts = new Map<string, Amount>()
  for (const [resource, value] of effectiveAmounts(spec, field))
    amounts.set(resource, { value, format: formatIn(spec, field, resource) })
  return amounts
}

const isHugePages = (resource: string): boolean => resource.startsWith('hugepages-')

/** Source: pkg/apis/core/v1/helper/helpers.go, IsNativeResource. */
const isNative = (resource: string): boolean => !resource.includes('/') || resource.includes('kubernetes.io/')

const PLAIN: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage'])

const computes = new WeakMap<object, Amounts>()

/** Of a pod that has not ended. Source: podComputeUsageHelper. */
export const podUsage = (spec: PodSpec): Amounts => {
  const known = computes.get(spec)
  if (known !== undefined) return known
  const usage = new Map<string, Amount>([['pods', one]])
  for (const [resource, amount] of podAmounts(spec, 'requests')) {
    if (PLAIN.has(resource) || isHugePages(resource)) usage.set(resource, amount)
    if (PLAIN.has(resource) || isHugePages(resource) || !isNative(resource)) usage.set(`requests.${resource}`, amount)
  }
  for (const [resource, amount] of podAmounts(spec, 'limits')) {
    if (PLAIN.has(resource)) usage.set(`limits.${resource}`, amount)
  }
  computes.set(spec, usage)
  return usage
}

/** Every pod that is stored, whatever its phase. */
export const POD_COUNT: Amounts = new Map([['count/pods', one]])

/** What a pod spends that is created. */
export const newPodUsage = (spec: PodSpec): Amounts => new Map([...POD_COUNT, ...podUsage(spec)])

const POD_RESOURCES: ReadonlySet<string> = new Set([
  'count/pods',
  'pods',
  ...[...PLAIN].flatMap((resource) => [resource, `requests.${resource}`, `limits.${resource}`]),
])

/** Whether a quota of this resource counts pods. Source: MatchingResources. */
export const isPodResource = (resource: string): boolean =>
  POD_RESOURCES.has(resource) ||
  isHugePages(resource) ||
  resource.startsWith('requests.hugepages-') ||
  (resource.startsWith('requests.') && !isNative(resource))

/** Source: enforcePodContainerConstraints: only these must be set, and only they. */
const REQUIRED: readonly (readonly [name: string, field: 'requests' | 'limits', resource: string])[] = [
  ['cpu', 'requests', 'cpu'],
  ['limits.cpu', 'limits', 'cpu'],
  ['limits.memory', 'limits', 'memory'],
  ['memory', 'requests', 'memory'],
  ['requests.cpu', 'requests', 'cpu'],
  ['requests.memory', 'requests', 'memory'],
]

/** What the containers of a pod have to say because a quota counts it: `must specify …`. Source: Constraints. */
export const unspecified = (spec: PodSpec, hard: Readonly<Record<string, string>>): string | undefined => {
  const podLevel = { ...spec.resources?.requests, ...spec.resources?.limits }
  if (podLevel.cpu !== undefined || podLevel.memory !== undefined) return undefined
  const containers: readonly Container[] = [...spec.containers, ...(spec.initContainers ?? [])]
  const missing = REQUIRED.flatMap(([name, field, resource]) => {
    if (hard[name] === undefined) return []
    const lacking = containers.filter(({ resources }) => resources[field]?.[resource] === undefined)
    return lacking.length === 0 ? [] : [`${name} for: ${[...new Set(lacking.map((c) => c.name))].sort().join(',')}`]
  })
  return missing.length === 0 ? undefined : `must specify ${missing.join('; ')}`
}

type Requirement = NonNullable<NonNullable<ResourceQuotaSpec['scopeSelector']>['matchExpressions']>[number]

/** Whether a name, if there is one, is what the selector asks for. */
const selects = ({ operator, values = [] }: Requirement, name: string | undefined): boolean => {
  switch (operator) {
    case 'Exists':
      return name !== undefined
    case 'DoesNotExist':
      return name === undefined
    case 'In':
      return name !== undefined && values.includes(name)
    case 'NotIn':
      return name === undefined || !values.includes(name)
  }
}

type AffinityTerm = { readonly namespaces?: readonly string[]; readonly namespaceSelector?: unknown }

/** Source: usesCrossNamespacePodAffinity. */
const looksElsewhere = ({ affinity }: PodSpec): boolean => {
  const crosses = ({ namespaces = [], namespaceSelector }: AffinityTerm): boolean =>
    namespaces.length > 0 || namespaceSelector !== undefined
  return [affinity?.podAffinity, affinity?.podAntiAffinity].some(
    (part) =>
      part?.requiredDuringSchedulingIgnoredDuringExecution?.some(crosses) === true ||
      part?.preferredDuringSchedulingIgnoredDuringExecution?.some(({ podAffinityTerm }) => crosses(podAffinityTerm)) ===
        true,
  )
}

/** Source: podMatchesScopeFunc. */
const isInScope = (spec: PodSpec, requirement: Requirement): boolean => {
  switch (requirement.scopeName) {
    case 'Terminating':
      return spec.activeDeadlineSeconds !== undefined
    case 'NotTerminating':
      return spec.activeDeadlineSeconds === undefined
    case 'BestEffort':
      return qosClass(spec) === 'BestEffort'
    case 'NotBestEffort':
      return qosClass(spec) !== 'BestEffort'
    case 'PriorityClass':
      return selects(requirement, spec.priorityClassName === '' ? undefined : spec.priorityClassName)
    case 'CrossNamespacePodAffinity':
      return looksElsewhere(spec)
    case 'VolumeAttributesClass':
      return false
  }
}

const scopesOf = ({ scopes = [], scopeSelector }: ResourceQuotaSpec): readonly Requirement[] => [
  ...scopes.map((scopeName): Requirement => ({ scopeName, operator: 'Exists' })),
  ...(scopeSelector?.matchExpressions ?? []),
]

export const matchesPod = (quota: ResourceQuotaSpec, spec: PodSpec): boolean =>
  scopesOf(quota).every((requirement) => isInScope(spec, requirement))

/** Of the scopes, claims know theirs alone, and every other kind none. */
export const matchesObject = (quota: ResourceQuotaSpec, kind: string, spec: unknown): boolean =>
  scopesOf(quota).every(
    (requirement) =>
      kind === 'PersistentVolumeClaim' &&
      requirement.scopeName === 'VolumeAttributesClass' &&
      selects(requirement, (spec as PersistentVolumeClaimSpec).volumeAttributesClassName),
  )

const LEGACY: ReadonlySet<string> = new Set([
  'ConfigMap',
  'PersistentVolumeClaim',
  'ReplicationController',
  'ResourceQuota',
  'Secret',
  'Service',
])

const claimUsage = (spec: DeepReadonly<PersistentVolumeClaimSpec>): readonly (readonly [string, Amount])[] => {
  const storage = spec.resources.requests?.storage
  const requested = storage === undefined ? undefined : amountOf('requests.storage', storage)
  const { storageClassName: name = '' } = spec
  const inClass = `${name}.storageclass.storage.k8s.io/`
  return [
    ...(requested === undefined ? [] : [['requests.storage', requested] as const]),
    ...(name === '' ? [] : [[`${inClass}persistentvolumeclaims`, one] as const]),
    ...(name === '' || requested === undefined ? [] : [[`${inClass}requests.storage`, requested] as const]),
  ]
}

const serviceUsage = (spec: DeepReadonly<ServiceSpec>): readonly (readonly [string, Amount])[] => {
  const { type, ports = [], allocateLoadBalancerNodePorts } = spec
  const explicit = ports.filter(({ nodePort = 0 }) => nodePort !== 0).length
  const nodePorts =
    type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false)
      ? ports.length
      : type === 'LoadBalancer'
        ? explicit
        : 0
  return [
    ['services.nodeports', { value: nodePorts, format: 'DecimalSI' }],
    ['services.loadbalancers', { value: type === 'LoadBalancer' ? 1 : 0, format: 'DecimalSI' }],
  ]
}

/** Of an object that is no pod. */
export const objectUsage = (kind: string, spec: unknown): Amounts => {
  const resource = resourceOf(kind)
  const usage = new Map<string, Amount>([[`count/${resource}`, one]])
  if (LEGACY.has(kind)) usage.set(resource, one)
  const more =
    kind === 'PersistentVolumeClaim'
      ? claimUsage(spec as PersistentVolumeClaimSpec)
      : kind === 'Service'
        ? serviceUsage(spec as ServiceSpec)
        : []
  for (const [name, amount] of more) usage.set(name, amount)
  return usage
}
