/**
 * The io-ts codecs that Kubernetes objects are written in.
 *
 * 1. One walk reads, checks the types, refuses unknown fields, fills the static defaults and builds a fresh object;
 *    what it could not read is replaced by Go's zero value, so that the walk goes on and finds everything at once.
 * 2. `null` is absent, everywhere, as in Go's JSON decoder.
 * 3. Fields leave in the order of the codec, whatever order they came in, so equal objects print equal.
 * 4. Leaves (maps of text, lists of text, unknown values) are shared with the input, never copied and never written.
 *
 * What depends on several fields is not a codec's matter: that is `complete` (defaults) and the validators.
 */

import { isLeft, left } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { canonicalQuantity, parseQuantity } from '../quantity.ts'
import type { Trail } from './trail.ts'
import { createTrail, invalid, notSupported, required, unknownField } from './trail.ts'

export interface Codec<A> extends t.Type<A, A, unknown> {
  /** Reads a value that is present; records on the trail what is wrong with it. */
  readonly read: (value: unknown, trail: Trail) => A
  /** What stands for an absent value; records that it was required. */
  readonly missing: (trail: Trail) => A
}

export type JsonObject = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const makeCodec = <A, X extends object>(
  name: string,
  read: (value: unknown, trail: Trail) => A,
  missing: (trail: Trail) => A,
  description: X,
): Codec<A> & X => {
  const codec: t.Type<A, A, unknown> = new t.Type<A, A, unknown>(
    name,
    (value): value is A => {
      const trail = createTrail()
      read(value, trail)
      return trail.issues.length === 0
    },
    (value, context) => {
      const trail = createTrail()
      const result = read(value, trail)
      if (trail.issues.length === 0) return t.success(result)
      return left(
        trail.issues.map((issue) => ({
          value,
          context: [...context, ...issue.path.map((step) => ({ key: String(step), type: codec }))],
          message: issue.message,
        })),
      )
    },
    (value) => value,
  )
  return Object.assign(codec, { read, missing }, description)
}

const typeName = (value: unknown): string =>
  Array.isArray(value)
    ? 'a list'
    : isObject(value)
      ? 'a mapping'
      : typeof value === 'string'
        ? 'text'
        : `a ${typeof value}`

/** Reads the zero value without a word: something else was said about this place already. */
const silently = <A>(missing: (trail: Trail) => A, trail: Trail): A => {
  trail.muted += 1
  const zero = missing(trail)
  trail.muted -= 1
  return zero
}

const wrongType = (trail: Trail, value: unknown, expected: string, hint?: string): void =>
  invalid(trail, 'WT102', value, `expected ${expected}, got ${typeName(value)}`, hint)

const scalar = <A>(
  name: string,
  expected: string,
  is: (value: unknown) => value is A,
  zero: A,
  hint: (value: unknown) => string | undefined = () => undefined,
) =>
  makeCodec<A, { readonly _tag: 'Scalar' }>(
    name,
    (value, trail) => {
      if (is(value)) return value
      wrongType(trail, value, expected, hint(value))
      return zero
    },
    (trail) => {
      required(trail)
      return zero
    },
    { _tag: 'Scalar' },
  )

const quoteHint = (value: unknown): string | undefined =>
  typeof value === 'number' || typeof value === 'boolean' ? `quote it: \`"${String(value)}"\`` : undefined

const unquoteHint = (value: unknown): string | undefined =>
  typeof value === 'string' && /^(-?[0-9]+|true|false)$/.test(value) ? `remove the quotes: \`${value}\`` : undefined

/** Text that may be empty. */
export const text = scalar('string', 'text', (value): value is string => typeof value === 'string', '', quoteHint)

/** Text that is required: absent and empty are the same to Kubernetes. */
export const requiredText: Codec<string> = makeCodec(
  'string',
  (value, trail) => {
    if (value === '') required(trail)
    return text.read(value, trail)
  },
  text.missing,
  { _tag: 'Scalar' as const },
)

export const flag = scalar(
  'boolean',
  'true or false',
  (value): value is boolean => typeof value === 'boolean',
  false,
  unquoteHint,
)

export const integer = scalar(
  'integer',
  'a whole number',
  (value): value is number => Number.isSafeInteger(value),
  0,
  unquoteHint,
)

/** Kept as it came; nobody looks inside. */
export const anything: Codec<unknown> = makeCodec<unknown, { readonly _tag: 'Anything' }>(
  'unknown',
  (value) => value,
  () => undefined,
  { _tag: 'Anything' },
)

/** A point in time, RFC 3339. YAML readers may hand over a date. */
export const time: Codec<string> = makeCodec(
  'time',
  (value, trail) => {
    if (value instanceof Date) return value.toISOString().replace('.000Z', 'Z')
    if (typeof value === 'string') {
      if (value !== '' && !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(value)) {
        wrongType(trail, value, 'a time such as 2006-01-02T15:04:05Z')
      }
      return value
    }
    wrongType(trail, value, 'a time such as 2006-01-02T15:04:05Z')
    return ''
  },
  text.missing,
  { _tag: 'Scalar' as const },
)

