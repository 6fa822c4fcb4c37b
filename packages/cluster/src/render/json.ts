/**
 * The order of keys in kubectl's YAML: letters by code point, numbers by value, everything else before letters.
 *
 * JavaScript puts keys that are whole numbers first whatever happens, which is what this order does too.
 *
 * Source: sigs.k8s.io/yaml/goyaml.v2/sorter.go, keyList.Less.
 */
import type { JsonObject } from '../api/codec.ts'

const isDigit = (code: number): boolean => code >= 48 && code <= 57
const isLetter = (code: number): boolean => (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code > 127

/** The number that starts at `from`, and where it ends. */
const numberAt = (text: string, from: number, carry: number): readonly [value: number, end: number] => {
  let value = carry
  let end = from
  for (; end < text.length && isDigit(text.charCodeAt(end)); end++) value = value * 10 + text.charCodeAt(end) - 48
  return [value, end]
}

/** A zero that follows other digits is part of a number, not padding in front of one. */
const isInsideNumber = (text: string, at: number): boolean => {
  for (let i = at - 1; i >= 0 && isDigit(text.charCodeAt(i)); i--) if (text[i] !== '0') return true
  return false
}

export const compareKeys = (a: string, b: string): number => {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x === y) continue
    const letters = Number(isLetter(x)) - Number(isLetter(y))
    if (letters !== 0) return letters
    if (isLetter(x)) return x - y
    const carry = (x === 48 || y === 48) && isInsideNumber(a, i) ? 1 : 0
    const [m, endOfA] = numberAt(a, i, carry)
    const [n, endOfB] = numberAt(b, i, carry)
    return m - n || endOfA - endOfB || x - y
  }
  return a.length - b.length
}

const sortValue = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortValue)
  return typeof value === 'object' && value !== null ? sorted(value as JsonObject) : value
}

/** A copy with every mapping in it in kubectl's order, without absent fields. */
export const sorted = (value: JsonObject): JsonObject => {
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value).sort(compareKeys)) {
    if (value[key] !== undefined) copy[key] = sortValue(value[key])
  }
  return copy
}

const shared = new WeakMap<object, JsonObject>()

/** `sorted` for what never changes and belongs to many objects (specs of templates): copied once, then shared. */
export const sortedOnce = (value: object): JsonObject => {
  let copy = shared.get(value)
  if (copy === undefined) {
    copy = sorted(value as JsonObject)
    shared.set(value, copy)
  }
  return copy
}

/** Go's `omitempty` for lists and mappings. */
export const unlessEmpty = <A extends object>(value: A): A | undefined =>
  (Array.isArray(value) ? value.length : Object.keys(value).length) === 0 ? undefined : value

/** Go's `omitempty` for numbers. */
export const unlessZero = (value: number): number | undefined => (value === 0 ? undefined : value)

/** Go's `omitempty` for text. */
export const unlessBlank = (value: string | undefined): string | undefined => (value === '' ? undefined : value)
