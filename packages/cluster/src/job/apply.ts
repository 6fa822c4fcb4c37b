import type { Entry } from '@wavetank/kernel'
import type { Folds } from '../folds.ts'
import { type LabelSelectorLike, selectorOf } from '../labels.ts'
import type { Labels } from '../object/meta.ts'
import { objectFolds, storedObject, storeObject } from '../object/object-folds.ts'
import { metaOfCreation, touch, touchSpec } from '../object/touch.ts'
import type { PodTemplate } from '../pod/pod.ts'
import { recordedTemplate } from '../pod/recorded-template.ts'
import type { ClusterTables } from '../tables.ts'
import { storedTime } from '../wall-clock.ts'
import type { JobConditionType, jobEvents } from './events.ts'
import { generatedLabels, type Job, type JobCondition, type JobSpec, type JobStatus } from './job.ts'

const NEW_STATUS: JobStatus = {
  active: 0,
  ready: undefined,
  terminating: undefined,
  succeeded: 0,
  failed: 0,
  startAt: undefined,
  completionAt: undefined,
  completedIndexes: '',
  failedIndexes: undefined,
  uncountedSucceeded: [],
  uncountedFailed: [],
}

const find = (tables: ClusterTables, key: string, entry: Entry): Job => storedObject(tables.jobs, key, entry)

/** Source: pkg/registry/batch/job/strategy.go, generateSelector: labels that are there already stay as they are. */
const labelsOfPods = (job: Pick<Job, 'name' | 'uid' | 'spec'>, template: PodTemplate): Labels => ({
  ...generatedLabels(job),
  ...template.labels,
})

/** The entry of a type is replaced, or appended if there is none. */
const setCondition = (
  tables: ClusterTables,
  job: Job,
  entry: Entry,
  condition: Omit<JobCondition, 'lastTransitionAt'>,
): void => {
  const next: JobCondition = { ...condition, lastTransitionAt: storedTime(tables.settings.start, entry.at) }
  const known = job.conditions.some(({ type }) => type === next.type)
  job.conditions = known
    ? job.conditions.map((other) => (other.type === next.type ? next : other))
    : [...job.conditions, next]
  touch(job, entry)
}

interface Ending {
  readonly object: string
  readonly condition: JobConditionType
  readonly reason: string
  readonly message: string
}

const end = (tables: ClusterTables, entry: Entry, event: Ending): Job => {
  const job = find(tables, event.object, entry)
  setCondition(tables, job, entry, {
    type: event.condition,
    status: 'True',
    reason: event.reason,
    message: event.message,
  })
  return job
}

export const applyJob: Folds<(typeof jobEvents)[keyof typeof jobEvents]> = {
  ...objectFolds(
    'Job',
    (tables) => tables.jobs,
    (tables, job) => tables.jobsByUid.delete(job.uid),
  ),
  JobCreated: (tables, entry) => {
    const { event } = entry
    const selector = event.selector as LabelSelectorLike
    const meta = metaOfCreation(entry)
    const spec = event.spec as unknown as JobSpec
    const template = recordedTemplate(tables, event.template, entry)
    const job: Job = {
      ...meta,
      kind: 'Job',
      apiVersion: 'batch/v1',
      key: event.object,
      spec,
      selector,
      matcher: selectorOf(selector),
      template,
      podLabels: labelsOfPods({ name: meta.name, uid: meta.uid, spec }, template),
      status: NEW_STATUS,
      conditions: [],
      podsMade: 0,
      openPods: new Set(),
    }
    storeObject(tables, tables.jobs, job, entry)
    tables.jobsByUid.set(job.uid, job)
  },
  JobSpecChanged: (tables, entry) => {
    const job = find(tables, entry.event.object, entry)
    job.spec = entry.event.spec as unknown as JobSpec
    touchSpec(job, entry)
  },
  JobTemplateChanged: (tables, entry) => {
    const job = find(tables, entry.event.object, entry)
    job.template = recordedTemplate(tables, entry.event.template, entry)
    job.podLabels = labelsOfPods(job, job.template)
    touchSpec(job, entry)
  },
  JobStatusReported: (tables, entry) => {
    const { event } = entry
    const job = find(tables, event.object, entry)
    job.status = {
      active: event.active,
      ready: event.ready,
      terminating: event.terminating,
      succeeded: event.succeeded,
      failed: event.failed,
      startAt: event.startAt,
      completionAt: job.status.completionAt,
      completedIndexes: event.completedIndexes ?? '',
      failedIndexes: event.failedIndexes,
      uncountedSucceeded: event.uncountedSucceeded ?? [],
      uncountedFailed: event.uncountedFailed ?? [],
    }
    touch(job, entry)
  },
  JobSuspended: (tables, entry) => {
    setCondition(tables, find(tables, entry.event.object, entry), entry, {
      type: 'Suspended',
      status: 'True',
      reason: 'JobSuspended',
      message: 'Job suspended',
    })
  },
  JobResumed: (tables, entry) => {
    setCondition(tables, find(tables, entry.event.object, entry), entry, {
      type: 'Suspended',
      status: 'False',
      reason: 'JobResumed',
      message: 'Job resumed',
    })
  },
  JobDecided: (tables, entry) => {
    end(tables, entry, entry.event)
  },
  JobFinished: (tables, entry) => {
    const job = end(tables, entry, entry.event)
    if (entry.event.condition !== 'Complete') return
    job.status = { ...job.status, completionAt: storedTime(tables.settings.start, entry.at) }
  },
}
