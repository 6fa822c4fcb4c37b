import {
  DependencyWentDown,
  DiskFilled,
  DiskSlowed,
  KubeletStopped,
  NodeFailed,
  NodeFrozen,
  NodePartitioned,
  NodeReclaimed,
  NodeShutdownRequested,
  RegistryWentDown,
} from '@wavetank/cluster'
import type { Workload } from '@wavetank/report'
import { defaulted, object, oneOf, optional } from '@wavetank/scenario/codec'
import type * as t from 'io-ts'
import { defineMetric, listen } from '../define-metric.ts'
import { createWorkloadSource } from '../sources/workload-availability.ts'
import { SampleStatistic, statisticOf } from '../statistic.ts'
import { chosenBy, missingFrom, WORKLOAD_DOC, WORKLOADS, WorkloadName } from '../workloads.ts'

const Of = object('TimeToRecover', {
  workload: optional(WorkloadName, `Whose; until all are whole again without it. ${WORKLOAD_DOC}`),
  since: defaulted(
    oneOf('outage', 'fault'),
    'outage',
    '`outage`: from when it had too few ready pods, as the API server knows it. `fault`: from the last fault before that, so that the time until anybody notices counts too.',
  ),
  statistic: defaulted(SampleStatistic, 'mean', 'Which of the times, if there were several.'),
})

const FAULTS = {
  NodeFailed,
  NodeFrozen,
  NodePartitioned,
  NodeReclaimed,
  NodeShutdownRequested,
  KubeletStopped,
  DiskFilled,
  DiskSlowed,
  DependencyWentDown,
  RegistryWentDown,
}

export const timeToRecover = defineMetric<t.TypeOf<typeof Of>>({
  name: 'timeToRecover',
  doc: 'How long a workload that had as many ready pods as it wants has fewer, until it has them again; of several workloads, until all of them do. What is not whole by the end of the run counts until then. No number if nothing was ever lost.',
  unit: 'milliseconds',
  of: Of,
  check: ({ workload }, scenario) => missingFrom(scenario, WORKLOADS, 'workload', workload),
  fold: ({ workload: written, since, statistic }, { share }) => {
    const source = share(createWorkloadSource)
    const chooses = chosenBy(written)
    const down = new Set<Workload>()
    const times: number[] = []
    let lastFault: number | undefined
    let lastWhole = 0
    let begunAt = 0
    let from: number | undefined
    source.follow((workload, at) => {
      if (!chooses(workload)) return
      const isDown = workload.deletedAt === undefined && workload.downSince !== undefined
      if (isDown === down.has(workload)) return
      if (isDown) {
        down.add(workload)
        if (down.size > 1) return
        // A fault that came before it was last whole has been recovered from.
        from = since === 'fault' && lastFault !== undefined && lastFault >= lastWhole ? lastFault : at
        return
      }
      down.delete(workload)
      if (down.size > 0) return
      lastWhole = at
      if (from !== undefined && from >= begunAt) times.push(at - from)
      from = undefined
    })
    const fault = ({ at }: { readonly at: number }): void => {
      lastFault = at
    }
    const faults = listen(
      FAULTS,
      Object.fromEntries(Object.keys(FAULTS).map((kind) => [kind, fault])) as Record<keyof typeof FAULTS, typeof fault>,
    )
    return {
      listens: [source.listener, faults],
      begin: (at) => {
        begunAt = at
        times.length = 0
      },
      result: ({ at }) => {
        const open = from !== undefined && from >= begunAt ? [at - from] : []
        return statisticOf([...times, ...open], statistic)
      },
    }
  },
})
