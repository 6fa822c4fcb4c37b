import { nameOf, namespaceOf } from '@wavetank/cluster'
import { foldContainerRuns } from '@wavetank/report'
import { integer, orNull, text } from '../column.ts'
import { defineTable } from '../define-table.ts'
import { span, spanOf } from '../intervals.ts'

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
    const { apply, end } = foldContainerRuns(({ pod, uid, container, restart, node, since }, ended) =>
      row({
        namespace: namespaceOf(pod),
        pod: nameOf(pod),
        pod_uid: uid,
        container,
        restart,
        node,
        exit_code: ended.exitCode,
        reason: ended.reason,
        ...spanOf(start, since, ended.at, ended.isOpen),
      }),
    )
    return { apply, end: ({ at }) => end(at) }
  },
})