/** One of a fixed list of words. */
export const words = <const W extends readonly [string, ...string[]]>(...supported: W): Codec<W[number]> => {
  const known: ReadonlySet<unknown> = new Set(supported)
  return makeCodec<W[number], { readonly _tag: 'Words'; readonly supported: W }>(
    supported.map((word) => `"${word}"`).join(' | '),
    (value, trail) => {
      if (known.has(value)) return value as W[number]
      if (typeof value === 'string' && value !== '') notSupported(trail, value, supported)
      else if (value === '') required(trail)
      else wrongType(trail, value, 'text')
      return supported[0]
    },
    (trail) => {
      required(trail)
      return supported[0]
    },
    { _tag: 'Words', supported },
  )
}

/** A number or text such as `25%` or the name of a port. */
export const intOrString: Codec<number | string> = makeCodec(
  'integer | string',
  (value, trail) => {
    if (typeof value === 'string' || Number.isSafeInteger(value)) return value as number | string
    wrongType(trail, value, 'a whole number or text')
    return 0
  },
  (trail): number | string => {
    required(trail)
    return 0
  },
  { _tag: 'Scalar' as const },
)

/** A Kubernetes quantity in canonical form; YAML numbers count as text. */
export const quantity: Codec<string> = makeCodec(
  'quantity',
  (value, trail) => {
    const written = typeof value === 'number' ? String(value) : value
    if (typeof written !== 'string') {
      wrongType(trail, value, 'a quantity such as 500m or 1Gi')
      return '0'
    }
    const parsed = parseQuantity(written)
    if (isLeft(parsed)) {
      invalid(trail, 'WT114', value, parsed.left)
      return '0'
    }
    return canonicalQuantity(written)
  },
  (trail) => {
    required(trail)
    return '0'
  },
  { _tag: 'Scalar' as const },
)

/** A map from names to values of one type. */
export const mapOf = <A>(item: Codec<A>, name: string): Codec<Readonly<Record<string, A>>> => {
  const isText = (item as Codec<unknown>) === text
  return makeCodec<Readonly<Record<string, A>>, { readonly _tag: 'Map'; readonly item: Codec<A> }>(
    name,
    (value, trail) => {
      if (!isObject(value)) {
        wrongType(trail, value, 'a mapping')
        return {}
      }
      if (isText) {
        let clean = true
        for (const key in value) {
          if (typeof value[key] !== 'string') {
            clean = false
            break
          }
        }
        if (clean) return value as Readonly<Record<string, A>>
      }
      const entries: [string, A][] = []
      for (const key of Object.keys(value)) {
        const own = value[key]
        trail.steps.push({ key })
        // A null in a map of text is an empty text to Go.
        entries.push([key, own === null || own === undefined ? silently(item.missing, trail) : item.read(own, trail)])
        trail.steps.pop()
      }
      return Object.fromEntries(entries)
    },
    () => ({}),
    { _tag: 'Map', item },
  )
}

/** Labels, annotations, node selectors. */
export const textMap = mapOf(text, 'map[string]string')

/** Amounts by the name of the resource. */
export const resourceList = mapOf(quantity, 'ResourceList')

/** A list; `null` items are read as absent ones. */
export const list = <A>(item: Codec<A>): Codec<readonly A[]> =>
  makeCodec<readonly A[], { readonly _tag: 'List'; readonly item: Codec<A> }>(
    `${item.name}[]`,
    (value, trail) => {
      if (!Array.isArray(value)) {
        wrongType(trail, value, 'a list', isObject(value) ? 'start every item with `- `' : undefined)
        return []
      }
      const items: A[] = []
      for (let i = 0; i < value.length; i += 1) {
        trail.steps.push(i)
        const own: unknown = value[i]
        items.push(own === null || own === undefined ? item.missing(trail) : item.read(own, trail))
        trail.steps.pop()
      }
      return items
    },
    (trail) => {
      required(trail)
      return []
    },
    { _tag: 'List', item },
  )

/** A list that Kubernetes refuses when empty. */
export const fullList = <A>(item: Codec<A>): Codec<readonly A[]> => {
  const codec = list(item)
  return makeCodec(
    codec.name,
    (value, trail) => {
      const items = codec.read(value, trail)
      if (Array.isArray(value) && value.length === 0) required(trail)
      return items
    },
    codec.missing,
    { _tag: 'List' as const, item },
  )
}

// --- structs ---------------------------------------------------------------------------------------------------------

export interface Field<A, P extends 'optional' | 'defaulted'> {
  readonly presence: P
  readonly codec: Codec<A>
  /** Makes the value of an absent field. */
  readonly initial: (() => A) | undefined
  /** True if Go's zero value (empty text, 0) is the same as no value. */
  readonly zeroIsAbsent: boolean
}

/** May be absent. */
export const optional = <A>(codec: Codec<A>): Field<A, 'optional'> => ({
  presence: 'optional',
  codec,
  initial: undefined,
  zeroIsAbsent: false,
})

