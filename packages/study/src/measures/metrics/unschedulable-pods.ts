import {
  type ClusterView,
  isActive,
  type Pod,
  PodBound,
  PodCreated,
  PodDeleted,
  PodFailed,
  PodMarkedForDeletion,
  PodStatusReported,
  PodUnschedulable,
  podConditionOf,
} from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { defaulted, object, optional } from '@wavetank/scenario/codec'
import type * as t from 'io-ts'
import { defineMetric, listen, type MeasureFold } from '../define-metric.ts'
import { beginLevel, LevelStatistic, levelOf, newLevel, setLevel } from '../statistic.ts'
import { missingFrom, POD_OWNERS, podsOf, WORKLOAD_DOC, WorkloadName } from '../workloads.ts'

const ofPods = (name: string) =>
  object(name, {
    workload: optional(WorkloadName, `Only pods of it. ${WORKLOAD_DOC}`),
    statistic: defaulted(LevelStatistic, 'mean', 'Of their number over time: `end` is that at the end of the run.'),
  })
type Of = t.TypeOf<ReturnType<typeof ofPods>>

type Counts = (pod: Pod) => boolean

/** How many pods there are that count, over time. */
const foldPods = ({ workload, statistic }: Of, counts: Counts): MeasureFold => {
  const isOf = podsOf(workload)
  const those = new Set<string>()
  const level = newLevel(0)
  const look = ({ event, at }: Entry<{ readonly kind: string; readonly pod: string }>, view: ClusterView): void => {
    const pod = view.pods.get(event.pod) as Pod | undefined
    if (pod !== undefined && counts(pod) && isOf(view, pod)) those.add(event.pod)
    else if (!those.delete(event.pod)) return
    setLevel(level, those.size, at)
  }
  const facts = {
    PodCreated,
    PodUnschedulable,
    PodBound,
    PodFailed,
    PodStatusReported,
    PodMarkedForDeletion,
    PodDeleted,
  }
  return {
    listens: [
      listen(facts, {
        PodCreated: look,
        PodUnschedulable: look,
        PodBound: look,
        PodFailed: look,
        PodStatusReported: look,
        PodMarkedForDeletion: look,
        PodDeleted: look,
      }),
    ],
    begin: (at) => beginLevel(level, at),
    result: ({ at }) => levelOf(level, statistic, at),
  }
}

const isPending = (pod: Pod): boolean => pod.node === '' && isActive(pod)

export const unschedulablePods = defineMetric<Of>({
  name: 'unschedulablePods',
  doc: 'How many pods the scheduler has tried and found no node for.',
  unit: 'count',
  of: ofPods('UnschedulablePods'),
  check: ({ workload }, scenario) => missingFrom(scenario, POD_OWNERS, 'workload', workload),
  fold: (of) => {
    const isRefused: Counts = (pod) => {
      if (!isPending(pod)) return false
      const condition = podConditionOf(pod, 'PodScheduled')
      return condition?.status === 'False' && condition.reason !== 'SchedulingGated'
    }
    return foldPods(of, isRefused)
  },
})

export const pendingPods = defineMetric<Of>({
  name: 'pendingPods',
  doc: 'How many pods have no node yet, tried or not.',
  unit: 'count',
  of: ofPods('PendingPods'),
  check: ({ workload }, scenario) => missingFrom(scenario, POD_OWNERS, 'workload', workload),
  fold: (of) => foldPods(of, isPending),
})
