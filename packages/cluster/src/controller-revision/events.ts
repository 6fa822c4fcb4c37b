import { optional } from '@wavetank/kernel'
import * as t from 'io-ts'
import { ObjectKey, Uid } from '../ids.ts'
import { ControllerRef, Labels } from '../object/meta.ts'
import { defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

export const controllerRevisionEvents = {
  ...defineObjectEvents('ControllerRevision'),
  Created: defineObjectEvent('ControllerRevision', 'Created', {
    doc: 'A DaemonSet or StatefulSet has a pod template that it never had before.',
    data: {
      object: ObjectKey,
      uid: Uid,
      labels: Labels,
      annotations: Labels,
      owner: optional(ControllerRef),
      revision: t.number,
      template: t.string,
    },
  }),
  Renumbered: defineObjectEvent('ControllerRevision', 'Renumbered', {
    doc: 'An older template is the current one again: its revision number is raised above all others.',
    data: { object: ObjectKey, revision: t.number },
  }),
}
