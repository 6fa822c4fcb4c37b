import {
  type ClusterView,
  type DaemonSet,
  type DeepReadonly,
  isAvailable,
  isReady,
  type NodeName,
  type ObjectKey,
  type Pod,
  type PodKey,
  podSpecOf,
} from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import { claimPods } from '../claim-pods.ts'
import { type Eligibility, eligibilityOf } from './eligibility.ts'
import { isUpdated } from './pod-content.ts'
import { byAge, isQuiet, isThere, type PodView, planFor } from './pods-on-node.ts'
import { allowsSurge, standingOf } from './rolling-update.ts'

/**
 * What a DaemonSet has on each node, as far as the controller has looked.
 *
 * kube-controller-manager goes through all nodes in each sync. Here a sync looks again only where something happened
 * since (`touched`), and keeps the sums: a pod that becomes Ready on one of 5,000 nodes costs one look, not 5,000.
 *
 * 1. Events touch nodes; nothing is counted until the next sync surveys them, so what a sync does not see is as stale
 *    as it would be in Kubernetes.
 * 2. `busy` are the nodes on which something has to happen, whether or not it was touched again.
 */

type SetView = DeepReadonly<DaemonSet>

/** One node: how it stands with the set, and which pods of the set are on it or meant for it. */
export interface Post {
  /** Absent where the node does not exist. */
  eligibility: Eligibility | undefined
  readonly pods: Set<PodKey>
  counts: PostCounts
}

export interface PostCounts {
  readonly desired: number
  readonly current: number
  readonly misscheduled: number
  readonly ready: number
  readonly available: number
  readonly updated: number
  /** 1 if a pod made from an older template stands there. */
  readonly old: number
  /** 1 if no pod is available there (`standingOf`), and if an old one is not. */
  readonly down: number
  readonly oldDown: number
}

const NONE: PostCounts = {
  desired: 0,
  current: 0,
  misscheduled: 0,
  ready: 0,
  available: 0,
  updated: 0,
  old: 0,
  down: 0,
  oldDown: 0,
}

export interface Census {
  readonly posts: Map<NodeName, Post>
  readonly touched: Set<NodeName>
  readonly busy: Set<NodeName>
  /** Everything has to be looked at: the set is new or its spec changed, or pods may have come to it or left it. */
  stale: boolean
  /** Pods that the last survey found have to be adopted or released. */
  claims: readonly SimEvent[]
  hash: string
  totals: PostCounts
}

export const newCensus = (): Census => ({
  posts: new Map(),
  touched: new Set(),
  busy: new Set(),
  stale: true,
  claims: [],
  hash: '',
  totals: NONE,
})

/** Where a pod stands or is meant to. Source: pkg/controller/daemon/util/daemonset_util.go, GetTargetNodeName. */
export const targetNodeOf = (pod: PodView): NodeName | undefined => {
  if (pod.node !== '') return pod.node
  if (pod.affinityNode !== undefined) return pod.affinityNode
  const required = podSpecOf(pod).affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  for (const { matchFields = [] } of required?.nodeSelectorTerms ?? []) {
    for (const { key, operator, values = [] } of matchFields) {
      if (key === 'metadata.name' && operator === 'In' && values.length === 1) return values[0]
    }
  }
  return undefined
}

const postOf = (census: Census, node: NodeName): Post => {
  let post = census.posts.get(node)
  if (post === undefined) {
    post = { eligibility: undefined, pods: new Set(), counts: NONE }
    census.posts.set(node, post)
  }
  return post
}

export const podCame = (census: Census, pod: PodView): void => {
  const node = targetNodeOf(pod)
  if (node === undefined) return
  postOf(census, node).pods.add(pod.key)
  census.touched.add(node)
}

export const podLeft = (census: Census, pod: PodView): void => {
  const node = targetNodeOf(pod)
  if (node === undefined) return
  census.posts.get(node)?.pods.delete(pod.key)
  census.touched.add(node)
}

/** The set's pods there, without those that are as good as gone. */
export const podsAt = (view: ClusterView, post: DeepReadonly<Post>): readonly PodView[] => {
  const pods: PodView[] = []
  for (const key of post.pods) {
    const pod = view.pods.get(key)
    if (pod !== undefined && isThere(pod)) pods.push(pod)
  }
  return pods
}

