import type { PersistentVolumeClaimSpec } from '../api/core/volume.ts'
import type { Folds } from '../folds.ts'
import { objectFolds, storedObject, storeObject } from '../object/object-folds.ts'
import { metaOfCreation, touch } from '../object/touch.ts'
import { rechargeObject } from '../resource-quota/charge.ts'
import type { persistentVolumeClaimEvents } from './events.ts'
import {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  CLAIM_PROTECTION,
  SELECTED_NODE,
  STORAGE_PROVISIONER,
  STORAGE_PROVISIONER_BETA,
} from './persistent-volume-claim.ts'

export const applyPersistentVolumeClaim: Folds<
  (typeof persistentVolumeClaimEvents)[keyof typeof persistentVolumeClaimEvents]
> = {
  ...objectFolds('PersistentVolumeClaim', (tables) => tables.persistentVolumeClaims),
  PersistentVolumeClaimCreated: (tables, entry) => {
    const { object: key, spec } = entry.event
    storeObject(
      tables,
      tables.persistentVolumeClaims,
      {
        // Source: plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go.
        ...metaOfCreation(entry, [CLAIM_PROTECTION]),
        kind: 'PersistentVolumeClaim',
        apiVersion: 'v1',
        key,
        spec: spec as unknown as PersistentVolumeClaimSpec,
        status: { phase: 'Pending', capacity: undefined, accessModes: [] },
      },
      entry,
    )
  },
  PersistentVolumeClaimClassDefaulted: (tables, entry) => {
    const claim = storedObject(tables.persistentVolumeClaims, entry.event.object, entry)
    claim.spec = { ...claim.spec, storageClassName: entry.event.storageClass }
    rechargeObject(tables, claim)
    touch(claim, entry)
  },
  PersistentVolumeClaimNodeSelected: (tables, entry) => {
    const { object, node } = entry.event
    const claim = storedObject(tables.persistentVolumeClaims, object, entry)
    const { [SELECTED_NODE]: _, ...others } = claim.annotations
    claim.annotations = node === undefined ? others : { ...others, [SELECTED_NODE]: node }
    touch(claim, entry)
  },
  PersistentVolumeClaimProvisioningRequested: (tables, entry) => {
    const { object, provisioner } = entry.event
    const claim = storedObject(tables.persistentVolumeClaims, object, entry)
    claim.annotations = {
      ...claim.annotations,
      [STORAGE_PROVISIONER]: provisioner,
      [STORAGE_PROVISIONER_BETA]: provisioner,
    }
    touch(claim, entry)
  },
  PersistentVolumeClaimBound: (tables, entry) => {
    const { object, volume, capacity, accessModes, byController } = entry.event
    const claim = storedObject(tables.persistentVolumeClaims, object, entry)
    claim.spec = { ...claim.spec, volumeName: volume }
    claim.annotations = {
      ...claim.annotations,
      [BIND_COMPLETED]: 'yes',
      ...(byController ? { [BOUND_BY_CONTROLLER]: 'yes' } : {}),
    }
    claim.status = { phase: 'Bound', capacity, accessModes }
    touch(claim, entry)
  },
  PersistentVolumeClaimLost: (tables, entry) => {
    const claim = storedObject(tables.persistentVolumeClaims, entry.event.object, entry)
    claim.status = { phase: 'Lost', capacity: undefined, accessModes: [] }
    touch(claim, entry)
  },
}
