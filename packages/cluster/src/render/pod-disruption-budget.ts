import type { JsonObject } from '../api/codec.ts'
import type { PodDisruptionBudget } from '../pod-disruption-budget/pod-disruption-budget.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import { sorted, unlessEmpty, unlessZero } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata, timestamp } from './metadata.ts'

type BudgetView = DeepReadonly<PodDisruptionBudget>

const renderStatus = (view: ClusterView, { status }: BudgetView): JsonObject => {
  const { condition, disruptedPods } = status
  return {
    conditions:
      condition === undefined
        ? undefined
        : [
            {
              lastTransitionTime: timestamp(view, condition.lastTransitionAt),
              message: condition.message,
              observedGeneration: unlessZero(condition.observedGeneration),
              reason: condition.reason,
              status: condition.status,
              type: 'DisruptionAllowed',
            },
          ],
    currentHealthy: status.currentHealthy,
    desiredHealthy: status.desiredHealthy,
    disruptedPods: unlessEmpty(
      Object.fromEntries(Object.entries(disruptedPods).map(([pod, at]) => [pod, timestamp(view, at)])),
    ),
    disruptionsAllowed: status.disruptionsAllowed,
    expectedPods: status.expectedPods,
    observedGeneration: unlessZero(status.observedGeneration),
  }
}

/** A PodDisruptionBudget as `kubectl get -o yaml` shows it. */
export const renderPodDisruptionBudget = memoised<BudgetView>((view, budget) => ({
  apiVersion: budget.apiVersion,
  kind: budget.kind,
  metadata: sorted(renderMetadata(view, budget, { generation: true, gracePeriod: true })),
  spec: sorted({ ...budget.spec }),
  status: sorted(renderStatus(view, budget)),
}))
