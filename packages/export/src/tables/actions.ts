import { actionOf } from '../actions.ts'
import { integer, orNull, text, time } from '../column.ts'
import { defineTable } from '../define-table.ts'

export const actions = defineTable({
  name: 'actions',
  doc: 'What was done to the cluster: the kubectl commands and the faults of the timeline.',
  columns: {
    seq: integer('The entry of the log: `entries.seq`.'),
    happened_at: integer('When, in milliseconds of the run.'),
    time: time('When, by the wall clock.'),
    action: text('`kubectl`, or the fault: `fail`, `recover`, `partition`, `down`, …'),
    target: orNull(text('The node, dependency, registry, or part of the control plane; null for a command.')),
    text: text('In words: the command line, or the fault and what it hits.'),
  },
  fold: (row, { start }) => ({
    apply: (entry) => {
      const action = actionOf(entry.event)
      if (action !== undefined) row({ seq: entry.seq, happened_at: entry.at, time: start + entry.at, ...action })
    },
    end: () => {},
  }),
})
