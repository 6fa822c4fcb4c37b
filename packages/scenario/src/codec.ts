/**
 * The codecs that scenario files are made of: io-ts types that know their JSON Schema and speak in issues.
 *
 * 1. Nothing stops at the first problem: a validation returns every problem of the value it was given.
 * 2. Nothing is ignored: a field that no codec declares is a problem, with the name that was probably meant.
 * 3. A field is declared once, with its documentation and its default; type, defaulting, JSON Schema and reference
 *    follow from that.
 */

import type { Issue, PathStep } from '@wavetank/cluster'
import { type Either, isLeft, isRight, left, right } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { ScenarioIssueCode } from './issue-codes.ts'
import type { JsonSchema } from './json-schema.ts'
import { suggestion } from './suggestion.ts'

/** What is wrong with a value, before it is known where the value is. */
export interface Problem {
  readonly code: ScenarioIssueCode
  readonly message: string
  readonly hint?: string | undefined
}

/** A problem of a part of a value. */
export type ProblemAt = readonly [path: readonly PathStep[], problem: Problem]

/** An io-ts type whose input is plain JSON and that can say so as a JSON Schema. */
export interface Codec<A> extends t.Type<A, unknown, unknown> {
  readonly schema: JsonSchema
}

interface ProblemError extends t.ValidationError {
  readonly problem: Problem
}

export const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

/** "a number", "text", "a list": what a value is, in the words of a scenario's author. */
export const describeValue = (u: unknown): string => {
  if (u === null || u === undefined) return 'nothing'
  if (Array.isArray(u)) return 'a list'
  if (typeof u === 'object') return 'a mapping'
  if (typeof u === 'string') return `the text ${JSON.stringify(u.length > 40 ? `${u.slice(0, 40)}…` : u)}`
  return typeof u === 'number' ? `the number ${u}` : String(u)
}

const refuse = (value: unknown, context: t.Context, problem: Problem): ProblemError => ({
  value,
  context,
  message: problem.message,
  problem,
})
const into = (context: t.Context, key: PathStep, type: t.Decoder<unknown, unknown>, actual: unknown): t.Context =>
  t.appendContext(context, String(key), type, actual)

/** A codec from its parts; `parse` decides, `print` gives back what a file would say. */
export const value = <A>(parts: {
  readonly name: string
  readonly schema: JsonSchema
  readonly is: (u: unknown) => u is A
  readonly parse: (u: unknown) => Either<Problem, A>
  readonly print?: (a: A) => unknown
}): Codec<A> =>
  Object.assign(
    new t.Type<A, unknown, unknown>(
      parts.name,
      parts.is,
      (u, context) => {
        const parsed = parts.parse(u)
        return isLeft(parsed) ? t.failures([refuse(u, context, parsed.left)]) : t.success(parsed.right)
      },
      parts.print ?? t.identity,
    ),
    { schema: parts.schema },
  )

export const wrongType = (expected: string, u: unknown, hint?: string): Problem => ({
  code: 'WT012',
  message: `expected ${expected}, found ${describeValue(u)}`,
  hint,
})

const isString = (u: unknown): u is string => typeof u === 'string'

const wrongText = (u: unknown): Problem => {
  if (typeof u === 'boolean')
    return wrongType('text', u, '`y`, `n`, `yes`, `no`, `on` and `off` are true and false: put quotes around them')
  return wrongType('text', u, typeof u === 'object' ? undefined : 'put quotes around it')
}

/** Text, which may be empty. */
export const anyText: Codec<string> = value({
  name: 'text',
  schema: { type: 'string' },
  is: isString,
  parse: (u) => (isString(u) ? right(u) : left(wrongText(u))),
})

/** Text of at least one character. */
export const text: Codec<string> = value({
  name: 'text',
  schema: { type: 'string', minLength: 1 },
  is: isString,
  parse: (u) => {
    if (!isString(u)) return left(wrongText(u))
    return u === '' ? left({ code: 'WT012', message: 'expected text, found nothing between the quotes' }) : right(u)
  },
})

export const boolean: Codec<boolean> = value({
  name: 'boolean',
  schema: { type: 'boolean' },
  is: (u) => typeof u === 'boolean',
  parse: (u) => (typeof u === 'boolean' ? right(u) : left(wrongType('true or false', u))),
})

