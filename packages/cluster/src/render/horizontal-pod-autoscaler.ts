import type { HorizontalPodAutoscaler } from '../horizontal-pod-autoscaler/horizontal-pod-autoscaler.ts'
import type { DeepReadonly } from '../tables.ts'
import { sorted, sortedOnce } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata, timestamp } from './metadata.ts'

/** A HorizontalPodAutoscaler as `kubectl get -o yaml` shows it. */
export const renderHorizontalPodAutoscaler = memoised<DeepReadonly<HorizontalPodAutoscaler>>((view, autoscaler) => {
  const { kind, apiVersion, spec, status } = autoscaler
  const { currentReplicas, desiredReplicas, lastScaleAt, currentMetrics, conditions } = status
  return {
    apiVersion,
    kind,
    // The API server counts no generations of this kind.
    metadata: sorted(renderMetadata(view, autoscaler, { generation: false, gracePeriod: true })),
    spec: sortedOnce(spec),
    status: sorted({
      conditions:
        conditions.length === 0
          ? undefined
          : conditions.map(({ type, status: value, reason, message, lastTransitionAt }) => ({
              lastTransitionTime: timestamp(view, lastTransitionAt),
              message,
              reason,
              status: value,
              type,
            })),
      // The list is there even when it is empty: `omitempty` does not stand at it.
      currentMetrics: currentMetrics.length === 0 ? null : currentMetrics,
      currentReplicas: currentReplicas === 0 ? undefined : currentReplicas,
      desiredReplicas,
      lastScaleTime: lastScaleAt === undefined ? undefined : timestamp(view, lastScaleAt),
    }),
  }
})
