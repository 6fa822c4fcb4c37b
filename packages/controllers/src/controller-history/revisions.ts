import {
  type ClusterView,
  type ControllerRevision,
  controllerRefOf,
  controllerRevisionEvents,
  type DeepReadonly,
  type Selector,
  type StoredObject,
  selects,
} from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'

/**
 * ControllerRevisions of a DaemonSet or StatefulSet: which are its own, and in which order.
 *
 * Source: pkg/controller/history/controller_history.go.
 */

export type RevisionView = DeepReadonly<ControllerRevision>
type OwnerView = DeepReadonly<StoredObject & { readonly matcher: Selector }>

/** Source: SortControllerRevisions, byRevision.Less. */
const byRevision = (a: RevisionView, b: RevisionView): number =>
  a.revision - b.revision || a.createdAt - b.createdAt || (a.name < b.name ? -1 : 1)

export interface ClaimedRevisions {
  /** Oldest first. */
  readonly revisions: readonly RevisionView[]
  readonly events: readonly SimEvent[]
}

/** The revisions that belong to the owner or that it adopts now. */
export const claimRevisions = (view: ClusterView, owner: OwnerView): ClaimedRevisions => {
  const revisions: RevisionView[] = []
  const events: SimEvent[] = []
  for (const object of view.objectsByOwner.get(owner.uid) ?? []) {
    if (object.kind !== 'ControllerRevision') continue
    if (selects(owner.matcher, object.labels)) revisions.push(object as RevisionView)
    else if (owner.deletion === undefined) {
      events.push(controllerRevisionEvents.Released({ object: object.key, owner: owner.key }))
    }
  }
  if (owner.deletion === undefined) {
    for (const object of view.orphanObjects.get(`ControllerRevision/${owner.namespace}`) ?? []) {
      if (object.deletion !== undefined || !selects(owner.matcher, object.labels)) continue
      revisions.push(object as RevisionView)
      events.push(controllerRevisionEvents.Adopted({ object: object.key, owner: controllerRefOf(owner) }))
    }
  }
  return { revisions: revisions.sort(byRevision), events }
}

/** The oldest of those that nothing uses, as far as they are more than the limit. */
export const beyondLimit = (
  old: readonly RevisionView[],
  excess: number,
  isLive: (revision: RevisionView) => boolean,
): readonly SimEvent[] =>
  excess <= 0
    ? []
    : old
        .filter((revision) => !isLive(revision))
        .slice(0, excess)
        .map(({ key }) => controllerRevisionEvents.Deleted({ object: key }))
