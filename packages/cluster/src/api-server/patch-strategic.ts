/**
 * Strategic merge patch: as JSON merge patch, but lists whose items have a key are merged item by item.
 *
 * 1. Items of the patch come before items that only the server has, unless the server had them in another order.
 * 2. `$patch: replace` and `$patch: delete`, `$retainKeys`, `$setElementOrder/x` and `$deleteFromPrimitiveList/x` say
 *    what merging alone cannot.
 *
 * Source: staging/src/k8s.io/apimachinery/pkg/util/strategicpatch/patch.go (mergeMap, mergeSlice,
 * normalizeElementOrder, mergeSortedSlice); keys from the patchMergeKey tags of staging/src/k8s.io/api.
 */
import { isObject, type JsonObject } from '../api/codec.ts'
import { canonicalJson } from '../api/intern.ts'

/** By the name of the list; two have another key elsewhere than in a container. Other lists are replaced. */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  addresses: 'type',
  conditions: 'type',
  containers: 'name',
  env: 'name',
  ephemeralContainers: 'name',
  hostAliases: 'ip',
  hostIPs: 'ip',
  imagePullSecrets: 'name',
  initContainers: 'name',
  ownerReferences: 'uid',
  podIPs: 'ip',
  ports: 'containerPort',
  resourceClaims: 'name',
  schedulingGates: 'name',
  secrets: 'name',
  topologySpreadConstraints: 'topologyKey',
  volumeDevices: 'devicePath',
  volumeMounts: 'mountPath',
  volumes: 'name',
}

/** Lists of plain values that are merged as sets. */
const MERGED_SETS: ReadonlySet<string> = new Set(['finalizers', 'podCIDRs'])

const CONTAINERS: ReadonlySet<string> = new Set(['containers', 'initContainers', 'ephemeralContainers'])

const mergeKeyOf = (field: string, parent: string): string | undefined =>
  field === 'ports' && !CONTAINERS.has(parent) ? 'port' : MERGE_KEYS[field]

const SET_ORDER = '$setElementOrder/'
const DELETE_VALUES = '$deleteFromPrimitiveList/'

type Identity = (item: unknown) => string

const identityBy = (key: string | undefined): Identity =>
  key === undefined ? canonicalJson : (item) => canonicalJson(isObject(item) ? item[key] : item)

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

const mergeItems = (
  original: readonly unknown[],
  patch: readonly unknown[],
  key: string,
  field: string,
  order: readonly unknown[] | undefined,
): readonly unknown[] => {
  const directives = patch.filter(isObject)
  if (directives.some((item) => item.$patch === 'replace')) {
    return patch.filter((item) => !isObject(item) || item.$patch !== 'replace').map((item) => cleaned(item, field))
  }
  const identity = identityBy(key)
  const deleted = new Set(directives.filter((item) => item.$patch === 'delete').map(identity))
  const wanted = patch.filter((item) => !isObject(item) || item.$patch !== 'delete')
  const merged = original.filter((item) => !deleted.has(identity(item)))
  for (const item of wanted) {
    const place = merged.findIndex((other) => identity(other) === identity(item))
    if (place === -1) merged.push(cleaned(item, field))
    else merged[place] = mergeValue(merged[place], item, field)
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
const cleaned = (value: unknown, field: string): unknown => (isObject(value) ? mergeMap({}, value, field) : value)

const mergeValue = (original: unknown, patch: unknown, field: string): unknown =>
  isObject(patch) ? mergeMap(isObject(original) ? original : {}, patch, field) : patch

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const mergeMap = (original: JsonObject, patch: JsonObject, parent: string): JsonObject => {
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
      if (MERGED_SETS.has(field)) merged[field] = mergeSet(before, value, orderOf(field))
      else if (key !== undefined && value.every(isObject)) {
        merged[field] = mergeItems(before, value, key, field, orderOf(field))
      } else merged[field] = value
    } else merged[field] = mergeValue(merged[field], value, field)
  }
  return merged
}

/** The object with the patch merged into it. Copies, never writes. */
export const strategicMerge = (original: JsonObject, patch: JsonObject): JsonObject => mergeMap(original, patch, '')
