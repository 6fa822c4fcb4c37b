import { selects } from '../labels.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import type { PodDisruptionBudget } from './pod-disruption-budget.ts'

type BudgetView = DeepReadonly<PodDisruptionBudget>
type Budgets = readonly BudgetView[]

const NONE: Budgets = []

/** By labels, then by the list of the namespace’s budgets, which is another as soon as one of them is. */
const known = new WeakMap<object, WeakMap<Budgets, Budgets>>()

/**
 * The budgets whose selector matches a pod, by name. In policy/v1 an empty selector matches every pod of the namespace.
 *
 * Source: staging/src/k8s.io/client-go/listers/policy/v1/poddisruptionbudget_expansion.go, GetPodPodDisruptionBudgets.
 */
export const budgetsOf = (
  view: ClusterView,
  { namespace, labels }: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
): Budgets => {
  // Hot path: once for each change of a pod. Pods of one template share their labels, so few are ever compared.
  const budgets = view.budgetsByNamespace.get(namespace)
  if (budgets === undefined) return NONE
  let ofLabels = known.get(labels)
  if (ofLabels === undefined) {
    ofLabels = new WeakMap()
    known.set(labels, ofLabels)
  }
  let found = ofLabels.get(budgets)
  if (found === undefined) {
    const matching = budgets.filter(({ matcher }) => selects(matcher, labels))
    found = matching.length === 0 ? NONE : matching
    ofLabels.set(budgets, found)
  }
  return found
}
