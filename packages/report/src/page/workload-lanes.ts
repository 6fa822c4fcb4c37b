import type { ClusterView } from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { availability, newAvailability, type Workload } from '../metrics/availability/availability.ts'
import { createDictionary } from './dictionary.ts'
import { createLanes, type Lane } from './lanes.ts'

export interface WorkloadLane extends Lane {
  readonly workload: Workload
  readonly createdAt: number
}

/** How many pods a workload has ready and wants; -1: it has not been said how many. */
export interface Counts {
  readonly ready: number
  readonly desired: number
}

export interface WorkloadLanes {
  readonly kinds: readonly string[]
  readonly apply: (entry: Entry, view: ClusterView) => void
  /** Of the workloads that there were, in the order of their creation; a Deployment stands for its ReplicaSets. */
  readonly lanes: () => readonly WorkloadLane[]
  /** What the states of the lanes stand for. */
  readonly counts: readonly Counts[]
  readonly coarser: () => number
}

const missing = ({ ready, desired }: Counts): number => (desired <= 0 ? 0 : 1 - Math.min(1, ready / desired))

/** The lanes follow the metric `availability`, so that the two cannot disagree. */
export const createWorkloadLanes = (): WorkloadLanes => {
  const counts = createDictionary<Counts>()
  const lanes = createLanes<WorkloadLane>({
    merge: (a, b) => (missing(counts.all[b]!) > missing(counts.all[a]!) ? b : a),
  })
  const byWorkload = new Map<Workload, WorkloadLane>()
  const state = newAvailability((workload, at) => {
    let lane = byWorkload.get(workload)
    if (lane === undefined) {
      lane = lanes.add({ workload, createdAt: at, starts: [], states: [] })
      byWorkload.set(workload, lane)
    }
    const { ready, desired = -1 } = workload
    const id = counts.idOf(`${ready}/${desired}`, () => ({ ready, desired }))
    lanes.enter(lane, id, at)
  })
  return {
    kinds: Object.keys(availability.apply),
    apply: (entry, view) => availability.apply[entry.event.kind]!(state as never, entry as Entry<never>, view),
    lanes: () => [...state.workloads.values()].flatMap((workload) => byWorkload.get(workload) ?? []),
    counts: counts.all,
    coarser: lanes.coarser,
  }
}
