import { optional } from '@wavetank/kernel'
import * as t from 'io-ts'
import { ObjectKey, Uid } from '../ids.ts'
import { Labels } from '../object/meta.ts'
import { defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

const ClaimRef = t.readonly(t.type({ namespace: t.string, name: t.string, uid: Uid }), 'ClaimRef')
const VolumePhase = t.keyof({ Pending: null, Available: null, Bound: null, Released: null, Failed: null })

export const persistentVolumeEvents = {
  ...defineObjectEvents('PersistentVolume'),
  Created: defineObjectEvent('PersistentVolume', 'Created', {
    doc: 'A volume is stored: by hand, or by a provisioner that made it.',
    data: { object: ObjectKey, uid: Uid, labels: Labels, annotations: Labels, spec: t.UnknownRecord },
  }),
  SpecChanged: defineObjectEvent('PersistentVolume', 'SpecChanged', {
    doc: 'Somebody wrote the spec anew; this is all of it.',
    data: { object: ObjectKey, spec: t.UnknownRecord },
  }),
  Assigned: defineObjectEvent('PersistentVolume', 'Assigned', {
    doc: 'The volume is given to a claim: `spec.claimRef`. `byController` tells that nobody asked for this very volume.',
    data: { object: ObjectKey, claim: ClaimRef, byController: t.boolean },
  }),
  Unassigned: defineObjectEvent('PersistentVolume', 'Unassigned', {
    doc: 'The volume is not given to the claim after all.',
    data: { object: ObjectKey },
  }),
  PhaseChanged: defineObjectEvent('PersistentVolume', 'PhaseChanged', {
    doc: 'Where the volume stands with its claim.',
    data: { object: ObjectKey, phase: VolumePhase, message: optional(t.string) },
  }),
}
