import {
  type ClusterView,
  controllerRevisionEvents,
  createControllerRevision,
  type DaemonSet,
  type DeepReadonly,
  keyOf,
  revisionHash,
} from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import { beyondLimit, claimRevisions, type RevisionView } from '../controller-history/revisions.ts'
import { REVISION_HASH_LABEL } from './pod-content.ts'

type SetView = DeepReadonly<DaemonSet>

export interface History {
  /** Value of the label that tells pods of the current template. */
  readonly hash: string
  /** Revisions of other templates, oldest first. */
  readonly old: readonly RevisionView[]
  readonly events: readonly SimEvent[]
  /** The revision's name belongs to another template: nothing can be done until the next sync, with another hash. */
  readonly collided: boolean
}

const isCurrent =
  (set: SetView) =>
  ({ template }: RevisionView): boolean =>
    template.hash === set.template.hash

const newHash = (set: SetView): string => revisionHash('DaemonSet', set.template.hash, set.status.collisionCount)

/** The hash that the set's pods get now. */
export const currentHash = (view: ClusterView, set: SetView): string => {
  const { revisions } = claimRevisions(view, set)
  return revisions.find(isCurrent(set))?.labels[REVISION_HASH_LABEL] ?? newHash(set)
}

/**
 * The revisions of a set, with one for the template that it has now. Of equal templates there is never more than one
 * revision, since names come from the template.
 *
 * Source: pkg/controller/daemon/update.go, constructHistory, snapshot.
 */
export const historyOf = (view: ClusterView, set: SetView, at: number): History => {
  const { revisions, events } = claimRevisions(view, set)
  const old = revisions.filter((revision) => !isCurrent(set)(revision))
  const number = old.reduce((most, { revision }) => Math.max(most, revision), 0) + 1
  const current = revisions.find(isCurrent(set))
  if (current !== undefined) {
    const { Renumbered } = controllerRevisionEvents
    const renumbered = current.revision < number ? [Renumbered({ object: current.key, revision: number })] : []
    const hash = current.labels[REVISION_HASH_LABEL] ?? newHash(set)
    return { hash, old, events: [...events, ...renumbered], collided: false }
  }
  const hash = newHash(set)
  const name = `${set.name}-${hash}`
  const taken = view.controllerRevisions.get(keyOf(set.namespace, name))
  if (taken !== undefined) return { hash, old, events, collided: !isCurrent(set)(taken) }
  const created = createControllerRevision(view, at, {
    owner: set,
    name,
    labels: { ...set.template.labels, [REVISION_HASH_LABEL]: hash },
    annotations: set.annotations,
    revision: number,
    template: set.template.hash,
  })
  return { hash, old, events: [...events, created], collided: false }
}

/** Source: cleanupHistory. @param liveHashes those of the set's pods */
export const cleanup = (
  { old }: History,
  { revisionHistoryLimit }: SetView,
  liveHashes: () => ReadonlySet<string>,
): readonly SimEvent[] => {
  const excess = old.length - revisionHistoryLimit
  if (excess <= 0) return []
  const live = liveHashes()
  return beyondLimit(old, excess, ({ labels }) => live.has(labels[REVISION_HASH_LABEL] ?? ''))
}