/** A whole number within bounds, both included. */
export const integer = (min: number, max: number, what = 'a whole number'): Codec<number> => {
  const fits = (u: unknown): u is number => Number.isSafeInteger(u) && (u as number) >= min && (u as number) <= max
  const upper = max < Number.MAX_SAFE_INTEGER
  return value({
    name: 'integer',
    schema: { type: 'integer', minimum: min, ...(upper ? { maximum: max } : {}) },
    is: fits,
    parse: (u) => {
      if (typeof u !== 'number') return left(wrongType(what, u))
      if (fits(u)) return right(u)
      if (!Number.isInteger(u)) return left({ code: 'WT016', message: `expected ${what}, found ${u}` })
      return left({
        code: 'WT016',
        message: `must be ${upper ? `between ${min} and ${max}` : `${min} or more`}, found ${u}`,
      })
    },
  })
}

/** A number within bounds; `min` itself is allowed unless `above` is set. */
export const number = (bounds: { min: number; max?: number; above?: boolean }): Codec<number> => {
  const { min, max = Number.MAX_VALUE, above = false } = bounds
  const fits = (u: unknown): u is number => typeof u === 'number' && (above ? u > min : u >= min) && u <= max
  const range = `${above ? `above ${min}` : `${min} or more`}${max < Number.MAX_VALUE ? ` and at most ${max}` : ''}`
  return value({
    name: 'number',
    schema: {
      type: 'number',
      ...(above ? { exclusiveMinimum: min } : { minimum: min }),
      ...(max < Number.MAX_VALUE ? { maximum: max } : {}),
    },
    is: fits,
    parse: (u) => {
      if (typeof u !== 'number') return left(wrongType('a number', u))
      return fits(u) ? right(u) : left({ code: 'WT016', message: `must be ${range}, found ${u}` })
    },
  })
}

/** One of a few words. */
export const oneOf = <const W extends readonly string[]>(...words: W): Codec<W[number]> => {
  const is = (u: unknown): u is W[number] => isString(u) && words.includes(u)
  return value({
    name: 'oneOf',
    schema: { enum: [...words] },
    is,
    parse: (u) =>
      is(u)
        ? right(u)
        : left({
            code: isString(u) ? 'WT017' : 'WT012',
            message: `expected one of ${words.join(', ')}, found ${describeValue(u)}`,
            hint: isString(u) ? suggestion(u, words) : undefined,
          }),
  })
}

/** A list, with at least `atLeast` items. */
export const list = <A>(item: Codec<A>, atLeast = 0): Codec<readonly A[]> =>
  Object.assign(
    new t.Type<readonly A[], unknown, unknown>(
      'list',
      (u): u is readonly A[] => Array.isArray(u) && u.every(item.is),
      (u, context) => {
        if (!Array.isArray(u))
          return t.failures([refuse(u, context, wrongType('a list', u, 'start each item on its own line with `- `'))])
        if (u.length < atLeast)
          return t.failures([
            refuse(u, context, {
              code: 'WT016',
              message: `must have at least ${atLeast === 1 ? 'one item' : `${atLeast} items`}`,
            }),
          ])
        const items: A[] = []
        const errors: t.Errors = []
        u.forEach((element, index) => {
          const decoded = item.validate(element, into(context, index, item, element))
          if (isRight(decoded)) items.push(decoded.right)
          else errors.push(...decoded.left)
        })
        return errors.length > 0 ? t.failures(errors) : t.success(items)
      },
      (items) => items.map(item.encode),
    ),
    {
      schema: { type: 'array', items: item.schema, ...(atLeast > 0 ? { minItems: atLeast } : {}) } satisfies JsonSchema,
    },
  )

