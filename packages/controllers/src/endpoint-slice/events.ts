import { ObjectKey, PodKey } from '@wavetank/cluster'
import { DECIDE, defineEvent, optional } from '@wavetank/kernel'
import * as t from 'io-ts'

export const EndpointSliceSyncDue = defineEvent('EndpointSliceSyncDue', {
  doc: 'The controller looks at one Service: something about it, its pods or its slices may have changed.',
  rank: DECIDE,
  data: { object: ObjectKey },
})

export const EndpointSliceSyncFailed = defineEvent('EndpointSliceSyncFailed', {
  doc: 'Pods of the Service were left out, since their nodes do not exist. They are looked at again, later each time; with `dropped` not any more.',
  data: { object: ObjectKey, pods: t.readonlyArray(PodKey), message: t.string, dropped: optional(t.boolean) },
})
