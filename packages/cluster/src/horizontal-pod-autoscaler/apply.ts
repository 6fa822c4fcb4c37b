import type { Entry } from '@wavetank/kernel'
import type { HorizontalPodAutoscalerSpec } from '../api/autoscaling/horizontal-pod-autoscaler.ts'
import type { Folds } from '../folds.ts'
import { objectFolds, storedObject, storeObject } from '../object/object-folds.ts'
import { metaOfCreation, touch, touchSpec } from '../object/touch.ts'
import type { ClusterTables } from '../tables.ts'
import type { horizontalPodAutoscalerEvents } from './events.ts'
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerStatus } from './horizontal-pod-autoscaler.ts'

const NO_STATUS: HorizontalPodAutoscalerStatus = {
  currentReplicas: 0,
  desiredReplicas: 0,
  currentMetrics: [],
  conditions: [],
}

const find = (tables: ClusterTables, key: string, entry: Entry): HorizontalPodAutoscaler =>
  storedObject(tables.horizontalPodAutoscalers, key, entry)

type Events = (typeof horizontalPodAutoscalerEvents)[keyof typeof horizontalPodAutoscalerEvents]

export const applyHorizontalPodAutoscaler: Folds<Events> = {
  ...objectFolds('HorizontalPodAutoscaler', (tables) => tables.horizontalPodAutoscalers),
  HorizontalPodAutoscalerCreated: (tables, entry) => {
    const { event } = entry
    const autoscaler: HorizontalPodAutoscaler = {
      ...metaOfCreation(entry),
      kind: 'HorizontalPodAutoscaler',
      apiVersion: 'autoscaling/v2',
      key: event.object,
      spec: event.spec as unknown as HorizontalPodAutoscalerSpec,
      status: NO_STATUS,
    }
    storeObject(tables, tables.horizontalPodAutoscalers, autoscaler, entry)
  },
  HorizontalPodAutoscalerSpecChanged: (tables, entry) => {
    const autoscaler = find(tables, entry.event.object, entry)
    autoscaler.spec = entry.event.spec as unknown as HorizontalPodAutoscalerSpec
    touchSpec(autoscaler, entry)
  },
  HorizontalPodAutoscalerStatusReported: (tables, entry) => {
    const { kind, object, ...status } = entry.event
    const autoscaler = find(tables, object, entry)
    autoscaler.status = status
    touch(autoscaler, entry)
  },
  HorizontalPodAutoscalerRescaled: () => {},
  HorizontalPodAutoscalerNoted: () => {},
}
