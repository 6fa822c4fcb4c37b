import {
  type ClusterView,
  controllerRefOf,
  deletePod,
  finishedCondition,
  isActive,
  isReady,
  isTerminating,
  isTerminatingNamespace,
  JOB_TRACKING,
  type JobStatus,
  jobConditionOf,
  jobEvents,
  PodAdopted,
  PodFinalizersChanged,
  PodMarkedForDeletion,
  PodReleased,
  releaseAndDeletePod,
  removePodFinalizer,
  selects,
  storedTime,
} from '@wavetank/cluster'
import type { Draw, EventOf, SimEvent } from '@wavetank/kernel'
import { type BackoffRecord, finishedAt, nextRecord, remainingMillis, remainingOfIndex } from './backoff.ts'
import { JobBackoffChanged } from './events.ts'
import {
  countIndexes,
  firstFree,
  formatIndexes,
  hasIndex,
  type Indexes,
  mergeIndexes,
  NO_INDEXES,
  parseIndexes,
  withIndexes,
} from './indexes.ts'
import { createPods } from './new-pods.ts'
import {
  completionIndexOf,
  failureCountOf,
  ignoredFailureCountOf,
  isFailed,
  isIndexed,
  isTracked,
  type JobView,
  type PodView,
  podsForRemoval,
  replacesFailedOnly,
  validIndexOf,
} from './pods.ts'
import { judge, successMessage } from './policies.ts'

/**
 * One sync of a Job, in kube-controller-manager's order:
 *
 *   claim ─▶ classify ─▶ how will it end? ─▶ delete what is left │ manage pods ─▶ count: status, finalizers, status
 *
 * 1. A pod is counted once: when its finalizer is taken, in the sync that writes the counters.
 * 2. A decision to fail or succeed is written first; Failed and Complete come when no pod is left terminating.
 * 3. What a sync reads and what it writes belong to one instant and happens in this order, so expectations are always
 *    satisfied, and finalizers are never found half removed.
 *
 * Source: pkg/controller/job/job_controller.go (syncJob, manageJob, trackJobStatusAndRemoveFinalizers).
 */

/** Source: SyncJobBatchPeriod. */
export const BATCH_PERIOD = 1_000
/** Source: MaxPodCreateDeletePerSync, MaxUncountedPods. */
const PODS_MAX = 500

export interface SyncInput {
  readonly view: ClusterView
  readonly draw: Draw
  readonly at: number
  readonly job: JobView
  readonly record: BackoffRecord
  /** When the Job was first looked at while not suspended. */
  readonly begunAt: number
  /** The claims may have changed: look at every pod. */
  readonly looking: boolean
  /** Pods that the client's rate limit lets it create now. */
  readonly tokens: number
  /** How often in a row new pods have been refused. */
  readonly refusals?: number | undefined
}

export interface SyncResult {
  readonly events: readonly SimEvent[]
  /** Milliseconds until the next sync, if it asks for one. */
  readonly again: number | undefined
  /** The rate limit cut the sync short: go on when there is another token. */
  readonly held: boolean
  /** Why pods could not be created. */
  readonly failure: string | undefined
}

const QUIET_SYNC: SyncResult = { events: [], again: undefined, held: false, failure: undefined }

const JOB_CONTROLLER = 'kubernetes.io/job-controller'

/** How a Job ends, or will. */
interface Decision {
  readonly condition: 'FailureTarget' | 'SuccessCriteriaMet'
  readonly reason: string
  readonly message: string
}

const fail = (reason: string, message: string): Decision => ({ condition: 'FailureTarget', reason, message })
const succeed = (reason: string, message: string): Decision => ({ condition: 'SuccessCriteriaMet', reason, message })

interface Claim {
  readonly pods: readonly PodView[]
  readonly events: readonly SimEvent[]
}

