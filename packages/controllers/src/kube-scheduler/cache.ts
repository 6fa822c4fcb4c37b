import type { ClusterView, Labels, Taint } from '@wavetank/cluster'
import type { NodeTraits } from './changes.ts'
import {
  addRow,
  changeRow,
  createNodeTable,
  type NodeTable,
  removeRow,
  syncRequests,
  syncRowImage,
} from './node-table.ts'
import { normalizedImage } from './plugins/image-locality/image-locality.ts'
import {
  countShape,
  countTerminating,
  createShapes,
  type Shape,
  type ShapeContext,
  type Shapes,
  shapeOf,
} from './shapes.ts'
import { counts, type NodeView, type PodView, priorityOf } from './snapshot.ts'

/**
 * What the scheduler keeps about nodes and the pods on them: folded from the log, so that replay has it too.
 */
export interface SchedulerCache {
  readonly table: NodeTable
  readonly shapes: Shapes
  /** By node, what decided over pods in it. */
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
  /** −1 if its node does not exist (any more). */
  row: number
  readonly priority: number
  labels: Labels
  shape: Shape
  isTerminating: boolean
}

export const createCache = (): SchedulerCache => ({
  table: createNodeTable(),
  shapes: createShapes(),
  nodes: new Map(),
  placed: new Map(),
  priorities: new Map(),
})

export const contextOf = ({ table, shapes, placed }: SchedulerCache, view: ClusterView): ShapeContext => ({
  table,
  shapes,
  view,
  eachPlaced: (visit) => {
    for (const { row, shape, isTerminating } of placed.values()) {
      if (row >= 0) visit(shape.labelClass, row, isTerminating)
    }
  },
})

const traitsOf = (node: NodeView): CachedNode => ({
  labels: node.labels as Labels,
  taints: node.taints as readonly Taint[],
  unschedulable: node.unschedulable,
  zone: node.zone,
})

export const addNode = (cache: SchedulerCache, node: NodeView): void => {
  cache.nodes.set(node.name, traitsOf(node))
  addRow(cache.table, node)
}

/** @returns the node as it was before */
export const changeNode = (cache: SchedulerCache, node: NodeView): CachedNode | undefined => {
  const before = cache.nodes.get(node.name)
  if (before === undefined) return undefined
  cache.nodes.set(node.name, traitsOf(node))
  changeRow(cache.table, cache.table.rows.get(node.name)!, before.zone)
  return before
}

export const removeNode = (cache: SchedulerCache, name: string): CachedNode | undefined => {
  const before = cache.nodes.get(name)
  if (before === undefined) return undefined
  const row = cache.table.rows.get(name)!
  // Its pods are still there, on a node that is not.
  for (const pod of cache.table.nodes[row]!.pods) {
    const placed = cache.placed.get(pod.key)
    if (placed === undefined || placed.row !== row) continue
    countShape(placed.shape, row, -1, placed.isTerminating)
    placed.row = -1
  }
  cache.nodes.delete(name)
  removeRow(cache.table, row, before.zone)
  return before
}

/** The pod counts on its node from now on, if it has one and is not over. True if that is new. */
export const placePod = (cache: SchedulerCache, pod: PodView, view: ClusterView): boolean => {
  if (pod.node === '' || !counts(pod) || cache.placed.has(pod.key)) return false
  const priority = priorityOf(pod)
  const row = cache.table.rows.get(pod.node) ?? -1
  const shape = shapeOf(contextOf(cache, view), pod)
  const isTerminating = pod.deletion !== undefined
  cache.placed.set(pod.key, { row, priority, labels: pod.labels as Labels, shape, isTerminating })
  cache.priorities.set(priority, (cache.priorities.get(priority) ?? 0) + 1)
  if (row >= 0) {
    syncRequests(cache.table, row)
    countShape(shape, row, 1, isTerminating)
  }
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
  if (placed.row >= 0) {
    syncRequests(cache.table, placed.row)
    countShape(placed.shape, placed.row, -1, placed.isTerminating)
  }
  return true
}

/** A graceful deletion of the pod began. */
export const terminatePod = (cache: SchedulerCache, key: string): void => {
  const placed = cache.placed.get(key)
  if (placed === undefined || placed.isTerminating) return
  placed.isTerminating = true
  if (placed.row >= 0) countTerminating(placed.shape, placed.row)
}

/** @returns the labels that the pod had, if it counts on a node */
export const relabelPod = (cache: SchedulerCache, pod: PodView, view: ClusterView): Labels | undefined => {
  const placed = cache.placed.get(pod.key)
  if (placed === undefined) return undefined
  const before = placed.labels
  const shape = shapeOf(contextOf(cache, view), pod)
  if (placed.row >= 0) {
    countShape(placed.shape, placed.row, -1, placed.isTerminating)
    countShape(shape, placed.row, 1, placed.isTerminating)
  }
  placed.shape = shape
  placed.labels = pod.labels as Labels
  return before
}

export const addImage = (cache: SchedulerCache, node: string, image: string): void => {
  const row = cache.table.rows.get(node)
  if (row !== undefined) syncRowImage(cache.table, row, normalizedImage(image))
}

export const lowestPriority = (cache: SchedulerCache): number => {
  let lowest = Number.POSITIVE_INFINITY
  for (const priority of cache.priorities.keys()) lowest = Math.min(lowest, priority)
  return lowest
}

/** Services or selectors of owners changed. */
export const forgetSelectors = ({ shapes }: SchedulerCache): void => {
  shapes.epoch++
}
