import type { Diagnosis } from './diagnosis.ts'
import { fitErrorMessage, NO_NODES_AVAILABLE } from './fit-error.ts'
import { type Candidate, type DefaultPreemptionArgs, preempt } from './plugins/default-preemption/default-preemption.ts'
import type { Search } from './reference.ts'

/** What becomes of a pod that fits on no node. */
export interface Failure {
  /** As the pod’s condition and Event have it. */
  readonly message: string
  /** Room that preemption can make. */
  readonly candidate: Candidate | undefined
  /** True if the pod keeps the nomination it has. */
  readonly keepsNomination: boolean
}

const NO_NODES: Failure = { message: NO_NODES_AVAILABLE, candidate: undefined, keepsNomination: true }

/**
 * Says why no node fits, and looks for room that can be made.
 *
 * @param lowest the lowest priority of any pod on a node
 */
export const failureOf = (search: Search, diagnosis: Diagnosis, lowest: number): Failure => {
  const { cycle, profile, attempt, nominatedTo, draw } = search
  const nodes = cycle.view.nodes.size
  if (nodes === 0) return NO_NODES
  const said = (preemption = ''): string => fitErrorMessage(nodes, diagnosis.reasons, diagnosis.preFilter, preemption)
  if (profile.preemption === undefined) return { message: said(), candidate: undefined, keepsNomination: true }
  const result = preempt({
    cycle,
    filters: profile.filters,
    args: profile.preemption.args as DefaultPreemptionArgs,
    diagnosis,
    attempt,
    nominatedTo,
    draw,
    lowestPriority: lowest,
    nodes,
  })
  return 'message' in result
    ? { message: said(result.message), candidate: undefined, keepsNomination: result.keepsNomination }
    : { message: said(), candidate: result.candidate, keepsNomination: true }
}
