import { optional } from '@wavetank/kernel'
import * as t from 'io-ts'
import { ObjectKey } from '../ids.ts'
import { creationData, defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

const Endpoints = t.readonlyArray(t.UnknownRecord)
const Ports = t.readonlyArray(t.UnknownRecord)

export const endpointSliceEvents = {
  ...defineObjectEvents('EndpointSlice'),
  Created: defineObjectEvent('EndpointSlice', 'Created', {
    doc: 'A slice is stored with endpoints of a Service.',
    data: {
      ...creationData,
      addressType: t.keyof({ IPv4: null, IPv6: null, FQDN: null }),
      ports: Ports,
      endpoints: Endpoints,
    },
  }),
  EndpointsChanged: defineObjectEvent('EndpointSlice', 'EndpointsChanged', {
    doc: 'Some endpoints of the slice are different, gone (by the names of their pods) or new; new ones stand at the end.',
    data: {
      object: ObjectKey,
      changed: optional(Endpoints),
      removed: optional(t.readonlyArray(t.string)),
      added: optional(Endpoints),
    },
  }),
  Rewritten: defineObjectEvent('EndpointSlice', 'Rewritten', {
    doc: 'The slice has other ports or endpoints altogether; these are all of them.',
    data: { object: ObjectKey, ports: Ports, endpoints: Endpoints },
  }),
}
