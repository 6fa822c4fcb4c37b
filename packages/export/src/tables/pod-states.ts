import { type DeepReadonly, isReady, type Pod } from '@wavetank/cluster'
import { isPodEvent, podStatus } from '@wavetank/report'
import { boolean, orNull, type RowOf, text } from '../column.ts'
import { defineTable } from '../define-table.ts'
import { createIntervals, span } from '../intervals.ts'

const state = {
  namespace: text('Namespace of the pod.'),
  name: text('Name of the pod.'),
  uid: text('Uid of the pod.'),
  phase: text('`Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.'),
  status: text('What `kubectl get pods` shows as STATUS: `ContainerCreating`, `CrashLoopBackOff`, `Terminating`, …'),
  ready: boolean('Whether the pod is ready.'),
  node: orNull(text('The node that it is assigned to; null while it is on none.')),
  terminating: boolean('Whether its deletion was asked for.'),
}

export type PodState = RowOf<typeof state>

export const podStateOf = (pod: DeepReadonly<Pod>): PodState => ({
  namespace: pod.namespace,
  name: pod.name,
  uid: pod.uid,
  phase: pod.phase,
  status: podStatus(pod).status,
  ready: isReady(pod as Pod),
  node: pod.node === '' ? null : pod.node,
  terminating: pod.deletion !== undefined,
})

export const podStates = defineTable({
  name: 'pod_states',
  doc: 'What the API server knew of each pod, from when to when.',
  columns: { ...state, ...span },
  fold: (row, { start }) => {
    const intervals = createIntervals<PodState>(start, row)
    return {
      apply: ({ event, at }, view) => {
        if (!isPodEvent(event)) return
        const pod = view.pods.get(event.pod)
        intervals.become(event.pod, pod === undefined ? undefined : podStateOf(pod), at)
      },
      end: ({ at }) => intervals.end(at),
    }
  },
})
