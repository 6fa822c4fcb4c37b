import { Duration } from '@marcbachmann/cel-js/evaluator'

/** What an expression computes with: text, `bigint` (CEL int), number (CEL double), booleans, null, lists and maps. */
export type CelValue = unknown

/** A Kubernetes object as expressions see it. */
export interface CelObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: {
    readonly name?: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly creationTimestamp?: string
  }
  readonly spec?: Readonly<Record<string, CelValue>>
  readonly status?: Readonly<Record<string, CelValue>>
}

/** Whole numbers of JSON are CEL ints, as in the API's schemas; JavaScript's numbers would all be doubles. */
const toCelValue = (json: unknown): CelValue => {
  if (typeof json === 'number') return Number.isSafeInteger(json) ? BigInt(json) : json
  if (typeof json !== 'object' || json === null) return json
  if (Array.isArray(json)) return json.map(toCelValue)
  const map: Record<string, CelValue> = {}
  for (const key of Object.keys(json)) {
    const value = (json as Readonly<Record<string, unknown>>)[key]
    if (value !== undefined) map[key] = toCelValue(value)
  }
  return map
}

const known = new WeakMap<object, CelObject>()

/** The same object for the same JSON, which its renderer hands out again until the object changes. */
export const toCelObject = (json: object): CelObject => {
  let object = known.get(json)
  if (object === undefined) {
    object = toCelValue(json) as CelObject
    known.set(json, object)
  }
  return object
}

/** @param span in milliseconds */
export const durationOf = (span: number): Duration => {
  const seconds = Math.trunc(span / 1_000)
  return new Duration(BigInt(seconds), (span - seconds * 1_000) * 1_000_000)
}

/** `shop/cart`; the bare name for kinds without a namespace. */
export const nameOfObject = (value: CelValue): string | undefined => {
  if (typeof value !== 'object' || value === null) return undefined
  const { name, namespace } = (value as CelObject).metadata ?? {}
  if (typeof name !== 'string') return undefined
  return typeof namespace === 'string' && namespace !== '' ? `${namespace}/${name}` : name
}