const add = (a: PostCounts, b: PostCounts, sign: 1 | -1): PostCounts => ({
  desired: a.desired + sign * b.desired,
  current: a.current + sign * b.current,
  misscheduled: a.misscheduled + sign * b.misscheduled,
  ready: a.ready + sign * b.ready,
  available: a.available + sign * b.available,
  updated: a.updated + sign * b.updated,
  old: a.old + sign * b.old,
  down: a.down + sign * b.down,
  oldDown: a.oldDown + sign * b.oldDown,
})

/** Source: pkg/controller/daemon/daemon_controller.go, updateDaemonSetStatus. */
const countsOf = (
  set: SetView,
  hash: string,
  eligibility: Eligibility | undefined,
  pods: readonly PodView[],
  at: number,
): PostCounts => {
  const shouldRun = eligibility?.shouldRun === true
  const standing = standingOf(set, hash, pods, at)
  const [best] = pods.length > 1 ? [...pods].sort(byAge) : pods
  const counted = shouldRun ? best : undefined
  const ready = counted !== undefined && isReady(counted as Pod)
  return {
    desired: shouldRun ? 1 : 0,
    current: counted === undefined ? 0 : 1,
    misscheduled: eligibility !== undefined && !shouldRun && best !== undefined ? 1 : 0,
    ready: ready ? 1 : 0,
    available: ready && isAvailable(counted as Pod, set.minReadySeconds, at) ? 1 : 0,
    updated: counted !== undefined && isUpdated(counted.labels, hash, set) ? 1 : 0,
    old: pods.some(({ deletion, labels }) => deletion === undefined && !isUpdated(labels, hash, set)) ? 1 : 0,
    down: (shouldRun || pods.length > 0) && (standing === 'down' || standing === 'old-down') ? 1 : 0,
    oldDown: standing === 'old-down' ? 1 : 0,
  }
}

const surveyNode = (view: ClusterView, census: Census, set: SetView, name: NodeName, at: number): void => {
  const node = view.nodes.get(name)
  const post = postOf(census, name)
  const pods = podsAt(view, post)
  const { hash } = census
  post.eligibility = node === undefined ? undefined : eligibilityOf(set.template, node)
  census.totals = add(census.totals, post.counts, -1)
  post.counts = countsOf(set, hash, post.eligibility, pods, at)
  census.totals = add(census.totals, post.counts, 1)
  if (node === undefined && post.pods.size === 0) census.posts.delete(name)
  const rules = { hash, minReadySeconds: set.minReadySeconds, surges: allowsSurge(set), at }
  const quiet =
    post.eligibility === undefined
      ? pods.every((pod) => pod.node !== '')
      : isQuiet(planFor(post.eligibility, pods, rules))
  if (quiet) census.busy.delete(name)
  else census.busy.add(name)
}

const surveyAll = (view: ClusterView, census: Census, set: SetView, at: number): void => {
  const { pods, events } = claimPods(view, set)
  census.posts.clear()
  census.busy.clear()
  census.totals = NONE
  census.claims = events
  for (const node of view.nodes.keys()) postOf(census, node)
  for (const pod of pods) podCame(census, pod)
  for (const node of census.posts.keys()) surveyNode(view, census, set, node, at)
}

/**
 * Brings the census up to date for a sync.
 *
 * @param hash of the template that the set has now
 */
export const survey = (view: ClusterView, census: Census, set: SetView, hash: string, at: number): void => {
  census.claims = []
  const everything = census.stale || census.hash !== hash
  census.hash = hash
  // With minReadySeconds pods become available without anything happening, so every node may count anew.
  if (everything) surveyAll(view, census, set, at)
  else if (set.minReadySeconds > 0) for (const node of census.posts.keys()) surveyNode(view, census, set, node, at)
  if (!everything) for (const node of census.touched) surveyNode(view, census, set, node, at)
  census.stale = false
  census.touched.clear()
}

/** The censuses of all sets that a node may matter to: all. */
export const touchNode = (censuses: ReadonlyMap<ObjectKey, Census>, node: NodeName): void => {
  for (const census of censuses.values()) census.touched.add(node)
}