/** Source: pkg/controller/controller_ref_manager.go, ClaimObject; a Job also sets and takes its finalizer. */
const claim = (view: ClusterView, job: JobView, looking: boolean): Claim => {
  if (!looking) return { pods: [...job.openPods], events: [] }
  const pods: PodView[] = []
  const events: SimEvent[] = []
  for (const pod of view.podsByOwner.get(job.uid) ?? []) {
    if (selects(job.matcher, pod.labels)) {
      if (job.openPods.has(pod)) pods.push(pod)
      continue
    }
    if (job.deletion !== undefined) continue
    const released = removePodFinalizer(pod, JOB_TRACKING)
    events.push(...released)
    // With its last finalizer a deleted pod is gone.
    if (released.length < 2) events.push(PodReleased({ pod: pod.key, owner: job.key }))
  }
  if (job.deletion !== undefined) return { pods, events }
  for (const pod of view.orphanPods.get(job.namespace) ?? []) {
    if (pod.deletion !== undefined || !selects(job.matcher, pod.labels)) continue
    events.push(PodAdopted({ pod: pod.key, owner: controllerRefOf(job) }))
    if (isTracked(pod)) {
      pods.push(pod)
      continue
    }
    const finalizers = [...pod.finalizers, JOB_TRACKING]
    events.push(PodFinalizersChanged({ pod: pod.key, finalizers }))
    pods.push({ ...pod, finalizers })
  }
  return { pods, events }
}

/** What a sync knows before it acts. */
interface Situation {
  readonly job: JobView
  readonly start: number
  readonly at: number
  readonly pods: readonly PodView[]
  readonly active: readonly PodView[]
  readonly terminating: number
  /** All that have succeeded: pods, or indexes of an Indexed Job. */
  readonly succeeded: number
  readonly failed: number
  readonly previousIndexes: Indexes
  readonly succeededIndexes: Indexes
  /** With backoffLimitPerIndex alone. */
  readonly failedIndexes: Indexes | undefined
  /** The failed pod that an index waits to replace, whose counts its successor takes over. */
  readonly awaiting: ReadonlyMap<number, PodView>
  readonly record: BackoffRecord
}

const isIndexFailed = (job: JobView, pod: PodView): boolean => {
  if (!isFailed(job, pod)) return false
  const { counts, action } = judge(job, pod)
  return action === 'FailIndex' || (counts && failureCountOf(pod) >= (job.spec.backoffLimitPerIndex ?? 0))
}

const indexesOf = (pods: readonly PodView[]): readonly number[] =>
  pods.flatMap((pod) => {
    const index = completionIndexOf(pod)
    return index === undefined ? [] : [index]
  })

/** Source: indexed_job_utils.go, getPodsWithDelayedDeletionPerIndex. */
const awaitingReplacement = (
  job: JobView,
  counted: readonly PodView[],
  done: Indexes,
  start: number,
): ReadonlyMap<number, PodView> => {
  const awaiting = new Map<number, PodView>()
  const failures = (pod: PodView): number => failureCountOf(pod) + ignoredFailureCountOf(pod)
  for (const pod of counted) {
    const index = validIndexOf(job, pod)
    if (index === undefined || !isFailed(job, pod) || hasIndex(done, index)) continue
    const other = awaiting.get(index)
    if (
      other === undefined ||
      (failures(other) <= failures(pod) && finishedAt(pod, start) >= finishedAt(other, start))
    ) {
      awaiting.set(index, pod)
    }
  }
  return awaiting
}

