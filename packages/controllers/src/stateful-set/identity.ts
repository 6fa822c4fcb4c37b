import { type DeepReadonly, keyOf, type Labels, type ObjectKey, type Pod, type StatefulSet } from '@wavetank/cluster'

/**
 * Who a StatefulSet's pods are: names, labels and claims follow from the ordinal.
 *
 * Source: pkg/controller/statefulset/stateful_set_utils.go.
 */

export type SetView = DeepReadonly<StatefulSet>
export type PodView = DeepReadonly<Pod>

export const POD_NAME_LABEL = 'statefulset.kubernetes.io/pod-name'
export const POD_INDEX_LABEL = 'apps.kubernetes.io/pod-index'
/** Unlike a DaemonSet's, the whole name of the revision. */
export const REVISION_LABEL = 'controller-revision-hash'

const isDigits = (text: string, from: number): boolean => {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code < 48 || code > 57) return false
  }
  return from < text.length
}

/** The ordinal in the name of a pod of the set; `undefined` if the name is not one of its. */
export const ordinalOf = (set: Pick<SetView, 'name'>, { name }: Pick<PodView, 'name'>): number | undefined => {
  // Hot path: each pod of the set in each sync. The last dash is before the digits, so this is `^(.*)-([0-9]+)$`.
  const from = set.name.length + 1
  if (name.charCodeAt(from - 1) !== 45 || !name.startsWith(set.name) || !isDigits(name, from)) return undefined
  const ordinal = Number(name.slice(from))
  // Beyond 32 bits Kubernetes cannot read it either.
  return ordinal <= 2 ** 31 - 1 ? ordinal : -1
}

export const podNameOf = (set: Pick<SetView, 'name'>, ordinal: number): string => `${set.name}-${ordinal}`

export const isInRange = ({ start, replicas }: Pick<SetView, 'start' | 'replicas'>, ordinal: number): boolean =>
  ordinal >= start && ordinal < start + replicas

/** The labels by which a pod is known, whatever its template says. Source: updateIdentity. */
export const identityLabels = (set: Pick<SetView, 'name'>, ordinal: number): Labels => ({
  [POD_NAME_LABEL]: podNameOf(set, ordinal),
  [POD_INDEX_LABEL]: `${ordinal}`,
})

/** The claims of one pod: the claim behind each volume, and the keys of all of them in the order of the templates. */
export interface PodClaims {
  readonly names: Readonly<Record<string, string>>
  readonly keys: readonly ObjectKey[]
}

const memos = new WeakMap<object, Map<string, PodClaims>>()

/** Source: getPersistentVolumeClaimName. Names follow from the ordinal, so they are put together once. */
export const podClaimsOf = (
  { claimTemplates, namespace, name }: Pick<SetView, 'claimTemplates' | 'namespace' | 'name'>,
  ordinal: number,
): PodClaims => {
  const pod = podNameOf({ name }, ordinal)
  let memo = memos.get(claimTemplates)
  if (memo === undefined) {
    memo = new Map()
    memos.set(claimTemplates, memo)
  }
  let claims = memo.get(pod)
  if (claims === undefined) {
    const names = claimTemplates.map(({ metadata }) => [metadata.name, `${metadata.name}-${pod}`] as const)
    claims = { names: Object.fromEntries(names), keys: names.map(([, claim]) => keyOf(namespace, claim)) }
    memo.set(pod, claims)
  }
  return claims
}
