import type { ClusterView } from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { availability, newAvailability, type Workload } from '@wavetank/report'
import type { Listener } from '../define-metric.ts'

/** How many pods of each workload are ready, and how many it wants, for every metric that asks. */
export interface WorkloadSource {
  readonly listener: Listener
  readonly workloads: () => Iterable<Workload>
  /** Has every change told, after it happened. */
  readonly follow: (changed: (workload: Workload, at: number) => void) => void
}

type Apply = (state: unknown, entry: Entry, view: ClusterView) => void

export const createWorkloadSource = (): WorkloadSource => {
  const followers: ((workload: Workload, at: number) => void)[] = []
  const tell = (workload: Workload, at: number): void => {
    for (const follower of followers) follower(workload, at)
  }
  const state = newAvailability(tell)
  const folds = Object.entries(availability.apply as unknown as Readonly<Record<string, Apply>>)
  const listener = new Map(
    folds.map(([kind, apply]) => {
      const plain = (entry: Entry, view: ClusterView): void => apply(state, entry, view)
      // The report keeps what is deleted; nobody told that it is gone.
      const deletion = (entry: Entry, view: ClusterView): void => {
        plain(entry, view)
        const gone = state.workloads.get(view.removedObject?.uid ?? '')
        if (gone !== undefined) tell(gone, entry.at)
      }
      // The pods of an adopted ReplicaSet count for its Deployment from then on.
      const adoption = (entry: Entry, view: ClusterView): void => {
        const { object } = entry.event as unknown as { readonly object: string }
        const uid = view.replicaSets.get(object)?.uid ?? ''
        const before = state.workloads.get(uid)
        plain(entry, view)
        if (before === undefined || state.workloads.has(uid)) return
        before.deletedAt = entry.at
        tell(before, entry.at)
      }
      if (kind === 'ReplicaSetAdopted') return [kind, adoption]
      return [kind, kind.endsWith('Deleted') && kind !== 'PodDeleted' ? deletion : plain]
    }),
  )
  return { listener, workloads: () => state.workloads.values(), follow: (changed) => followers.push(changed) }
}
