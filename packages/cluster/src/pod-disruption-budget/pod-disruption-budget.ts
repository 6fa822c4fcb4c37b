import type { PodDisruptionBudgetSpec } from '../api/policy/pod-disruption-budget.ts'
import type { Selector } from '../labels.ts'
import type { StoredObject } from '../object/stored-object.ts'

export interface PodDisruptionBudget extends StoredObject {
  readonly kind: 'PodDisruptionBudget'
  readonly apiVersion: 'policy/v1'
  spec: PodDisruptionBudgetSpec
  /** `spec.selector`, compiled. */
  matcher: Selector
  status: PodDisruptionBudgetStatus
}

export interface PodDisruptionBudgetStatus {
  /** 0 before the first sync. */
  readonly observedGeneration: number
  readonly expectedPods: number
  readonly currentHealthy: number
  readonly desiredHealthy: number
  readonly disruptionsAllowed: number
  /** By the name of a pod whose eviction was granted and that the controller has not seen going: when. */
  readonly disruptedPods: Readonly<Record<string, number>>
  /** The condition DisruptionAllowed; none before the first sync. */
  readonly condition: DisruptionAllowed | undefined
}

/** Source: staging/src/k8s.io/api/policy/v1/types.go. */
export interface DisruptionAllowed {
  readonly status: 'True' | 'False'
  readonly reason: 'SufficientPods' | 'InsufficientPods' | 'SyncFailed'
  /** Why the controller could not work out the status. */
  readonly message: string
  readonly observedGeneration: number
  readonly lastTransitionAt: number
}
