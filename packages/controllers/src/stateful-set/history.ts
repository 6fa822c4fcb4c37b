import {
  type ClusterView,
  controllerRevisionEvents,
  createControllerRevision,
  keyOf,
  type PodTemplate,
  revisionHash,
} from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import { beyondLimit, claimRevisions, type RevisionView } from '../controller-history/revisions.ts'
import type { SetView } from './identity.ts'

/** Source: pkg/controller/statefulset/stateful_set_control.go, getStatefulSetRevisions, truncateHistory. */

const HASH_LABEL = 'controller.kubernetes.io/hash'
/** Source: pkg/controller/history/controller_history.go, ControllerRevisionName. */
const NAME_MAX = 223

export interface NamedTemplate {
  readonly name: string
  readonly template: PodTemplate
}

export interface History {
  readonly current: NamedTemplate
  readonly update: NamedTemplate
  /** Oldest first; without one that is only made now. */
  readonly revisions: readonly RevisionView[]
  readonly collisionCount: number
  readonly events: readonly SimEvent[]
}

const named = ({ name, template }: RevisionView): NamedTemplate => ({ name, template: template as PodTemplate })

export const historyOf = (view: ClusterView, set: SetView, at: number): History => {
  const { revisions, events: claims } = claimRevisions(view, set)
  const template = set.template as PodTemplate
  const latest = revisions[revisions.length - 1]
  const equal = revisions.filter((revision) => revision.template.hash === template.hash).pop()
  const next = (latest?.revision ?? 0) + 1
  const events: SimEvent[] = [...claims]
  let { collisionCount } = set.status
  let update: NamedTemplate
  if (equal !== undefined) {
    update = named(equal)
    if (equal !== latest) events.push(controllerRevisionEvents.Renumbered({ object: equal.key, revision: next }))
  } else {
    // A name that another template has is passed over, by counting the collision into the hash.
    for (;;) {
      const hash = revisionHash('StatefulSet', template.hash, collisionCount)
      const name = `${set.name.slice(0, NAME_MAX)}-${hash}`
      const taken = view.controllerRevisions.get(keyOf(set.namespace, name))
      if (taken !== undefined && taken.template.hash !== template.hash) {
        collisionCount++
        continue
      }
      update = { name, template }
      if (taken === undefined) {
        const labels = { ...template.labels, [HASH_LABEL]: hash }
        const { annotations } = set
        const made = { owner: set, name, labels, annotations, revision: next, template: template.hash }
        events.push(createControllerRevision(view, at, made))
      }
      break
    }
  }
  const current = revisions.find(({ name }) => name === set.status.currentRevision)
  return { current: current === undefined ? update : named(current), update, revisions, collisionCount, events }
}

/** @param used names of the revisions that pods have */
export const truncateHistory = (
  { revisions, current, update }: History,
  { revisionHistoryLimit }: SetView,
  used: ReadonlySet<string>,
): readonly SimEvent[] => {
  const isLive = ({ name }: RevisionView): boolean => name === current.name || name === update.name || used.has(name)
  const old = revisions.filter((revision) => !isLive(revision))
  return beyondLimit(old, old.length - revisionHistoryLimit, isLive)
}