const look = ({ view, at, job, record }: SyncInput, pods: readonly PodView[]): Situation => {
  const { start } = view.settings
  const indexed = isIndexed(job)
  const { status, spec } = job
  const countable = pods.filter((pod) => isTracked(pod) && (!indexed || validIndexOf(job, pod) !== undefined))
  const newSucceeded = countable.filter(({ phase }) => phase === 'Succeeded')
  const newFailed = countable.filter((pod) => isFailed(job, pod))
  const active = pods.filter((pod) => isActive(pod as never))
  const completions = spec.completions ?? 0
  const previousIndexes = indexed ? parseIndexes(status.completedIndexes, completions) : NO_INDEXES
  const succeededIndexes = indexed ? withIndexes(previousIndexes, indexesOf(newSucceeded)) : NO_INDEXES
  const failedIndexes =
    spec.backoffLimitPerIndex === undefined
      ? undefined
      : withIndexes(
          parseIndexes(status.failedIndexes ?? '', completions),
          indexesOf(countable.filter((pod) => isIndexFailed(job, pod))),
        )
  const done =
    failedIndexes === undefined
      ? NO_INDEXES
      : withIndexes(mergeIndexes(succeededIndexes, failedIndexes), indexesOf(active))
  return {
    job,
    start,
    at,
    pods,
    active,
    terminating: pods.filter((pod) => isTerminating(pod as never)).length,
    succeeded: indexed ? countIndexes(succeededIndexes) : status.succeeded + newSucceeded.length,
    failed: status.failed + newFailed.filter((pod) => judge(job, pod).counts).length,
    previousIndexes,
    succeededIndexes,
    failedIndexes,
    awaiting: failedIndexes === undefined ? new Map() : awaitingReplacement(job, countable, done, start),
    record: nextRecord(record, newSucceeded, newFailed, start),
  }
}

/** Source: job_controller.go, pastBackoffLimitOnFailure. */
const isPastRestarts = ({ job, pods }: Situation): boolean => {
  if (job.template.spec.restartPolicy !== 'OnFailure') return false
  let restarts = 0
  for (const { phase, initContainers, containers } of pods) {
    if (phase !== 'Running' && phase !== 'Pending') continue
    for (const { restartCount } of [...initContainers, ...containers]) restarts += restartCount
  }
  const { backoffLimit } = job.spec
  return backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit
}

/** Milliseconds that the Job may still be active; undefined: for ever. */
const untilDeadline = ({ job, at }: Situation, startAt: number | undefined): number | undefined => {
  const { activeDeadlineSeconds, suspend } = job.spec
  return activeDeadlineSeconds === undefined || startAt === undefined || suspend
    ? undefined
    : startAt + activeDeadlineSeconds * 1_000 - at
}

