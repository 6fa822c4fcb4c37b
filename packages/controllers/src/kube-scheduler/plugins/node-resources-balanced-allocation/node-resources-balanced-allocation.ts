import { amountOf, isScored, type WeightedResource } from '../node-resources-fit/node-resources-fit.ts'
import { definePlugin, MAX_NODE_SCORE, type NodeInfo, type PodView } from '../plugin.ts'

/** KubeSchedulerConfiguration NodeResourcesBalancedAllocationArgs; the weights have no effect, as in Kubernetes. */
export interface NodeResourcesBalancedAllocationArgs {
  readonly resources: readonly WeightedResource[]
}

/** Source: noderesources/balanced_allocation.go, balancedResourceScorer; in float64, as there. */
export const balancedScore = (fractions: readonly number[]): number => {
  let deviation = 0
  if (fractions.length === 2) deviation = Math.abs((fractions[0]! - fractions[1]!) / 2)
  else if (fractions.length > 2) {
    let total = 0
    for (const fraction of fractions) total += fraction
    const mean = total / fractions.length
    let sum = 0
    for (const fraction of fractions) sum += (fraction - mean) * (fraction - mean)
    deviation = Math.sqrt(sum / fractions.length)
  }
  return Math.trunc((1 - deviation) * MAX_NODE_SCORE)
}

const scoreOf = (pod: PodView, info: NodeInfo, { resources }: NodeResourcesBalancedAllocationArgs): number => {
  const fractions: number[] = []
  for (const { name } of resources) {
    if (!isScored(pod, name)) continue
    const capacity = amountOf(info.node.allocatable, name)
    if (capacity === 0) continue
    const requested = amountOf(info.requested, name) + amountOf(pod.template.requests, name)
    fractions.push(Math.min(1, requested / capacity))
  }
  return balancedScore(fractions)
}

/** Source: pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go. */
export const nodeResourcesBalancedAllocation = definePlugin<NodeResourcesBalancedAllocationArgs>({
  name: 'NodeResourcesBalancedAllocation',
  doc: 'Prefers nodes where cpu and memory would be used in equal shares.',
  defaultArgs: {
    resources: [
      { name: 'cpu', weight: 1 },
      { name: 'memory', weight: 1 },
    ],
  },
  weight: 1,
  preScore: ({ pod }, _nodes, { resources }) =>
    resources.every(({ name }) => amountOf(pod.template.requests, name) === 0) ? 'skip' : { state: undefined },
  score: ({ pod }, info, _state, args) => scoreOf(pod, info, args),
})
