import {
  budgetsOf,
  type ClusterView,
  type ControllerRef,
  type DeepReadonly,
  isReady,
  type Pod,
  type PodDisruptionBudget,
  type PodKey,
  selects,
} from '@wavetank/cluster'

/**
 * How many pods each budget has, and how they fare, kept up to date with every change of a pod: a sync never goes
 * through the pods. Without a budget nothing is kept.
 */
export interface Census {
  /** By the uid of the budget. */
  readonly tallies: Map<string, Tally>
  readonly counted: Map<PodKey, Counted>
  /** The budgets of the pod that the last entry changed, if that made a difference to one; the first is to look at. */
  touched: Budgets
}

export interface Tally {
  /** Pods that the selector matches, in whatever state. */
  pods: number
  /** Those of them that are Ready and not being deleted. */
  healthy: number
  /** Those of them without a controller. */
  unmanaged: number
  /** The controllers of the others, by uid. */
  readonly owners: Map<string, { readonly owner: ControllerRef; pods: number }>
}

/** What a pod was counted for. */
interface Counted {
  readonly budgets: Budgets
  readonly isHealthy: boolean
  readonly owner: ControllerRef | undefined
}

type BudgetView = DeepReadonly<PodDisruptionBudget>
type Budgets = readonly BudgetView[]
type PodView = DeepReadonly<Pod>

const NONE: Budgets = []

export const emptyCensus = (): Census => ({ tallies: new Map(), counted: new Map(), touched: NONE })

/** Ready, and not on its way out. Source: pkg/controller/disruption/disruption.go, countHealthyPods. */
export const isHealthy = (pod: PodView): boolean => pod.deletion === undefined && isReady(pod as Pod)

const addTo = (tally: Tally, { isHealthy: healthy, owner }: Counted, sign: 1 | -1): void => {
  tally.pods += sign
  if (healthy) tally.healthy += sign
  if (owner === undefined) {
    tally.unmanaged += sign
    return
  }
  const known = tally.owners.get(owner.uid)
  if (known === undefined) tally.owners.set(owner.uid, { owner, pods: 1 })
  else {
    known.pods += sign
    if (known.pods === 0) tally.owners.delete(owner.uid)
  }
}

const add = ({ tallies }: Census, counted: Counted, sign: 1 | -1): void => {
  for (const { uid } of counted.budgets) {
    const tally = tallies.get(uid)
    if (tally !== undefined) addTo(tally, counted, sign)
  }
}

const countedAs = (view: ClusterView, pod: PodView): Counted | undefined => {
  const budgets = budgetsOf(view, pod)
  return budgets.length === 0 ? undefined : { budgets, isHealthy: isHealthy(pod), owner: pod.owner }
}

const isSameList = (a: Budgets, b: Budgets): boolean =>
  a === b || (a.length === b.length && a.every((budget, i) => budget === b[i]))

const isSame = (a: Counted, b: Counted): boolean =>
  a.isHealthy === b.isHealthy && a.owner?.uid === b.owner?.uid && isSameList(a.budgets, b.budgets)

/** Counts a pod as it is now; `undefined` if it is gone. Only folds call it. */
export const recount = (census: Census, view: ClusterView, key: PodKey, pod: PodView | undefined): void => {
  // Hot path: once for each change of a pod, where there are budgets.
  const before = census.counted.get(key)
  const after = pod === undefined ? undefined : countedAs(view, pod)
  census.touched = NONE
  if (before === undefined && after === undefined) return
  if (before !== undefined && after !== undefined && isSame(before, after)) return
  if (before !== undefined) add(census, before, -1)
  if (after === undefined) census.counted.delete(key)
  else {
    add(census, after, 1)
    census.counted.set(key, after)
  }
  // Unlike its deletion, labels by which a pod leaves a budget tell nothing to that budget: only the pod's new state
  // counts. Source: updatePod.
  census.touched = after?.budgets ?? (pod === undefined ? before!.budgets : NONE)
}

/** A budget is gone, or selects other pods from now on. Only folds call it. */
export const dropBudget = (census: Census, view: ClusterView, uid: string): void => {
  census.tallies.delete(uid)
  census.touched = NONE
  for (const [key, { budgets }] of census.counted) {
    if (budgets.some((budget) => budget.uid === uid)) recount(census, view, key, view.pods.get(key))
  }
  census.touched = NONE
}

/** A budget is new, or selects other pods from now on: the only time that all pods are gone through. Only folds call it. */
export const addBudget = (census: Census, view: ClusterView, budget: BudgetView): void => {
  const tally: Tally = { pods: 0, healthy: 0, unmanaged: 0, owners: new Map() }
  for (const pod of view.pods.values()) {
    if (pod.namespace !== budget.namespace || !selects(budget.matcher, pod.labels)) continue
    // For the other budgets that it has, the pod is counted already; for this one it is now.
    recount(census, view, pod.key, pod)
    addTo(tally, census.counted.get(pod.key)!, 1)
  }
  census.tallies.set(budget.uid, tally)
  census.touched = NONE
}
