import type { DeepReadonly, ResourceAmounts } from '@wavetank/cluster'
import { type Status, unresolvable, unschedulable } from '../../status.ts'
import { definePlugin, type NodeInfo, type PodView } from '../plugin.ts'
import { requestedToCapacityRatio, type ShapePoint } from './requested-to-capacity-ratio.ts'

export interface WeightedResource {
  readonly name: string
  readonly weight: number
}

export type ScoringStrategyType = 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio'

/** KubeSchedulerConfiguration NodeResourcesFitArgs. */
export interface NodeResourcesFitArgs {
  readonly strategy: ScoringStrategyType
  readonly resources: readonly WeightedResource[]
  /** Of RequestedToCapacityRatio; scores 0 to 10. */
  readonly shape: readonly ShapePoint[]
  readonly ignoredResources: readonly string[]
  /** Prefixes of extended resources, without the slash. */
  readonly ignoredResourceGroups: readonly string[]
}

type Amounts = Pick<ResourceAmounts, 'cpuMillis' | 'memoryBytes' | 'ephemeralStorageBytes'> & {
  readonly extended: Readonly<Record<string, number>>
}

export const amountOf = (amounts: DeepReadonly<Amounts>, resource: string): number => {
  switch (resource) {
    case 'cpu':
      return amounts.cpuMillis
    case 'memory':
      return amounts.memoryBytes
    case 'ephemeral-storage':
      return amounts.ephemeralStorageBytes
    default:
      return amounts.extended[resource] ?? 0
  }
}

/** cpu and memory count whether asked for or not; anything else only if asked for. */
export const isScored = (pod: PodView, resource: string): boolean =>
  resource === 'cpu' ||
  resource === 'memory' ||
  resource === 'ephemeral-storage' ||
  amountOf(pod.template.requests, resource) > 0

/** Source: noderesources/least_allocated.go, leastRequestedScore. */
export const leastAllocated = (requested: number, capacity: number): number =>
  requested > capacity ? 0 : Math.floor(((capacity - requested) * 100) / capacity)

/** Source: noderesources/most_allocated.go, mostRequestedScore. */
export const mostAllocated = (requested: number, capacity: number): number =>
  Math.floor((Math.min(requested, capacity) * 100) / capacity)

export const isIgnored = (resource: string, args: NodeResourcesFitArgs): boolean => {
  if (args.ignoredResources.includes(resource)) return true
  const slash = resource.indexOf('/')
  return slash > 0 && args.ignoredResourceGroups.includes(resource.slice(0, slash))
}

/** Source: pkg/scheduler/framework/plugins/noderesources/fit.go, fitsRequest. */
export const fits = (pod: PodView, info: NodeInfo, args: NodeResourcesFitArgs): Status | undefined => {
  const reasons: string[] = []
  // From 1.34 on, what the empty node could not hold either is not worth preempting for.
  let never = false
  const { requests } = pod.template
  const { requested } = info
  const { allocatable } = info.node
  if (requested.pods + 1 > allocatable.pods) reasons.push('Too many pods')
  const check = (resource: string): void => {
    const asked = amountOf(requests, resource)
    const there = amountOf(allocatable, resource)
    if (asked === 0 || asked <= there - amountOf(requested, resource)) return
    reasons.push(`Insufficient ${resource}`)
    if (asked > there) never = true
  }
  check('cpu')
  check('memory')
  check('ephemeral-storage')
  for (const resource in requests.extended) if (!isIgnored(resource, args)) check(resource)
  if (reasons.length === 0) return undefined
  return never ? unresolvable(...reasons) : unschedulable(...reasons)
}

const scoreOf = (pod: PodView, info: NodeInfo, args: NodeResourcesFitArgs): number => {
  const { nonZeroRequests, requests } = pod.template
  let sum = 0
  let weights = 0
  for (const { name, weight } of args.resources) {
    if (!isScored(pod, name)) continue
    const capacity = amountOf(info.node.allocatable, name)
    if (capacity === 0) continue
    // Only cpu and memory have defaults for containers that ask for nothing.
    const assumed = name === 'cpu' || name === 'memory'
    const requested =
      amountOf(assumed ? info.nonZeroRequested : info.requested, name) +
      amountOf(assumed ? nonZeroRequests : requests, name)
    if (args.strategy === 'RequestedToCapacityRatio') {
      const score = requestedToCapacityRatio(args.shape, requested, capacity)
      if (score > 0) {
        sum += score * weight
        weights += weight
      }
    } else {
      const score = args.strategy === 'MostAllocated' ? mostAllocated : leastAllocated
      sum += score(requested, capacity) * weight
      weights += weight
    }
  }
  if (weights === 0) return 0
  return args.strategy === 'RequestedToCapacityRatio' ? Math.floor(sum / weights + 0.5) : Math.floor(sum / weights)
}

/** True if the pod would fit if nothing else were on the node. */
const fitsEmpty = (pod: PodView, node: NodeInfo['node'], args: NodeResourcesFitArgs): boolean => {
  const nothing = { cpuMillis: 0, memoryBytes: 0, ephemeralStorageBytes: 0, pods: 0, extended: {} }
  return fits(pod, { node, pods: [], requested: nothing, nonZeroRequested: nothing }, args) === undefined
}

/** Source: pkg/scheduler/framework/plugins/noderesources/fit.go. */
export const nodeResourcesFit = definePlugin<NodeResourcesFitArgs>({
  name: 'NodeResourcesFit',
  doc: 'Keeps pods off nodes without room for their requests, and scores nodes by how full they would be.',
  defaultArgs: {
    strategy: 'LeastAllocated',
    resources: [
      { name: 'cpu', weight: 1 },
      { name: 'memory', weight: 1 },
    ],
    shape: [],
    ignoredResources: [],
    ignoredResourceGroups: [],
  },
  weight: 1,
  preFilter: () => ({ state: undefined }),
  filter: ({ pod }, info, _state, args) => fits(pod, info, args),
  preScore: () => ({ state: undefined }),
  score: ({ pod }, info, _state, args) => scoreOf(pod, info, args),
  hints: {
    AssignedPodDeleted: () => true,
    NodeAdded: (pod, { node }, args) => fitsEmpty(pod, node, args),
  },
})
