import { type DaemonSet, type DeepReadonly, isAvailable, type NodeName, type Pod } from '@wavetank/cluster'
import { scaledValue } from '@wavetank/cluster/api'
import { isUpdated } from './pod-content.ts'
import type { PodView } from './pods-on-node.ts'

/**
 * One step of a rolling update.
 *
 * 1. An old pod that is not available is replaced without regard to the limits: it serves nobody.
 * 2. Without surge, old pods go as long as fewer than `maxUnavailable` nodes are without an available pod.
 * 3. With surge, new pods come as long as fewer than `maxSurge` nodes have two, and an old one goes when the new one
 *    of its node is available.
 *
 * Source: pkg/controller/daemon/update.go, rollingUpdate, findUpdatedPodsOnNode, updatedDesiredNodeCounts.
 */

/** A node with the set's pods on it, or one that should have some. */
export interface Place {
  readonly node: NodeName
  readonly shouldRun: boolean
  readonly pods: readonly PodView[]
}

export interface Step {
  readonly remove: readonly PodView[]
  readonly createOn: readonly NodeName[]
}

type SetView = DeepReadonly<Pick<DaemonSet, 'templateGeneration' | 'minReadySeconds' | 'updateStrategy'>>

interface Limits {
  readonly maxUnavailable: number
  readonly maxSurge: number
}

/** Both are rounded up; if they come to nothing, one pod may be unavailable. */
export const limitsOf = ({ updateStrategy }: Pick<SetView, 'updateStrategy'>, desired: number): Limits => {
  const maxUnavailable = scaledValue(updateStrategy.maxUnavailable ?? 1, desired, 'up')
  const maxSurge = scaledValue(updateStrategy.maxSurge ?? 0, desired, 'up')
  return desired > 0 && maxUnavailable === 0 && maxSurge === 0
    ? { maxUnavailable: 1, maxSurge: 0 }
    : { maxUnavailable, maxSurge }
}

/** True if the set's strategy makes new pods before old ones go, whatever number that is. Source: AllowsSurge. */
export const allowsSurge = ({ updateStrategy }: Pick<SetView, 'updateStrategy'>): boolean => {
  const { type, maxSurge = 0 } = updateStrategy
  return type === 'RollingUpdate' && scaledValue(maxSurge, 1, 'up') > 0
}

interface Found {
  readonly updated: PodView | undefined
  readonly old: PodView | undefined
}

/** The one new and the one old pod of a node; `undefined` if there are several of a sort. Terminating ones do not count. */
const findPods = (set: SetView, hash: string, pods: readonly PodView[]): Found | undefined => {
  let updated: PodView | undefined
  let old: PodView | undefined
  for (const pod of pods) {
    if (pod.deletion !== undefined) continue
    if (isUpdated(pod.labels, hash, set)) {
      if (updated !== undefined) return undefined
      updated = pod
    } else {
      if (old !== undefined) return undefined
      old = pod
    }
  }
  return { updated, old }
}

/**
 * How a node stands in an update without surge: `down` has no available pod, and what it has, if anything, is none of
 * the old ones; `old-down` has an old pod that is not available, `old-up` one that is.
 */
export type Standing = 'up' | 'down' | 'old-up' | 'old-down'

export const standingOf = (set: SetView, hash: string, pods: readonly PodView[], at: number): Standing => {
  const { updated, old } = findPods(set, hash, pods) ?? {}
  if ((updated === undefined) === (old === undefined)) return 'down'
  if (updated !== undefined) return isAvailable(updated as Pod, set.minReadySeconds, at) ? 'up' : 'down'
  return isAvailable(old as Pod, set.minReadySeconds, at) ? 'old-up' : 'old-down'
}

const replaceInPlace = (
  set: SetView,
  hash: string,
  places: Iterable<Place>,
  maxUnavailable: number,
  at: number,
): Step => {
  const remove: PodView[] = []
  const candidates: PodView[] = []
  let unavailable = 0
  for (const { pods } of places) {
    const standing = standingOf(set, hash, pods, at)
    if (standing === 'down' || standing === 'old-down') unavailable++
    if (standing === 'old-down' || (standing === 'old-up' && unavailable < maxUnavailable)) {
      const old = findPods(set, hash, pods)?.old
      if (old !== undefined) (standing === 'old-down' ? remove : candidates).push(old)
    }
  }
  return { remove: [...remove, ...candidates.slice(0, Math.max(0, maxUnavailable - unavailable))], createOn: [] }
}

/** False where a look at every node would come to nothing: as many are down as may be, and none of the old ones is. */
export const mayStep = (
  set: SetView,
  totals: { readonly desired: number; readonly old: number; readonly down: number; readonly oldDown: number },
): boolean => {
  if (totals.old === 0) return false
  const { maxUnavailable, maxSurge } = limitsOf(set, totals.desired)
  return maxSurge > 0 || totals.oldDown > 0 || totals.down < maxUnavailable
}

const surge = (
  set: SetView,
  hash: string,
  places: Iterable<Place>,
  { maxSurge, desired, at }: { readonly maxSurge: number; readonly desired: number; readonly at: number },
): Step => {
  const isUp = (pod: PodView): boolean => isAvailable(pod as Pod, set.minReadySeconds, at)
  const remove: PodView[] = []
  const misplaced: PodView[] = []
  const createOn: NodeName[] = []
  const candidates: NodeName[] = []
  let surged = 0
  let available = 0
  for (const { node, shouldRun, pods } of places) {
    const found = findPods(set, hash, pods)
    if (found === undefined) {
      surged++
      continue
    }
    const { updated, old } = found
    const counted = old ?? updated
    if (counted !== undefined && isUp(counted)) available++
    if (old === undefined) continue
    if (updated === undefined) {
      if (!isUp(old)) {
        if (shouldRun) createOn.push(node)
        else remove.push(old)
      } else if (!shouldRun) misplaced.push(old)
      else if (surged < maxSurge) candidates.push(node)
    } else if (!isUp(updated)) surged++
    else remove.push(old)
  }
  return {
    remove: [...remove, ...misplaced.slice(0, Math.max(0, available - desired))],
    createOn: [...createOn, ...candidates.slice(0, Math.max(0, maxSurge - surged))],
  }
}

/** @param desired how many nodes should have a pod */
export const nextStep = (set: SetView, hash: string, places: Iterable<Place>, desired: number, at: number): Step => {
  const { maxUnavailable, maxSurge } = limitsOf(set, desired)
  return maxSurge === 0
    ? replaceInPlace(set, hash, places, maxUnavailable, at)
    : surge(set, hash, places, { maxSurge, desired, at })
}
