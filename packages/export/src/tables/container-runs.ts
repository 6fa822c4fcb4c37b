import { type ClusterView, ContainerExited, ContainerStarted, NodeFailed, nameOf, namespaceOf } from '@wavetank/cluster'
import type { EventOf } from '@wavetank/kernel'
import { integer, orNull, text } from '../column.ts'
import { defineTable } from '../define-table.ts'
import { span, spanOf } from '../intervals.ts'

/** A process that runs. */
interface Running {
  readonly pod: string
  readonly uid: string
  readonly container: string
  readonly restart: number
  readonly node: string | null
  readonly since: number
}

const uidOf = (view: ClusterView, key: string): string => view.pods.get(key)?.uid ?? ''

export const containerRuns = defineTable({
  name: 'container_runs',
  doc: 'Every run of a container, as it was on its node: what the API server heard of it may come later, or never.',
  columns: {
    namespace: text('Namespace of the pod.'),
    pod: text('Name of the pod.'),
    pod_uid: text('Uid of the pod; empty if the object was gone already.'),
    container: text('Name of the container.'),
    restart: integer('0 for the first run in this pod.'),
    node: orNull(text('The node that it ran on.')),
    exit_code: orNull(
      integer('What it ended with: 137 is SIGKILL, 143 SIGTERM; null while it runs, and if power was lost.'),
    ),
    reason: orNull(text('`Completed`, `Error`, `OOMKilled`, …; `NodeFailed` if power was lost; null while it runs.')),
    ...span,
  },
  fold: (row, { start }) => {
    const running = new Map<string, Running>()
    const close = (key: string, exitCode: number | null, reason: string | null, at: number, isOpen = false): void => {
      const found = running.get(key)
      if (found === undefined) return
      running.delete(key)
      row({
        namespace: namespaceOf(found.pod),
        pod: nameOf(found.pod),
        pod_uid: found.uid,
        container: found.container,
        restart: found.restart,
        node: found.node,
        exit_code: exitCode,
        reason,
        ...spanOf(start, found.since, at, isOpen),
      })
    }
    return {
      apply: ({ event, at }, view) => {
        if (event.kind === ContainerStarted.kind) {
          const { pod, container, restart } = event as EventOf<typeof ContainerStarted>
          const key = `${pod}/${container}`
          // A pod of this name is gone and its node was never heard of again.
          close(key, null, null, at)
          const node = view.pods.get(pod)?.node ?? null
          running.set(key, { pod, uid: uidOf(view, pod), container, restart, node, since: at })
        } else if (event.kind === ContainerExited.kind) {
          const { pod, container, exitCode, reason } = event as EventOf<typeof ContainerExited>
          close(`${pod}/${container}`, exitCode, reason, at)
        } else if (event.kind === NodeFailed.kind) {
          const { node } = event as EventOf<typeof NodeFailed>
          for (const [key, found] of running) if (found.node === node) close(key, null, NodeFailed.kind, at)
        }
      },
      end: ({ at }) => {
        for (const key of running.keys()) close(key, null, null, at, true)
      },
    }
  },
})
