import { type CronJob, type DeepReadonly, type Job, type JobConditionType, selectorOf } from '@wavetank/cluster'
import { formatSelector, type Selector } from '@wavetank/cluster/api'
import { humanDuration } from '../duration.ts'
import { AGE, ageOf, containersOf, defineColumns, NAME, NONE } from './define-columns.ts'

type JobView = DeepReadonly<Job>

const completions = ({ spec, status }: JobView): string => {
  if (spec.completions !== undefined) return `${status.succeeded}/${spec.completions}`
  return spec.parallelism > 1 ? `${status.succeeded}/1 of ${spec.parallelism}` : `${status.succeeded}/1`
}

const statusOf = ({ conditions, deletion }: JobView): string => {
  const has = (wanted: JobConditionType): boolean =>
    conditions.some(({ type, status }) => type === wanted && status === 'True')
  if (has('Complete')) return 'Complete'
  if (has('Failed')) return 'Failed'
  if (deletion !== undefined) return 'Terminating'
  if (has('Suspended')) return 'Suspended'
  if (has('FailureTarget')) return 'FailureTarget'
  return has('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running'
}

/** Source: pkg/printers/internalversion/printers.go, printJob. */
export const jobColumns = defineColumns<JobView>({
  kind: 'Job',
  list: ({ view }) => view.jobs.values(),
  columns: [
    NAME,
    { header: 'STATUS', cell: statusOf },
    { header: 'COMPLETIONS', cell: completions },
    {
      header: 'DURATION',
      cell: ({ status: { startAt, completionAt } }, moment) => {
        if (startAt === undefined) return ''
        return completionAt === undefined ? ageOf(moment, startAt) : humanDuration(completionAt - startAt)
      },
    },
    AGE,
    { header: 'CONTAINERS', wide: true, cell: ({ template }) => containersOf(template.spec, 'name') },
    { header: 'IMAGES', wide: true, cell: ({ template }) => containersOf(template.spec, 'image') },
    { header: 'SELECTOR', wide: true, cell: ({ matcher }) => formatSelector(matcher as Selector) },
  ],
})

/** Source: pkg/printers/internalversion/printers.go, printCronJob. */
export const cronJobColumns = defineColumns<DeepReadonly<CronJob>>({
  kind: 'CronJob',
  list: ({ view }) => view.cronJobs.values(),
  columns: [
    NAME,
    { header: 'SCHEDULE', cell: ({ spec }) => spec.schedule },
    { header: 'TIMEZONE', cell: ({ spec }) => spec.timeZone ?? NONE },
    { header: 'SUSPEND', cell: ({ spec }) => (spec.suspend ? 'True' : 'False') },
    { header: 'ACTIVE', cell: ({ active }) => `${active.length}` },
    {
      header: 'LAST SCHEDULE',
      cell: ({ lastScheduleAt }, moment) => (lastScheduleAt === undefined ? NONE : ageOf(moment, lastScheduleAt)),
    },
    AGE,
    {
      header: 'CONTAINERS',
      wide: true,
      cell: ({ spec }) => containersOf(spec.jobTemplate.spec.template.spec, 'name'),
    },
    { header: 'IMAGES', wide: true, cell: ({ spec }) => containersOf(spec.jobTemplate.spec.template.spec, 'image') },
    {
      header: 'SELECTOR',
      wide: true,
      cell: ({ spec: { jobTemplate } }) =>
        jobTemplate.spec.selector === undefined ? NONE : formatSelector(selectorOf(jobTemplate.spec.selector as never)),
    },
  ],
})
