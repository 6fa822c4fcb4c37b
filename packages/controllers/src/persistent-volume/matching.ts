import {
  type ClusterView,
  type DeepReadonly,
  type ObjectKey,
  type PersistentVolume,
  type PersistentVolumeClaim,
  quantityMillis,
  selectorOf,
  selects,
} from '@wavetank/cluster'

/** Source: pkg/controller/volume/persistentvolume/index.go; pv_controller.go, checkVolumeSatisfyClaim. */

export type ClaimView = DeepReadonly<PersistentVolumeClaim>
export type VolumeView = DeepReadonly<PersistentVolume>

const sizeOf = (volume: VolumeView): number => quantityMillis(volume.spec.capacity.storage ?? '0')
const requestOf = (claim: ClaimView): number => quantityMillis(claim.spec.resources.requests?.storage ?? '0')

/** True if the volume is kept for this claim, by name at least. Source: IsVolumeBoundToClaim. */
export const isFor = ({ spec: { claimRef } }: VolumeView, claim: ClaimView): boolean =>
  claimRef !== undefined &&
  claimRef.name === claim.name &&
  claimRef.namespace === claim.namespace &&
  (claimRef.uid === undefined || claimRef.uid === '' || claimRef.uid === claim.uid)

/** Why the volume will not do for the claim; `undefined` if it does. */
export const mismatch = (volume: VolumeView, claim: ClaimView): string | undefined => {
  if (sizeOf(volume) < requestOf(claim)) return 'requested PV is too small'
  if (volume.spec.storageClassName !== (claim.spec.storageClassName ?? '')) return 'storageClassName does not match'
  if (volume.spec.volumeMode !== claim.spec.volumeMode) return 'incompatible volumeMode'
  const modes = volume.spec.accessModes as readonly string[]
  return claim.spec.accessModes.every((mode) => modes.includes(mode)) ? undefined : 'incompatible accessMode'
}

/**
 * The volume for a claim that names none: one that is kept for it, or else the smallest free one that fits, of those
 * with the fewest access modes that nobody asked for.
 *
 * @param keptFor volumes that name a claim
 * @param free volumes that name none; none where the scheduler is to choose
 */
export const findBestMatch = (
  view: ClusterView,
  claim: ClaimView,
  keptFor: Iterable<ObjectKey>,
  free: Iterable<ObjectKey>,
): VolumeView | undefined => {
  for (const key of keptFor) {
    const volume = view.persistentVolumes.get(key)
    if (volume !== undefined && isFor(volume, claim) && sizeOf(volume) >= requestOf(claim)) return volume
  }
  const { selector } = claim.spec
  const matcher = selector === undefined ? undefined : selectorOf(selector)
  let best: VolumeView | undefined
  for (const key of free) {
    const volume = view.persistentVolumes.get(key)
    if (volume === undefined || volume.phase !== 'Available' || volume.deletion !== undefined) continue
    if (mismatch(volume, claim) !== undefined || (matcher !== undefined && !selects(matcher, volume.labels))) continue
    if (best === undefined || isBetter(volume, best)) best = volume
  }
  return best
}

const isBetter = (a: VolumeView, b: VolumeView): boolean => {
  const modes = a.spec.accessModes.length - b.spec.accessModes.length
  if (modes !== 0) return modes < 0
  const size = sizeOf(a) - sizeOf(b)
  return size === 0 ? a.name < b.name : size < 0
}
