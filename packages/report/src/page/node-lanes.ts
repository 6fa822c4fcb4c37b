import { type ClusterView, clusterEvents, conditionOf, type DeepReadonly, type Node } from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { nodeStatus } from '../columns/node.ts'
import { createDictionary } from './dictionary.ts'
import { type LaneStatus, NODE_STATES, type NodeState } from './format.ts'
import { createLanes, type Lane } from './lanes.ts'

type NodeView = DeepReadonly<Node>

export interface NodeLane extends Lane {
  readonly name: string
  readonly zone: string
  readonly cpuMillis: number
  readonly memoryBytes: number
  readonly createdAt: number
  /** -1 while it exists. */
  deletedAt: number
}

export interface NodeLanes {
  readonly kinds: readonly string[]
  readonly apply: (entry: Entry, view: ClusterView) => void
  readonly lanes: readonly NodeLane[]
  readonly statuses: readonly LaneStatus<NodeState>[]
  readonly coarser: () => number
}

const PRESSURES = ['MemoryPressure', 'DiskPressure', 'PIDPressure']

/** What is wrong with the machine, whether the API server has noticed or not. */
const machineTrouble = ({ machine }: NodeView): string | undefined => {
  const { power, isCutOff, frozenSince, hasKubelet } = machine
  if (power === 'off') return 'machine off'
  if (power === 'booting') return 'machine boots'
  if (frozenSince !== undefined) return 'machine hangs'
  if (isCutOff) return 'cut off'
  return hasKubelet ? undefined : 'kubelet down'
}

const statusOf = (node: NodeView): LaneStatus<NodeState> => {
  const api = nodeStatus(node)
  const trouble = machineTrouble(node)
  const pressures = PRESSURES.filter((type) => conditionOf(node as Node, type)?.status === 'True')
  const text = [api, ...pressures, ...(trouble === undefined ? [] : [trouble])].join(', ')
  if (!api.startsWith('Ready')) return { text, state: 'notReady' }
  if (trouble !== undefined) return { text, state: 'unnoticed' }
  if (pressures.length > 0) return { text, state: 'pressure' }
  return { text, state: node.unschedulable ? 'cordoned' : 'ready' }
}

export const createNodeLanes = (): NodeLanes => {
  const statuses = createDictionary<LaneStatus<NodeState>>()
  const rankOf = (status: number): number => NODE_STATES.indexOf(statuses.all[status]!.state)
  const lanes = createLanes<NodeLane>({ merge: (a, b) => (rankOf(b) > rankOf(a) ? b : a) })
  const byName = new Map<string, NodeLane>()

  const begin = (node: NodeView, at: number): NodeLane => {
    const { name, zone, allocatable } = node
    const { cpuMillis, memoryBytes } = allocatable
    const lane = { name, zone, cpuMillis, memoryBytes, createdAt: at, deletedAt: -1, starts: [], states: [] }
    byName.set(name, lane)
    return lanes.add(lane)
  }

  return {
    kinds: clusterEvents.map(({ kind }) => kind).filter((kind) => /^(Node|Kubelet)[A-Z]/.test(kind)),
    apply: ({ event, at }, view) => {
      const { node: name } = event as unknown as { readonly node: string }
      const node = view.nodes.get(name)
      const known = byName.get(name)
      if (node === undefined) {
        if (known !== undefined) known.deletedAt = at
        byName.delete(name)
        return
      }
      const status = statusOf(node)
      const id = statuses.idOf(`${status.state} ${status.text}`, () => status)
      lanes.enter(known ?? begin(node, at), id, at)
    },
    lanes: lanes.all,
    statuses: statuses.all,
    coarser: lanes.coarser,
  }
}
