import { selects } from '@wavetank/cluster'
import { podObjects, podReasons, type TroubleOf, unready } from './trouble.ts'

/** Why a budget lets no pod be evicted. */
export const budgetTrouble: TroubleOf = ({ view }, key) => {
  const budget = view.podDisruptionBudgets.get(key)
  if (budget === undefined) return undefined
  const { status, matcher, namespace } = budget
  const { currentHealthy, desiredHealthy, expectedPods, disruptionsAllowed, condition } = status
  const matched = [...view.pods.values()].filter((pod) => pod.namespace === namespace && selects(matcher, pod.labels))
  const idle = unready(matched)
  const standing = `${disruptionsAllowed} may go: ${currentHealthy} of ${expectedPods} healthy, ${desiredHealthy} have to be`
  if (disruptionsAllowed > 0) return { standing, reasons: [], objects: [] }
  return {
    standing,
    reasons: [
      ...(condition?.reason === 'SyncFailed' ? [condition.message] : []),
      ...(matched.length === 0 ? ['its selector matches no pod'] : []),
      ...podReasons(idle, 0, 'pods are not ready'),
      ...(matched.length > 0 && idle.length === 0 && currentHealthy <= desiredHealthy
        ? ['every pod is healthy, and the budget wants all of those to stay']
        : []),
    ],
    objects: podObjects(idle),
  }
}
