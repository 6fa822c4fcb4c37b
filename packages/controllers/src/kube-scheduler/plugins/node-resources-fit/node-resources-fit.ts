import { definePlugin, type NodeView, type PodView } from '../plugin.ts'

/** Source: noderesources/least_allocated.go, leastRequestedScore. */
const leastAllocated = (requested: number, capacity: number): number =>
  requested > capacity ? 0 : Math.floor(((capacity - requested) * 100) / capacity)

const scoreOf = (pod: PodView, node: NodeView): number => {
  const { nonZeroRequests } = pod.template
  const cpu = node.nonZeroRequested.cpuMillis + nonZeroRequests.cpuMillis
  const memory = node.nonZeroRequested.memoryBytes + nonZeroRequests.memoryBytes
  let sum = 0
  let weights = 0
  for (const [requested, capacity] of [
    [cpu, node.allocatable.cpuMillis],
    [memory, node.allocatable.memoryBytes],
  ] as const) {
    if (capacity === 0) continue
    sum += leastAllocated(requested, capacity)
    weights++
  }
  return weights === 0 ? 0 : Math.floor(sum / weights)
}

/** Source: pkg/scheduler/framework/plugins/noderesources/fit.go, fitsRequest. */
export const nodeResourcesFit = definePlugin({
  name: 'NodeResourcesFit',
  doc: 'Keeps pods off nodes without room for their requests, and prefers the least allocated (LeastAllocated).',
  filter: (pod, node) => {
    const reasons: string[] = []
    const { requests } = pod.template
    const { requested, allocatable } = node
    if (requested.pods + 1 > allocatable.pods) reasons.push('Too many pods')
    const lacks = (asked: number, used: number, there: number): boolean => asked > 0 && asked > there - used
    if (lacks(requests.cpuMillis, requested.cpuMillis, allocatable.cpuMillis)) reasons.push('Insufficient cpu')
    if (lacks(requests.memoryBytes, requested.memoryBytes, allocatable.memoryBytes)) reasons.push('Insufficient memory')
    if (lacks(requests.ephemeralStorageBytes, requested.ephemeralStorageBytes, allocatable.ephemeralStorageBytes)) {
      reasons.push('Insufficient ephemeral-storage')
    }
    for (const [name, amount] of Object.entries(requests.extended)) {
      if (lacks(amount, requested.extended[name] ?? 0, allocatable.extended[name] ?? 0))
        reasons.push(`Insufficient ${name}`)
    }
    return reasons.length === 0 ? undefined : reasons
  },
  score: { weight: 1, of: (pod, nodes) => nodes.map((node) => scoreOf(pod, node)) },
})
