import type { DeepReadonly, DeploymentCondition } from '@wavetank/cluster'

type Condition = DeepReadonly<DeploymentCondition>
type Conditions = readonly Condition[]

export const conditionOf = (conditions: Conditions, type: DeploymentCondition['type']): Condition | undefined =>
  conditions.find((condition) => condition.type === type)

export const withoutCondition = (conditions: Conditions, type: DeploymentCondition['type']): Conditions =>
  conditions.some((condition) => condition.type === type)
    ? conditions.filter((condition) => condition.type !== type)
    : conditions

/**
 * The conditions with this one set. One with the same status and reason stays as it is, its message too; any other is
 * taken out and put at the end.
 *
 * Source: deployment_util.go, SetDeploymentCondition.
 */
export const withCondition = (conditions: Conditions, condition: Condition): Conditions => {
  const current = conditionOf(conditions, condition.type)
  if (current?.status === condition.status && current.reason === condition.reason) return conditions
  const lastTransitionAt = current?.status === condition.status ? current.lastTransitionAt : condition.lastTransitionAt
  return [...withoutCondition(conditions, condition.type), { ...condition, lastTransitionAt }]
}

const newCondition =
  (type: DeploymentCondition['type']) =>
  (status: DeploymentCondition['status'], reason: string, message: string, at: number): DeploymentCondition => ({
    type,
    status,
    reason,
    message,
    lastUpdateAt: at,
    lastTransitionAt: at,
  })

export const progressing = newCondition('Progressing')
export const available = newCondition('Available')