/** The first reason to end that applies. */
const decide = (situation: Situation, startAt: number | undefined): Decision | undefined => {
  const { job, pods, failed, failedIndexes, succeededIndexes } = situation
  const { spec, conditions } = job
  for (const condition of ['SuccessCriteriaMet', 'FailureTarget'] as const) {
    const known = jobConditionOf(conditions as never, condition)
    if (known?.status === 'True') return { condition, reason: known.reason, message: known.message }
  }
  if (spec.podFailurePolicy !== undefined) {
    for (const pod of pods) {
      const message = isFailed(job, pod) ? judge(job, pod).message : undefined
      if (message !== undefined) return fail('PodFailurePolicy', message)
    }
  }
  if (failed > spec.backoffLimit || isPastRestarts(situation)) {
    return fail('BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  }
  const left = untilDeadline(situation, startAt)
  if (left !== undefined && left <= 0) {
    return fail('DeadlineExceeded', 'Job was active longer than specified deadline')
  }
  if (!isIndexed(job)) return undefined
  if (failedIndexes !== undefined) {
    const failures = countIndexes(failedIndexes)
    if (spec.maxFailedIndexes !== undefined && failures > spec.maxFailedIndexes) {
      const message = 'Job has exceeded the specified maximal number of failed indexes'
      return fail('MaxFailedIndexesExceeded', message)
    }
    if (failures > 0 && failures + countIndexes(succeededIndexes) >= (spec.completions ?? 0)) {
      return fail('FailedIndexes', 'Job has failed indexes')
    }
  }
  const message = successMessage(job, succeededIndexes)
  return message === undefined ? undefined : succeed('SuccessPolicy', message)
}

/** What managing the pods came to. */
interface Management {
  readonly events: readonly SimEvent[]
  /** `status.active` afterwards. */
  readonly active: number
  readonly deleted: readonly PodView[]
  readonly again: number | undefined
  readonly held: boolean
  readonly failure: string | undefined
}

const managed = (active: number, rest: Partial<Management> = {}): Management => ({
  events: [],
  active,
  deleted: [],
  again: undefined,
  held: false,
  failure: undefined,
  ...rest,
})

/** How many pods there should be. */
const wantedPods = ({ job, active, succeeded }: Situation): number => {
  const { completions, parallelism } = job.spec
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism
  return Math.max(0, Math.min(completions - succeeded, parallelism))
}

const remove = (pods: readonly PodView[], active: number): Management =>
  managed(active - pods.length, {
    events: pods.flatMap((pod) => releaseAndDeletePod(pod, JOB_TRACKING)),
    deleted: pods,
  })

/** Deletes pods or creates them, never both. Source: job_controller.go, manageJob. */
const manage = ({ view, draw, tokens, refusals }: SyncInput, situation: Situation): Management => {
  const { job, at, start, active, record, awaiting } = situation
  const count = active.length
  if (job.spec.suspend) return remove(podsForRemoval(job, active, count), count)
  const wanted = wantedPods(situation)
  const surplus = podsForRemoval(job, active, Math.max(0, count - wanted)).slice(0, PODS_MAX)
  if (surplus.length > 0) return remove(surplus, count)

  const missing = wanted - count - (replacesFailedOnly(job) ? situation.terminating : 0)
  if (missing <= 0) return managed(count)
  const perIndex = job.spec.backoffLimitPerIndex !== undefined
  const remaining = perIndex ? 0 : remainingMillis(record, at)
  // Kubernetes reports no active pods while it waits, whatever runs.
  if (remaining > 0) return managed(0, { again: Math.max(remaining, BATCH_PERIOD) })
  let indexes: readonly (number | undefined)[] = new Array(Math.min(missing, PODS_MAX)).fill(undefined)
  if (isIndexed(job)) {
    const terminating = replacesFailedOnly(job) ? situation.pods.filter((pod) => isTerminating(pod as never)) : []
    const busy = withIndexes(situation.succeededIndexes, indexesOf([...active, ...terminating]))
    const taken = mergeIndexes(busy, situation.failedIndexes ?? NO_INDEXES)
    const free = firstFree(taken, indexes.length, job.spec.completions ?? 0)
    const waits = free.map((index) => remainingOfIndex(awaiting.get(index), start, at))
    indexes = perIndex ? free.filter((_, i) => waits[i] === 0) : free
    if (indexes.length === 0 && free.length > 0) {
      return managed(0, { again: Math.max(Math.min(...waits), BATCH_PERIOD) })
    }
  }
  // Nothing new can be stored in a namespace that is being deleted.
  if (isTerminatingNamespace(view, job.namespace)) return managed(count)
  const creation = createPods(view, draw, at, job, indexes.slice(0, tokens), awaiting, refusals)
  return managed(count + creation.count, {
    events: creation.events,
    held: creation.failure === undefined && indexes.length > tokens,
    failure: creation.failure,
  })
}

/** The pods whose finalizer goes in this sync, and what they add to the counters. */
interface Count {
  readonly released: readonly PodView[]
  readonly succeeded: readonly PodView[]
  readonly failed: readonly PodView[]
  /** More would have to go: the next sync goes on. */
  readonly more: boolean
}

const byIndex = (a: PodView, b: PodView): number => (completionIndexOf(a) ?? -1) - (completionIndexOf(b) ?? -1)

/** Source: job_controller.go, trackJobStatusAndRemoveFinalizers, canRemoveFinalizer. */
const count = (situation: Situation, decision: Decision | undefined, gone: ReadonlySet<PodView>): Count => {
  const { job, awaiting, previousIndexes } = situation
  const indexed = isIndexed(job)
  const pods = indexed ? [...situation.pods].sort(byIndex) : situation.pods
  const released: PodView[] = []
  const succeeded: PodView[] = []
  const failed: PodView[] = []
  let counted = 0
  for (const pod of pods) {
    if (!isTracked(pod) || gone.has(pod)) continue
    const considered = isFailed(job, pod)
    const index = validIndexOf(job, pod)
    if (decision === undefined && job.deletion === undefined && pod.phase !== 'Succeeded') {
      if (!considered || (index !== undefined && awaiting.get(index) === pod)) continue
    }
    released.push(pod)
    if (pod.phase === 'Succeeded') {
      if (!indexed) succeeded.push(pod)
      if (!indexed || (index !== undefined && !hasIndex(previousIndexes, index))) counted++
    } else if (considered || decision?.condition === 'FailureTarget') {
      // What is deleted because the Job has failed is a failure too.
      if ((!indexed || index !== undefined) && judge(job, pod).counts) {
        failed.push(pod)
        counted++
      }
    }
    if (counted >= PODS_MAX) return { released, succeeded, failed, more: true }
  }
  return { released, succeeded, failed, more: false }
}

const uidsOf = (pods: readonly PodView[]): readonly string[] => pods.map(({ uid }) => uid)

const sameStatus = (a: JobStatus, b: JobStatus): boolean =>
  a.active === b.active &&
  a.ready === b.ready &&
  a.terminating === b.terminating &&
  a.succeeded === b.succeeded &&
  a.failed === b.failed &&
  a.startAt === b.startAt &&
  a.completedIndexes === b.completedIndexes &&
  a.failedIndexes === b.failedIndexes &&
  a.uncountedSucceeded.length + a.uncountedFailed.length + b.uncountedSucceeded.length + b.uncountedFailed.length === 0

const reportOf = (job: JobView, status: JobStatus): SimEvent =>
  jobEvents.StatusReported({
    object: job.key,
    active: status.active,
    ready: status.ready ?? 0,
    terminating: status.terminating ?? 0,
    succeeded: status.succeeded,
    failed: status.failed,
    startAt: status.startAt,
    completedIndexes: status.completedIndexes === '' ? undefined : status.completedIndexes,
    failedIndexes: status.failedIndexes,
    uncountedSucceeded: status.uncountedSucceeded.length === 0 ? undefined : status.uncountedSucceeded,
    uncountedFailed: status.uncountedFailed.length === 0 ? undefined : status.uncountedFailed,
  })

/** What the Suspended condition comes to; false until a Job has been suspended. */
const suspension = (job: JobView): SimEvent | undefined => {
  const known = jobConditionOf(job.conditions as never, 'Suspended')
  if (job.spec.suspend) return known?.status === 'True' ? undefined : jobEvents.Suspended({ object: job.key })
  return known?.status === 'True' ? jobEvents.Resumed({ object: job.key }) : undefined
}

export const isManagedElsewhere = ({ spec }: JobView): boolean =>
  spec.managedBy !== undefined && spec.managedBy !== JOB_CONTROLLER

export const syncJob = (input: SyncInput): SyncResult => {
  const { view, at, job } = input
  if (isManagedElsewhere(job) || finishedCondition(job as never) !== undefined) return QUIET_SYNC
  const { start } = view.settings
  const claimed = claim(view, job, input.looking)
  const situation = look(input, claimed.pods)
  let startAt = job.status.startAt ?? (job.spec.suspend ? undefined : storedTime(start, input.begunAt))
  let decision = decide(situation, startAt)
  const decided = decision !== undefined

  const management: Management = decided
    ? managed(0, { deleted: situation.active })
    : job.deletion === undefined
      ? manage(input, situation)
      : managed(situation.active.length)
  if (management.held) {
    return { events: [...claimed.events, ...management.events], again: undefined, held: true, failure: undefined }
  }
  let suspended: SimEvent | undefined
  if (!decided) {
    const { completions } = job.spec
    const enough = completions === undefined ? situation.succeeded > 0 : situation.succeeded >= completions
    if (enough && management.active === 0) {
      decision = succeed('CompletionsReached', 'Reached expected number of succeeded pods')
    } else if (job.deletion === undefined) {
      suspended = suspension(job)
      if (suspended?.kind === jobEvents.Resumed.kind) startAt = storedTime(start, at)
    }
  }

  const deleted = new Set(management.deleted)
  const counts = count(situation, decision, decided ? new Set() : deleted)
  const { succeededIndexes, failedIndexes } = situation
  const terminating = situation.terminating + deleted.size
  const before: JobStatus = {
    ...job.status,
    active: management.active,
    ready: situation.active.filter((pod) => isReady(pod as never) && !deleted.has(pod)).length,
    terminating,
    startAt,
    ...(isIndexed(job)
      ? { succeeded: countIndexes(succeededIndexes), completedIndexes: formatIndexes(succeededIndexes) }
      : {}),
    ...(failedIndexes === undefined ? {} : { failedIndexes: formatIndexes(failedIndexes) }),
    uncountedSucceeded: uidsOf(counts.succeeded),
    uncountedFailed: uidsOf(counts.failed),
  }
  const after: JobStatus = {
    ...before,
    succeeded: before.succeeded + counts.succeeded.length,
    failed: before.failed + counts.failed.length,
    uncountedSucceeded: [],
    uncountedFailed: [],
  }

  const events: SimEvent[] = [...claimed.events, ...management.events]
  const graces = new Map<PodView, number>()
  for (const pod of decided ? situation.active : []) {
    const [deletion] = deletePod(pod)
    if (deletion === undefined) continue
    events.push(deletion)
    if (deletion.kind === PodMarkedForDeletion.kind) {
      graces.set(pod, (deletion as EventOf<typeof PodMarkedForDeletion>).graceSeconds)
    }
  }
  const newDecision =
    decision !== undefined && jobConditionOf(job.conditions as never, decision.condition)?.status !== 'True'
  if (suspended !== undefined) events.push(suspended)
  if (decision !== undefined && newDecision) events.push(jobEvents.Decided({ object: job.key, ...decision }))
  const written = suspended !== undefined || newDecision || !sameStatus(job.status as JobStatus, before)
  if (written) events.push(reportOf(job, before))
  // With a decision no more pods will be made, so nothing is left to delay.
  if (written && decision === undefined) {
    const { failures, lastFailureAt } = situation.record
    if (failures !== input.record.failures || lastFailureAt !== input.record.lastFailureAt) {
      events.push(JobBackoffChanged({ object: job.key, failures, lastFailureAt }))
    }
  }
  for (const pod of counts.released) {
    const graceSeconds = graces.get(pod)
    // A deletion of this very sync: what no kubelet has to confirm goes with the finalizer.
    const gone = graceSeconds === 0 ? { ...pod, deletion: { requestedAt: at, deadline: at, graceSeconds } } : pod
    events.push(...removePodFinalizer(gone, JOB_TRACKING))
  }
  if (counts.succeeded.length + counts.failed.length > 0) events.push(reportOf(job, after))
  if (decision !== undefined && !counts.more && terminating === 0) {
    const condition = decision.condition === 'FailureTarget' ? 'Failed' : 'Complete'
    const { reason, message } = decision
    const surplus = condition === 'Complete' && after.succeeded > (job.spec.completions ?? after.succeeded)
    events.push(
      jobEvents.Finished({ object: job.key, condition, reason, message, surplus: surplus ? true : undefined }),
    )
    return { events, again: undefined, held: false, failure: management.failure }
  }
  const waits = [management.again, counts.more ? BATCH_PERIOD : undefined]
  if (decision === undefined) waits.push(untilDeadline(situation, startAt))
  const due = waits.filter((wait) => wait !== undefined)
  return {
    events,
    again: due.length === 0 ? undefined : Math.max(0, Math.min(...due)),
    held: false,
    failure: management.failure,
  }
}
