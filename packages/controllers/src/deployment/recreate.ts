import { isTerminal, type Pod, selects } from '@wavetank/cluster'
import { resizeUnlessEqual } from './resize.ts'
import { activeOf, actualReplicas, type Family, type SetView, type Sync, sumOf } from './sync-state.ts'

/**
 * Recreate: first every old pod ends, then the new ones start.
 *
 * Source: pkg/controller/deployment/recreate.go.
 */

/** True if an old set was scaled down. Source: scaleDownOldReplicaSetsForRecreate. */
export const endOldSets = (sync: Sync, { oldSets }: Family): boolean => {
  const active = activeOf(oldSets)
  for (const set of active) resizeUnlessEqual(sync, set, 0)
  return active.length > 0
}

/**
 * Whether an old pod still runs; one that is terminating does, and on a dead node it does for ever. Only pods that the
 * Deployment's selector matches count.
 *
 * Source: oldPodsRunning.
 */
export const oldPodsRun = (
  { view, deployment }: Sync,
  { newSet, oldSets }: Family,
  sets: readonly SetView[],
): boolean => {
  if (sumOf(oldSets, actualReplicas) > 0) return true
  for (const { uid } of sets) {
    if (uid === newSet?.uid) continue
    for (const pod of view.podsByOwner.get(uid) ?? []) {
      if (!isTerminal(pod as Pod) && selects(deployment.matcher, pod.labels)) return true
    }
  }
  return false
}
