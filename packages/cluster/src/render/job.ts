import type { JsonObject } from '../api/codec.ts'
import type { Job } from '../job/job.ts'
import type { DeepReadonly } from '../tables.ts'
import { sorted, sortedOnce, unlessBlank, unlessEmpty, unlessZero } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata, timestamp } from './metadata.ts'
import { renderTemplate } from './replica-set.ts'

/** A Job as `kubectl get -o yaml` shows it. */
export const renderJob = memoised<DeepReadonly<Job>>((view, job) => {
  const { kind, apiVersion, status, conditions } = job
  const time = (at: number | undefined): string | undefined => (at === undefined ? undefined : timestamp(view, at))
  const uncounted: JsonObject = {
    failed: unlessEmpty(status.uncountedFailed),
    succeeded: unlessEmpty(status.uncountedSucceeded),
  }
  return {
    apiVersion,
    kind,
    metadata: sorted(renderMetadata(view, job, { generation: true, gracePeriod: true })),
    spec: sorted({
      ...sortedOnce(job.spec),
      selector: job.selector,
      template: renderTemplate({ ...job.template, labels: job.podLabels }),
    }),
    status: sorted({
      active: unlessZero(status.active),
      completedIndexes: unlessBlank(status.completedIndexes),
      completionTime: time(status.completionAt),
      conditions: unlessEmpty(
        conditions.map(({ type, status: value, reason, message, lastTransitionAt }) => ({
          lastProbeTime: timestamp(view, lastTransitionAt),
          lastTransitionTime: timestamp(view, lastTransitionAt),
          message,
          reason,
          status: value,
          type,
        })),
      ),
      failed: unlessZero(status.failed),
      failedIndexes: status.failedIndexes,
      ready: status.ready,
      startTime: time(status.startAt),
      succeeded: unlessZero(status.succeeded),
      terminating: status.terminating,
      uncountedTerminatedPods: status.ready === undefined ? undefined : uncounted,
    }),
  }
})
