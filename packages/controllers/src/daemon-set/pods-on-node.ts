import { type DeepReadonly, isAvailable, isReady, isTerminal, type Pod } from '@wavetank/cluster'
import type { Eligibility } from './eligibility.ts'
import { REVISION_HASH_LABEL } from './pod-content.ts'

/**
 * What has to happen to a DaemonSet's pods on one node.
 *
 * Source: pkg/controller/daemon/daemon_controller.go, podsShouldBeOnNode.
 */

export type PodView = DeepReadonly<Pod>

/** Scheduled before unscheduled, then the oldest, then by name: the first is the one that stays and that is counted. */
export const byAge = (a: PodView, b: PodView): number => {
  if ((a.node === '') !== (b.node === '')) return a.node === '' ? 1 : -1
  return a.createdAt - b.createdAt || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
}

/** A pod that has ended and is being deleted is as good as gone; one that has not ended still holds its node. */
export const isThere = (pod: PodView): boolean => !isTerminal(pod as Pod) || pod.deletion === undefined

export interface Rules {
  readonly hash: string
  readonly minReadySeconds: number
  /** Whether the set makes new pods before old ones go. */
  readonly surges: boolean
  readonly at: number
}

export interface Plan {
  readonly create: boolean
  readonly remove: readonly PodView[]
  /** Failed pods, which go only if this node is not in back-off. */
  readonly failed: readonly PodView[]
  /** Pods that ended well, which go too. */
  readonly succeeded: readonly PodView[]
}

const NOTHING: Plan = { create: false, remove: [], failed: [], succeeded: [] }

/** Two pods may stand on a node only while the old one is ready and the new one not yet available. */
const surplusWhileSurging = (running: readonly PodView[], rules: Rules): readonly PodView[] => {
  const surplus: PodView[] = []
  let updated: PodView | undefined
  let old: PodView | undefined
  for (const pod of running) {
    if (pod.labels[REVISION_HASH_LABEL] === rules.hash) {
      if (updated === undefined) updated = pod
      else surplus.push(pod)
    } else if (old === undefined) old = pod
    else surplus.push(pod)
  }
  if (updated === undefined || old === undefined) return surplus
  if (!isReady(old as Pod) || isAvailable(updated as Pod, rules.minReadySeconds, rules.at)) surplus.push(old)
  return surplus
}

/** @param pods those of the set on the node that are there (`isThere`) */
export const planFor = (eligibility: Eligibility, pods: readonly PodView[], rules: Rules): Plan => {
  const { shouldRun, shouldContinue } = eligibility
  if (shouldRun && pods.length === 0) return { ...NOTHING, create: true }
  const remaining = pods.filter(({ deletion }) => deletion === undefined)
  if (!shouldContinue) return remaining.length === 0 ? NOTHING : { ...NOTHING, remove: remaining }
  const failed = remaining.filter(({ phase }) => phase === 'Failed')
  const succeeded = remaining.filter(({ phase }) => phase === 'Succeeded')
  const running = remaining.filter((pod) => !isTerminal(pod as Pod)).sort(byAge)
  if (!rules.surges) return { create: false, remove: running.slice(1), failed, succeeded }
  return {
    create: running.length === 0 && shouldRun,
    remove: running.length > 1 ? surplusWhileSurging(running, rules) : [],
    failed,
    succeeded,
  }
}

export const isQuiet = ({ create, remove, failed, succeeded }: Plan): boolean =>
  !create && remove.length === 0 && failed.length === 0 && succeeded.length === 0
