import * as t from 'io-ts'
import { ObjectKey } from '../ids.ts'
import { creationData, defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

export const serviceEvents = {
  ...defineObjectEvents('Service'),
  Created: defineObjectEvent('Service', 'Created', {
    doc: 'A Service is stored, with the cluster address and the node ports that it got.',
    data: { ...creationData, spec: t.UnknownRecord },
  }),
  SpecChanged: defineObjectEvent('Service', 'SpecChanged', {
    doc: 'Somebody wrote the spec anew; this is all of it, addresses and ports too.',
    data: { object: ObjectKey, spec: t.UnknownRecord },
  }),
}
