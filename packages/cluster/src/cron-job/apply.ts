import type { Entry } from '@wavetank/kernel'
import type { CronJobSpec } from '../api/batch/cron-job.ts'
import type { Folds } from '../folds.ts'
import { objectFolds, storedObject, storeObject } from '../object/object-folds.ts'
import { metaOfCreation, touch, touchSpec } from '../object/touch.ts'
import type { ClusterTables } from '../tables.ts'
import type { CronJob } from './cron-job.ts'
import type { cronJobEvents } from './events.ts'

const find = (tables: ClusterTables, key: string, entry: Entry): CronJob => storedObject(tables.cronJobs, key, entry)

export const applyCronJob: Folds<(typeof cronJobEvents)[keyof typeof cronJobEvents]> = {
  ...objectFolds('CronJob', (tables) => tables.cronJobs),
  CronJobCreated: (tables, entry) => {
    const { event } = entry
    const cronJob: CronJob = {
      ...metaOfCreation(entry),
      kind: 'CronJob',
      apiVersion: 'batch/v1',
      key: event.object,
      spec: event.spec as unknown as CronJobSpec,
      active: [],
      lastScheduleAt: undefined,
      lastSuccessfulAt: undefined,
    }
    storeObject(tables, tables.cronJobs, cronJob, entry)
  },
  CronJobSpecChanged: (tables, entry) => {
    const cronJob = find(tables, entry.event.object, entry)
    cronJob.spec = entry.event.spec as unknown as CronJobSpec
    touchSpec(cronJob, entry)
  },
  CronJobStatusReported: (tables, entry) => {
    const { event } = entry
    const cronJob = find(tables, event.object, entry)
    cronJob.active = event.active
    cronJob.lastScheduleAt = event.lastScheduleAt
    cronJob.lastSuccessfulAt = event.lastSuccessfulAt
    touch(cronJob, entry)
  },
  CronJobNoted: () => {},
}
