import { integer, orNull, text, time } from '../column.ts'
import { defineTable } from '../define-table.ts'

export const run = defineTable({
  name: 'run',
  doc: 'The run: one row.',
  columns: {
    name: text('Name of the scenario.'),
    seed: integer('The seed: it decides every random draw.'),
    start_time: time('The wall clock at the start of the run.'),
    end_at: integer('How long the run lasted, in milliseconds.'),
    end_time: time('The wall clock at its end.'),
    end_reason: text('Why it ended: `horizon`, `quiet`, `stopped`, `budget` or `loop`.'),
    entry_count: integer('How many entries the log has.'),
    digest: orNull(text('SHA-256 of the log; null if it was not read to its end.')),
  },
  fold: (row, { name, seed, start }) => ({
    apply: () => {},
    end: ({ at, entries, reason, digest }) =>
      row({
        name,
        seed,
        start_time: start,
        end_at: at,
        end_time: start + at,
        end_reason: reason,
        entry_count: entries,
        digest,
      }),
  }),
})
