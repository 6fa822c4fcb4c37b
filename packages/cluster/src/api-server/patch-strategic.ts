/**
 * Strategic merge patch: as JSON merge patch, but lists whose items have a key are merged item by item.
 *
 * 1. Items of the patch come before items that only the server has, unless the server had them in another order.
 * 2. `$patch: replace` and `$patch: delete`, `$retainKeys`, `$setElementOrder/x` and `$deleteFromPrimitiveList/x` say
 *    what merging alone cannot.
 *
 * Source: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go (mergeMap, mergeSlice,
 * normalizeElementOrder, mergeSortedSlice).
 */
import { isObject, type JsonObject } from '../api/codec.ts'
import { canonicalJson } from '../api/intern.ts'
import {
  DELETE_VALUES,
  type Identity,
  identityBy,
  isMergedSet,
  isReplaced,
  mergeKeyOf,
  SET_ORDER,
} from './patch-schema.ts'

/** Two lists in one, each in its own order; where both stood on the server, in the server's. */
const interleave = (
  serverOnly: readonly unknown[],
  patched: readonly unknown[],
  server: readonly unknown[],
  identity: Identity,
): readonly unknown[] => {
  const places = new Map(server.map((item, i) => [identity(item), i]))
  const result: unknown[] = []
  let i = 0
  let j = 0
  while (i < serverOnly.length || j < patched.length) {
    const left = places.get(identity(serverOnly[i]))
    const right = places.get(identity(patched[j]))
    const takesLeft =
      j >= patched.length || (i < serverOnly.length && left !== undefined && right !== undefined && left < right)
    result.push(takesLeft ? serverOnly[i++] : patched[j++])
  }
  return result
}

/** The items in the order of the patch (or of `$setElementOrder`), with those that only the server has among them. */
const ordered = (
  items: readonly unknown[],
  order: readonly unknown[],
  server: readonly unknown[],
  identity: Identity,
): readonly unknown[] => {
  const places = new Map(order.map((item, i) => [identity(item), i]))
  const placeOf = (item: unknown): number | undefined => places.get(identity(item))
  const patched = items.filter((item) => placeOf(item) !== undefined)
  patched.sort((a, b) => placeOf(a)! - placeOf(b)!)
  const serverOnly = items.filter((item) => placeOf(item) === undefined)
  return interleave(serverOnly, patched, server, identity)
}

/** A field, by the kind that it belongs to and its name. */
interface Place {
  readonly kind: string
  readonly field: string
}

const mergeItems = (
  original: readonly unknown[],
  patch: readonly unknown[],
  key: string,
  { kind, field }: Place,
  order: readonly unknown[] | undefined,
): readonly unknown[] => {
  const directives = patch.filter(isObject)
  if (directives.some((item) => item.$patch === 'replace')) {
    return patch
      .filter((item) => !isObject(item) || item.$patch !== 'replace')
      .map((item) => cleaned(item, { kind, field }))
  }
  const identity = identityBy(key)
  const deleted = new Set(directives.filter((item) => item.$patch === 'delete').map(identity))
  const wanted = patch.filter((item) => !isObject(item) || item.$patch !== 'delete')
  const merged = original.filter((item) => !deleted.has(identity(item)))
  for (const item of wanted) {
    const place = merged.findIndex((other) => identity(other) === identity(item))
    if (place === -1) merged.push(cleaned(item, { kind, field }))
    else merged[place] = mergeValue(merged[place], item, { kind, field })
  }
  return ordered(merged, order ?? wanted, original, identity)
}

const mergeSet = (
  original: readonly unknown[],
  patch: readonly unknown[],
  order: readonly unknown[] | undefined,
): readonly unknown[] => {
  const known = new Set(original.map(canonicalJson))
  const merged = [...original, ...patch.filter((value) => !known.has(canonicalJson(value)))]
  return ordered(merged, order ?? patch, original, canonicalJson)
}

/** A value of the patch where the server has none: without directives, and without what it would remove. */
const cleaned = (value: unknown, place: Place): unknown => (isObject(value) ? mergeMap({}, value, place) : value)

const mergeValue = (original: unknown, patch: unknown, place: Place): unknown =>
  isObject(patch) ? mergeMap(isObject(original) ? original : {}, patch, place) : patch

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const mergeMap = (original: JsonObject, patch: JsonObject, { kind, field: parent }: Place): JsonObject => {
  const { $patch: directive, $retainKeys: retained, ...fields } = patch
  if (directive === 'delete') return {}
  const base = directive === 'replace' ? {} : original
  const merged: Record<string, unknown> = { ...base }
  if (Array.isArray(retained)) {
    for (const key of Object.keys(merged)) if (!retained.includes(key)) delete merged[key]
  }
  const orderOf = (field: string): readonly unknown[] | undefined => {
    const order = fields[SET_ORDER + field]
    return Array.isArray(order) ? order : undefined
  }
  for (const [field, value] of Object.entries(fields)) {
    if (field.startsWith(DELETE_VALUES)) {
      const name = field.slice(DELETE_VALUES.length)
      const gone = new Set(listOf(value).map(canonicalJson))
      merged[name] = listOf(merged[name]).filter((item) => !gone.has(canonicalJson(item)))
    } else if (field.startsWith(SET_ORDER)) {
      const name = field.slice(SET_ORDER.length)
      if (fields[name] !== undefined || !Array.isArray(merged[name])) continue
      const server = listOf(base[name])
      merged[name] = ordered(listOf(merged[name]), listOf(value), server, identityBy(mergeKeyOf(name, parent)))
    } else if (value === null) delete merged[field]
    else if (Array.isArray(value)) {
      const key = mergeKeyOf(field, parent)
      const before = listOf(merged[field])
      if (isMergedSet(field)) merged[field] = mergeSet(before, value, orderOf(field))
      else if (key !== undefined && value.every(isObject)) {
        merged[field] = mergeItems(before, value, key, { kind, field }, orderOf(field))
      } else merged[field] = value
    } else if (isReplaced(kind, field, parent)) merged[field] = cleaned(value, { kind, field })
    else merged[field] = mergeValue(merged[field], value, { kind, field })
  }
  return merged
}

/** The object with the patch merged into it. Copies, never writes. */
export const strategicMerge = (original: JsonObject, patch: JsonObject): JsonObject =>
  mergeMap(original, patch, { kind: String(original.kind), field: '' })
