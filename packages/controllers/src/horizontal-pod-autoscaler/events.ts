import { ObjectKey } from '@wavetank/cluster'
import { DECIDE, defineEvent, optional, RELEASE } from '@wavetank/kernel'
import * as t from 'io-ts'

export const HorizontalPodAutoscalerSyncDue = defineEvent('HorizontalPodAutoscalerSyncDue', {
  doc: 'The controller looks at one HorizontalPodAutoscaler: its sync period is over.',
  rank: DECIDE,
  data: { object: ObjectKey },
})

export const HorizontalPodAutoscalerRecommended = defineEvent('HorizontalPodAutoscalerRecommended', {
  doc:
    'From now on each sync recommends this many replicas, before stabilization; without `replicas`, a sync recommends none. ' +
    'What stays the same is not said again.',
  // Before anything that follows from it.
  rank: RELEASE,
  data: { object: ObjectKey, replicas: optional(t.number) },
})
