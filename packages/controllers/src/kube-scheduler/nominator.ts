/** Which pods wait for room on which node. Source: pkg/scheduler/backend/queue/nominator.go. */
export interface Nominator {
  readonly nodeOf: Map<string, string>
  readonly podsOf: Map<string, Set<string>>
}

export const createNominator = (): Nominator => ({ nodeOf: new Map(), podsOf: new Map() })

/** True if the pod was nominated. */
export const clearNomination = (nominator: Nominator, pod: string): boolean => {
  const node = nominator.nodeOf.get(pod)
  if (node === undefined) return false
  nominator.nodeOf.delete(pod)
  const pods = nominator.podsOf.get(node)!
  pods.delete(pod)
  if (pods.size === 0) nominator.podsOf.delete(node)
  return true
}

export const nominate = (nominator: Nominator, pod: string, node: string): void => {
  clearNomination(nominator, pod)
  nominator.nodeOf.set(pod, node)
  const pods = nominator.podsOf.get(node)
  if (pods === undefined) nominator.podsOf.set(node, new Set([pod]))
  else pods.add(pod)
}
