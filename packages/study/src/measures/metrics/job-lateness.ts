import type { Scenario } from '@wavetank/scenario'
import { parseDuration } from '@wavetank/scenario'
import { defaulted, object, optional, type ProblemAt } from '@wavetank/scenario/codec'
import { isRight } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { defineMetric, type RunEnd, type RunScene } from '../define-metric.ts'
import { createJobSource, type JobFacts } from '../sources/jobs.ts'
import { SampleStatistic, statisticOf } from '../statistic.ts'
import { chosenBy, JOBS, missingFrom, WORKLOAD_DOC, WorkloadName } from '../workloads.ts'

/** On a Job, or on the `jobTemplate` of a CronJob: how long after its creation it should have ended. */
export const DEADLINE = 'wavetank.dev/deadline'

const job = optional(WorkloadName, `Only these Jobs, or those of this CronJob. ${WORKLOAD_DOC}`)
const Of = object('JobLateness', {
  job,
  statistic: defaulted(SampleStatistic, 'mean', 'Which of the times of all Jobs.'),
})
const Late = object('JobsLate', { job })

const deadlineOf = ({ annotations, createdAt }: JobFacts): number | undefined => {
  const written = annotations[DEADLINE]
  const parsed = written === undefined ? undefined : parseDuration(written)
  return parsed !== undefined && isRight(parsed) ? createdAt + parsed.right : undefined
}

/** Annotations of Jobs at the beginning that are no duration. */
const wrongDeadlines = (scenario: Scenario): readonly ProblemAt[] =>
  scenario.objects.flatMap((object): readonly ProblemAt[] => {
    if (object.kind !== 'Job') return []
    const { name, namespace = 'default', annotations } = object.metadata
    const written = annotations?.[DEADLINE]
    const parsed = written === undefined ? undefined : parseDuration(written)
    if (parsed === undefined || isRight(parsed)) return []
    const { message, hint } = parsed.left
    return [[[], { code: 'WT014', message: `annotation ${DEADLINE} of Job ${namespace}/${name}: ${message}`, hint }]]
  })

const check = ({ job: written }: { readonly job?: string }, scenario: Scenario): readonly ProblemAt[] => [
  ...missingFrom(scenario, JOBS, 'job', written),
  ...wrongDeadlines(scenario),
]

/** How much later than its deadline each Job ended. One that is still at it is late once the deadline is over. */
const foldLateness = (
  { share }: RunScene,
  written: string | undefined,
  result: (lateness: readonly number[]) => number | null,
) => {
  const source = share(createJobSource)
  const chooses = chosenBy(written)
  let from = 0
  return {
    listens: [source.listener],
    begin: (at: number) => {
      from = at
    },
    result: ({ at }: RunEnd) =>
      result(
        source.jobs.flatMap((one) => {
          const { namespace, name, cronJob, createdAt, finishedAt, abandonedAt } = one
          const deadline = deadlineOf(one)
          const isMeant =
            chooses({ kind: 'Job', namespace, name }) ||
            (cronJob !== undefined && chooses({ kind: 'CronJob', namespace, name: cronJob }))
          if (deadline === undefined || createdAt < from || !isMeant) return []
          if (finishedAt !== undefined) return [finishedAt - deadline]
          return abandonedAt === undefined && at > deadline ? [at - deadline] : []
        }),
      ),
  }
}

export const jobLateness = defineMetric<t.TypeOf<typeof Of>>({
  name: 'jobLateness',
  doc: `How much later than its deadline a Job ended; negative if earlier. The deadline is the annotation \`${DEADLINE}\` of the Job, a duration from its creation: Jobs without it do not count. One that has not ended counts once its deadline is over.`,
  unit: 'milliseconds',
  of: Of,
  check,
  fold: (of, scene) => foldLateness(scene, of.job, (lateness) => statisticOf(lateness, of.statistic)),
})

export const jobTardiness = defineMetric<t.TypeOf<typeof Of>>({
  name: 'jobTardiness',
  doc: 'Lateness where it is positive, and 0 for a Job that ended in time.',
  unit: 'milliseconds',
  of: Of,
  check,
  fold: (of, scene) =>
    foldLateness(scene, of.job, (lateness) =>
      statisticOf(
        lateness.map((late) => Math.max(0, late)),
        of.statistic,
      ),
    ),
})

export const jobsLate = defineMetric<t.TypeOf<typeof Late>>({
  name: 'jobsLate',
  doc: 'How many Jobs ended after their deadline, or should have by the end of the run.',
  unit: 'count',
  of: Late,
  check,
  fold: (of, scene) => foldLateness(scene, of.job, (lateness) => lateness.filter((late) => late > 0).length),
})
