/**
 * The patches that `kubectl apply` computes from three objects: what was applied last, what is applied now, and what the
 * server has.
 *
 * 1. What the manifest says and the server has not is set; what the server has besides stays.
 * 2. What was applied last and the manifest has no longer is removed, whatever the server made of it meanwhile.
 * 3. An empty patch means that nothing is sent. One that changes nothing may be sent all the same: `cpu: 0.5` is not the
 *    text `500m`, and kubectl does not know better.
 *
 * Source: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go (CreateThreeWayMergePatch, diffMaps, diffLists),
 * …/util/jsonmergepatch/patch.go.
 */
import { isObject, type JsonObject } from '../api/codec.ts'
import { canonicalJson } from '../api/intern.ts'
import {
  DELETE_VALUES,
  identityBy,
  isMergedSet,
  isReplaced,
  mergeKeyOf,
  retainsKeys,
  SET_ORDER,
} from './patch-schema.ts'

type Patch = Record<string, unknown>

const isSame = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b)
const isEmpty = (patch: JsonObject): boolean => Object.keys(patch).length === 0
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const mapOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

interface Place {
  readonly kind: string
  /** The mapping that is compared, or the list that it is an item of. */
  readonly field: string
  /** The patch names every key that stays. */
  readonly retains: boolean
}

/** The items with, for each, how many of the same identity came before: lists may have two of one key. */
const numbered = (items: readonly unknown[], identity: (item: unknown) => string): ReadonlyMap<string, unknown> => {
  const counts = new Map<string, number>()
  return new Map(
    items.map((item) => {
      const id = identity(item)
      const count = counts.get(id) ?? 0
      counts.set(id, count + 1)
      return [`${count} ${id}`, item]
    }),
  )
}

/** Lists whose items have a key. Source: patch.go, diffListsOfMaps. */
const diffItems = (
  [original, modified, live]: readonly [readonly unknown[], readonly unknown[], readonly unknown[]],
  key: string,
  place: Place,
  patch: Patch,
): void => {
  if (live.length === 0) {
    if (modified.length > 0) patch[place.field] = modified
    return
  }
  const identity = identityBy(key)
  const before = numbered(original, identity)
  const there = numbered(live, identity)
  const wanted = numbered(modified, identity)
  const items: unknown[] = []
  for (const [id, item] of wanted) {
    const found = there.get(id)
    if (found === undefined) items.push(item)
    else {
      const changes = diffMaps(mapOf(before.get(id)), mapOf(item), mapOf(found), place)
      if (!isEmpty(changes)) items.push({ ...changes, [key]: mapOf(item)[key] })
    }
  }
  for (const [id, item] of before) {
    if (!wanted.has(id)) items.push({ $patch: 'delete', [key]: mapOf(item)[key] })
  }
  if (items.length > 0) patch[place.field] = items
  const isOrdered = modified.length === live.length && modified.every((item, i) => identity(item) === identity(live[i]))
  if (items.length > 0 || !isOrdered) {
    patch[SET_ORDER + place.field] = modified.map((item) => ({ [key]: mapOf(item)[key] }))
  }
}

/** Lists of plain values that are merged as sets. Source: patch.go, diffListsOfScalars. */
const diffSets = (
  [original, modified, live]: readonly [readonly unknown[], readonly unknown[], readonly unknown[]],
  field: string,
  patch: Patch,
): void => {
  const has = (list: readonly unknown[], value: unknown): boolean => list.some((other) => isSame(other, value))
  const added = modified.filter((value) => !has(live, value))
  const removed = original.filter((value) => !has(modified, value))
  if (added.length > 0) patch[field] = added
  if (removed.length > 0) patch[DELETE_VALUES + field] = removed
  if (removed.length > 0 || (live.length > 0 && !isSame(live, modified))) patch[SET_ORDER + field] = modified
}

const hasMore = (json: JsonObject, than: JsonObject): boolean =>
  Object.entries(json).some(([field, value]) => value !== undefined && value !== null && !(field in than))

const diffMaps = (original: JsonObject, modified: JsonObject, live: JsonObject, here: Place): Patch => {
  const { kind, field: parent } = here
  const patch: Patch = {}
  for (const [field, value] of Object.entries(modified)) {
    const there = live[field]
    const place = { kind, field, retains: retainsKeys(field, parent) }
    if (isObject(value) && isObject(there)) {
      const isWhole = isReplaced(kind, field, parent)
      const changes = isWhole ? value : diffMaps(mapOf(original[field]), value, there, place)
      if (isWhole || !isEmpty(changes)) patch[field] = changes
      continue
    }
    if (Array.isArray(value) && Array.isArray(there)) {
      const key = mergeKeyOf(field, parent)
      const lists = [listOf(original[field]), value, there] as const
      if (isMergedSet(field)) diffSets(lists, field, patch)
      else if (key !== undefined && value.every(isObject)) diffItems(lists, key, place, patch)
      else if (!isSame(value, there)) patch[field] = value
      continue
    }
    if (there === undefined || !isSame(value, there)) patch[field] = value
  }
  for (const field of Object.keys(original)) if (!(field in modified)) patch[field] = null
  const retained = here.retains ? Object.keys(modified).filter((field) => modified[field] !== null) : []
  if (retained.length > 0 && (!isEmpty(patch) || hasMore(live, modified) || hasMore(original, modified))) {
    patch.$retainKeys = retained.sort()
  }
  return patch
}

/** A strategic merge patch, for kinds that kubectl knows. */
export const threeWayMerge = (original: JsonObject, modified: JsonObject, live: JsonObject): JsonObject =>
  diffMaps(original, modified, live, { kind: String(live.kind), field: '', retains: false })

/** A JSON merge patch, for custom resources: lists are replaced. */
export const threeWayJsonMerge = (original: JsonObject, modified: JsonObject, live: JsonObject): JsonObject => {
  const patch: Patch = {}
  for (const [field, value] of Object.entries(modified)) {
    const there = live[field]
    if (isObject(value) && isObject(there)) {
      const changes = threeWayJsonMerge(mapOf(original[field]), value, there)
      if (!isEmpty(changes)) patch[field] = changes
    } else if (value !== null && (there === undefined || !isSame(value, there))) patch[field] = value
  }
  for (const field of Object.keys(original)) if (!(field in modified)) patch[field] = null
  return patch
}
