import type { MetricDefinition } from './define-metric.ts'
import { availability } from './metrics/availability.ts'
import { commandTime } from './metrics/command-time.ts'
import { cost, nodeHours } from './metrics/cost.ts'
import { events, evictions, restarts } from './metrics/counts.ts'
import { expectationsMet } from './metrics/expectations-met.ts'
import { expression } from './metrics/expression.ts'
import { fragmentation } from './metrics/fragmentation.ts'
import { jobLateness, jobsLate, jobTardiness } from './metrics/job-lateness.ts'
import { jobMakespan, jobsFinished, jobsInSystem, jobsWaiting, jobTime, jobWait } from './metrics/jobs.ts'
import { timePending } from './metrics/time-pending.ts'
import { timeToRecover } from './metrics/time-to-recover.ts'
import { pendingPods, unschedulablePods } from './metrics/unschedulable-pods.ts'
import { utilisation } from './metrics/utilisation.ts'

/** Every metric that a study can measure. */
export const metrics: readonly MetricDefinition[] = [
  availability,
  timeToRecover,
  unschedulablePods,
  pendingPods,
  timePending,
  utilisation,
  fragmentation,
  jobMakespan,
  jobTime,
  jobWait,
  jobsInSystem,
  jobsWaiting,
  jobsFinished,
  jobLateness,
  jobTardiness,
  jobsLate,
  restarts,
  evictions,
  commandTime,
  cost,
  nodeHours,
  expectationsMet,
  events,
  expression,
]

export const metricNamed = (name: string): MetricDefinition | undefined =>
  metrics.find((metric) => metric.name === name)
