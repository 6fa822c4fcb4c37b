import {
  type ClusterView,
  ContainerStarted,
  ContainerStartFailed,
  PodDisruptionTargeted,
  PodKilledByKubelet,
} from '@wavetank/cluster'
import { suggestion } from '@wavetank/scenario'
import { object, optional, type ProblemAt, text } from '@wavetank/scenario/codec'
import type * as t from 'io-ts'
import { catalogue } from 'wavetank'
import { defineMetric, type Listener, listen, type MeasureFold } from '../define-metric.ts'
import { missingFrom, POD_OWNERS, podsOf, WORKLOAD_DOC, WorkloadName } from '../workloads.ts'

const workload = optional(WorkloadName, `Only pods of it. ${WORKLOAD_DOC}`)

const counter = (listener: (count: () => void) => Listener): MeasureFold => {
  let count = 0
  return {
    listens: [
      listener(() => {
        count++
      }),
    ],
    begin: () => {
      count = 0
    },
    result: () => count,
  }
}

const Restarts = object('Restarts', { workload })

export const restarts = defineMetric<t.TypeOf<typeof Restarts>>({
  name: 'restarts',
  doc: 'How often containers were started again in the same pod.',
  unit: 'count',
  of: Restarts,
  check: (of, scenario) => missingFrom(scenario, POD_OWNERS, 'workload', of.workload),
  fold: (of) =>
    counter((count) => {
      const isOf = podsOf(of.workload)
      const look = (
        { event }: { readonly event: { readonly pod: string; readonly restart: number } },
        view: ClusterView,
      ): void => {
        const pod = view.pods.get(event.pod)
        if (event.restart > 0 && pod !== undefined && isOf(view, pod as never)) count()
      }
      return listen({ ContainerStarted, ContainerStartFailed }, { ContainerStarted: look, ContainerStartFailed: look })
    }),
})

const KUBELET = 'TerminationByKubelet'
const REASONS = [
  'EvictionByEvictionAPI',
  'PreemptionByScheduler',
  'DeletionByTaintManager',
  'DeletionByPodGC',
  KUBELET,
] as const

const Evictions = object('Evictions', {
  workload,
  reason: optional(
    text,
    `Only those with this reason of the condition DisruptionTarget: ${REASONS.map((reason) => `\`${reason}\``).join(', ')}.`,
  ),
})

export const evictions = defineMetric<t.TypeOf<typeof Evictions>>({
  name: 'evictions',
  doc: 'How many pods were ended by a disruption: evicted by the API, preempted, deleted for a taint or because their node is gone, ended by their kubelet.',
  unit: 'count',
  of: Evictions,
  check: ({ workload: written, reason }, scenario): readonly ProblemAt[] => [
    ...missingFrom(scenario, POD_OWNERS, 'workload', written),
    ...(reason === undefined || (REASONS as readonly string[]).includes(reason)
      ? []
      : [
          [
            ['reason'],
            { code: 'WT017', message: `there is no reason ${reason}`, hint: suggestion(reason, REASONS) },
          ] as const,
        ]),
  ],
  fold: ({ workload: written, reason }) =>
    counter((count) => {
      const isOf = podsOf(written)
      const look = (key: string, why: string, view: ClusterView): void => {
        const pod = view.pods.get(key)
        if (pod !== undefined && (reason === undefined || reason === why) && isOf(view, pod as never)) count()
      }
      return listen(
        { PodDisruptionTargeted, PodKilledByKubelet },
        {
          PodDisruptionTargeted: ({ event }, view) => look(event.pod, event.reason, view),
          // The condition comes with the phase, once nothing of the pod runs; without one, a deadline was over.
          PodKilledByKubelet: ({ event }, view) => {
            if (event.disruption !== undefined) look(event.pod, KUBELET, view)
          },
        },
      )
    }),
})

const Events = object('Events', {
  kind: optional(text, 'Only this kind of event, as the log has it: `PodUnschedulable`. All entries without it.'),
})

export const events = defineMetric<t.TypeOf<typeof Events>>({
  name: 'events',
  doc: 'How many entries the log has, or would have, of one kind or of all.',
  unit: 'count',
  of: Events,
  check: ({ kind }): readonly ProblemAt[] =>
    kind === undefined || catalogue.has(kind)
      ? []
      : [
          [
            ['kind'],
            { code: 'WT061', message: `there is no event ${kind}`, hint: suggestion(kind, [...catalogue.keys()]) },
          ],
        ],
  fold: ({ kind }) =>
    counter((count) => new Map((kind === undefined ? [...catalogue.keys()] : [kind]).map((one) => [one, count]))),
})
