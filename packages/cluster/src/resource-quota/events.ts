import * as t from 'io-ts'
import { ObjectKey, PodKey } from '../ids.ts'
import { creationData, defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

const Quantities = t.readonly(t.record(t.string, t.string), 'Quantities')

export const resourceQuotaEvents = {
  ...defineObjectEvents('ResourceQuota'),
  Created: defineObjectEvent('ResourceQuota', 'Created', {
    doc: 'A ResourceQuota is stored. It is in force when its controller has written the first status.',
    data: { ...creationData, spec: t.UnknownRecord },
  }),
  SpecChanged: defineObjectEvent('ResourceQuota', 'SpecChanged', {
    doc: 'The spec changed; this is all of it.',
    data: { object: ObjectKey, spec: t.UnknownRecord },
  }),
  StatusReported: defineObjectEvent('ResourceQuota', 'StatusReported', {
    doc: 'The controller wrote the status: what is allowed, and what is used of it now. What is created adds to `used` at once.',
    data: { object: ObjectKey, hard: Quantities, used: Quantities },
  }),
  PodExpired: defineObjectEvent('ResourceQuota', 'PodExpired', {
    doc: 'A pod should have been gone for longer than its grace period: no quota counts it any more.',
    data: { pod: PodKey },
  }),
}
