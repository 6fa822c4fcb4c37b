import { deleteStoredObject } from '@wavetank/cluster'
import { revisionOf } from './annotations.ts'
import { hasHistoryLimit } from './limits.ts'
import { byCreation, type SetCopy, type SetView, type Sync } from './sync-state.ts'

/** Source: ReplicaSetsByRevision. */
const byRevision = (sync: Sync) => {
  const older = byCreation(sync.view)
  return (a: SetCopy, b: SetCopy): number => {
    const [revisionA, revisionB] = [revisionOf(a), revisionOf(b)]
    if (revisionA === undefined || revisionB === undefined || revisionA === revisionB) return older(a, b)
    return revisionA - revisionB
  }
}

/**
 * Deletes old ReplicaSets beyond the history limit, lowest revisions first. One of them that still has pods, or whose
 * status is behind, is passed over, and no other goes in its place.
 *
 * Source: pkg/controller/deployment/sync.go, cleanupDeployment.
 */
export const cleanUp = (sync: Sync, oldSets: readonly SetCopy[]): void => {
  const { deployment, events, view } = sync
  if (!hasHistoryLimit(deployment)) return
  const sets = oldSets.filter(({ deletion }) => deletion === undefined)
  const surplus = sets.length - deployment.revisionHistoryLimit
  if (surplus <= 0) return
  for (const set of sets.sort(byRevision(sync)).slice(0, surplus)) {
    const { key, replicas, status, generation } = set
    const stored: SetView | undefined = view.replicaSets.get(key)
    if (status.replicas !== 0 || replicas !== 0 || generation > status.observedGeneration) continue
    if (stored !== undefined) events.push(...deleteStoredObject(stored, 'Background'))
  }
}
