import { ObjectKey, PodKey } from '@wavetank/cluster'
import { DECIDE, defineEvent } from '@wavetank/kernel'
import * as t from 'io-ts'

export const PodDisruptionBudgetSyncDue = defineEvent('PodDisruptionBudgetSyncDue', {
  doc: 'The disruption controller looks at one PodDisruptionBudget: its pods may have changed.',
  rank: DECIDE,
  data: { object: ObjectKey },
})

export const PodDisruptionBudgetMatchedNothing = defineEvent('PodDisruptionBudgetMatchedNothing', {
  doc: 'A sync found no pod that the budget’s selector matches.',
  data: { object: ObjectKey },
})

export const PodDisruptionBudgetFoundUnmanagedPods = defineEvent('PodDisruptionBudgetFoundUnmanagedPods', {
  doc: 'A sync found pods without a controller, which count for nothing where the budget depends on how many pods there should be.',
  data: { object: ObjectKey, pods: t.number },
})

export const PodInSeveralBudgets = defineEvent('PodInSeveralBudgets', {
  doc: 'Several PodDisruptionBudgets match a pod that changed; the controller looks at the one that it chose, and the pod cannot be evicted.',
  data: { pod: PodKey, chosen: ObjectKey, budgets: t.readonlyArray(ObjectKey) },
})

export const PodDisruptionOverdue = defineEvent('PodDisruptionOverdue', {
  doc: 'A pod whose eviction was granted has not gone within two minutes: the budget counts it again.',
  data: { object: ObjectKey, pod: PodKey },
})

export const DisruptionTargetCheckDue = defineEvent('DisruptionTargetCheckDue', {
  doc: 'A pod has had the condition DisruptionTarget for two minutes: whether it is being terminated is looked at.',
  rank: DECIDE,
  data: { pod: PodKey },
})
