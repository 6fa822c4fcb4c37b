import { ObjectKey, PodKey } from '@wavetank/cluster'
import { DECIDE, defineEvent, optional } from '@wavetank/kernel'
import * as t from 'io-ts'

export const JobSyncDue = defineEvent('JobSyncDue', {
  doc: 'The controller looks at one Job: something about it or its pods may have changed, or a delay is over.',
  rank: DECIDE,
  data: { object: ObjectKey },
})

export const JobSyncFailed = defineEvent('JobSyncFailed', {
  doc: 'A sync could not do what it had to; it is tried again, later each time.',
  data: { object: ObjectKey, message: t.string },
})

export const JobBackoffChanged = defineEvent('JobBackoffChanged', {
  doc: 'What delays new pods of a Job: its failures since the last success, and when the latest of them ended.',
  data: { object: ObjectKey, failures: t.number, lastFailureAt: optional(t.number) },
})

export const OrphanedJobPodDue = defineEvent('OrphanedJobPodDue', {
  doc: 'A pod whose Job is gone or finished may still have the finalizer that was to have it counted.',
  rank: DECIDE,
  data: { pod: PodKey },
})
