import type { JsonObject } from '../api/codec.ts'
import { isObject } from '../api/codec.ts'
import type { ClusterView, DeepReadonly, InertObject } from '../tables.ts'
import { sorted } from './json.ts'
import { memoised } from './memo.ts'
import { timestamp } from './metadata.ts'

/** `metadata` of the object as it came. */
export const inertMetadata = ({ body }: DeepReadonly<InertObject>): JsonObject =>
  isObject(body.metadata) ? body.metadata : {}

/** An object of a kind that is not simulated: as it came, with what the API server adds. */
export const renderInert = memoised((view: ClusterView, object: DeepReadonly<InertObject>) => {
  const { managedFields, selfLink, clusterName, ...metadata } = inertMetadata(object)
  return sorted({
    ...object.body,
    kind: object.kind,
    metadata: {
      ...metadata,
      name: object.name,
      namespace: object.namespace === '' ? undefined : object.namespace,
      uid: object.uid,
      resourceVersion: String(object.resourceVersion),
      creationTimestamp: timestamp(view, object.createdAt),
    },
  })
})
