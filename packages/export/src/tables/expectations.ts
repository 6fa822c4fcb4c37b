import { verdictsFold } from 'wavetank'
import { integer, orNull, text, time } from '../column.ts'
import { defineTable } from '../define-table.ts'

export const expectations = defineTable({
  name: 'expectations',
  doc: 'What the scenario expected, and what became of it.',
  columns: {
    position: integer('Position in the scenario, from 0.'),
    name: text('Its name; `expect[0]` without one.'),
    assertion: text('`always`, `eventually`, `never` or `at`.'),
    expression: text('The expression, in CEL.'),
    verdict: text('`met`, `failed`, or `undecided` if the run ended before its window did.'),
    decided_at: orNull(integer('When it was decided, in milliseconds of the run.')),
    time: orNull(time('When it was decided, by the wall clock.')),
    evidence: orNull(text('What was there instead.')),
    line: orNull(integer('The line of the scenario file that it stands in.')),
  },
  fold: (row, { start, expect }) => {
    const fold = verdictsFold()
    return {
      apply: fold.apply,
      end: () => {
        for (const { index, name, kind, expression, verdict, at, evidence, source } of fold.result(expect)) {
          row({
            position: index,
            name,
            assertion: kind,
            expression,
            verdict,
            decided_at: at ?? null,
            time: at === undefined ? null : start + at,
            evidence: evidence ?? null,
            line: source?.line ?? null,
          })
        }
      },
    }
  },
})
