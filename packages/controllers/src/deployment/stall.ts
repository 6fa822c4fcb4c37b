import {
  type ClusterView,
  type ContainerStatus,
  type DeepReadonly,
  isAvailable,
  isTerminal,
  type Pod,
  podConditionOf,
} from '@wavetank/cluster'
import type { DeploymentView, Family, SetCopy } from './sync-state.ts'

/** Pods whose trouble is told one by one. */
const PODS_MAX = 3

type PodView = DeepReadonly<Pod>

const containerTrouble = ({ name, ready, waiting, terminated }: DeepReadonly<ContainerStatus>): string | undefined => {
  if (waiting !== undefined) {
    const message = waiting.message === undefined ? '' : ` (${waiting.message})`
    return `container ${name} is waiting: ${waiting.reason}${message}`
  }
  if (terminated !== undefined)
    return `container ${name} has ended: ${terminated.reason}, exit code ${terminated.exitCode}`
  return ready ? undefined : `container ${name} runs but is not ready`
}

const podTrouble = (pod: PodView, minReadySeconds: number): string => {
  const scheduled = podConditionOf(pod as Pod, 'PodScheduled')
  if (pod.node === '') return `pod ${pod.name} is not scheduled: ${scheduled?.message ?? 'waiting for the scheduler'}`
  if (pod.deletion !== undefined) return `pod ${pod.name} is terminating on node ${pod.node}`
  if (isTerminal(pod as Pod)) return `pod ${pod.name} has ${pod.phase.toLowerCase()}`
  const troubles = [...pod.initContainers, ...pod.containers].flatMap((status) => containerTrouble(status) ?? [])
  const where = `pod ${pod.name} on node ${pod.node}`
  if (troubles.length > 0) return `${where}: ${troubles.join(', ')}`
  return minReadySeconds > 0 ? `${where} has not been ready for ${minReadySeconds} s` : `${where} is not ready`
}

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
