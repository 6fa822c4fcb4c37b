import { ObjectKey } from '@wavetank/cluster'
import { DECIDE, defineEvent } from '@wavetank/kernel'

export const CronJobSyncDue = defineEvent('CronJobSyncDue', {
  doc: 'The controller looks at one CronJob: a run is due, or something about it or its Jobs has changed.',
  rank: DECIDE,
  data: { object: ObjectKey },
})
