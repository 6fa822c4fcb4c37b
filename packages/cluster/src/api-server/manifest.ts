import { type ApiObject, isGeneric } from '../api/api-object.ts'
import type { JsonObject } from '../api/codec.ts'
import type { PodTemplateSpec } from '../api/core/pod-spec.ts'
import type { ObjectMeta } from '../api/meta/object-meta.ts'
import type { ControllerRef } from '../object/meta.ts'
import type { TemplateContent } from './pod-template.ts'

/** The object as JSON, in one piece whether its kind has a type or not. */
export const manifestOf = (object: ApiObject): JsonObject => {
  if (!isGeneric(object)) return object as unknown as JsonObject
  const { apiVersion, kind, metadata, rest } = object
  return { apiVersion, kind, metadata, ...rest }
}

/** The owner reference with `controller: true`, which is the only one that is kept. */
export const controllerOf = ({ ownerReferences }: Partial<ObjectMeta>): ControllerRef | undefined => {
  const owner = ownerReferences?.find(({ controller }) => controller === true)
  if (owner === undefined) return undefined
  const { apiVersion, kind, name, uid } = owner
  return { apiVersion, kind, name, uid }
}

/** The pod template of a workload. */
export const contentOf = ({ metadata, spec }: PodTemplateSpec): TemplateContent => ({
  labels: metadata.labels ?? {},
  annotations: metadata.annotations ?? {},
  finalizers: metadata.finalizers ?? [],
  spec,
})
