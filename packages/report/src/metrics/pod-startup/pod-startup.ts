import { PodCreated, PodDeleted, PodResumed, PodStatusReported } from '@wavetank/cluster'
import { defineMetric } from '../../metric.ts'
import { type Percentiles, percentilesOf } from '../../percentile.ts'

interface State {
  /** Pods that have not run yet. */
  readonly waiting: Set<string>
  readonly millis: number[]
}

export const podStartup = defineMetric({
  name: 'podStartup',
  doc: 'From the creation of a pod to the first report that it runs. Pods that never ran do not count, nor those that ran before the run.',
  unit: 'milliseconds',
  facts: { PodCreated, PodDeleted, PodResumed, PodStatusReported },
  initial: (): State => ({ waiting: new Set(), millis: [] }),
  apply: {
    PodCreated: ({ waiting }, { event }) => {
      waiting.add(event.pod)
    },
    PodDeleted: ({ waiting }, { event }) => {
      waiting.delete(event.pod)
    },
    PodResumed: ({ waiting }, { event }) => {
      waiting.delete(event.pod)
    },
    PodStatusReported: ({ waiting, millis }, { event, at }, view) => {
      if (event.phase !== 'Running' && event.phase !== 'Succeeded') return
      const pod = view.pods.get(event.pod)
      if (pod !== undefined && waiting.delete(event.pod)) millis.push(at - pod.createdAt)
    },
  },
  result: ({ millis }): Percentiles | undefined => percentilesOf([...millis]),
})