/** A mapping from free names to values of one type. */
export const dictionary = <A>(
  item: Codec<A>,
  checkKey: (key: string) => Problem | undefined = () => undefined,
): Codec<Readonly<Record<string, A>>> =>
  Object.assign(
    new t.Type<Readonly<Record<string, A>>, unknown, unknown>(
      'dictionary',
      (u): u is Readonly<Record<string, A>> => isRecord(u) && Object.values(u).every(item.is),
      (u, context) => {
        if (!isRecord(u)) return t.failures([refuse(u, context, wrongType('a mapping', u))])
        const entries: [string, A][] = []
        const errors: t.Errors = []
        for (const key of Object.keys(u)) {
          const here = into(context, key, item, u[key])
          const problem = checkKey(key)
          if (problem !== undefined) errors.push(refuse(u[key], here, problem))
          const decoded = item.validate(u[key], here)
          if (isRight(decoded)) entries.push([key, decoded.right])
          else errors.push(...decoded.left)
        }
        return errors.length > 0 ? t.failures(errors) : t.success(Object.fromEntries(entries))
      },
      (record) => Object.fromEntries(Object.entries(record).map(([key, a]) => [key, item.encode(a)])),
    ),
    { schema: { type: 'object', additionalProperties: item.schema } satisfies JsonSchema },
  )

/** A declared field: what it holds, what it means, and what it is when it is absent. */
export interface Field<A> {
  readonly codec: Codec<A>
  readonly doc: string
  readonly presence: 'required' | 'optional' | 'defaulted'
  /** As a file would write it. */
  readonly absent?: unknown
}
export interface RequiredField<A> extends Field<A> {
  readonly presence: 'required' | 'defaulted'
}
export interface OptionalField<A> extends Field<A> {
  readonly presence: 'optional'
}
export const required = <A>(codec: Codec<A>, doc: string): RequiredField<A> => ({ codec, doc, presence: 'required' })
export const optional = <A>(codec: Codec<A>, doc: string): OptionalField<A> => ({ codec, doc, presence: 'optional' })
/** @param absent what the field is when the file does not say, as the file would write it */
export const defaulted = <A>(codec: Codec<A>, absent: unknown, doc: string): RequiredField<A> => ({
  codec,
  doc,
  presence: 'defaulted',
  absent,
})

// biome-ignore lint/suspicious/noExplicitAny: the value types of the fields differ; inference reads them off again.
export type AnyFields = Readonly<Record<string, Field<any>>>
type OptionalKeys<F extends AnyFields> = {
  [K in keyof F]: F[K] extends { readonly presence: 'optional' } ? K : never
}[keyof F]
type ValueOf<F> = F extends Field<infer A> ? A : never
export type ObjectOf<F extends AnyFields> = {
  readonly [K in Exclude<keyof F, OptionalKeys<F>>]: ValueOf<F[K]>
} & { readonly [K in OptionalKeys<F>]?: ValueOf<F[K]> }

export interface ObjectCodec<A> extends Codec<A> {
  readonly fields: AnyFields
}

/** A mapping with exactly the declared fields. `null` counts as absent, as it does for Kubernetes. */
export const object = <F extends AnyFields>(
  name: string,
  fields: F,
  unknown: { readonly code: ScenarioIssueCode; readonly what: string } = { code: 'WT010', what: 'field' },
): ObjectCodec<ObjectOf<F>> => {
  const names = Object.keys(fields)
  return Object.assign(
    new t.Type<ObjectOf<F>, unknown, unknown>(
      name,
      (u): u is ObjectOf<F> =>
        isRecord(u) &&
        names.every((key) =>
          u[key] === undefined ? fields[key]!.presence === 'optional' : fields[key]!.codec.is(u[key]),
        ),
      (u, context) => {
        if (!isRecord(u)) return t.failures([refuse(u, context, wrongType('a mapping', u, `with ${names.join(', ')}`))])
        const decoded: Record<string, unknown> = {}
        const errors: t.Errors = []
        for (const key of Object.keys(u))
          if (!Object.hasOwn(fields, key))
            errors.push(
              refuse(u[key], into(context, key, t.unknown, u[key]), {
                code: unknown.code,
                message: `unknown ${unknown.what} \`${key}\``,
                hint: suggestion(key, names),
              }),
            )
        for (const key of names) {
          const field = fields[key]!
          const given = Object.hasOwn(u, key) ? u[key] : undefined
          if (given === undefined || given === null) {
            if (field.presence === 'optional') continue
            if (field.presence === 'required') {
              errors.push(
                refuse(u, context, { code: 'WT011', message: `\`${key}\` is missing`, hint: firstSentence(field.doc) }),
              )
              continue
            }
          }
          const input = given ?? field.absent
          const result = field.codec.validate(input, into(context, key, field.codec, input))
          if (isRight(result)) decoded[key] = result.right
          else errors.push(...result.left)
        }
        return errors.length > 0 ? t.failures(errors) : t.success(decoded as ObjectOf<F>)
      },
      (a) => {
        const record = a as Readonly<Record<string, unknown>>
        return Object.fromEntries(
          names.flatMap((key) => (record[key] === undefined ? [] : [[key, fields[key]!.codec.encode(record[key])]])),
        )
      },
    ),
    {
      fields,
      schema: {
        type: 'object',
        properties: Object.fromEntries(
          names.map((key) => {
            const { codec, doc, absent } = fields[key]!
            return [key, { ...codec.schema, description: doc, ...(absent === undefined ? {} : { default: absent }) }]
          }),
        ),
        ...(names.some((key) => fields[key]!.presence === 'required')
          ? { required: names.filter((key) => fields[key]!.presence === 'required') }
          : {}),
        additionalProperties: false,
      } satisfies JsonSchema,
    },
  )
}

