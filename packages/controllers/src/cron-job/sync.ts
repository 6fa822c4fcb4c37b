import {
  type ActiveJob,
  type ClusterView,
  type ControllerRef,
  type CronJob,
  controllerRefOf,
  createJob,
  creationProblem,
  cronJobEvents,
  type DeepReadonly,
  deleteStoredObject,
  finishedCondition,
  isTerminatingNamespace,
  type Job,
  jobEvents,
  keyOf,
  type ObjectKey,
  storedTime,
} from '@wavetank/cluster'
import type { EventOf, SimEvent } from '@wavetank/kernel'
import { type Either, isLeft, left } from 'fp-ts/lib/Either.js'
import { dueRun, type RunInput, untilNextRun } from './due-run.ts'
import { parseSchedule, type Schedule } from './schedule.ts'
import { formatInZone, type TimeZone, timeZoneOf } from './time-zone.ts'

/**
 * One sync of a CronJob, in kube-controller-manager's order:
 *
 *   history ─▶ status of its Jobs ─▶ may it run at all? ─▶ which run is due? ─▶ deadline, name, concurrency ─▶ create
 *
 * 1. At most one run is started in a sync, the latest that is due; earlier ones are lost.
 * 2. lastScheduleTime is the scheduled time, so a run that Forbid held back is still due when the other one ends.
 *
 * Source: pkg/controller/cronjob/cronjob_controllerv2.go (sync, cleanupFinishedJobs, syncCronJob), utils.go.
 */

export type CronJobView = DeepReadonly<CronJob>
type JobView = DeepReadonly<Job>

const SCHEDULED_TIMESTAMP = 'batch.kubernetes.io/cronjob-scheduled-timestamp'

export interface CronJobSync {
  readonly events: readonly SimEvent[]
  /** Milliseconds until the next sync, if it asks for one. */
  readonly again: number | undefined
}

type Note = Omit<EventOf<typeof cronJobEvents.Noted>, 'kind' | 'object'>
const warning = (reason: string, message: string): Note => ({ type: 'Warning', reason, message })
const normal = (reason: string, message: string): Note => ({ type: 'Normal', reason, message })

interface Readings {
  readonly zone: TimeZone | undefined
  readonly schedule: Either<string, Schedule>
}
const readings = new WeakMap<object, Readings>()

/** Zone and schedule of a spec; read once. */
const readingOf = (cronJob: CronJobView): Readings => {
  const { spec } = cronJob
  let reading = readings.get(spec)
  if (reading === undefined) {
    const zone = timeZoneOf(spec.timeZone ?? '')
    const schedule = zone === undefined ? left('') : parseSchedule(spec.schedule, zone)
    reading = { zone, schedule }
    readings.set(spec, reading)
  }
  return reading
}

const runInput = (
  view: ClusterView,
  cronJob: CronJobView,
  schedule: Schedule,
  lastScheduleAt: number | undefined,
  at: number,
): RunInput => {
  const { start } = view.settings
  return {
    schedule,
    createdAt: start + storedTime(start, cronJob.createdAt),
    lastScheduleAt: lastScheduleAt === undefined ? undefined : start + lastScheduleAt,
    startingDeadlineSeconds: cronJob.spec.startingDeadlineSeconds,
    now: start + at,
  }
}

/** How long after a change of the schedule the next run is due; undefined: never. Source: updateCronJob. */
export const untilNextSchedule = (view: ClusterView, cronJob: CronJobView, at: number): number | undefined => {
  const { schedule } = readingOf(cronJob)
  return isLeft(schedule)
    ? undefined
    : untilNextRun(runInput(view, cronJob, schedule.right, cronJob.lastScheduleAt, at))
}

/** Source: byJobStartTime. */
const byStart = (a: JobView, b: JobView): number => {
  const [startA, startB] = [a.status.startAt, b.status.startAt]
  if (startA !== startB) {
    if (startA === undefined) return 1
    if (startB === undefined) return -1
    return startA - startB
  }
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}

/** Finished Jobs beyond the limits, oldest first. Source: cleanupFinishedJobs. */
const outdated = ({ spec }: CronJobView, jobs: readonly JobView[]): readonly JobView[] => {
  const oldest = (condition: string, limit: number): readonly JobView[] => {
    const finished = jobs.filter((job) => finishedCondition(job as Job)?.type === condition)
    return finished.sort(byStart).slice(0, Math.max(0, finished.length - limit))
  }
  return [...oldest('Complete', spec.successfulJobsHistoryLimit), ...oldest('Failed', spec.failedJobsHistoryLimit)]
}

