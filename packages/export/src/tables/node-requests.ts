import {
  type ClusterView,
  PodBound,
  PodCreated,
  PodDeleted,
  PodFailed,
  PodResumed,
  PodStatusReported,
} from '@wavetank/cluster'
import { integer, type RowOf, text } from '../column.ts'
import { defineTable } from '../define-table.ts'
import { createIntervals, span } from '../intervals.ts'
import { isNodeEvent } from './node-states.ts'

const state = {
  name: text('Name of the node.'),
  pods: integer('Pods on it that are not over.'),
  cpu_millis: integer('CPU that they request, in millicores.'),
  cpu_allocatable_millis: integer('CPU that pods may request there.'),
  memory_bytes: integer('Memory that they request.'),
  memory_allocatable_bytes: integer('Memory that pods may request there.'),
}
type NodeRequests = RowOf<typeof state>

const requestsOf = (view: ClusterView, name: string): NodeRequests | undefined => {
  const node = view.nodes.get(name)
  if (node === undefined) return undefined
  const { requested, allocatable } = node
  return {
    name,
    pods: requested.pods,
    cpu_millis: requested.cpuMillis,
    cpu_allocatable_millis: allocatable.cpuMillis,
    memory_bytes: requested.memoryBytes,
    memory_allocatable_bytes: allocatable.memoryBytes,
  }
}

/** What makes a pod count on a node, or count no more. */
const KINDS: ReadonlySet<string> = new Set(
  [PodBound, PodCreated, PodDeleted, PodFailed, PodResumed, PodStatusReported].map(({ kind }) => kind),
)

export const nodeRequests = defineTable({
  name: 'node_requests',
  doc: 'What the pods of each node request, from when to when.',
  columns: { ...state, ...span },
  fold: (row, { start }) => {
    const intervals = createIntervals<NodeRequests>(start, row)
    const look = (name: string, at: number, view: ClusterView): void =>
      intervals.become(name, requestsOf(view, name), at)
    return {
      apply: ({ event, at }, view) => {
        if (isNodeEvent(event)) return look(event.node, at, view)
        if (!KINDS.has(event.kind)) return
        const { pod } = event as { readonly pod?: string }
        const node = (view.pods.get(pod ?? '') ?? view.removedPod)?.node ?? ''
        if (node !== '') look(node, at, view)
      },
      end: ({ at }) => intervals.end(at),
    }
  },
})
