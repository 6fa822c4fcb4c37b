import type { CronJobSpec } from '../api/batch/cron-job.ts'
import type { StoredObject } from '../object/stored-object.ts'

/** A Job that a CronJob has started and not yet seen finished: an entry of `status.active`. */
export interface ActiveJob {
  readonly name: string
  readonly uid: string
}

export interface CronJob extends StoredObject {
  readonly kind: 'CronJob'
  readonly apiVersion: 'batch/v1'
  spec: CronJobSpec
  active: readonly ActiveJob[]
  /** The scheduled time of the latest run, not when it was started; milliseconds of the run. */
  lastScheduleAt: number | undefined
  lastSuccessfulAt: number | undefined
}