/** Source: utils.go, getJobFromTemplate2. */
const newJob = (
  view: ClusterView,
  cronJob: CronJobView,
  name: string,
  zone: TimeZone,
  run: number,
  at: number,
): readonly SimEvent[] => {
  const { metadata, spec } = cronJob.spec.jobTemplate
  return createJob(view, at, {
    namespace: cronJob.namespace,
    name,
    labels: metadata.labels ?? {},
    annotations: { ...metadata.annotations, [SCHEDULED_TIMESTAMP]: formatInZone(zone, run) },
    owner: controllerRefOf(cronJob) as ControllerRef,
    spec,
  })
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Mon, 02 Jan 2006 15:04:05 +0000`. */
const formatRfc1123 = (epochMillis: number): string => {
  const date = new Date(epochMillis)
  const text = date.toISOString()
  const month = MONTHS[date.getUTCMonth()]
  return `${WEEKDAYS[date.getUTCDay()]}, ${text.slice(8, 10)} ${month} ${text.slice(0, 4)} ${text.slice(11, 19)} +0000`
}

export const syncCronJob = (
  view: ClusterView,
  cronJob: CronJobView,
  children: readonly JobView[],
  at: number,
): CronJobSync => {
  const { spec, namespace } = cronJob
  const { start } = view.settings
  const events: SimEvent[] = []
  const notes: Note[] = []
  let active: readonly ActiveJob[] = cronJob.active
  let { lastScheduleAt, lastSuccessfulAt } = cronJob
  const isActive = (uid: string): boolean => active.some((job) => job.uid === uid)
  const forget = (uid: string): void => {
    if (isActive(uid)) active = active.filter((job) => job.uid !== uid)
  }
  const deleteJob = (job: JobView): void => {
    events.push(...deleteStoredObject(job, 'Background'))
    forget(job.uid)
  }

  for (const job of outdated(cronJob, children)) deleteJob(job)

  const known = new Set<string>()
  for (const job of children) {
    known.add(job.uid)
    const finished = finishedCondition(job as Job)
    if (finished === undefined) {
      if (!isActive(job.uid)) {
        const message = `Saw a job that the controller did not create or forgot: ${job.name}`
        notes.push(warning('UnexpectedJob', message))
      }
      continue
    }
    if (isActive(job.uid)) {
      forget(job.uid)
      notes.push(normal('SawCompletedJob', `Saw completed job: ${job.name}, condition: ${finished.type}`))
    }
    const { completionAt } = job.status
    if (completionAt !== undefined) lastSuccessfulAt = Math.max(lastSuccessfulAt ?? completionAt, completionAt)
  }
  for (const job of active) {
    if (known.has(job.uid) || view.jobs.has(keyOf(namespace, job.name))) continue
    notes.push(normal('MissingJob', `Active job went missing: ${job.name}`))
    forget(job.uid)
  }

  const done = (again?: number): CronJobSync => {
    for (const note of notes) events.push(cronJobEvents.Noted({ object: cronJob.key, ...note }))
    const unchanged =
      active === cronJob.active &&
      lastScheduleAt === cronJob.lastScheduleAt &&
      lastSuccessfulAt === cronJob.lastSuccessfulAt
    if (!unchanged) {
      events.push(cronJobEvents.StatusReported({ object: cronJob.key, active, lastScheduleAt, lastSuccessfulAt }))
    }
    return { events, again }
  }

  if (cronJob.deletion !== undefined) return done()
  const { zone, schedule } = readingOf(cronJob)
  if (zone === undefined) {
    const name = spec.timeZone ?? ''
    notes.push(warning('UnknownTimeZone', `invalid timeZone: ${JSON.stringify(name)}: unknown time zone ${name}`))
    return done()
  }
  if (spec.suspend) return done()
  if (isLeft(schedule)) {
    const message = `unparseable schedule: ${JSON.stringify(spec.schedule)} : ${schedule.left}`
    notes.push(warning('UnparseableSchedule', message))
    return done()
  }
  const input = runInput(view, cronJob, schedule.right, lastScheduleAt, at)
  const { run, missed, error } = dueRun(input, true)
  if (run === undefined) {
    if (error === undefined) return done(untilNextRun(input))
    notes.push(warning('InvalidSchedule', `invalid schedule: ${spec.schedule} : ${error}`))
    return done()
  }
  if (missed === 'many') {
    const advice = 'Set or decrease .spec.startingDeadlineSeconds or check clock skew'
    notes.push(warning('TooManyMissedTimes', `too many missed start times. ${advice}`))
  }
  if (spec.startingDeadlineSeconds !== undefined && run + spec.startingDeadlineSeconds * 1_000 < input.now) {
    notes.push(warning('MissSchedule', `Missed scheduled time to start a job: ${formatRfc1123(run)}`))
    return done(untilNextRun(input))
  }
  const name = `${cronJob.name}-${Math.floor(run / 60_000)}`
  if (active.some((job) => job.name === name) || lastScheduleAt === run - start) return done(untilNextRun(input))
  if (spec.concurrencyPolicy === 'Forbid' && active.length > 0) {
    const why = 'prior execution is running and concurrency policy is Forbid'
    notes.push(normal('JobAlreadyActive', `Not starting job because ${why}`))
    return done(untilNextRun(input))
  }
  if (spec.concurrencyPolicy === 'Replace') {
    for (const { name: running } of active) {
      const job = view.jobs.get(keyOf(namespace, running))
      if (job !== undefined) deleteJob(job)
    }
  }
  // Nothing new can be stored in a namespace that is being deleted, and soon the CronJob is gone too.
  if (isTerminatingNamespace(view, namespace)) return done()
  const refusal = creationProblem(view, { kind: 'Job', namespace, name })
  if (refusal?.reason === 'Forbidden') {
    // Unlike kube-controller-manager, which tries again and again: the next run does.
    notes.push(warning('FailedCreate', `Error creating job: ${refusal.message}`))
    return done(untilNextRun(input))
  }
  const existing = view.jobs.get(keyOf(namespace, name))
  if (existing !== undefined) {
    // One of ours that was forgotten is taken up again; of any other nothing is known.
    if (existing.owner?.uid !== cronJob.uid || isActive(existing.uid)) return done()
    active = [...active, { name, uid: existing.uid }]
  } else {
    const created = newJob(view, cronJob, name, zone, run, at)
    events.push(...created)
    const { uid } = created.find(({ kind }) => kind === jobEvents.Created.kind) as EventOf<typeof jobEvents.Created>
    active = [...active, { name, uid }]
  }
  lastScheduleAt = run - start
  return done(untilNextRun({ ...input, lastScheduleAt: run }))
}

/** The Jobs of a CronJob, whose owner references name it. */
export const childrenOf = (view: ClusterView, keys: Iterable<ObjectKey>): readonly JobView[] =>
  [...keys].flatMap((key) => view.jobs.get(key) ?? [])
