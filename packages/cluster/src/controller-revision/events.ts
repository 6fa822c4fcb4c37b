import * as t from 'io-ts'
import { ObjectKey } from '../ids.ts'
import { creationData, defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

export const controllerRevisionEvents = {
  ...defineObjectEvents('ControllerRevision'),
  Created: defineObjectEvent('ControllerRevision', 'Created', {
    doc: 'A DaemonSet or StatefulSet has a pod template that it never had before.',
    data: {
      ...creationData,
      revision: t.number,
      template: t.string,
    },
  }),
  Renumbered: defineObjectEvent('ControllerRevision', 'Renumbered', {
    doc: 'An older template is the current one again: its revision number is raised above all others.',
    data: { object: ObjectKey, revision: t.number },
  }),
}
