import type { HorizontalPodAutoscalerSpec } from '../api/autoscaling/horizontal-pod-autoscaler.ts'
import type { StoredObject } from '../object/stored-object.ts'
import type { AutoscalerCondition } from './events.ts'

export interface HorizontalPodAutoscaler extends StoredObject {
  readonly kind: 'HorizontalPodAutoscaler'
  readonly apiVersion: 'autoscaling/v2'
  spec: HorizontalPodAutoscalerSpec
  status: HorizontalPodAutoscalerStatus
}

export interface HorizontalPodAutoscalerStatus {
  readonly currentReplicas: number
  readonly desiredReplicas: number
  /** Milliseconds of the run. */
  readonly lastScaleAt?: number | undefined
  /** As the API has them; a metric that could not be read is `{type: ''}`. */
  readonly currentMetrics: readonly Readonly<Record<string, unknown>>[]
  readonly conditions: readonly AutoscalerCondition[]
}
