/**
 * The defaults that pods get and templates do not (`pkg/apis/core/v1/defaults.go: SetDefaults_Pod`).
 *
 * A controller that makes a pod from a template passes its spec through `defaultPodSpec`, as the API server would.
 */
import { formatBytes, formatMillis } from '../../quantity.ts'
import type { Container, ResourceRequirements } from './container.ts'
import { aggregateContainers, isPodLevelResource } from './pod-resources.ts'
import type { PodSpec } from './pod-spec.ts'

/** A limit without a request is also the request. */
const withRequests = (resources: ResourceRequirements): ResourceRequirements => {
  const { limits, requests } = resources
  if (limits === undefined) return resources
  for (const resource in limits) {
    if (requests?.[resource] === undefined) return { ...resources, requests: { ...limits, ...requests } }
  }
  return resources
}

const withHostPorts = (ports: Container['ports']): Container['ports'] =>
  ports?.map((port) => (port.hostPort === undefined ? { ...port, hostPort: port.containerPort } : port))

const completeContainers = (containers: readonly Container[], hostNetwork: boolean): readonly Container[] => {
  let changed = false
  const completed = containers.map((container) => {
    const resources = withRequests(container.resources)
    const bindsHost = hostNetwork && container.ports?.some((port) => port.hostPort === undefined) === true
    if (resources === container.resources && !bindsHost) return container
    changed = true
    return bindsHost ? { ...container, resources, ports: withHostPorts(container.ports) } : { ...container, resources }
  })
  return changed ? completed : containers
}

const formatAmount = (resource: string, amount: number): string =>
  resource === 'cpu' ? formatMillis(amount) : formatBytes(amount)

/** `defaultHugePagePodLimits`, then `defaultPodRequests`. */
const completePodLevel = (spec: PodSpec): ResourceRequirements | undefined => {
  const own = spec.resources
  if (own === undefined) return undefined
  const isSet = (amounts: ResourceRequirements['limits']): boolean =>
    amounts !== undefined && Object.keys(amounts).length > 0
  if (!isSet(own.limits) && !isSet(own.requests)) return own

  const limits: Record<string, string> = { ...own.limits }
  for (const [resource, amount] of aggregateContainers(spec, 'limits')) {
    if (!resource.startsWith('hugepages-')) continue
    if (own.requests?.[resource] === undefined) limits[resource] ??= formatAmount(resource, amount)
  }
  const requests: Record<string, string> = { ...own.requests }
  if (isSet(limits)) {
    for (const [resource, amount] of aggregateContainers(spec, 'requests')) {
      if (resource === 'cpu' || resource === 'memory') requests[resource] ??= formatAmount(resource, amount)
    }
    for (const resource in limits) if (isPodLevelResource(resource)) requests[resource] ??= limits[resource]!
  }
  return {
    ...own,
    ...(isSet(limits) ? { limits } : {}),
    ...(isSet(requests) ? { requests } : {}),
  }
}

/** The spec of a pod as it is stored; doing it twice changes nothing. */
export const defaultPodSpec = (spec: PodSpec): PodSpec => {
  const hostNetwork = spec.hostNetwork === true
  const containers = completeContainers(spec.containers, hostNetwork)
  const initContainers =
    spec.initContainers === undefined ? undefined : completeContainers(spec.initContainers, hostNetwork)
  const next: PodSpec = {
    ...spec,
    containers,
    ...(initContainers === undefined ? {} : { initContainers }),
    enableServiceLinks: spec.enableServiceLinks ?? true,
  }
  return next.resources === undefined ? next : { ...next, resources: completePodLevel(next)! }
}
