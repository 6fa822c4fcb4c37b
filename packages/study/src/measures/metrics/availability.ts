import type { Workload } from '@wavetank/report'
import { integer, object, optional } from '@wavetank/scenario/codec'
import type * as t from 'io-ts'
import { defineMetric } from '../define-metric.ts'
import { createWorkloadSource } from '../sources/workload-availability.ts'
import { beginLevel, levelOf, newLevel, pauseLevel, setLevel } from '../statistic.ts'
import { chosenBy, missingFrom, WORKLOAD_DOC, WORKLOADS, WorkloadName } from '../workloads.ts'

const Of = object('Availability', {
  workload: optional(WorkloadName, `Whose; all of them at once without it. ${WORKLOAD_DOC}`),
  atLeast: optional(integer(1, 1_000_000), 'Ready pods that are enough; as many as it wants without it.'),
})

export const availability = defineMetric<t.TypeOf<typeof Of>>({
  name: 'availability',
  doc: 'Share of the time in which a workload had as many ready pods as it wants, or `atLeast` so many: of several workloads, in which all of them had. Before it is created and after it is deleted, no time counts.',
  unit: 'ratio',
  of: Of,
  check: ({ workload }, scenario) => missingFrom(scenario, WORKLOADS, 'workload', workload),
  fold: ({ workload: written, atLeast }, { share }) => {
    const source = share(createWorkloadSource)
    const chooses = chosenBy(written)
    const level = newLevel()
    /** Chosen workloads that there are, and whether each has what it needs. */
    const living = new Map<Workload, boolean>()
    let lacking = 0
    source.follow((workload, at) => {
      const before = living.get(workload)
      if (before === undefined && (workload.deletedAt !== undefined || !chooses(workload))) return
      if (before === false) lacking--
      if (workload.deletedAt !== undefined) living.delete(workload)
      else {
        const needs = atLeast ?? workload.desired
        const isUp = needs !== undefined && workload.ready >= needs
        living.set(workload, isUp)
        if (!isUp) lacking++
      }
      if (living.size === 0) pauseLevel(level, at)
      else setLevel(level, lacking === 0 ? 1 : 0, at)
    })
    return {
      listens: [source.listener],
      begin: (at) => beginLevel(level, at),
      result: ({ at }) => levelOf(level, 'mean', at),
    }
  },
})
