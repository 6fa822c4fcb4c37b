import type { Labels, Taint } from '@wavetank/cluster'
import type { NodeTraits } from './changes.ts'
import { addToTree, type NodeTree, removeFromTree, zoneInterleaved } from './node-order.ts'
import { counts, type NodeView, type PodView, priorityOf } from './snapshot.ts'

/**
 * What the scheduler keeps about nodes and the pods on them: folded from the log, so that replay has it too.
 */
export interface SchedulerCache {
  readonly tree: NodeTree
  /** The nodes in the order of the tree; rebuilt when nodes come or go. */
  order: readonly string[]
  isOrderStale: boolean
  readonly nodes: Map<string, CachedNode>
  /** Pods that count on a node. */
  readonly placed: Map<string, PlacedPod>
  /** How many placed pods have each priority. */
  readonly priorities: Map<number, number>
}

export interface CachedNode extends NodeTraits {
  readonly zone: string
}

export interface PlacedPod {
  readonly node: string
  readonly priority: number
  labels: Labels
}

export const createCache = (): SchedulerCache => ({
  tree: new Map(),
  order: [],
  isOrderStale: false,
  nodes: new Map(),
  placed: new Map(),
  priorities: new Map(),
})

const traitsOf = (node: NodeView): CachedNode => ({
  labels: node.labels as Labels,
  taints: node.taints as readonly Taint[],
  unschedulable: node.unschedulable,
  zone: node.zone,
})

export const addNode = (cache: SchedulerCache, node: NodeView): void => {
  cache.nodes.set(node.name, traitsOf(node))
  addToTree(cache.tree, node.zone, node.name)
  cache.isOrderStale = true
}

/** @returns the node as it was before */
export const changeNode = (cache: SchedulerCache, node: NodeView): CachedNode | undefined => {
  const before = cache.nodes.get(node.name)
  if (before === undefined) return undefined
  cache.nodes.set(node.name, traitsOf(node))
  if (before.zone !== node.zone) {
    removeFromTree(cache.tree, before.zone, node.name)
    addToTree(cache.tree, node.zone, node.name)
    cache.isOrderStale = true
  }
  return before
}

export const removeNode = (cache: SchedulerCache, name: string): CachedNode | undefined => {
  const before = cache.nodes.get(name)
  if (before === undefined) return undefined
  cache.nodes.delete(name)
  removeFromTree(cache.tree, before.zone, name)
  cache.isOrderStale = true
  return before
}

/** The pod counts on its node from now on, if it has one and is not over. True if that is new. */
export const placePod = (cache: SchedulerCache, pod: PodView): boolean => {
  if (pod.node === '' || !counts(pod) || cache.placed.has(pod.key)) return false
  const priority = priorityOf(pod)
  cache.placed.set(pod.key, { node: pod.node, priority, labels: pod.labels as Labels })
  cache.priorities.set(priority, (cache.priorities.get(priority) ?? 0) + 1)
  return true
}

/** The pod is gone or over. True if it counted until now. */
export const displacePod = (cache: SchedulerCache, key: string): boolean => {
  const placed = cache.placed.get(key)
  if (placed === undefined) return false
  cache.placed.delete(key)
  const left = cache.priorities.get(placed.priority)! - 1
  if (left === 0) cache.priorities.delete(placed.priority)
  else cache.priorities.set(placed.priority, left)
  return true
}

/** @returns the labels that the pod had, if it counts on a node */
export const relabelPod = (cache: SchedulerCache, pod: PodView): Labels | undefined => {
  const placed = cache.placed.get(pod.key)
  if (placed === undefined) return undefined
  const before = placed.labels
  placed.labels = pod.labels as Labels
  return before
}

export const refreshOrder = (cache: SchedulerCache): void => {
  if (!cache.isOrderStale) return
  cache.order = zoneInterleaved(cache.tree)
  cache.isOrderStale = false
}

export const lowestPriority = (cache: SchedulerCache): number => {
  let lowest = Number.POSITIVE_INFINITY
  for (const priority of cache.priorities.keys()) lowest = Math.min(lowest, priority)
  return lowest
}
