import { type ClusterView, finishedCondition } from '@wavetank/cluster'
import { integer, orNull, type RowOf, text } from '../column.ts'
import { defineTable } from '../define-table.ts'
import { createIntervals, span } from '../intervals.ts'
import { subjectOf } from '../subject.ts'
import { isFact } from './workload-states.ts'

const state = {
  namespace: text('Namespace of the Job.'),
  name: text('Name of the Job.'),
  uid: text('Uid of the Job.'),
  owner_name: orNull(text('The CronJob that made it; null without one.')),
  active: integer('Its pods that are neither over nor terminating.'),
  succeeded: integer('Its pods that succeeded.'),
  failed: integer('Its pods that failed.'),
  condition: orNull(text('`Complete` or `Failed`; null while it is neither.')),
  reason: orNull(text('Why it failed: `BackoffLimitExceeded`, `DeadlineExceeded`, …')),
}
type JobState = RowOf<typeof state>

const look = (view: ClusterView, key: string): JobState | undefined => {
  const job = view.jobs.get(key)
  if (job === undefined) return undefined
  const { namespace, name, uid, owner, status, conditions } = job
  const finished = finishedCondition({ conditions })
  return {
    namespace,
    name,
    uid,
    owner_name: owner?.name ?? null,
    active: status.active,
    succeeded: status.succeeded,
    failed: status.failed,
    condition: finished?.type ?? null,
    reason: finished?.type === 'Failed' ? finished.reason : null,
  }
}

export const jobStates = defineTable({
  name: 'job_states',
  doc: 'How far each Job was, from when to when, by its status.',
  columns: { ...state, ...span },
  fold: (row, { start }) => {
    const intervals = createIntervals<JobState>(start, row)
    return {
      apply: ({ event, at }, view) => {
        if (!('object' in event) || !isFact(event)) return
        const { kind, namespace, name } = subjectOf(event)
        const key = `${namespace}/${name}`
        if (kind === 'Job') intervals.become(key, look(view, key), at)
      },
      end: ({ at }) => intervals.end(at),
    }
  },
})
