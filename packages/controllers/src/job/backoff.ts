import { podConditionOf, storedTime } from '@wavetank/cluster'
import { failureCountOf, ignoredFailureCountOf, type PodView } from './pods.ts'

/** Source: job_controller.go, DefaultJobPodFailureBackOff, MaxJobPodFailureBackOff. */
const BACKOFF_INITIAL = 10_000
const BACKOFF_MAX = 600_000

/** What a Job remembers of its failures to space out new pods. */
export interface BackoffRecord {
  /** Failures since the last success. */
  readonly failures: number
  /** When the latest of them ended; absent without one. */
  readonly lastFailureAt: number | undefined
}

export const NO_FAILURES: BackoffRecord = { failures: 0, lastFailureAt: undefined }

/** The latest end of all regular containers and sidecars, if all have ended. */
const containersFinishedAt = (pod: PodView): number | undefined => {
  const sidecars = new Set(
    (pod.template.spec.initContainers ?? [])
      .filter(({ restartPolicy }) => restartPolicy === 'Always')
      .map(({ name }) => name),
  )
  let latest: number | undefined
  for (const status of [...pod.containers, ...pod.initContainers.filter(({ name }) => sidecars.has(name))]) {
    if (status.terminated === undefined) return undefined
    latest = Math.max(latest ?? status.terminated.finishedAt, status.terminated.finishedAt)
  }
  return latest
}

/**
 * When a pod ended: its containers, else when it stopped being ready, else when it was deleted, else its creation.
 *
 * Source: backoff_utils.go, getFinishedTime.
 *
 * @param start wall clock at t=0: objects have whole seconds of it
 */
export const finishedAt = (pod: PodView, start: number): number => {
  const containers = containersFinishedAt(pod)
  if (containers !== undefined) return storedTime(start, containers)
  const ready = podConditionOf(pod as never, 'Ready')
  if (ready?.status === 'False') return storedTime(start, ready.lastTransitionAt)
  if (pod.deletion !== undefined) {
    return storedTime(start, pod.deletion.deadline) - pod.deletion.graceSeconds * 1_000
  }
  return storedTime(start, pod.createdAt)
}

/** Source: backoff_utils.go, newBackoffRecord: a success wipes out the failures before it. */
export const nextRecord = (
  record: BackoffRecord,
  succeeded: readonly PodView[],
  failed: readonly PodView[],
  start: number,
): BackoffRecord => {
  if (succeeded.length === 0 && failed.length === 0) return record
  const failures = failed.map((pod) => finishedAt(pod, start))
  if (succeeded.length === 0) {
    return { failures: record.failures + failures.length, lastFailureAt: Math.max(...failures) }
  }
  const lastSuccess = Math.max(...succeeded.map((pod) => finishedAt(pod, start)))
  const later = failures.filter((at) => at > lastSuccess)
  return later.length === 0 ? NO_FAILURES : { failures: later.length, lastFailureAt: Math.max(...later) }
}

/** 10 s, doubled with each further failure, at most 10 min, less what has passed. Source: getRemainingTimeForFailuresCount. */
export const remainingMillis = ({ failures, lastFailureAt }: BackoffRecord, at: number): number => {
  if (failures === 0 || lastFailureAt === undefined) return 0
  let backoff = BACKOFF_INITIAL
  for (let i = 1; i < failures && backoff < BACKOFF_MAX; i++) backoff *= 2
  return Math.max(0, Math.min(backoff, BACKOFF_MAX) - (at - lastFailureAt))
}

/** The same for one index, judged by its last failed pod. Source: getRemainingTimePerIndex. */
export const remainingOfIndex = (lastFailed: PodView | undefined, start: number, at: number): number =>
  lastFailed === undefined
    ? 0
    : remainingMillis(
        {
          failures: failureCountOf(lastFailed) + ignoredFailureCountOf(lastFailed) + 1,
          lastFailureAt: finishedAt(lastFailed, start),
        },
        at,
      )
