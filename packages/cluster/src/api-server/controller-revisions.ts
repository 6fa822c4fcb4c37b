import { fingerprint, type SimEvent, uuidOf } from '@wavetank/kernel'
import { controllerRevisionEvents } from '../controller-revision/events.ts'
import { keyOf } from '../ids.ts'
import { safeEncode } from '../names.ts'
import type { Labels } from '../object/meta.ts'
import { controllerRefOf } from '../object/stored-kinds.ts'
import type { StoredObject } from '../object/stored-object.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'

/**
 * The hash in the name of a revision. Like Kubernetes', it depends on the template and on how often a name was taken;
 * unlike there, it is not computed from Go's dump of the template.
 */
export const revisionHash = (kind: string, template: string, collisionCount: number): string =>
  safeEncode(`${fingerprint(`${kind} ${template} ${collisionCount}`) % 2 ** 32}`)

export interface NewControllerRevision {
  readonly owner: DeepReadonly<StoredObject>
  readonly name: string
  readonly labels: Labels
  readonly annotations: Labels
  readonly revision: number
  /** By its hash; recorded already, since the owner has it. */
  readonly template: string
}

export const createControllerRevision = (view: ClusterView, at: number, revision: NewControllerRevision): SimEvent => {
  const object = keyOf(revision.owner.namespace, revision.name)
  return controllerRevisionEvents.Created({
    object,
    uid: uuidOf(view.settings.seed, `ControllerRevision ${object} ${at}`),
    labels: revision.labels,
    annotations: revision.annotations,
    owner: controllerRefOf(revision.owner),
    revision: revision.revision,
    template: revision.template,
  })
}
