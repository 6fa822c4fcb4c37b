import { type ClusterView, type DeepReadonly, isAvailable, isTerminal, type Pod } from '@wavetank/cluster'
import { podTrouble } from '../pod-trouble.ts'
import type { DeploymentView, Family, SetCopy } from './sync-state.ts'

/** Pods whose trouble is told one by one. */
const PODS_MAX = 3

type PodView = DeepReadonly<Pod>

const podsOf = (view: ClusterView, { uid }: SetCopy): readonly PodView[] => [...(view.podsByOwner.get(uid) ?? [])]

/**
 * What a rollout waits for: pods of the new set that are not available, pods that could not even be made, old pods that
 * do not end.
 */
export const stallReasons = (
  view: ClusterView,
  { replicas, minReadySeconds }: DeploymentView,
  { newSet, oldSets }: Family,
): readonly string[] => {
  const reasons: string[] = []
  const failure = newSet?.status.failure
  if (failure !== undefined) reasons.push(`${failure.reason}: ${failure.message}`)
  const unfit =
    newSet === undefined
      ? []
      : podsOf(view, newSet).filter(
          (pod) => !isAvailable(pod as Pod, minReadySeconds, view.now) && !isTerminal(pod as Pod),
        )
  reasons.push(...unfit.slice(0, PODS_MAX).map((pod) => podTrouble(pod, minReadySeconds)))
  if (unfit.length > PODS_MAX)
    reasons.push(`${unfit.length - PODS_MAX} more pods of the new ReplicaSet are not available`)
  const leaving = oldSets.flatMap((set) => podsOf(view, set).filter(({ deletion }) => deletion !== undefined))
  reasons.push(...leaving.slice(0, PODS_MAX).map((pod) => podTrouble(pod, minReadySeconds)))
  if (reasons.length === 0) {
    reasons.push(`${newSet?.status.availableReplicas ?? 0} of ${replicas} pods with the new template are available`)
  }
  return reasons
}
