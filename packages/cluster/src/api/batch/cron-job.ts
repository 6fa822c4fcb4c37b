import type * as t from 'io-ts'
import type { Codec } from '../codec.ts'
import {
  defaulted,
  defaultedZero,
  flag,
  integer,
  optional,
  present,
  requiredText,
  struct,
  text,
  words,
} from '../codec.ts'
import { validatePodTemplate } from '../core/pod-validation.ts'
import { defineKind, objectCodec, unreadStatus } from '../define-kind.ts'
import { NAME_RULES, TemplateMeta, validateAnnotations, validateLabels } from '../meta/object-meta.ts'
import type { Trail } from '../trail.ts'
import { invalid, nonNegative, notSupported, within } from '../trail.ts'
import { cronProblem, timeZoneProblem } from './cron-schedule.ts'
import { JobSpec } from './job.ts'
import { validateJobSpec } from './job-validation.ts'

const jobTemplateSpec = struct('JobTemplateSpec', { metadata: present(TemplateMeta), spec: JobSpec })
export interface JobTemplateSpec extends t.TypeOf<typeof jobTemplateSpec> {}
export const JobTemplateSpec: Codec<JobTemplateSpec> = jobTemplateSpec

const cronJobSpec = struct('CronJobSpec', {
  schedule: requiredText,
  timeZone: optional(text),
  startingDeadlineSeconds: optional(integer),
  concurrencyPolicy: defaultedZero(words('Allow', 'Forbid', 'Replace'), 'Allow'),
  suspend: defaulted(flag, false),
  jobTemplate: JobTemplateSpec,
  successfulJobsHistoryLimit: defaulted(integer, 3),
  failedJobsHistoryLimit: defaulted(integer, 1),
})
export interface CronJobSpec extends t.TypeOf<typeof cronJobSpec> {}
export const CronJobSpec: Codec<CronJobSpec> = cronJobSpec

const cronJob = objectCodec('batch/v1', 'CronJob', { spec: CronJobSpec, status: unreadStatus })
export interface CronJob extends t.TypeOf<typeof cronJob> {}
export const CronJob: Codec<CronJob> = cronJob

const NAME_MAX = 52

const validateSchedule = (trail: Trail, { schedule, timeZone }: CronJobSpec): void => {
  if (schedule !== '') {
    within(trail, 'schedule', () => {
      if (schedule.includes('TZ')) {
        invalid(
          trail,
          'WT122',
          schedule,
          'cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
          'write the zone into `spec.timeZone`',
        )
      }
      const problem = cronProblem(schedule)
      if (problem !== undefined) invalid(trail, 'WT122', schedule, problem)
    })
  }
  const problem = timeZone === undefined ? undefined : timeZoneProblem(timeZone)
  if (problem !== undefined) within(trail, 'timeZone', () => invalid(trail, 'WT122', timeZone, problem))
}

const validateJobTemplate = (trail: Trail, { metadata, spec }: JobTemplateSpec): void => {
  within(trail, 'metadata', () => {
    validateLabels(trail, 'labels', metadata.labels)
    validateAnnotations(trail, metadata.annotations)
  })
  trail.steps.push('spec')
  validateJobSpec(trail, spec)
  within(trail, 'template', () => validatePodTemplate(trail, spec.template))
  if (spec.selector !== undefined) {
    within(trail, 'selector', () => invalid(trail, 'WT111', spec.selector, '`selector` will be auto-generated'))
  }
  if (spec.manualSelector === true) {
    within(trail, 'manualSelector', () => notSupported(trail, true, ['nil', 'false']))
  }
  trail.steps.pop()
}

export const cronJobKind = defineKind<CronJob>({
  kind: 'CronJob',
  apiVersion: 'batch/v1',
  codec: CronJob,
  nameRule: NAME_RULES.subdomain,
  validate: (trail, { metadata, spec }) => {
    // The Jobs it makes add eleven characters, and their pods' labels hold 63.
    if (metadata.name.length > NAME_MAX) {
      trail.steps.push('metadata', 'name')
      invalid(trail, 'WT109', metadata.name, `must be no more than ${NAME_MAX} characters`)
      trail.steps.length -= 2
    }
    trail.steps.push('spec')
    validateSchedule(trail, spec)
    nonNegative(trail, 'startingDeadlineSeconds', spec.startingDeadlineSeconds)
    within(trail, 'jobTemplate', () => validateJobTemplate(trail, spec.jobTemplate))
    nonNegative(trail, 'successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit)
    nonNegative(trail, 'failedJobsHistoryLimit', spec.failedJobsHistoryLimit)
    trail.steps.pop()
  },
})
