import { optional } from '@wavetank/kernel'
import * as t from 'io-ts'
import { ObjectKey } from '../ids.ts'
import { creationData, defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

/** A condition of `status.conditions`; times in milliseconds of the run. */
export const AutoscalerCondition = t.readonly(
  t.type({
    type: t.keyof({ AbleToScale: null, ScalingActive: null, ScalingLimited: null }),
    status: t.keyof({ True: null, False: null }),
    reason: t.string,
    message: t.string,
    lastTransitionAt: t.number,
  }),
  'AutoscalerCondition',
)
export type AutoscalerCondition = t.TypeOf<typeof AutoscalerCondition>

export const horizontalPodAutoscalerEvents = {
  ...defineObjectEvents('HorizontalPodAutoscaler'),
  Created: defineObjectEvent('HorizontalPodAutoscaler', 'Created', {
    doc: 'A HorizontalPodAutoscaler is stored, its spec as the API server defaults it.',
    data: {
      ...creationData,
      spec: t.UnknownRecord,
    },
  }),
  SpecChanged: defineObjectEvent('HorizontalPodAutoscaler', 'SpecChanged', {
    doc: 'The spec changed; this is all of it.',
    data: { object: ObjectKey, spec: t.UnknownRecord },
  }),
  StatusReported: defineObjectEvent('HorizontalPodAutoscaler', 'StatusReported', {
    doc: 'The controller wrote the status; this is all of it. `currentMetrics` is as the API has it.',
    data: {
      object: ObjectKey,
      currentReplicas: t.number,
      desiredReplicas: t.number,
      lastScaleAt: optional(t.number),
      currentMetrics: t.readonlyArray(t.UnknownRecord),
      conditions: t.readonlyArray(AutoscalerCondition),
    },
  }),
  Rescaled: defineObjectEvent('HorizontalPodAutoscaler', 'Rescaled', {
    doc: 'The controller set the replicas of the target, and why.',
    data: { object: ObjectKey, from: t.number, to: t.number, reason: t.string },
  }),
  Noted: defineObjectEvent('HorizontalPodAutoscaler', 'Noted', {
    doc: 'The controller says what it did, or could not do, in the words of its core/v1 Event.',
    data: {
      object: ObjectKey,
      type: t.keyof({ Normal: null, Warning: null }),
      reason: t.string,
      message: t.string,
    },
  }),
}
