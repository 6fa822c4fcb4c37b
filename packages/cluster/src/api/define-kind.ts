import type { Codec, Field, JsonObject } from './codec.ts'
import { anything, optional, present, struct, words } from './codec.ts'
import type { ObjectMeta as Meta, NameRule } from './meta/object-meta.ts'
import { ObjectMeta } from './meta/object-meta.ts'
import type { Trail } from './trail.ts'

/** What every object has, whatever its kind. */
export interface ObjectHead {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: Meta
}

/** One kind of the API: its codec, and what the codec cannot know. */
export interface KindDefinition<A extends ObjectHead = ObjectHead> {
  readonly kind: A['kind']
  /** The version that objects are converted to. */
  readonly apiVersion: A['apiVersion']
  readonly codec: Codec<A>
  readonly nameRule: NameRule
  /** By old version: the same object in the current one, with the defaults of the old. The input stays as it is. */
  readonly convert: Readonly<Record<string, (object: JsonObject, trail: Trail) => JsonObject>>
  /** Defaults that reach across the object; the object is fresh, so nobody sees it change. */
  readonly complete: (object: A) => A
  /** What the API server refuses beyond types and metadata. */
  readonly validate: (trail: Trail, object: A) => void
}

// `any`: the definitions differ in their object type, and the registry holds all of them.
// biome-ignore lint/suspicious/noExplicitAny: see above
export type AnyKindDefinition = KindDefinition<any>

type Fields = Parameters<typeof struct>[1]

/** The codec of a whole object: version, kind, metadata, the fields given, and a status that is kept unread. */
export const objectCodec = <V extends string, K extends string, F extends Fields>(apiVersion: V, kind: K, fields: F) =>
  struct(kind, {
    apiVersion: words(apiVersion) as Codec<V>,
    kind: words(kind) as Codec<K>,
    metadata: present(ObjectMeta),
    ...fields,
  })

/** A status that nobody reads. */
export const unreadStatus: Field<unknown, 'optional'> = optional(anything)

const same = <A>(object: A): A => object

/** Defines a kind; see `KindDefinition` for what may be left out. */
export const defineKind = <A extends ObjectHead>(definition: {
  readonly kind: A['kind']
  readonly apiVersion: A['apiVersion']
  readonly codec: Codec<A>
  readonly nameRule: NameRule
  readonly convert?: KindDefinition<A>['convert']
  readonly complete?: KindDefinition<A>['complete']
  readonly validate?: KindDefinition<A>['validate']
}): KindDefinition<A> => ({
  convert: {},
  complete: same,
  validate: () => undefined,
  ...definition,
})
