import { defaulted, object, oneOf, optional } from '@wavetank/scenario/codec'
import type * as t from 'io-ts'
import { defineMetric, type MeasureFold, type RunEnd, type RunScene } from '../define-metric.ts'
import { createJobSource, type JobFacts, type JobSource } from '../sources/jobs.ts'
import { beginLevel, LevelStatistic, levelOf, newLevel, SampleStatistic, setLevel, statisticOf } from '../statistic.ts'
import { chosenBy, JOBS, missingFrom, WORKLOAD_DOC, WorkloadName } from '../workloads.ts'

const JOB_DOC = `Only these Jobs, or those of this CronJob. ${WORKLOAD_DOC}`
const job = optional(WorkloadName, JOB_DOC)
const check = ({ job: written }: { readonly job?: string }, scenario: Parameters<typeof missingFrom>[0]) =>
  missingFrom(scenario, JOBS, 'job', written)

const isChosen = (written: string | undefined): ((job: JobFacts) => boolean) => {
  const chooses = chosenBy(written)
  return ({ namespace, name, cronJob }) =>
    chooses({ kind: 'Job', namespace, name }) ||
    (cronJob !== undefined && chooses({ kind: 'CronJob', namespace, name: cronJob }))
}

/** A metric of the Jobs that were created after the warm-up. */
const foldJobs = (
  { share }: RunScene,
  written: string | undefined,
  result: (jobs: readonly JobFacts[], end: RunEnd) => number | null,
): MeasureFold => {
  const source: JobSource = share(createJobSource)
  const chooses = isChosen(written)
  let from = 0
  return {
    listens: [source.listener],
    begin: (at) => {
      from = at
    },
    result: (end) =>
      result(
        source.jobs.filter((one) => one.createdAt >= from && chooses(one)),
        end,
      ),
  }
}

const Some = object('Jobs', { job })
const Times = object('JobTimes', {
  job,
  statistic: defaulted(SampleStatistic, 'mean', 'Which of the times of all Jobs.'),
})
const Levels = object('JobsOverTime', {
  job,
  statistic: defaulted(LevelStatistic, 'mean', 'Of their number over time.'),
})
const Finished = object('JobsFinished', {
  job,
  condition: optional(oneOf('Complete', 'Failed'), 'Only those that ended so.'),
})
type Times = t.TypeOf<typeof Times>
type Levels = t.TypeOf<typeof Levels>

export const jobMakespan = defineMetric<t.TypeOf<typeof Some>>({
  name: 'jobMakespan',
  doc: 'From the creation of the first Job to the end of the last. No number while one of them has not ended.',
  unit: 'milliseconds',
  of: Some,
  check,
  fold: (of, scene) =>
    foldJobs(scene, of.job, (jobs) => {
      let first = Number.POSITIVE_INFINITY
      let last = Number.NEGATIVE_INFINITY
      for (const { createdAt, finishedAt, abandonedAt } of jobs) {
        if (abandonedAt !== undefined) continue
        if (finishedAt === undefined) return null
        first = Math.min(first, createdAt)
        last = Math.max(last, finishedAt)
      }
      return Number.isFinite(last) ? last - first : null
    }),
})

export const jobTime = defineMetric<Times>({
  name: 'jobTime',
  doc: 'From the creation of a Job to its end: its time in the system. Jobs that have not ended do not count.',
  unit: 'milliseconds',
  of: Times,
  check,
  fold: ({ job: written, statistic }, scene) =>
    foldJobs(scene, written, (jobs) =>
      statisticOf(
        jobs.flatMap(({ createdAt, finishedAt }) => (finishedAt === undefined ? [] : [finishedAt - createdAt])),
        statistic,
      ),
    ),
})

export const jobWait = defineMetric<Times>({
  name: 'jobWait',
  doc: 'From the creation of a Job until the first of its pods has a node. Jobs that still wait do not count.',
  unit: 'milliseconds',
  of: Times,
  check,
  fold: ({ job: written, statistic }, scene) =>
    foldJobs(scene, written, (jobs) =>
      statisticOf(
        jobs.flatMap(({ createdAt, startedAt }) => (startedAt === undefined ? [] : [startedAt - createdAt])),
        statistic,
      ),
    ),
})

export const jobsFinished = defineMetric<t.TypeOf<typeof Finished>>({
  name: 'jobsFinished',
  doc: 'How many Jobs ended, whenever they were created.',
  unit: 'count',
  of: Finished,
  check,
  fold: ({ job: written, condition }, { share }) => {
    const source = share(createJobSource)
    const chooses = isChosen(written)
    let from = 0
    return {
      listens: [source.listener],
      begin: (at) => {
        from = at
      },
      result: () =>
        source.jobs.filter(
          (one) =>
            one.finishedAt !== undefined &&
            one.finishedAt >= from &&
            (condition === undefined || one.condition === condition) &&
            chooses(one),
        ).length,
    }
  },
})

/** How many Jobs are as `isThere` says, over time. */
const foldLevel = (
  { job: written, statistic }: Levels,
  { share }: RunScene,
  isThere: (job: JobFacts) => boolean,
): MeasureFold => {
  const source = share(createJobSource)
  const chooses = isChosen(written)
  const there = new Set<JobFacts>()
  const level = newLevel(0)
  source.follow((one, at) => {
    if (isThere(one) && chooses(one)) there.add(one)
    else if (!there.delete(one)) return
    setLevel(level, there.size, at)
  })
  return {
    listens: [source.listener],
    begin: (at) => beginLevel(level, at),
    result: ({ at }) => levelOf(level, statistic, at),
  }
}

export const jobsInSystem = defineMetric<Levels>({
  name: 'jobsInSystem',
  doc: 'How many Jobs there are that have not ended.',
  unit: 'count',
  of: Levels,
  check,
  fold: (of, scene) =>
    foldLevel(of, scene, ({ finishedAt, abandonedAt }) => finishedAt === undefined && abandonedAt === undefined),
})

export const jobsWaiting = defineMetric<Levels>({
  name: 'jobsWaiting',
  doc: 'How many Jobs there are of which no pod has had a node yet.',
  unit: 'count',
  of: Levels,
  check,
  fold: (of, scene) =>
    foldLevel(
      of,
      scene,
      ({ startedAt, finishedAt, abandonedAt }) =>
        startedAt === undefined && finishedAt === undefined && abandonedAt === undefined,
    ),
})
