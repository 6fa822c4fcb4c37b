import {
  byRestarts,
  type ClusterView,
  type DeepReadonly,
  isActive,
  isReady,
  type Pod,
  type ReplicaSet,
  readySince,
} from '@wavetank/cluster'

type PodView = DeepReadonly<Pod>

const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/** `controller.kubernetes.io/pod-deletion-cost`: an int32; absent or not a number counts 0. */
export const deletionCost = (pod: PodView): number => {
  const text = pod.annotations['controller.kubernetes.io/pod-deletion-cost']
  if (text === undefined || !/^(0|-?[1-9][0-9]*)$/.test(text)) return 0
  const cost = Number(text)
  return cost >= -2147483648 && cost <= 2147483647 ? cost : 0
}

/**
 * The bucket of an age: whole log2 of nanoseconds, so that pods of about the same age count as equal and the choice
 * among them is random (the uid).
 *
 * Source: pkg/controller/controller_utils.go, logarithmicRankDiff.
 */
export const ageBucket = (ageMillis: number): number => {
  if (ageMillis <= 0) return -1
  let bucket = 0
  for (let nanos = ageMillis * 1_000_000; nanos >= 2; nanos /= 2) bucket++
  return bucket
}

const byAge = (a: PodView, b: PodView, sinceA: number, sinceB: number, at: number): number => {
  const difference = ageBucket(at - sinceA) - ageBucket(at - sinceB)
  if (difference !== 0) return difference
  return a.uid < b.uid ? -1 : 1
}

/**
 * Which of two pods a ReplicaSet deletes first; negative: `a`.
 *
 * Source: pkg/controller/controller_utils.go, ActivePodsWithRanks.Less.
 *
 * @param rank of a pod: the number of active related pods on its node
 */
export const byDeletionOrder =
  (rank: (pod: PodView) => number, at: number) =>
  (a: PodView, b: PodView): number => {
    if ((a.node === '') !== (b.node === '')) return a.node === '' ? -1 : 1
    const phases = (phaseOrder[a.phase] ?? 2) - (phaseOrder[b.phase] ?? 2)
    if (phases !== 0) return phases
    const [readyA, readyB] = [isReady(a), isReady(b)]
    if (readyA !== readyB) return readyA ? 1 : -1
    const costs = deletionCost(a) - deletionCost(b)
    if (costs !== 0) return costs
    const ranks = rank(b) - rank(a)
    if (ranks !== 0) return ranks
    const [sinceA, sinceB] = [readySince(a), readySince(b)]
    if (sinceA !== undefined && sinceB !== undefined && sinceA !== sinceB) return byAge(a, b, sinceA, sinceB, at)
    const restarts = byRestarts(a, b)
    if (restarts !== 0) return restarts
    if (a.createdAt !== b.createdAt) return byAge(a, b, a.createdAt, b.createdAt, at)
    // Kubernetes leaves full ties to an unstable sort; here the uid decides, which is as random and repeatable.
    return a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0
  }

/**
 * How many active related pods are on each pod's node. Related are the pods of all ReplicaSets with the same controlling
 * owner; a ReplicaSet without an owner has none, so its ranks are all 0.
 *
 * Source: pkg/controller/replicaset/replica_set.go, getIndirectlyRelatedPods.
 */
export const ranksOnNodes = (view: ClusterView, set: DeepReadonly<ReplicaSet>): ((pod: PodView) => number) => {
  const { owner } = set
  if (owner === undefined) return () => 0
  const onNode = new Map<string, number>()
  for (const other of view.objectsByOwner.get(owner.uid) ?? []) {
    if (other.kind !== 'ReplicaSet') continue
    for (const pod of view.podsByOwner.get(other.uid) ?? []) {
      if (isActive(pod)) onNode.set(pod.node, (onNode.get(pod.node) ?? 0) + 1)
    }
  }
  return (pod) => onNode.get(pod.node) ?? 0
}