/** May be absent, and is absent when empty or zero: Go's `omitempty` on a plain value. */
export const omitEmpty = <A>(codec: Codec<A>): Field<A, 'optional'> => ({
  presence: 'optional',
  codec,
  initial: undefined,
  zeroIsAbsent: true,
})

/** Has the API's default when absent. */
export const defaulted = <A, B extends A = A>(codec: Codec<A>, value: B): Field<A, 'defaulted'> => ({
  presence: 'defaulted',
  codec,
  initial: () => value,
  zeroIsAbsent: false,
})

/** Has the API's default when absent, empty or zero. */
export const defaultedZero = <A, B extends A = A>(codec: Codec<A>, value: B): Field<A, 'defaulted'> => ({
  presence: 'defaulted',
  codec,
  initial: () => value,
  zeroIsAbsent: true,
})

/** A struct that is always there, if need be with nothing but its own defaults. */
export const present = <A>(codec: Codec<A>): Field<A, 'defaulted'> => ({
  presence: 'defaulted',
  codec,
  initial: () => codec.read({}, createTrail()),
  zeroIsAbsent: false,
})

// `any`: a field of a struct may hold every type, and Codec is invariant in it.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Entry = Codec<any> | Field<any, 'optional'> | Field<any, 'defaulted'>
type Entries = Readonly<Record<string, Entry>>

// biome-ignore lint/suspicious/noExplicitAny: as above
type OptionalKey<F> = { [K in keyof F]: F[K] extends Field<any, 'optional'> ? K : never }[keyof F]
type ValueOf<E> = E extends Field<infer A, 'optional' | 'defaulted'> ? A : E extends Codec<infer A> ? A : never

export type StructOf<F> = {
  readonly [K in Exclude<keyof F, OptionalKey<F>>]: ValueOf<F[K]>
} & {
  readonly [K in OptionalKey<F>]?: ValueOf<F[K]>
}

export type Mutable<A> = { -readonly [K in keyof A]: A[K] }

export interface StructCodec<A, F> extends Codec<A> {
  readonly _tag: 'Struct'
  readonly fields: F
}

export interface StructOptions<A> {
  /** Defaults that depend on several fields; the value is fresh and may be written. */
  readonly complete?: (value: Mutable<A>) => void
}

interface Plan {
  readonly name: string
  readonly codec: Codec<unknown>
  readonly initial: (() => unknown) | undefined
  readonly required: boolean
  readonly zeroIsAbsent: boolean
}

const planOf = (name: string, entry: Entry): Plan =>
  'presence' in entry
    ? { name, codec: entry.codec, initial: entry.initial, required: false, zeroIsAbsent: entry.zeroIsAbsent }
    : { name, codec: entry, initial: undefined, required: true, zeroIsAbsent: false }

/** The same type with fields that are always there. */
export type Filled<A, K extends keyof A> = Omit<A, K> & { readonly [P in K]-?: Exclude<A[P], undefined> }

/** The codec under the type that its `complete` makes true: what it always fills is not optional any more. */
export const filled = <A>(codec: { readonly read: (value: unknown, trail: Trail) => unknown }): Codec<A> =>
  codec as unknown as Codec<A>

/** A struct whose absence is reported at its own place, and not at the places of its fields. */
export const demanded = <A>(codec: Codec<A>): Codec<A> =>
  makeCodec(
    codec.name,
    codec.read,
    (trail) => {
      required(trail)
      return silently(codec.missing, trail)
    },
    { _tag: 'Demanded' as const, codec },
  )

/** A mapping with the fields listed and no others. */
export const struct = <F extends Entries>(
  name: string,
  fields: F,
  options: StructOptions<StructOf<F>> = {},
): StructCodec<StructOf<F>, F> => {
  const plans = Object.keys(fields).map((key) => planOf(key, fields[key]!))
  const names = Object.keys(fields)
  const known: ReadonlySet<string> = new Set(names)
  const { complete } = options

  // Hot path: 10,000 pods pass here before a run starts. Plain loops, no spread, paths only when something is wrong.
  const read = (value: unknown, trail: Trail): StructOf<F> => {
    let source: JsonObject
    if (isObject(value)) source = value
    else {
      wrongType(trail, value, 'a mapping')
      return silently(missing, trail)
    }
    const out: Record<string, unknown> = {}
    for (let i = 0; i < plans.length; i += 1) {
      const plan = plans[i]!
      const own = source[plan.name]
      if (own === undefined || own === null || (plan.zeroIsAbsent && (own === '' || own === 0))) {
        if (plan.initial !== undefined) out[plan.name] = plan.initial()
        else if (plan.required) {
          trail.steps.push(plan.name)
          out[plan.name] = plan.codec.missing(trail)
          trail.steps.pop()
        }
        continue
      }
      trail.steps.push(plan.name)
      out[plan.name] = plan.codec.read(own, trail)
      trail.steps.pop()
    }
    for (const key in source) if (!known.has(key)) unknownField(trail, key, names)
    if (complete !== undefined) complete(out as Mutable<StructOf<F>>)
    return out as StructOf<F>
  }

  const missing = (trail: Trail): StructOf<F> => read({}, trail)

  return makeCodec(name, read, missing, { _tag: 'Struct' as const, fields })
}
