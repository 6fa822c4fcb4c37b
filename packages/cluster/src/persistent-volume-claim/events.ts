import { optional } from '@wavetank/kernel'
import * as t from 'io-ts'
import { NodeName, ObjectKey } from '../ids.ts'
import { creationData, defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

export const persistentVolumeClaimEvents = {
  ...defineObjectEvents('PersistentVolumeClaim'),
  Created: defineObjectEvent('PersistentVolumeClaim', 'Created', {
    doc: 'A claim is stored, Pending.',
    data: {
      ...creationData,
      spec: t.UnknownRecord,
    },
  }),
  ClassDefaulted: defineObjectEvent('PersistentVolumeClaim', 'ClassDefaulted', {
    doc: 'A claim that named no class got the default one.',
    data: { object: ObjectKey, storageClass: t.string },
  }),
  NodeSelected: defineObjectEvent('PersistentVolumeClaim', 'NodeSelected', {
    doc: 'The scheduler chose a node for the first consumer of the claim: the volume is to be reachable from there. Without a node: the choice did not work out.',
    data: { object: ObjectKey, node: optional(NodeName) },
  }),
  ProvisioningRequested: defineObjectEvent('PersistentVolumeClaim', 'ProvisioningRequested', {
    doc: 'The provisioner of the claim’s class is asked for a volume.',
    data: { object: ObjectKey, provisioner: t.string },
  }),
  Bound: defineObjectEvent('PersistentVolumeClaim', 'Bound', {
    doc: 'The claim has its volume. `byController` tells that nobody asked for this very volume.',
    data: {
      object: ObjectKey,
      volume: t.string,
      capacity: t.string,
      accessModes: t.readonlyArray(t.string),
      byController: t.boolean,
    },
  }),
  Lost: defineObjectEvent('PersistentVolumeClaim', 'Lost', {
    doc: 'The volume of a bound claim does not exist (any more), or belongs to another claim.',
    data: { object: ObjectKey, reason: t.string, message: t.string },
  }),
}
