import { byRestarts, type DeepReadonly, isReady, JOB_TRACKING, type Job, type Pod, readySince } from '@wavetank/cluster'

export type JobView = DeepReadonly<Job>
export type PodView = DeepReadonly<Pod>

export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index'
export const FAILURE_COUNT = 'batch.kubernetes.io/job-index-failure-count'
export const IGNORED_FAILURE_COUNT = 'batch.kubernetes.io/job-index-ignored-failure-count'

export const isIndexed = ({ spec }: JobView): boolean => spec.completionMode === 'Indexed'

/** Only pods that have failed are replaced; those that are being deleted are waited for. */
export const replacesFailedOnly = ({ spec }: JobView): boolean => spec.podReplacementPolicy === 'Failed'

export const isTracked = (pod: PodView): boolean => pod.finalizers.includes(JOB_TRACKING)

/** Source: job_controller.go, isPodFailed: a deleted pod counts at once, unless replacements wait for the phase. */
export const isFailed = (job: JobView, pod: PodView): boolean =>
  pod.phase === 'Failed' || (!replacesFailedOnly(job) && pod.deletion !== undefined && pod.phase !== 'Succeeded')

/** Source: indexed_job_utils.go, getCompletionIndex. */
export const completionIndexOf = ({ annotations }: PodView): number | undefined => {
  const text = annotations[COMPLETION_INDEX]
  return text !== undefined && /^\+?\d+$/.test(text) ? Number(text) : undefined
}

/** Its completion index, if the Job has that one. */
export const validIndexOf = (job: JobView, pod: PodView): number | undefined => {
  const index = completionIndexOf(pod)
  return index !== undefined && index < (job.spec.completions ?? 0) ? index : undefined
}

const countOf = (pod: PodView, annotation: string): number => {
  const text = pod.annotations[annotation]
  const count = text !== undefined && /^\+?\d+$/.test(text) ? Number(text) : 0
  return count <= 2147483647 ? count : 0
}

/** How often the index of the pod had failed before it. */
export const failureCountOf = (pod: PodView): number => countOf(pod, FAILURE_COUNT)
export const ignoredFailureCountOf = (pod: PodView): number => countOf(pod, IGNORED_FAILURE_COUNT)

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/**
 * Which of two active pods goes first; negative: `a`. Unlike for a ReplicaSet, ages count exactly.
 *
 * Source: pkg/controller/controller_utils.go, ActivePods.Less.
 */
export const byRemovalOrder = (a: PodView, b: PodView): number => {
  if ((a.node === '') !== (b.node === '')) return a.node === '' ? -1 : 1
  const phases = (PHASES[a.phase] ?? 2) - (PHASES[b.phase] ?? 2)
  if (phases !== 0) return phases
  const [readyA, readyB] = [isReady(a), isReady(b)]
  if (readyA !== readyB) return readyA ? 1 : -1
  const [sinceA, sinceB] = [readySince(a), readySince(b)]
  if (sinceA !== undefined && sinceB !== undefined && sinceA !== sinceB) return sinceB - sinceA
  const restarts = byRestarts(a, b)
  if (restarts !== 0) return restarts
  if (a.createdAt !== b.createdAt) return b.createdAt - a.createdAt
  // Kubernetes leaves full ties to an unstable sort; here the uid decides, which is as random and repeatable.
  return a.uid < b.uid ? -1 : a.uid > b.uid ? 1 : 0
}

/**
 * Active pods to remove: at least `atLeast`, and of an Indexed Job all without a valid index and all but one of each
 * index.
 *
 * Source: job_controller.go, activePodsForRemoval; indexed_job_utils.go, appendDuplicatedIndexPodsForRemoval.
 */
export const podsForRemoval = (job: JobView, active: readonly PodView[], atLeast: number): readonly PodView[] => {
  if (!isIndexed(job)) return [...active].sort(byRemovalOrder).slice(0, atLeast)
  const invalid: PodView[] = []
  const byIndex = new Map<number, PodView[]>()
  for (const pod of active) {
    const index = validIndexOf(job, pod)
    if (index === undefined) invalid.push(pod)
    else if (byIndex.has(index)) byIndex.get(index)!.push(pod)
    else byIndex.set(index, [pod])
  }
  const removed = invalid
  const kept: PodView[] = []
  for (const index of [...byIndex.keys()].sort((a, b) => a - b)) {
    const same = byIndex.get(index)!.sort(byRemovalOrder)
    removed.push(...same.slice(0, -1))
    kept.push(same[same.length - 1]!)
  }
  if (removed.length < atLeast) removed.push(...kept.sort(byRemovalOrder).slice(0, atLeast - removed.length))
  return removed
}
