import { ObjectKey, Uid } from '@wavetank/cluster'
import { DECIDE, defineEvent } from '@wavetank/kernel'
import * as t from 'io-ts'

export const ClaimSyncDue = defineEvent('ClaimSyncDue', {
  doc: 'The binder looks at one claim.',
  rank: DECIDE,
  data: { object: ObjectKey },
})

export const VolumeSyncDue = defineEvent('VolumeSyncDue', {
  doc: 'The binder looks at one volume.',
  rank: DECIDE,
  data: { object: ObjectKey },
})

export const ClaimResyncDue = defineEvent('ClaimResyncDue', {
  doc: 'The binder looks at every claim that is Pending: a volume or a class is new since the last time.',
  rank: DECIDE,
  data: {},
})

export const ClaimLeftPending = defineEvent('ClaimLeftPending', {
  doc: 'The claim cannot be bound yet; this is why, in the binder’s words.',
  data: { object: ObjectKey, warning: t.boolean, reason: t.string, message: t.string },
})

export const VolumeProvisioningDue = defineEvent('VolumeProvisioningDue', {
  doc: 'The provisioner has made the volume that a claim asked for.',
  data: { claim: ObjectKey, uid: Uid },
})

export const VolumeDeletionDue = defineEvent('VolumeDeletionDue', {
  doc: 'The provisioner has deleted the volume of a claim that is gone.',
  data: { object: ObjectKey, uid: Uid },
})
