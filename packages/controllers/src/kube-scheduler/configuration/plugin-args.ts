import {
  type Codec,
  defaulted,
  flag,
  forbidden,
  integer,
  invalid,
  list,
  NodeSelector,
  NodeSelectorTerm,
  optional,
  requiredText,
  struct,
  type Trail,
  text,
  within,
  words,
} from '@wavetank/cluster/api'
import type { DefaultPreemptionArgs } from '../plugins/default-preemption/default-preemption.ts'
import type { InterPodAffinityArgs } from '../plugins/inter-pod-affinity/inter-pod-affinity.ts'
import type { NodeAffinityArgs } from '../plugins/node-affinity/node-affinity.ts'
import type { NodeResourcesBalancedAllocationArgs } from '../plugins/node-resources-balanced-allocation/node-resources-balanced-allocation.ts'
import type { NodeResourcesFitArgs } from '../plugins/node-resources-fit/node-resources-fit.ts'
import { type PodTopologySpreadArgs, SYSTEM_DEFAULTS } from '../plugins/pod-topology-spread/constraints.ts'

/**
 * `pluginConfig[].args`: from the words of a file to the arguments of a plugin.
 *
 * Source: staging/src/k8s.io/kube-scheduler/config/v1/types_pluginargs.go, pkg/scheduler/apis/config/v1/defaults.go,
 * pkg/scheduler/apis/config/validation/validation_pluginargs.go.
 */
export type ReadArgs = (value: unknown, trail: Trail) => unknown

const head = { apiVersion: optional(text), kind: optional(text) }
const CPU_AND_MEMORY = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
]
const resource = struct('ResourceSpec', { name: requiredText, weight: defaulted(integer, 1) })

const between = (trail: Trail, step: string, value: number, low: number, high: number): void => {
  if (value >= low && value <= high) return
  within(trail, step, () => invalid(trail, 'WT116', value, `not in valid range [${low}-${high}]`))
}

const reading =
  <A>(codec: Codec<A>, make: (args: A, trail: Trail) => unknown): ReadArgs =>
  (value, trail) =>
    make(codec.read(value, trail), trail)

const fit = struct('NodeResourcesFitArgs', {
  ...head,
  ignoredResources: optional(list(text)),
  ignoredResourceGroups: optional(list(text)),
  scoringStrategy: optional(
    struct('ScoringStrategy', {
      type: defaulted(words('LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'), 'LeastAllocated'),
      resources: optional(list(resource)),
      requestedToCapacityRatio: optional(
        struct('RequestedToCapacityRatioParam', {
          shape: optional(
            list(struct('UtilizationShapePoint', { utilization: defaulted(integer, 0), score: defaulted(integer, 0) })),
          ),
        }),
      ),
    }),
  ),
})

const readFit = reading(fit, ({ ignoredResources = [], ignoredResourceGroups = [], scoringStrategy }, trail) => {
  const resources = scoringStrategy?.resources ?? []
  const shape = scoringStrategy?.requestedToCapacityRatio?.shape ?? []
  trail.steps.push('scoringStrategy')
  resources.forEach(({ weight }, i) => {
    trail.steps.push('resources', i)
    between(trail, 'weight', weight, 1, 100)
    trail.steps.length -= 2
  })
  trail.steps.push('requestedToCapacityRatio', 'shape')
  if (scoringStrategy?.type === 'RequestedToCapacityRatio' && shape.length === 0) {
    invalid(trail, 'WT104', shape, 'at least one point must be specified')
  }
  shape.forEach(({ utilization, score }, i) => {
    trail.steps.push(i)
    between(trail, 'utilization', utilization, 0, 100)
    between(trail, 'score', score, 0, 10)
    if (i > 0 && utilization <= shape[i - 1]!.utilization) {
      within(trail, 'utilization', () =>
        invalid(trail, 'WT104', utilization, 'utilization values must be sorted in increasing order'),
      )
    }
    trail.steps.pop()
  })
  trail.steps.length -= 3
  return {
    strategy: scoringStrategy?.type ?? 'LeastAllocated',
    resources: resources.length === 0 ? CPU_AND_MEMORY : resources,
    shape,
    ignoredResources,
    ignoredResourceGroups,
  } satisfies NodeResourcesFitArgs
})

const balanced = struct('NodeResourcesBalancedAllocationArgs', { ...head, resources: optional(list(resource)) })

