import {
  PodAccepted,
  PodAdopted,
  PodBound,
  PodCreated,
  PodDeleted,
  PodFailed,
  PodMarkedForDeletion,
  PodMarkedNotReady,
  PodRejected,
  PodReleased,
  PodResumed,
  PodSchedulingGatesChanged,
  PodStatusReported,
  PodUnschedulable,
} from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'

export interface PodEvent extends SimEvent {
  readonly pod: string
}

/** The events that change what is shown of a pod. */
const KINDS: ReadonlySet<string> = new Set(
  [
    PodAccepted,
    PodAdopted,
    PodBound,
    PodCreated,
    PodDeleted,
    PodFailed,
    PodMarkedForDeletion,
    PodMarkedNotReady,
    PodRejected,
    PodReleased,
    PodResumed,
    PodSchedulingGatesChanged,
    PodStatusReported,
    PodUnschedulable,
  ].map(({ kind }) => kind),
)

export const isPodEvent = (event: SimEvent): event is PodEvent => KINDS.has(event.kind)
