import type { DeepReadonly, Labels, Pod, StatefulSet } from '@wavetank/cluster'

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

const PARENT_AND_ORDINAL = /^(.*)-([0-9]+)$/

/** The ordinal in the name of a pod of the set; `undefined` if the name is not one of its. */
export const ordinalOf = (set: Pick<SetView, 'name'>, pod: Pick<PodView, 'name'>): number | undefined => {
  const match = PARENT_AND_ORDINAL.exec(pod.name)
  if (match === null || match[1] !== set.name) return undefined
  const ordinal = Number(match[2])
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

/** The claim behind each volume, by the name of the volume. Source: getPersistentVolumeClaimName. */
export const claimNamesOf = (
  { claimTemplates, name }: Pick<SetView, 'claimTemplates' | 'name'>,
  ordinal: number,
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    claimTemplates.map(({ metadata }) => [metadata.name, `${metadata.name}-${podNameOf({ name }, ordinal)}`]),
  )
