import {
  type ClusterView,
  type DeepReadonly,
  type Node,
  type Pod,
  type PodSpec,
  podSpecOf,
  type ResourceAmounts,
} from '@wavetank/cluster'

export type NodeView = DeepReadonly<Node>
export type PodView = DeepReadonly<Pod>

/** What the scheduler knows of a node: the object, and the pods that count on it. */
export interface NodeInfo {
  readonly node: NodeView
  /** Assigned pods that are neither Succeeded nor Failed, terminating ones too. */
  readonly pods: readonly PodView[]
  /** Sum of their requests; `pods` is their number. */
  readonly requested: DeepReadonly<ResourceAmounts>
  readonly nonZeroRequested: DeepReadonly<ResourceAmounts>
}

/** The nodes as one scheduling cycle sees them, in the order of the node tree. */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[]
  readonly byName: (name: string) => NodeInfo | undefined
}

/** Without `affinityNode`, which only node affinity looks at: so the pods of a DaemonSet share one spec. */
export const specOf = (pod: PodView): PodSpec =>
  pod.claims === undefined ? (pod.template.spec as PodSpec) : podSpecOf(pod)

export const priorityOf = (pod: PodView): number => pod.template.spec.priority ?? 0

export const counts = (pod: PodView): boolean => pod.phase !== 'Succeeded' && pod.phase !== 'Failed'

type Requests = PodView['template']['requests']

const sumOf = (pods: readonly PodView[], requestsOf: (pod: PodView) => Requests): ResourceAmounts => {
  const extended: Record<string, number> = {}
  const sum = { cpuMillis: 0, memoryBytes: 0, ephemeralStorageBytes: 0, pods: pods.length, extended }
  for (const pod of pods) {
    const requests = requestsOf(pod)
    sum.cpuMillis += requests.cpuMillis
    sum.memoryBytes += requests.memoryBytes
    sum.ephemeralStorageBytes += requests.ephemeralStorageBytes
    for (const name in requests.extended) extended[name] = (extended[name] ?? 0) + requests.extended[name]!
  }
  return sum
}

/** The node as it would be with these pods. */
export const nodeInfoWith = (node: NodeView, pods: readonly PodView[]): NodeInfo => ({
  node,
  pods,
  requested: sumOf(pods, ({ template }) => template.requests),
  nonZeroRequested: sumOf(pods, ({ template }) => template.nonZeroRequests),
})

export const nodeInfoOf = (node: NodeView): NodeInfo => ({
  node,
  pods: [...node.pods].filter(counts),
  requested: node.requested,
  nonZeroRequested: node.nonZeroRequested,
})

/** @param order names of nodes that exist */
export const createSnapshot = (view: ClusterView, order: readonly string[]): Snapshot => {
  let nodes: readonly NodeInfo[] | undefined
  const infos = new Map<string, NodeInfo>()
  const byName = (name: string): NodeInfo | undefined => {
    const known = infos.get(name)
    if (known !== undefined) return known
    const node = view.nodes.get(name)
    if (node === undefined) return undefined
    const info = nodeInfoOf(node)
    infos.set(name, info)
    return info
  }
  return {
    get nodes() {
      nodes ??= order.map((name) => byName(name)!)
      return nodes
    },
    byName,
  }
}

/** The same with another version of one node. */
export const withNode = (snapshot: Snapshot, info: NodeInfo): Snapshot => {
  let nodes: readonly NodeInfo[] | undefined
  return {
    get nodes() {
      nodes ??= snapshot.nodes.map((other) => (other.node.name === info.node.name ? info : other))
      return nodes
    },
    byName: (name) => (name === info.node.name ? info : snapshot.byName(name)),
  }
}
