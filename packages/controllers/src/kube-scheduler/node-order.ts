/**
 * In which order nodes are looked at, and how many.
 */

/** Zones in the order in which their first node came; nodes of a zone likewise. */
export type NodeTree = Map<string, string[]>

export const addToTree = (tree: NodeTree, zone: string, node: string): void => {
  const nodes = tree.get(zone)
  if (nodes === undefined) tree.set(zone, [node])
  else nodes.push(node)
}

export const removeFromTree = (tree: NodeTree, zone: string, node: string): void => {
  const nodes = tree.get(zone)
  if (nodes === undefined) return
  nodes.splice(nodes.indexOf(node), 1)
  if (nodes.length === 0) tree.delete(zone)
}

/** Round by round, the next node of every zone that still has one. Source: backend/cache/node_tree.go, list. */
export const zoneInterleaved = (tree: NodeTree): readonly string[] => {
  const zones = [...tree.values()]
  const longest = zones.reduce((most, { length }) => Math.max(most, length), 0)
  const order: string[] = []
  for (let round = 0; round < longest; round++) {
    for (const nodes of zones) if (round < nodes.length) order.push(nodes[round]!)
  }
  return order
}

const MIN_NODES = 100
const MIN_PERCENTAGE = 5

/**
 * After how many feasible nodes the search ends.
 *
 * Source: pkg/scheduler/schedule_one.go, numFeasibleNodesToFind.
 *
 * @param percentage of the profile; 0 lets the number of nodes decide
 */
export const numFeasibleNodesToFind = (nodes: number, percentage: number): number => {
  if (nodes < MIN_NODES) return nodes
  const share = percentage === 0 ? Math.max(MIN_PERCENTAGE, 50 - Math.floor(nodes / 125)) : percentage
  return Math.max(MIN_NODES, Math.floor((nodes * share) / 100))
}
