import { scaledValue } from '@wavetank/cluster/api'
import { minAvailable } from './limits.ts'
import { resizeUnlessEqual } from './resize.ts'
import {
  activeOf,
  allOf,
  availableReplicas,
  byCreation,
  type DeploymentView,
  type Family,
  type SetCopy,
  type Sync,
  specReplicas,
  sumOf,
} from './sync-state.ts'

/**
 * RollingUpdate: the new set grows into the room that surge leaves, the old ones shrink by what is available beyond the
 * least that has to be.
 *
 * Source: pkg/controller/deployment/rolling.go.
 */

/** The size to which the new set may grow now. Source: deployment_util.go, NewRSNewReplicas. */
export const newSetReplicas = (
  { replicas, strategy }: DeploymentView,
  all: readonly SetCopy[],
  newSet: SetCopy,
): number => {
  if (strategy.type === 'Recreate') return replicas
  const total = sumOf(all, specReplicas)
  const most = replicas + scaledValue(strategy.maxSurge ?? 0, replicas, 'up')
  return total >= most ? newSet.replicas : newSet.replicas + Math.min(most - total, replicas - newSet.replicas)
}

/** True if the new set was scaled. Source: reconcileNewReplicaSet. */
const growNewSet = (sync: Sync, family: Family & { readonly newSet: SetCopy }): boolean => {
  const { deployment } = sync
  const { newSet } = family
  const size =
    newSet.replicas >= deployment.replicas ? deployment.replicas : newSetReplicas(deployment, allOf(family), newSet)
  return resizeUnlessEqual(sync, newSet, size) !== newSet
}

/**
 * Old pods that are not available go first: nobody misses them. A set with more available pods than it should have has
 * not yet followed its last scale-down; then nothing at all is shrunk, until it has.
 *
 * Source: cleanupUnhealthyReplicas.
 *
 * @returns undefined in the latter case
 */
const removeUnhealthy = (sync: Sync, oldSets: readonly SetCopy[], most: number): readonly SetCopy[] | undefined => {
  let removed = 0
  const result: SetCopy[] = []
  for (const set of oldSets) {
    const unhealthy = removed < most ? set.replicas - set.status.availableReplicas : 0
    if (unhealthy < 0) return undefined
    const count = Math.min(most - removed, unhealthy)
    removed += count
    result.push(resizeUnlessEqual(sync, set, set.replicas - count))
  }
  return result
}

/** Source: scaleDownOldReplicaSetsForRollingUpdate. */
const shrinkOldSets = (sync: Sync, oldSets: readonly SetCopy[], newSet: SetCopy): void => {
  let spare = sumOf([...oldSets, newSet], availableReplicas) - minAvailable(sync.deployment)
  for (const set of oldSets) {
    if (spare <= 0) return
    const count = Math.min(set.replicas, spare)
    spare -= count
    resizeUnlessEqual(sync, set, set.replicas - count)
  }
}

/** Source: reconcileOldReplicaSets. */
const shrink = (sync: Sync, family: Family & { readonly newSet: SetCopy }): void => {
  const { newSet } = family
  const oldSets = [...activeOf(family.oldSets)].sort(byCreation(sync.view))
  if (oldSets.length === 0) return
  const unavailable = newSet.replicas - newSet.status.availableReplicas
  const most = sumOf(allOf(family), specReplicas) - minAvailable(sync.deployment) - unavailable
  if (most <= 0) return
  const healthy = removeUnhealthy(sync, oldSets, most)
  if (healthy !== undefined) shrinkOldSets(sync, healthy, newSet)
}

/** One step of a rolling update: it grows the new set or shrinks old ones, never both. True if it did either. */
export const rollingStep = (sync: Sync, family: Family & { readonly newSet: SetCopy }): boolean => {
  if (growNewSet(sync, family)) return true
  const before = sync.events.length
  shrink(sync, family)
  return sync.events.length > before
}