const readBalanced = reading(balanced, ({ resources = [] }, trail) => {
  resources.forEach(({ weight }, i) => {
    trail.steps.push('resources', i)
    between(trail, 'weight', weight, 1, 1)
    trail.steps.length -= 2
  })
  return {
    resources: resources.length === 0 ? CPU_AND_MEMORY : resources,
  } satisfies NodeResourcesBalancedAllocationArgs
})

const podAffinity = struct('InterPodAffinityArgs', {
  ...head,
  hardPodAffinityWeight: defaulted(integer, 1),
  ignorePreferredTermsOfExistingPods: defaulted(flag, false),
})

const readPodAffinity = reading(podAffinity, (args, trail) => {
  const { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods } = args
  between(trail, 'hardPodAffinityWeight', hardPodAffinityWeight, 0, 100)
  return { hardPodAffinityWeight, ignorePreferredTermsOfExistingPods } satisfies InterPodAffinityArgs
})

const spread = struct('PodTopologySpreadArgs', {
  ...head,
  defaultConstraints: optional(
    list(
      struct('TopologySpreadConstraint', {
        maxSkew: integer,
        topologyKey: requiredText,
        whenUnsatisfiable: words('DoNotSchedule', 'ScheduleAnyway'),
      }),
    ),
  ),
  defaultingType: defaulted(words('System', 'List'), 'System'),
})

const readSpread = reading(spread, ({ defaultConstraints = [], defaultingType }, trail) => {
  if (defaultingType === 'System' && defaultConstraints.length > 0) {
    within(trail, 'defaultingType', () =>
      invalid(trail, 'WT104', defaultingType, 'when .defaultConstraints are specified, must be "List"'),
    )
  }
  defaultConstraints.forEach(({ maxSkew }, i) => {
    if (maxSkew > 0) return
    trail.steps.push('defaultConstraints', i, 'maxSkew')
    invalid(trail, 'WT116', maxSkew, 'not in valid range (0, inf)')
    trail.steps.length -= 3
  })
  return {
    defaultConstraints: defaultingType === 'System' ? SYSTEM_DEFAULTS : defaultConstraints,
    defaultingType,
  } satisfies PodTopologySpreadArgs
})

const nodeAffinity = struct('NodeAffinityArgs', {
  ...head,
  addedAffinity: optional(
    struct('NodeAffinity', {
      requiredDuringSchedulingIgnoredDuringExecution: optional(NodeSelector),
      preferredDuringSchedulingIgnoredDuringExecution: optional(
        list(struct('PreferredSchedulingTerm', { weight: integer, preference: NodeSelectorTerm })),
      ),
    }),
  ),
})

const readNodeAffinity = reading(
  nodeAffinity,
  ({ addedAffinity }) =>
    ({
      required: addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms,
      preferred: addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [],
    }) satisfies NodeAffinityArgs,
)

const preemption = struct('DefaultPreemptionArgs', {
  ...head,
  minCandidateNodesPercentage: defaulted(integer, 10),
  minCandidateNodesAbsolute: defaulted(integer, 100),
})

const readPreemption = reading(preemption, (args, trail) => {
  const { minCandidateNodesPercentage, minCandidateNodesAbsolute } = args
  between(trail, 'minCandidateNodesPercentage', minCandidateNodesPercentage, 0, 100)
  if (minCandidateNodesAbsolute < 0) {
    within(trail, 'minCandidateNodesAbsolute', () =>
      invalid(trail, 'WT116', minCandidateNodesAbsolute, 'not in valid range [0, inf)'),
    )
  }
  if (minCandidateNodesPercentage === 0 && minCandidateNodesAbsolute === 0) {
    forbidden(trail, 'minCandidateNodesPercentage and minCandidateNodesAbsolute cannot both be zero')
  }
  return { minCandidateNodesPercentage, minCandidateNodesAbsolute } satisfies DefaultPreemptionArgs
})

/** By the name of the plugin; a plugin that is not here takes no arguments. */
export const readArgsOf: ReadonlyMap<string, ReadArgs> = new Map([
  ['NodeResourcesFit', readFit],
  ['NodeResourcesBalancedAllocation', readBalanced],
  ['InterPodAffinity', readPodAffinity],
  ['PodTopologySpread', readSpread],
  ['NodeAffinity', readNodeAffinity],
  ['DefaultPreemption', readPreemption],
])
