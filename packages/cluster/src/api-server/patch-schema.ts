/**
 * What a strategic merge patch has to know of the fields of built-in kinds.
 *
 * Source: the tags patchStrategy and patchMergeKey of staging/src/k8s.io/api.
 */
import { isObject } from '../api/codec.ts'
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
  resourceClaims: 'name',
  schedulingGates: 'name',
  secrets: 'name',
  topologySpreadConstraints: 'topologyKey',
  volumeDevices: 'devicePath',
  volumeMounts: 'mountPath',
  volumes: 'name',
}

const CONTAINERS: ReadonlySet<string> = new Set(['containers', 'initContainers', 'ephemeralContainers'])

/** The key by which the items of a list are merged; `undefined` if they are not. `parent` is the field it stands in. */
export const mergeKeyOf = (field: string, parent: string): string | undefined => {
  if (field !== 'ports') return MERGE_KEYS[field]
  // Those of a NetworkPolicy or of an EndpointSlice are replaced.
  return CONTAINERS.has(parent) ? 'containerPort' : parent === 'spec' ? 'port' : undefined
}

const MERGED_SETS: ReadonlySet<string> = new Set(['finalizers', 'podCIDRs'])

/** Lists of plain values that are merged as sets. */
export const isMergedSet = (field: string): boolean => MERGED_SETS.has(field)

/** Mappings that are replaced as a whole where a patch has them. */
export const isReplaced = (kind: string, field: string, parent: string): boolean =>
  kind === 'PodDisruptionBudget' && field === 'selector' && parent === 'spec'

/** Mappings, or items of lists, of which a patch names all keys that stay: another one was a different choice. */
export const retainsKeys = (field: string, parent: string): boolean =>
  field === 'volumes' || field === 'resourceClaims' || (field === 'strategy' && parent === 'spec')

export const SET_ORDER = '$setElementOrder/'
export const DELETE_VALUES = '$deleteFromPrimitiveList/'

export type Identity = (item: unknown) => string

/** What makes two items of a list the same one: their key, or all of them without one. */
export const identityBy = (key: string | undefined): Identity =>
  key === undefined ? canonicalJson : (item) => canonicalJson(isObject(item) ? item[key] : item)
