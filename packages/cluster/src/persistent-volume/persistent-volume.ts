import type { ObjectReference, PersistentVolumeSpec } from '../api/core/persistent-volume.ts'
import type { StoredObject } from '../object/stored-object.ts'

export interface PersistentVolume extends StoredObject {
  readonly kind: 'PersistentVolume'
  readonly apiVersion: 'v1'
  /** With the claim that it was given to. */
  spec: PersistentVolumeSpec
  phase: VolumePhase
  /** Why it is Failed. */
  message: string | undefined
}

export type VolumePhase = 'Pending' | 'Available' | 'Bound' | 'Released' | 'Failed'
export type ClaimReference = ObjectReference

/** Keeps a deleted volume while it is bound. */
export const VOLUME_PROTECTION = 'kubernetes.io/pv-protection'
export const PROVISIONED_BY = 'pv.kubernetes.io/provisioned-by'
