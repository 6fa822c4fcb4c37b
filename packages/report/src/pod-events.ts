import * as cluster from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'

export interface PodEvent extends SimEvent {
  readonly pod: string
}

/** The events that change what is shown of a pod: its columns, its node, its owner. */
export const POD_EVENT_KINDS: readonly string[] = [
  cluster.PodAccepted,
  cluster.PodAdopted,
  cluster.PodBound,
  cluster.PodCreated,
  cluster.PodDeleted,
  cluster.PodFailed,
  cluster.PodMarkedForDeletion,
  cluster.PodMarkedNotReady,
  cluster.PodRejected,
  cluster.PodReleased,
  cluster.PodResumed,
  cluster.PodSchedulingGatesChanged,
  cluster.PodStatusReported,
  cluster.PodUnschedulable,
].map(({ kind }) => kind)

const KINDS: ReadonlySet<string> = new Set(POD_EVENT_KINDS)

export const isPodEvent = (event: SimEvent): event is PodEvent => KINDS.has(event.kind)
