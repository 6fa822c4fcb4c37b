import { kindOf } from '../catalog.ts'
import type { ObjectHead } from './define-kind.ts'
import type { TypedObject } from './registry.ts'

/** An object of a kind without a codec: kept as it came, and nothing reacts to it. */
export interface GenericObject extends ObjectHead {
  readonly inert: true
  /** Every top-level field besides apiVersion, kind and metadata. */
  readonly rest: Readonly<Record<string, unknown>>
}

/** Any Kubernetes object. Use `isKind` to find out which. */
export type ApiObject = TypedObject | GenericObject

export const isGeneric = (object: ApiObject): object is GenericObject => 'inert' in object

/** True if the object is of this kind and has its type. */
export const isKind = <K extends TypedObject['kind']>(
  object: ApiObject,
  kind: K,
): object is Extract<TypedObject, { readonly kind: K }> => object.kind === kind && !isGeneric(object)

/** True if nothing in a simulation reacts to the object. */
export const isInert = (object: ApiObject): boolean =>
  isGeneric(object) || kindOf(object.apiVersion, object.kind)?.simulated !== true