const firstSentence = (doc: string): string => doc.split(/(?<=\.)\s/)[0]!

/**
 * One of several forms. `choose` looks at the shape alone and names the form that was meant, so that problems are
 * told of that form only.
 */
export const variant = <A>(
  name: string,
  forms: readonly Codec<A>[],
  choose: (u: unknown) => Codec<A> | Problem,
  formOf: (a: A) => Codec<A>,
): Codec<A> =>
  Object.assign(
    new t.Type<A, unknown, unknown>(
      name,
      (u): u is A => forms.some((form) => form.is(u)),
      (u, context) => {
        const chosen = choose(u)
        return 'code' in chosen ? t.failures([refuse(u, context, chosen)]) : chosen.validate(u, context)
      },
      (a) => formOf(a).encode(a),
    ),
    { schema: { title: name, anyOf: forms.map((form) => form.schema) } },
  )

/** The same codec with another view of its values; `toB` may still refuse. */
export const mapped = <A, B>(
  codec: Codec<A>,
  is: (u: unknown) => u is B,
  toB: (a: A) => Either<Problem | readonly ProblemAt[], B>,
  toA: (b: B) => A,
): Codec<B> =>
  Object.assign(
    new t.Type<B, unknown, unknown>(
      codec.name,
      is,
      (u, context) => {
        const decoded = codec.validate(u, context)
        if (isLeft(decoded)) return decoded
        const result = toB(decoded.right)
        if (isRight(result)) return t.success(result.right)
        const problems: readonly ProblemAt[] = 'code' in result.left ? [[[], result.left]] : result.left
        return t.failures(
          problems.map(([path, problem]) => {
            let here = context
            let actual: unknown = u
            for (const step of path) {
              actual =
                isRecord(actual) || Array.isArray(actual) ? (actual as Record<PathStep, unknown>)[step] : undefined
              here = into(here, step, t.unknown, actual)
            }
            return refuse(actual, here, problem)
          }),
        )
      },
      (b) => codec.encode(toA(b)),
    ),
    { schema: codec.schema },
  )

/** Where an io-ts error is, as a path from the root of the value. */
const pathOf = (context: t.Context): readonly PathStep[] =>
  context
    .filter(({ key }, index) => index > 0 || key !== '')
    .map(({ key }, index) => (Array.isArray(context[index]?.actual) ? Number(key) : key))

/** Decodes, with every problem as an issue. */
export const decodeWith = <A>(codec: t.Decoder<unknown, A>, u: unknown): Either<readonly Issue[], A> => {
  const decoded = codec.decode(u)
  if (isRight(decoded)) return decoded
  return left(
    decoded.left.map((error): Issue => {
      const problem: Problem =
        'problem' in error
          ? (error as ProblemError).problem
          : wrongType(error.context[error.context.length - 1]?.type.name ?? 'another value', error.value)
      return {
        code: problem.code,
        severity: 'error',
        path: pathOf(error.context),
        message: problem.message,
        ...(problem.hint === undefined ? {} : { hint: problem.hint }),
      }
    }),
  )
}
