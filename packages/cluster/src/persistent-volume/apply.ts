import type { PersistentVolumeSpec } from '../api/core/persistent-volume.ts'
import type { Folds } from '../folds.ts'
import { nameOf } from '../ids.ts'
import { objectFolds, storedObject, storeObject } from '../object/object-folds.ts'
import { newMeta, touch, touchSpec } from '../object/touch.ts'
import { BOUND_BY_CONTROLLER } from '../persistent-volume-claim/persistent-volume-claim.ts'
import type { persistentVolumeEvents } from './events.ts'
import { VOLUME_PROTECTION } from './persistent-volume.ts'

export const applyPersistentVolume: Folds<(typeof persistentVolumeEvents)[keyof typeof persistentVolumeEvents]> = {
  ...objectFolds('PersistentVolume', (tables) => tables.persistentVolumes),
  PersistentVolumeCreated: (tables, entry) => {
    const { object: key, uid, labels, annotations, spec } = entry.event
    // Source: plugin/pkg/admission/storage/storageobjectinuseprotection/admission.go.
    const finalizers = [VOLUME_PROTECTION]
    const meta = newMeta(entry, { uid, namespace: '', name: nameOf(key), labels, annotations, finalizers })
    storeObject(
      tables,
      tables.persistentVolumes,
      {
        ...meta,
        kind: 'PersistentVolume',
        apiVersion: 'v1',
        key,
        spec: spec as unknown as PersistentVolumeSpec,
        phase: 'Pending',
        message: undefined,
      },
      entry,
    )
  },
  PersistentVolumeSpecChanged: (tables, entry) => {
    const volume = storedObject(tables.persistentVolumes, entry.event.object, entry)
    volume.spec = entry.event.spec as unknown as PersistentVolumeSpec
    touchSpec(volume, entry)
  },
  PersistentVolumeAssigned: (tables, entry) => {
    const { object, claim, byController } = entry.event
    const volume = storedObject(tables.persistentVolumes, object, entry)
    volume.spec = { ...volume.spec, claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', ...claim } }
    if (byController) volume.annotations = { ...volume.annotations, [BOUND_BY_CONTROLLER]: 'yes' }
    touch(volume, entry)
  },
  PersistentVolumeUnassigned: (tables, entry) => {
    const volume = storedObject(tables.persistentVolumes, entry.event.object, entry)
    const { claimRef: _, ...spec } = volume.spec
    const { [BOUND_BY_CONTROLLER]: __, ...annotations } = volume.annotations
    volume.spec = spec
    volume.annotations = annotations
    touch(volume, entry)
  },
  PersistentVolumePhaseChanged: (tables, entry) => {
    const { object, phase, message } = entry.event
    const volume = storedObject(tables.persistentVolumes, object, entry)
    volume.phase = phase
    volume.message = message
    touch(volume, entry)
  },
}
