import {
  type ClusterView,
  controllerRefOf,
  type DeepReadonly,
  type Pod,
  PodAdopted,
  PodReleased,
  type Selector,
  type StoredObject,
  selects,
} from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'

type PodView = DeepReadonly<Pod>
type OwnerView = DeepReadonly<StoredObject & { readonly matcher: Selector }>

export interface ClaimedPods {
  readonly pods: readonly PodView[]
  /** What is adopted and what is released. */
  readonly events: readonly SimEvent[]
}

/**
 * Which pods belong to the owner, of those that may: what it owns and selects, and the orphans that it selects. An owner
 * that is being deleted takes and lets go nothing.
 *
 * Source: pkg/controller/controller_ref_manager.go, ClaimObject.
 */
export const claimPods = (
  view: ClusterView,
  owner: OwnerView,
  mayBelong: (pod: PodView) => boolean = () => true,
): ClaimedPods => {
  const pods: PodView[] = []
  const events: SimEvent[] = []
  for (const pod of view.podsByOwner.get(owner.uid) ?? []) {
    if (selects(owner.matcher, pod.labels) && mayBelong(pod)) pods.push(pod)
    else if (owner.deletion === undefined) events.push(PodReleased({ pod: pod.key, owner: owner.key }))
  }
  if (owner.deletion !== undefined) return { pods, events }
  for (const pod of view.orphanPods.get(owner.namespace) ?? []) {
    if (pod.deletion !== undefined || !selects(owner.matcher, pod.labels) || !mayBelong(pod)) continue
    pods.push(pod)
    events.push(PodAdopted({ pod: pod.key, owner: controllerRefOf(owner) }))
  }
  return { pods, events }
}
