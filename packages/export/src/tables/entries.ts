import { integer, json, orNull, text, time } from '../column.ts'
import { defineTable } from '../define-table.ts'
import { subjectOf } from '../subject.ts'

const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

export const entries = defineTable({
  name: 'entries',
  doc: 'The log itself: everything that happened, in order, each with what caused it.',
  columns: {
    seq: integer('Position in the log, from 0.'),
    happened_at: integer('When it happened, in milliseconds of the run.'),
    time: time('When it happened, by the wall clock.'),
    cause: orNull(integer('The `seq` of the entry that led to this one; null for what the scenario itself brings.')),
    component: text('The component that said so.'),
    kind: text('The kind of event; docs/reference/events.md has them all.'),
    object_kind: orNull(text('The kind of the object that it is about: `Pod`, `Deployment`, `Node`, …')),
    namespace: orNull(text('The namespace of that object.')),
    name: orNull(text('The name of that object.')),
    node: orNull(text('The node that the event names.')),
    container: orNull(text('The container that the event names.')),
    data: json('All fields of the event.'),
  },
  fold: (row, { start }) => ({
    apply: ({ seq, at, cause, by, event }) => {
      const { kind, ...fields } = event
      const { node, container } = fields as { readonly node?: unknown; readonly container?: unknown }
      const subject = subjectOf(event)
      row({
        seq,
        happened_at: at,
        time: start + at,
        cause,
        component: by,
        kind,
        object_kind: subject.kind,
        namespace: subject.namespace,
        name: subject.name,
        node: textOrNull(node),
        container: textOrNull(container),
        data: JSON.stringify(fields),
      })
    },
    end: () => {},
  }),
})
