import * as E from 'fp-ts/Either'
import * as t from 'io-ts'

/**
 * Who goes first at one instant. What frees resources comes before what happens, and that before whoever looks at the
 * result and decides: so pods end before the scheduler looks.
 */
export const RELEASE = 0
export const NORMAL = 1
export const DECIDE = 2
export type Rank = typeof RELEASE | typeof NORMAL | typeof DECIDE

/** Something that happened, or will: flat, so that code says `event.pod` and `jq` says `.pod`. */
export interface SimEvent {
  readonly kind: string
}

/** A field that may be absent. Absent is left out of the log line; it is never `null`. */
export interface OptionalField<C extends t.Mixed> {
  readonly optional: C
  readonly doc?: string
}
export const optional = <C extends t.Mixed>(codec: C): OptionalField<C> => ({ optional: codec })

export type Field = t.Mixed | OptionalField<t.Mixed>
export type Fields = Readonly<Record<string, Field>>

type RequiredKeys<F extends Fields> = { [K in keyof F]: F[K] extends t.Mixed ? K : never }[keyof F]
type OptionalKeys<F extends Fields> = Exclude<keyof F, RequiredKeys<F>>
type Flat<T> = { [K in keyof T]: T[K] } & {}

/** The data of an event, from its field codecs. */
export type DataOf<F extends Fields> = Flat<
  { readonly [K in RequiredKeys<F>]: F[K] extends t.Mixed ? t.TypeOf<F[K]> : never } & {
    readonly [K in OptionalKeys<F>]?: F[K] extends OptionalField<infer C> ? t.TypeOf<C> | undefined : never
  }
>

export type EventOf<D> = D extends EventDefinition<infer K, infer F> ? Flat<{ readonly kind: K } & DataOf<F>> : never

/** From this one value come the type, the constructor, the codec of a log line, the row in the reference and the laws. */
export interface EventDefinition<K extends string = string, F extends Fields = Fields> {
  (data: DataOf<F>): Flat<{ readonly kind: K } & DataOf<F>>
  readonly kind: K
  readonly doc: string
  readonly rank: Rank
  readonly fields: F
  readonly codec: t.Type<Flat<{ readonly kind: K } & DataOf<F>>, unknown, unknown>
  /** `,"pod":"shop/cart","node":"n2"`: the fields as they stand in a log line, in the order of the definition. */
  readonly encodeFields: (event: SimEvent) => string
}

/** Any definition, for registries and readers that do not care which. */
export interface AnyEventDefinition {
  (data: never): SimEvent
  readonly kind: string
  readonly doc: string
  readonly rank: Rank
  readonly fields: Fields
  // biome-ignore lint/suspicious/noExplicitAny: a codec is invariant in its type, so no narrower type holds them all.
  readonly codec: t.Type<any, any, unknown>
  readonly encodeFields: (event: SimEvent) => string
}

const plainText = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/

/**
 * Codec of identifiers: printable ASCII without `"` and `\`, as all Kubernetes names are. Such text is written to the
 * log as it stands, which is a third of the cost of escaping it.
 */
export class IdType extends t.Type<string> {
  readonly _tag = 'IdType'
  constructor(name: string) {
    super(
      name,
      (u): u is string => typeof u === 'string' && plainText.test(u),
      (u, context) => (typeof u === 'string' && plainText.test(u) ? t.success(u) : t.failure(u, context)),
      t.identity,
    )
  }
}
export const id = (name: string): t.Type<string> => new IdType(name)

type FieldEncoder = (value: unknown) => string
const encodeId: FieldEncoder = (value) => `"${value as string}"`
const encodeNumber: FieldEncoder = (value) => `${value as number}`
const encodeJson: FieldEncoder = (value) => JSON.stringify(value)

const isNumeric = (codec: t.Mixed): boolean =>
  codec instanceof t.NumberType || (codec instanceof t.RefinementType && isNumeric(codec.type))

const encoderOf = (codec: t.Mixed): FieldEncoder => {
  if (codec instanceof IdType) return encodeId
  if (isNumeric(codec)) return encodeNumber
  return encodeJson
}

/** Defines an event once: a fact is a past participle (`PodBound`), a wake-up a controller sets itself ends in `Due`. */
export const defineEvent = <K extends string, F extends Fields>(
  kind: K,
  definition: { readonly doc: string; readonly data: F; readonly rank?: Rank },
): EventDefinition<K, F> => {
  const { doc, data: fields, rank = NORMAL } = definition
  type Event = Flat<{ readonly kind: K } & DataOf<F>>
  const names = Object.keys(fields)
  const codecs = names.map((name) => {
    const field = fields[name] as Field
    return 'optional' in field ? field.optional : field
  })
  const isOptional = names.map((name) => 'optional' in (fields[name] as Field))
  const encoders = codecs.map(encoderOf)
  const heads = names.map((name) => `,${JSON.stringify(name)}:`)
  const count = names.length

  // Hot path. One shape per kind: fields are always added in the order of the definition.
  const construct = (data: Readonly<Record<string, unknown>>): Event => {
    const event: Record<string, unknown> = { kind }
    for (let i = 0; i < count; i++) {
      const value = data[names[i]!]
      if (value !== undefined) event[names[i]!] = value
    }
    return event as Event
  }

  const encodeFields = (event: SimEvent): string => {
    let text = ''
    const values = event as unknown as Readonly<Record<string, unknown>>
    for (let i = 0; i < count; i++) {
      const value = values[names[i]!]
      if (value !== undefined) text += heads[i]! + encoders[i]!(value)
    }
    return text
  }

  const is = (u: unknown): u is Event => {
    if (typeof u !== 'object' || u === null) return false
    const values = u as Readonly<Record<string, unknown>>
    if (values.kind !== kind) return false
    for (let i = 0; i < count; i++) {
      const value = values[names[i]!]
      if (value === undefined ? !isOptional[i] : !codecs[i]!.is(value)) return false
    }
    return true
  }

  const codec = new t.Type<Event, unknown, unknown>(
    kind,
    is,
    (u, context) => {
      if (is(u)) return t.success(construct(u as Readonly<Record<string, unknown>>))
      if (typeof u !== 'object' || u === null) return t.failure(u, context)
      const values = u as Readonly<Record<string, unknown>>
      const errors: t.ValidationError[] = []
      const check = (name: string, field: t.Mixed): void => {
        const result = field.validate(values[name], t.appendContext(context, name, field, values[name]))
        if (E.isLeft(result)) errors.push(...result.left)
      }
      check('kind', t.literal(kind))
      for (let i = 0; i < count; i++) {
        if (values[names[i]!] !== undefined || !isOptional[i]) check(names[i]!, codecs[i]!)
      }
      return t.failures(errors)
    },
    t.identity,
  )

  return Object.assign(construct as (data: DataOf<F>) => Event, {
    kind,
    doc,
    rank,
    fields,
    codec,
    encodeFields,
  }) as unknown as EventDefinition<K, F>
}

/** A fact of the log: what happened, when, who said so, and because of what. */
export interface Entry<E extends SimEvent = SimEvent> {
  /** Position in the log, from 0. */
  readonly seq: number
  readonly at: number
  /** The `seq` of the entry that led to this one; `null` for what the scenario itself brings. */
  readonly cause: number | null
  /** The component that emitted it. */
  readonly by: string
  readonly event: E
}
