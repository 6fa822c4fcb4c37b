import { type ClusterView, type Labels, matchesNodeSelectorTerm, selects } from '@wavetank/cluster'
import type { PersistentVolume } from '@wavetank/cluster/api'
import { quantityWhole, selectorOf } from '@wavetank/cluster/api'
import {
  type Claim,
  claimOf,
  storageCapacitiesOf,
  storageClassOf,
  tracksCapacity,
  volumeNameOf,
  volumesOf,
} from '../../objects.ts'
import { type NodeView, type PodView, specOf } from '../plugin.ts'

interface ClaimName {
  readonly name: string
  readonly isEphemeral: boolean
}

/** The claims that a pod names, with those that generic ephemeral volumes stand for. */
export const claimNamesOf = (pod: PodView): readonly ClaimName[] =>
  (specOf(pod).volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }): readonly ClaimName[] => {
    if (persistentVolumeClaim !== undefined) return [{ name: persistentVolumeClaim.claimName, isEphemeral: false }]
    return ephemeral === undefined ? [] : [{ name: `${pod.name}-${name}`, isEphemeral: true }]
  })

/** The claims that exist. */
export const claimsOf = (view: ClusterView, pod: PodView): readonly Claim[] =>
  claimNamesOf(pod).flatMap(({ name }) => {
    const claim = claimOf(view, pod.namespace, name)
    return claim === undefined ? [] : [claim]
  })

export const matchesVolumeAffinity = (volume: PersistentVolume, labels: Labels, node: string): boolean => {
  const required = volume.spec.nodeAffinity?.required
  return (
    required === undefined || required.nodeSelectorTerms.some((term) => matchesNodeSelectorTerm(term, labels, node))
  )
}

const isFree = (volume: PersistentVolume, claim: Claim): boolean => {
  const { claimRef } = volume.spec
  return claimRef === undefined || (claimRef.name === claim.name && claimRef.namespace === claim.namespace)
}

const storageOf = (claim: Claim): number => quantityWhole(claim.spec.resources.requests?.storage ?? '0')

/** Source: pkg/volume/util/volumehelper (FindMatchingVolume): the smallest that is large enough. */
export const matchingVolume = (
  view: ClusterView,
  claim: Claim,
  node: NodeView,
  taken: ReadonlySet<string>,
): PersistentVolume | undefined => {
  let best: PersistentVolume | undefined
  let bestBytes = Number.POSITIVE_INFINITY
  for (const volume of volumesOf(view)) {
    const { spec, metadata } = volume
    const bytes = quantityWhole(spec.capacity.storage ?? '0')
    if (taken.has(metadata.name ?? '') || !isFree(volume, claim) || bytes < storageOf(claim) || bytes >= bestBytes)
      continue
    if (spec.storageClassName !== (claim.spec.storageClassName ?? '')) continue
    if (spec.volumeMode !== claim.spec.volumeMode) continue
    if (!claim.spec.accessModes.every((mode) => spec.accessModes.includes(mode))) continue
    if (claim.spec.selector !== undefined && !selects(selectorOf(claim.spec.selector), metadata.labels)) continue
    if (!matchesVolumeAffinity(volume, node.labels, node.name)) continue
    best = volume
    bestBytes = bytes
  }
  return best
}

const NO_PROVISIONER = 'kubernetes.io/no-provisioner'

/** Why no volume can be made for a claim near a node. */
export type ProvisioningProblem = 'impossible' | 'no capacity'

export const provisioningProblem = (
  view: ClusterView,
  claim: Claim,
  node: NodeView,
): ProvisioningProblem | undefined => {
  const storageClass = storageClassOf(view, claim.spec.storageClassName)
  if (storageClass === undefined || storageClass.provisioner === NO_PROVISIONER) return 'impossible'
  const selected = claim.annotations['volume.kubernetes.io/selected-node']
  if (selected !== undefined && selected !== node.name) return 'impossible'
  const topologies = storageClass.allowedTopologies ?? []
  const isAllowed =
    topologies.length === 0 ||
    topologies.some(({ matchLabelExpressions }) =>
      (matchLabelExpressions ?? []).every(({ key, values }) => values.includes(node.labels[key] ?? '')),
    )
  if (!isAllowed) return 'impossible'
  if (!tracksCapacity(view, storageClass.provisioner)) return undefined
  const hasRoom = storageCapacitiesOf(view).some(
    ({ storageClassName, nodeTopology, capacity, maximumVolumeSize }) =>
      storageClassName === storageClass.metadata.name &&
      selects(selectorOf(nodeTopology), node.labels) &&
      quantityWhole(maximumVolumeSize ?? capacity ?? '0') >= storageOf(claim),
  )
  return hasRoom ? undefined : 'no capacity'
}

/** A claim that is bound when its first pod is scheduled. */
export const waitsForConsumer = (view: ClusterView, claim: Claim): boolean =>
  volumeNameOf(claim) === undefined &&
  storageClassOf(view, claim.spec.storageClassName)?.volumeBindingMode === 'WaitForFirstConsumer'
