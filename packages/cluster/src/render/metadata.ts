import type { JsonObject } from '../api/codec.ts'
import type { ObjectMeta } from '../object/meta.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import { formatTime } from '../wall-clock.ts'
import { unlessEmpty } from './json.ts'

/** A time of the run as the API writes it: RFC 3339, whole seconds, UTC. */
export const timestamp = (view: ClusterView, at: number): string => formatTime(view.settings.start + at)

/** Which optional fields a kind has: only some have a generation, and a namespace is deleted without a grace period. */
export interface MetadataFields {
  readonly generation: boolean
  readonly gracePeriod: boolean
}

/** `metadata`, fields in any order. */
export const renderMetadata = (
  view: ClusterView,
  object: DeepReadonly<ObjectMeta>,
  fields: MetadataFields,
): JsonObject => {
  const { owner, deletion } = object
  return {
    name: object.name,
    namespace: object.namespace === '' ? undefined : object.namespace,
    uid: object.uid,
    resourceVersion: String(object.resourceVersion),
    generation: fields.generation ? object.generation : undefined,
    creationTimestamp: timestamp(view, object.createdAt),
    deletionTimestamp: deletion === undefined ? undefined : timestamp(view, deletion.deadline),
    deletionGracePeriodSeconds: deletion === undefined || !fields.gracePeriod ? undefined : deletion.graceSeconds,
    labels: unlessEmpty(object.labels),
    annotations: unlessEmpty(object.annotations),
    ownerReferences:
      owner === undefined
        ? undefined
        : [
            {
              apiVersion: owner.apiVersion,
              blockOwnerDeletion: true,
              controller: true,
              kind: owner.kind,
              name: owner.name,
              uid: owner.uid,
            },
          ],
    finalizers: unlessEmpty(object.finalizers),
  }
}
