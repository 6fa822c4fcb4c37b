import { ObjectKey } from '@wavetank/cluster'
import { DECIDE, defineEvent } from '@wavetank/kernel'
import * as t from 'io-ts'

export const StatefulSetSyncDue = defineEvent('StatefulSetSyncDue', {
  doc: 'The controller looks at one StatefulSet: something about it or its pods may have changed.',
  rank: DECIDE,
  data: { object: ObjectKey },
})

export const StatefulSetSyncFailed = defineEvent('StatefulSetSyncFailed', {
  doc: 'A sync could not make a pod or its claim; it is tried again, later each time.',
  data: { object: ObjectKey, pod: t.string, message: t.string },
})
