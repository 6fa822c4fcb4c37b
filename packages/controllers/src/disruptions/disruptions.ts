import {
  type ClusterView,
  defineController,
  NodeFailed,
  NodeName,
  NodeRecovered,
  NodeShutdownRequested,
} from '@wavetank/cluster'
import { defineEvent, type Emission, type Entry, emit, type Scene, type SimEvent } from '@wavetank/kernel'
import * as t from 'io-ts'

/**
 * What breaks, and what is mended: carries out the faults of the timeline. A fault that changes nothing (a node that is
 * down already, power for one that has it) is said to be ignored, so that a story with a mistake in it is noticed.
 */

export const Disruption = t.keyof({ fail: null, recover: null, shutdown: null, reboot: null }, 'Disruption')
export type Disruption = t.TypeOf<typeof Disruption>

export const DisruptionDue = defineEvent('DisruptionDue', {
  doc: 'The timeline brings a fault, or its end.',
  data: { disruption: Disruption, node: NodeName },
})

export const DisruptionIgnored = defineEvent('DisruptionIgnored', {
  doc: 'The fault changed nothing.',
  data: { disruption: Disruption, node: NodeName, reason: t.string },
})

const outcome = ({ nodes }: ClusterView, disruption: Disruption, node: string): SimEvent => {
  const machine = nodes.get(node)?.machine
  const ignored = (reason: string): SimEvent => DisruptionIgnored({ disruption, node, reason })
  if (machine === undefined) return ignored('there is no such node any more')
  if (disruption === 'fail') return machine.power === 'off' ? ignored('the node is down already') : NodeFailed({ node })
  if (disruption === 'shutdown' || disruption === 'reboot') {
    if (machine.power !== 'on') return ignored('the node is down already')
    if (machine.shuttingDown) return ignored('the node is shutting down already')
    return NodeShutdownRequested({ node, reboot: disruption === 'reboot' })
  }
  return machine.power === 'off' ? NodeRecovered({ node }) : ignored('the node has power')
}

export const disruptions = defineController<unknown, Record<string, never>>({
  name: 'disruptions',
  doc: 'Carries out the faults of the timeline.',
  component: 'wavetank',
  flags: {},
  events: [DisruptionDue, DisruptionIgnored],
  on: {
    DisruptionDue: (
      { view }: Scene<ClusterView, unknown, unknown>,
      { event }: Entry<{ kind: string; disruption: Disruption; node: string }>,
    ): readonly Emission[] => [emit(outcome(view, event.disruption, event.node))],
  },
})
