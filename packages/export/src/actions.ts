import { DisruptionDue, KubectlIssued, NodeUpgradesOrdered, OutageDue } from '@wavetank/controllers'
import type { EventOf, SimEvent } from '@wavetank/kernel'

/** Something that was done to the cluster from outside. */
export interface Action {
  /** `kubectl`, or a fault: `fail`, `partition`, `down`, … */
  readonly action: string
  /** The node, dependency, registry, or part of the control plane that it hits. */
  readonly target: string | null
  readonly text: string
}

const actions: Readonly<Record<string, (event: never) => Action>> = {
  [KubectlIssued.kind]: ({ line }: EventOf<typeof KubectlIssued>) => ({ action: 'kubectl', target: null, text: line }),
  [DisruptionDue.kind]: ({ disruption, node }: EventOf<typeof DisruptionDue>) => ({
    action: disruption,
    target: node,
    text: `${disruption} ${node}`,
  }),
  [OutageDue.kind]: ({ turn, what, name }: EventOf<typeof OutageDue>) => ({
    action: turn,
    target: name,
    text: `${what} ${name} ${turn}`,
  }),
  [NodeUpgradesOrdered.kind]: ({ nodes }: EventOf<typeof NodeUpgradesOrdered>) => ({
    action: 'upgrade',
    target: nodes.length === 1 ? nodes[0]! : null,
    text: `upgrade ${nodes.join(', ')}`,
  }),
}

/** What the timeline did, if an event is that. */
export const actionOf = (event: SimEvent): Action | undefined => actions[event.kind]?.(event as never)
