import type { PersistentVolume } from '../persistent-volume/persistent-volume.ts'
import type { PersistentVolumeClaim } from '../persistent-volume-claim/persistent-volume-claim.ts'
import type { DeepReadonly } from '../tables.ts'
import { sorted, unlessEmpty } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata } from './metadata.ts'

/** A PersistentVolumeClaim as `kubectl get -o yaml` shows it. */
export const renderPersistentVolumeClaim = memoised<DeepReadonly<PersistentVolumeClaim>>((view, claim) => ({
  apiVersion: claim.apiVersion,
  kind: claim.kind,
  metadata: sorted(renderMetadata(view, claim, { generation: false, gracePeriod: true })),
  spec: sorted({ ...claim.spec }),
  status: sorted({
    accessModes: unlessEmpty(claim.status.accessModes),
    capacity: claim.status.capacity === undefined ? undefined : { storage: claim.status.capacity },
    phase: claim.status.phase,
  }),
}))

/** A PersistentVolume as `kubectl get -o yaml` shows it. */
export const renderPersistentVolume = memoised<DeepReadonly<PersistentVolume>>((view, volume) => ({
  apiVersion: volume.apiVersion,
  kind: volume.kind,
  metadata: sorted(renderMetadata(view, volume, { generation: false, gracePeriod: true })),
  spec: sorted({ ...volume.spec }),
  status: sorted({ message: volume.message, phase: volume.phase }),
}))
