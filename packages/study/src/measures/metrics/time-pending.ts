import { type ClusterView, PodBound, PodCreated, PodDeleted } from '@wavetank/cluster'
import { defaulted, object, optional } from '@wavetank/scenario/codec'
import type * as t from 'io-ts'
import { defineMetric, listen } from '../define-metric.ts'
import { SampleStatistic, statisticOf } from '../statistic.ts'
import { missingFrom, POD_OWNERS, podsOf, WORKLOAD_DOC, WorkloadName } from '../workloads.ts'

const Of = object('TimePending', {
  workload: optional(WorkloadName, `Only pods of it. ${WORKLOAD_DOC}`),
  statistic: defaulted(SampleStatistic, 'mean', 'Which of the times of all pods.'),
})

export const timePending = defineMetric<t.TypeOf<typeof Of>>({
  name: 'timePending',
  doc: 'From the creation of a pod until it has a node. A pod that is deleted or still waits at the end of the run counts until then, so that what never gets a node is not forgotten.',
  unit: 'milliseconds',
  of: Of,
  check: ({ workload }, scenario) => missingFrom(scenario, POD_OWNERS, 'workload', workload),
  fold: ({ workload, statistic }) => {
    const isOf = podsOf(workload)
    const waiting = new Map<string, number>()
    const times: number[] = []
    const end = (pod: string, at: number): void => {
      const since = waiting.get(pod)
      if (since === undefined) return
      waiting.delete(pod)
      times.push(at - since)
    }
    const listener = listen(
      { PodCreated, PodBound, PodDeleted },
      {
        PodCreated: ({ event, at }, view: ClusterView) => {
          const pod = view.pods.get(event.pod)
          if (pod !== undefined && pod.node === '' && isOf(view, pod as never)) waiting.set(event.pod, at)
        },
        PodBound: ({ event, at }) => end(event.pod, at),
        PodDeleted: ({ event, at }) => end(event.pod, at),
      },
    )
    return {
      listens: [listener],
      begin: () => {
        waiting.clear()
        times.length = 0
      },
      result: ({ at }) => statisticOf([...times, ...Array.from(waiting.values(), (since) => at - since)], statistic),
    }
  },
})
