import { defineEvent, optional, RELEASE } from '@wavetank/kernel'
import * as t from 'io-ts'
import { ObjectKey, PodKey } from '../ids.ts'
import { creationData, defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

const DisruptedPods = t.readonly(t.record(t.string, t.number), 'DisruptedPods')

export const podDisruptionBudgetEvents = {
  ...defineObjectEvents('PodDisruptionBudget'),
  Created: defineObjectEvent('PodDisruptionBudget', 'Created', {
    doc: 'A PodDisruptionBudget is stored. It allows nothing until its controller has looked at it.',
    data: {
      ...creationData,
      spec: t.UnknownRecord,
    },
  }),
  SpecChanged: defineObjectEvent('PodDisruptionBudget', 'SpecChanged', {
    doc: 'The spec changed; this is all of it.',
    data: { object: ObjectKey, spec: t.UnknownRecord },
  }),
  StatusReported: defineObjectEvent('PodDisruptionBudget', 'StatusReported', {
    doc: 'The disruption controller wrote how many of the pods may go. `disruptedPods`: evictions that were granted and that it has not seen happen.',
    data: {
      object: ObjectKey,
      expectedPods: t.number,
      currentHealthy: t.number,
      desiredHealthy: t.number,
      disruptionsAllowed: t.number,
      disruptedPods: DisruptedPods,
    },
  }),
  SyncFailed: defineObjectEvent('PodDisruptionBudget', 'SyncFailed', {
    doc: 'The disruption controller cannot say how many pods there should be: until it can, none may go.',
    data: { object: ObjectKey, message: t.string },
  }),
  DisruptionGranted: defineObjectEvent('PodDisruptionBudget', 'DisruptionGranted', {
    doc: 'The eviction API took one of the allowed disruptions for this pod.',
    // Not later than the deletion that it comes with, which may be at once.
    rank: RELEASE,
    data: { object: ObjectKey, pod: PodKey },
  }),
}

export const PodEvictionRefused = defineEvent('PodEvictionRefused', {
  doc:
    'The API server did not let the pod be evicted: its HTTP status and message, the `budgets` that stand in the way, and `why` ' +
    'they do. Who asks again and is refused for the same reason does not say so again.',
  data: {
    pod: PodKey,
    code: t.number,
    message: t.string,
    why: optional(t.string),
    budgets: t.readonlyArray(ObjectKey),
  },
})
