import {
  ApiServerCameBack,
  ApiServerWentDown,
  type DeepReadonly,
  isHeard,
  type Machine,
  type Node,
  readiness,
} from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import { boolean, orNull, type RowOf, text } from '../column.ts'
import { defineTable } from '../define-table.ts'
import { createIntervals, span } from '../intervals.ts'

type NodeView = DeepReadonly<Node>

const state = {
  name: text('Name of the node.'),
  zone: orNull(text('Its zone: the label `topology.kubernetes.io/zone`.')),
  ready: text('Status of its condition Ready: `True`, `False` or `Unknown`.'),
  cordoned: boolean('Whether `spec.unschedulable` is set.'),
  taints: text('Its taints, `key=value:effect`, separated by commas.'),
  power: text('`on`, `off` or `booting`: the machine, whatever the API server knows.'),
  heard: boolean('Whether its heartbeats reach the control plane: power, network, kubelet and API server are there.'),
}

export type NodeState = RowOf<typeof state>

const taintsOf = ({ taints }: NodeView): string =>
  taints
    .map(({ key, value, effect }) => `${key}${value === undefined || value === '' ? '' : `=${value}`}:${effect}`)
    .join(',')

export const nodeStateOf = (node: NodeView): NodeState => ({
  name: node.name,
  zone: node.labels['topology.kubernetes.io/zone'] ?? null,
  ready: readiness(node as Node),
  cordoned: node.unschedulable,
  taints: taintsOf(node),
  power: node.machine.power,
  heard: isHeard(node.machine as Machine),
})

/** Events of a node: all that name one, and no pod. */
export const isNodeEvent = (event: SimEvent): event is SimEvent & { readonly node: string } =>
  'node' in event && typeof event.node === 'string' && !('pod' in event)

/** Events after which every node is heard, or none. */
const reachesAll: ReadonlySet<string> = new Set([ApiServerWentDown.kind, ApiServerCameBack.kind])

export const nodeStates = defineTable({
  name: 'node_states',
  doc: 'The nodes, from when to when: as the API server knew them, and as their machines were.',
  columns: { ...state, ...span },
  fold: (row, { start }) => {
    const intervals = createIntervals<NodeState>(start, row)
    return {
      apply: ({ event, at }, view) => {
        if (reachesAll.has(event.kind))
          for (const node of view.nodes.values()) intervals.become(node.name, nodeStateOf(node), at)
        if (!isNodeEvent(event)) return
        const node = view.nodes.get(event.node)
        intervals.become(event.node, node === undefined ? undefined : nodeStateOf(node), at)
      },
      end: ({ at }) => intervals.end(at),
    }
  },
})
