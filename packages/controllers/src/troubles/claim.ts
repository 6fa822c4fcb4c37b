import { STORAGE_PROVISIONER } from '@wavetank/cluster'
import type { Own } from '../persistent-volume/persistent-volume.ts'
import type { TroubledCluster, TroubleOf } from './trouble.ts'

/** Why a claim is not bound, in the binder's own words where it has said any. */
export const claimReasons = ({ view, slices }: TroubledCluster, key: string): readonly string[] => {
  const claim = view.persistentVolumeClaims.get(key)
  if (claim === undefined) return [`PersistentVolumeClaim ${key} is not there`]
  const { phase } = claim.status
  if (phase === 'Bound') return []
  if (phase === 'Lost') return [`PersistentVolumeClaim ${key} has lost its volume ${claim.spec.volumeName ?? ''}`]
  const provisioner = claim.annotations[STORAGE_PROVISIONER]
  const waits = provisioner === undefined ? 'nobody has looked at it yet' : `${provisioner} is making its volume`
  const said = (slices['persistentvolume-controller'] as Own | undefined)?.said.get(key)
  const users = [...(view.podsByClaim.get(key) ?? [])].filter(({ node }) => node === '')
  return [
    `PersistentVolumeClaim ${key} is Pending: ${said ?? waits}`,
    ...users.slice(0, 1).map((pod) => `pod ${pod.name}, which uses it, has no node yet`),
  ]
}

export const claimTrouble: TroubleOf = (cluster, key) => {
  const claim = cluster.view.persistentVolumeClaims.get(key)
  if (claim === undefined) return undefined
  const { status, spec } = claim
  const users = [...(cluster.view.podsByClaim.get(key) ?? [])].filter(({ node }) => node === '')
  const ofClass = spec.storageClassName === undefined ? 'without a class' : `of class "${spec.storageClassName}"`
  return {
    standing: status.phase === 'Bound' ? `Bound to ${spec.volumeName ?? ''}` : `${status.phase}, ${ofClass}`,
    reasons: claimReasons(cluster, key),
    objects: status.phase === 'Bound' ? [] : users.map((pod) => ({ kind: 'Pod', key: pod.key })),
  }
}
