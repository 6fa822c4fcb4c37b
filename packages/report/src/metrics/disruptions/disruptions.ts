import { PodDisruptionTargeted } from '@wavetank/cluster'
import { defineMetric } from '../../metric.ts'

/** By reason of the condition DisruptionTarget (`DeletionByTaintManager`, …), sorted by reason. */
export type DisruptionCounts = Readonly<Record<string, number>>

export const disruptions = defineMetric({
  name: 'disruptions',
  doc: 'Pods that were terminated because of a disruption, by its reason.',
  unit: 'pods',
  facts: { PodDisruptionTargeted },
  initial: () => new Map<string, number>(),
  apply: {
    PodDisruptionTargeted: (state, { event }) => {
      state.set(event.reason, (state.get(event.reason) ?? 0) + 1)
    },
  },
  result: (state): DisruptionCounts => Object.fromEntries([...state].sort(([a], [b]) => (a < b ? -1 : 1))),
})
