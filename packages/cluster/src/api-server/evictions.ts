import type { SimEvent } from '@wavetank/kernel'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { ObjectKey } from '../ids.ts'
import { isTerminatingNamespace } from '../namespace/is-terminating.ts'
import { PodDisruptionTargeted } from '../pod/events.ts'
import { isReady, isTerminal, type Pod } from '../pod/pod.ts'
import { budgetsOf } from '../pod-disruption-budget/budgets-of.ts'
import { podDisruptionBudgetEvents } from '../pod-disruption-budget/events.ts'
import type { PodDisruptionBudget } from '../pod-disruption-budget/pod-disruption-budget.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import { forbidden } from './failure.ts'
import { deletePod } from './pods.ts'

/**
 * POST to the eviction subresource of a pod: a deletion that asks the pod’s disruption budget first.
 *
 * What it reads of a budget is the status that the disruption controller wrote last. An eviction that is granted is
 * taken off that status at once, so that two of them cannot have the same allowance.
 *
 * Source: pkg/registry/core/pod/storage/eviction.go.
 */

export interface EvictionRefusal {
  /** HTTP status: 429 if the same request may be granted later. */
  readonly code: 403 | 429 | 500
  readonly message: string
  /** What else the answer says, in `details.causes`. */
  readonly cause: string | undefined
  /** Seconds until a client may ask again; 0 if the answer does not say. */
  readonly retryAfterSeconds: number
  /** The namespace is being deleted: whoever waits for the pod to go need not evict it. */
  readonly isNamespaceTerminating?: true
  /** The budgets that stand in the way. */
  readonly budgets: readonly ObjectKey[]
}

type PodView = DeepReadonly<Pod>
type BudgetView = DeepReadonly<PodDisruptionBudget>

/** Evicts pods one after another: requests of one instant, of which each sees what those before it took. */
export type Evictor = (pod: PodView, graceSeconds?: number) => Either<EvictionRefusal, readonly SimEvent[]>

const MAX_DISRUPTED_PODS = 2_000

/** What is over, has not begun, or goes anyway is no disruption. */
const canIgnoreBudgets = (pod: PodView): boolean =>
  isTerminal(pod as Pod) || pod.phase === 'Pending' || pod.deletion !== undefined

const tooMany = (budget: BudgetView, cause: string, retryAfterSeconds: number): EvictionRefusal => ({
  code: 429,
  message: "Cannot evict pod as it would violate the pod's disruption budget.",
  cause: `The disruption budget ${budget.name} ${cause}`,
  retryAfterSeconds,
  budgets: [budget.key],
})

const refused = (budget: BudgetView, why: string): EvictionRefusal => ({
  code: 403,
  message: forbidden('PodDisruptionBudget', budget.name, why).message,
  cause: undefined,
  retryAfterSeconds: 0,
  budgets: [budget.key],
})

/** Source: staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go, Admit. */
const inTerminatingNamespace = ({ namespace, name }: PodView): EvictionRefusal => ({
  code: 403,
  message: forbidden(
    'Pod',
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  ).message,
  cause: undefined,
  retryAfterSeconds: 0,
  isNamespaceTerminating: true,
  budgets: [],
})

/** @param taken disruptions that earlier requests of this instant took */
const checkBudget = (budget: BudgetView, taken: number): EvictionRefusal | undefined => {
  const { observedGeneration, disruptionsAllowed, disruptedPods, desiredHealthy, currentHealthy } = budget.status
  if (observedGeneration < budget.generation) return tooMany(budget, 'is still being processed by the server.', 10)
  if (Object.keys(disruptedPods).length + taken > MAX_DISRUPTED_PODS) {
    return refused(budget, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller')
  }
  if (disruptionsAllowed - taken > 0) return undefined
  return tooMany(budget, `needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`, 0)
}

/** True if the budget does not guard a pod that is not Ready. */
const letsUnhealthyGo = ({ spec, status }: BudgetView): boolean =>
  spec.unhealthyPodEvictionPolicy === 'AlwaysAllow' ||
  (status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0)

export const createEvictor = (view: ClusterView): Evictor => {
  const taken = new Map<ObjectKey, number>()
  return (pod, graceSeconds) => {
    const deletion = [
      PodDisruptionTargeted({ pod: pod.key, reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' }),
      ...deletePod(pod, graceSeconds),
    ]
    if (isTerminatingNamespace(view, pod.namespace)) return left(inTerminatingNamespace(pod))
    if (canIgnoreBudgets(pod)) return right(deletion)
    const budgets = budgetsOf(view, pod)
    const [budget] = budgets
    if (budget === undefined) return right(deletion)
    if (budgets.length > 1) {
      return left({
        code: 500,
        message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
        cause: undefined,
        retryAfterSeconds: 0,
        budgets: budgets.map(({ key }) => key),
      })
    }
    if (!isReady(pod as Pod) && letsUnhealthyGo(budget)) return right(deletion)
    const earlier = taken.get(budget.key) ?? 0
    const refusal = checkBudget(budget, earlier)
    if (refusal !== undefined) return left(refusal)
    taken.set(budget.key, earlier + 1)
    return right([podDisruptionBudgetEvents.DisruptionGranted({ object: budget.key, pod: pod.key }), ...deletion])
  }
}
