import { PodBound, PodUnschedulable, podConditionOf } from '@wavetank/cluster'
import { defineMetric } from '../../metric.ts'

export interface SchedulingCounts {
  readonly bound: number
  /** Attempts that found no node. */
  readonly failedAttempts: number
  /** Pods that are still waiting for a node that fits, by key. */
  readonly unschedulable: readonly {
    readonly pod: string
    /** Since when, in milliseconds of the run. */
    readonly since: number
    readonly message: string
  }[]
}

interface State {
  bound: number
  failedAttempts: number
}

export const scheduling = defineMetric({
  name: 'scheduling',
  doc: 'How many pods got a node, how many attempts found none, and which pods still wait.',
  unit: 'pods',
  facts: { PodBound, PodUnschedulable },
  initial: (): State => ({ bound: 0, failedAttempts: 0 }),
  apply: {
    PodBound: (state) => {
      state.bound++
    },
    PodUnschedulable: (state) => {
      state.failedAttempts++
    },
  },
  result: ({ bound, failedAttempts }, { view }): SchedulingCounts => {
    const unschedulable: SchedulingCounts['unschedulable'][number][] = []
    for (const pod of view.pods.values()) {
      const condition = pod.node === '' ? podConditionOf(pod, 'PodScheduled') : undefined
      if (condition?.status !== 'False') continue
      unschedulable.push({ pod: pod.key, since: condition.lastTransitionAt, message: condition.message ?? '' })
    }
    return { bound, failedAttempts, unschedulable: unschedulable.sort((a, b) => (a.pod < b.pod ? -1 : 1)) }
  },
})
