import type { PersistentVolumeClaimSpec } from '../api/core/volume.ts'
import type { StoredObject } from '../object/stored-object.ts'

export interface PersistentVolumeClaim extends StoredObject {
  readonly kind: 'PersistentVolumeClaim'
  readonly apiVersion: 'v1'
  /** With the class and the volume that it got later. */
  spec: PersistentVolumeClaimSpec
  status: ClaimStatus
}

export interface ClaimStatus {
  readonly phase: 'Pending' | 'Bound' | 'Lost'
  /** Of the volume, once bound: its size as the volume writes it, and what it can do. */
  readonly capacity: string | undefined
  readonly accessModes: readonly string[]
}

/** Keeps a deleted claim while a pod uses it. */
export const CLAIM_PROTECTION = 'kubernetes.io/pvc-protection'

export const BIND_COMPLETED = 'pv.kubernetes.io/bind-completed'
export const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
/** Where the scheduler put the first consumer of a claim that waited for one. */
export const SELECTED_NODE = 'volume.kubernetes.io/selected-node'
export const STORAGE_PROVISIONER = 'volume.kubernetes.io/storage-provisioner'
export const STORAGE_PROVISIONER_BETA = 'volume.beta.kubernetes.io/storage-provisioner'
