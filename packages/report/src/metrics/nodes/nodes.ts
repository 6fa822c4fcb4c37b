import {
  type ClusterView,
  type Node,
  NodeCreated,
  NodeDeleted,
  NodeFailed,
  NodeMarkedUnknown,
  NodeRebooted,
  NodeShutdownRequested,
  NodeStatusPosted,
  readiness,
} from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { defineMetric } from '../../metric.ts'
import { changeTo, meanOf, newTimeWeighted, type TimeWeighted } from '../../time-weighted.ts'

export interface NodeCounts {
  readonly total: number
  /** Ready, as the API server has it. */
  readonly ready: number
  /** Machines that lost power. */
  readonly failures: number
  readonly reboots: number
  /** Share of all node time in which the node was Ready; 1 without nodes. */
  readonly readyShare: number
}

interface State {
  failures: number
  reboots: number
  /** Machines that someone shuts down: that their power goes is no failure. */
  readonly shutDown: Set<string>
  readonly ready: Set<string>
  readonly readyCount: TimeWeighted
  readonly count: TimeWeighted
}

type OfNode = Entry<{ readonly kind: string; readonly node: string }>

const look = (state: State, { event, at }: OfNode, view: ClusterView): void => {
  const node = view.nodes.get(event.node)
  if (node !== undefined && readiness(node as Node) === 'True') state.ready.add(event.node)
  else state.ready.delete(event.node)
  if (state.ready.size !== state.readyCount.value || state.readyCount.since === undefined) {
    changeTo(state.readyCount, state.ready.size, at)
  }
  if (view.nodes.size !== state.count.value) changeTo(state.count, view.nodes.size, at)
}

export const nodes = defineMetric({
  name: 'nodes',
  doc: 'How many nodes there are, how many are Ready, and how often machines failed.',
  unit: 'nodes',
  facts: {
    NodeCreated,
    NodeDeleted,
    NodeStatusPosted,
    NodeMarkedUnknown,
    NodeShutdownRequested,
    NodeFailed,
    NodeRebooted,
  },
  initial: (): State => ({
    failures: 0,
    reboots: 0,
    shutDown: new Set(),
    ready: new Set(),
    readyCount: newTimeWeighted(),
    count: newTimeWeighted(),
  }),
  apply: {
    NodeCreated: look,
    NodeDeleted: look,
    NodeStatusPosted: look,
    NodeMarkedUnknown: look,
    NodeShutdownRequested: (state, { event }) => {
      state.shutDown.add(event.node)
    },
    NodeFailed: (state, { event }) => {
      if (!state.shutDown.delete(event.node)) state.failures++
    },
    NodeRebooted: (state) => {
      state.reboots++
    },
  },
  result: ({ failures, reboots, ready, readyCount, count }, { view, at }): NodeCounts => {
    const mean = meanOf(count, at) ?? 0
    return {
      total: view.nodes.size,
      ready: ready.size,
      failures,
      reboots,
      readyShare: mean === 0 ? 1 : (meanOf(readyCount, at) ?? 0) / mean,
    }
  },
})
