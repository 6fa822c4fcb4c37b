import type { CronJob } from '../cron-job/cron-job.ts'
import type { DeepReadonly } from '../tables.ts'
import { sorted, sortedOnce, unlessEmpty } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata, timestamp } from './metadata.ts'

/** A CronJob as `kubectl get -o yaml` shows it. */
export const renderCronJob = memoised<DeepReadonly<CronJob>>((view, cronJob) => {
  const { kind, apiVersion, namespace, active, lastScheduleAt, lastSuccessfulAt } = cronJob
  return {
    apiVersion,
    kind,
    metadata: sorted(renderMetadata(view, cronJob, { generation: true, gracePeriod: true })),
    spec: sortedOnce(cronJob.spec),
    status: sorted({
      // Unlike the API server: no resourceVersion, which nobody reads.
      active: unlessEmpty(
        active.map(({ name, uid }) => ({ apiVersion: 'batch/v1', kind: 'Job', name, namespace, uid })),
      ),
      lastScheduleTime: lastScheduleAt === undefined ? undefined : timestamp(view, lastScheduleAt),
      lastSuccessfulTime: lastSuccessfulAt === undefined ? undefined : timestamp(view, lastSuccessfulAt),
    }),
  }
})
