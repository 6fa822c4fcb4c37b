import { finishedCondition, type Job, type Pod } from '@wavetank/cluster'
import { formatMillis } from '@wavetank/kernel'
import { remainingMillis } from '../job/backoff.ts'
import type { Own } from '../job/job.ts'
import { fullQuotas, podObjects, podReasons, type TroubleOf } from './trouble.ts'

/** Why a Job is not finished: pods that run or wait, failures that space out the next ones, a suspension. */
export const jobTrouble: TroubleOf = ({ view, slices, at }, key) => {
  const job = view.jobs.get(key)
  if (job === undefined) return undefined
  const { spec, status } = job
  const wanted = spec.completions === undefined ? 'any' : `${spec.completions}`
  const counts = `${status.succeeded} of ${wanted} succeeded, ${status.failed} failed, ${status.active} active`
  const finished = finishedCondition(job as Job)
  if (finished !== undefined) {
    const failed = [...(view.podsByOwner.get(job.uid) ?? [])].filter(({ phase }) => phase === 'Failed')
    const isFailed = finished.type === 'Failed'
    return {
      standing: `${finished.type}: ${counts}`,
      reasons: isFailed ? [`${finished.reason}: ${finished.message}`] : [],
      objects: isFailed ? podObjects(failed.reverse()) : [],
    }
  }
  const pods = [...job.openPods].filter(({ phase }) => phase === 'Pending' || phase === 'Running')
  const memory = (slices['job-controller'] as Own | undefined)?.records.get(key)
  const rest = memory === undefined ? 0 : remainingMillis(memory, at)
  const deadline = spec.activeDeadlineSeconds
  const reasons = [
    ...(spec.suspend === true ? ['it is suspended'] : []),
    ...podReasons(
      pods.filter(({ phase }) => phase === 'Pending'),
      0,
      'pods are Pending',
    ),
    ...pods
      .filter(({ phase }) => phase === 'Running')
      .slice(0, 3)
      .map(
        (pod: Pick<Pod, 'name' | 'node' | 'startedAt'>) =>
          `pod ${pod.name} runs on node ${pod.node} since ${formatMillis(pod.startedAt ?? at)}`,
      ),
    ...(pods.length === 0 && rest > 0
      ? [
          `the next pod is made in ${formatMillis(rest)}: ${memory?.failures ?? 0} pods have failed since the last success (backoffLimit ${spec.backoffLimit})`,
        ]
      : []),
    ...(deadline !== undefined ? [`it fails when it has been active for ${deadline} s (activeDeadlineSeconds)`] : []),
  ]
  return {
    standing: counts,
    reasons,
    objects: [...fullQuotas(view, reasons.join(' ')), ...podObjects(pods)],
  }
}
