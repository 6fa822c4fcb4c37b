/**
 * Why a plugin refuses a node. `undefined` stands for success everywhere, so that the common case costs nothing.
 *
 * Source: staging/src/k8s.io/kube-scheduler/framework/interface.go, Code.
 */
export interface Status {
  /** `Unschedulable`: removing pods may help. `UnschedulableAndUnresolvable`: it cannot. */
  readonly code: 'Unschedulable' | 'UnschedulableAndUnresolvable'
  /** In kube-scheduler's words; each counts on its own in the message. */
  readonly reasons: readonly string[]
}

export const unschedulable = (...reasons: readonly string[]): Status => ({ code: 'Unschedulable', reasons })

export const unresolvable = (...reasons: readonly string[]): Status => ({
  code: 'UnschedulableAndUnresolvable',
  reasons,
})
