import type { Entry } from '@wavetank/kernel'
import type { PodDisruptionBudgetSpec } from '../api/policy/pod-disruption-budget.ts'
import type { Folds } from '../folds.ts'
import { nameOf } from '../ids.ts'
import { type LabelSelectorLike, selectorOf } from '../labels.ts'
import { objectFolds, storedObject, storeObject } from '../object/object-folds.ts'
import { metaOfCreation, touch, touchSpec } from '../object/touch.ts'
import type { ClusterTables } from '../tables.ts'
import type { PodEvictionRefused, podDisruptionBudgetEvents } from './events.ts'
import type { DisruptionAllowed, PodDisruptionBudget, PodDisruptionBudgetStatus } from './pod-disruption-budget.ts'

const NO_STATUS: PodDisruptionBudgetStatus = {
  observedGeneration: 0,
  expectedPods: 0,
  currentHealthy: 0,
  desiredHealthy: 0,
  disruptionsAllowed: 0,
  disruptedPods: {},
  condition: undefined,
}

const byName = (a: PodDisruptionBudget, b: PodDisruptionBudget): number => (a.name < b.name ? -1 : 1)

/** A new list, so that whoever remembers what it made of the old one sees that it is another. */
const listNamespace = (tables: ClusterTables, namespace: string): void => {
  const budgets: PodDisruptionBudget[] = []
  for (const budget of tables.podDisruptionBudgets.values()) if (budget.namespace === namespace) budgets.push(budget)
  if (budgets.length === 0) tables.budgetsByNamespace.delete(namespace)
  else tables.budgetsByNamespace.set(namespace, budgets.sort(byName))
}

/** Its time moves only if its status does. Source: apimachinery/pkg/api/meta/conditions.go, SetStatusCondition. */
const conditionWith = (
  { condition }: PodDisruptionBudgetStatus,
  reason: DisruptionAllowed['reason'],
  observedGeneration: number,
  at: number,
  message = '',
): DisruptionAllowed => {
  const status = reason === 'SufficientPods' ? 'True' : 'False'
  const lastTransitionAt = condition?.status === status ? condition.lastTransitionAt : at
  return { status, reason, message, observedGeneration, lastTransitionAt }
}

/** Source: staging/src/k8s.io/component-helpers/apps/poddisruptionbudget/helpers.go, UpdateDisruptionAllowedCondition. */
const reasonFor = (disruptionsAllowed: number): DisruptionAllowed['reason'] =>
  disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods'

const budgetOf = (tables: ClusterTables, key: string, entry: Entry): PodDisruptionBudget =>
  storedObject(tables.podDisruptionBudgets, key, entry)

const readSpec = (spec: Readonly<Record<string, unknown>>): Pick<PodDisruptionBudget, 'spec' | 'matcher'> => ({
  spec: spec as unknown as PodDisruptionBudgetSpec,
  matcher: selectorOf(spec.selector as LabelSelectorLike | undefined),
})

type BudgetEvents = (typeof podDisruptionBudgetEvents)[keyof typeof podDisruptionBudgetEvents]

export const applyPodDisruptionBudget: Folds<BudgetEvents | typeof PodEvictionRefused> = {
  ...objectFolds(
    'PodDisruptionBudget',
    (tables) => tables.podDisruptionBudgets,
    (tables, { namespace }) => listNamespace(tables, namespace),
  ),
  PodDisruptionBudgetCreated: (tables, entry) => {
    const { object: key, spec } = entry.event
    const meta = metaOfCreation(entry)
    storeObject(
      tables,
      tables.podDisruptionBudgets,
      {
        ...meta,
        kind: 'PodDisruptionBudget',
        apiVersion: 'policy/v1',
        key,
        ...readSpec(spec),
        status: NO_STATUS,
      },
      entry,
    )
    listNamespace(tables, meta.namespace)
  },
  PodDisruptionBudgetSpecChanged: (tables, entry) => {
    const budget = budgetOf(tables, entry.event.object, entry)
    const { spec, matcher } = readSpec(entry.event.spec)
    budget.spec = spec
    budget.matcher = matcher
    touchSpec(budget, entry)
    listNamespace(tables, budget.namespace)
  },
  PodDisruptionBudgetStatusReported: (tables, entry) => {
    const { object, expectedPods, currentHealthy, desiredHealthy, disruptionsAllowed, disruptedPods } = entry.event
    const budget = budgetOf(tables, object, entry)
    const { generation, status } = budget
    budget.status = {
      observedGeneration: generation,
      expectedPods,
      currentHealthy,
      desiredHealthy,
      disruptionsAllowed,
      disruptedPods,
      condition: conditionWith(status, reasonFor(disruptionsAllowed), generation, entry.at),
    }
    touch(budget, entry)
  },
  PodDisruptionBudgetSyncFailed: (tables, entry) => {
    const budget = budgetOf(tables, entry.event.object, entry)
    const { status } = budget
    const condition = conditionWith(status, 'SyncFailed', status.observedGeneration, entry.at, entry.event.message)
    budget.status = { ...status, disruptionsAllowed: 0, condition }
    touch(budget, entry)
  },
  PodDisruptionBudgetDisruptionGranted: (tables, entry) => {
    const budget = budgetOf(tables, entry.event.object, entry)
    const { status } = budget
    const disruptionsAllowed = status.disruptionsAllowed - 1
    budget.status = {
      ...status,
      disruptionsAllowed,
      disruptedPods: { ...status.disruptedPods, [nameOf(entry.event.pod)]: entry.at },
      condition:
        disruptionsAllowed > 0
          ? status.condition
          : conditionWith(status, reasonFor(disruptionsAllowed), status.observedGeneration, entry.at),
    }
    touch(budget, entry)
  },
  PodEvictionRefused: () => {},
}
