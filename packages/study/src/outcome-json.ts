import * as t from 'io-ts'

/** An `Outcome` as it comes back from a journal, a queue or a part: one shape, wherever it was. */
export const OutcomeJson = t.type({
  point: t.number,
  number: t.number,
  seed: t.number,
  responses: t.record(t.string, t.union([t.number, t.null])),
  expectations: t.record(t.string, t.keyof({ met: null, failed: null })),
  entries: t.number,
  end: t.keyof({ horizon: null, quiet: null, stopped: null, budget: null, loop: null }),
})
