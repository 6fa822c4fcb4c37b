import {
  type ClusterView,
  type DeepReadonly,
  isReady,
  type ObjectKey,
  type Pod,
  type PodDisruptionBudget,
  selects,
} from '@wavetank/cluster'
import { podTrouble } from '../pod-trouble.ts'
import type { Evictions } from './drain-evictions.ts'

/** Pods and budgets whose trouble is told one by one. */
const TOLD_MAX = 3

type BudgetView = DeepReadonly<PodDisruptionBudget>

const ruleOf = ({ minAvailable, maxUnavailable }: BudgetView['spec']): string =>
  maxUnavailable === undefined ? `minAvailable ${minAvailable ?? 0}` : `maxUnavailable ${maxUnavailable}`

/** Why a budget allows nothing: its rule, its numbers, and the pods that it would rather have healthy. */
const budgetTrouble = (view: ClusterView, budget: BudgetView): readonly string[] => {
  const { key, namespace, matcher, spec, status } = budget
  const { condition, expectedPods, desiredHealthy, currentHealthy, disruptionsAllowed } = status
  const title = `PodDisruptionBudget ${key} (${ruleOf(spec)})`
  if (condition?.reason === 'SyncFailed')
    return [`${title} allows no disruption, as it failed sync: ${condition.message}`]
  const rule = `${title} allows ${disruptionsAllowed} disruptions: ${currentHealthy} of ${expectedPods} pods are healthy, ${desiredHealthy} have to be`
  const unfit: string[] = []
  for (const pod of view.pods.values()) {
    if (pod.namespace !== namespace || pod.deletion !== undefined || isReady(pod as Pod)) continue
    if (selects(matcher, pod.labels) && unfit.length < TOLD_MAX) unfit.push(podTrouble(pod))
  }
  return [rule, ...unfit]
}

export interface DrainBlock {
  readonly budgets: readonly ObjectKey[]
  readonly reasons: readonly string[]
}

/** What keeps pods on a node that is drained: evictions that are refused, and why; deletions that do not end. */
export const drainBlock = (view: ClusterView, { asking, waiting }: DeepReadonly<Evictions>): DrainBlock => {
  const budgets = new Set<ObjectKey>()
  const reasons: string[] = []
  let told = 0
  for (const [pod, { refusal }] of asking) {
    if (refusal === undefined) continue
    for (const budget of refusal.budgets) budgets.add(budget)
    if (told++ >= TOLD_MAX) continue
    const cause = refusal.cause === undefined ? '' : ` ${refusal.cause}`
    reasons.push(`pod ${pod} is not evicted: ${refusal.message}${cause}`)
  }
  if (told > TOLD_MAX) reasons.push(`${told - TOLD_MAX} more pods are not evicted`)
  for (const key of [...budgets].slice(0, TOLD_MAX)) {
    const budget = view.podDisruptionBudgets.get(key)
    if (budget !== undefined) reasons.push(...budgetTrouble(view, budget))
  }
  for (const key of [...waiting].slice(0, TOLD_MAX)) {
    const pod = view.pods.get(key)
    if (pod !== undefined) reasons.push(podTrouble(pod))
  }
  if (waiting.size > TOLD_MAX) reasons.push(`${waiting.size - TOLD_MAX} more pods are terminating`)
  return { budgets: [...budgets], reasons }
}
