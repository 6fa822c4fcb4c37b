import { DECIDE, defineEvent, optional } from '@wavetank/kernel'
import * as t from 'io-ts'

/** How an expectation relates to its window; `at` has a window of one instant. */
export const Assertion = t.keyof({ always: null, eventually: null, never: null, at: null }, 'Assertion')
export type Assertion = t.TypeOf<typeof Assertion>

export const ExpectationDue = defineEvent('ExpectationDue', {
  doc: 'The window of an expectation begins or ends, so that it is looked at though nothing else may happen.',
  rank: DECIDE,
  data: { expectation: t.number },
})

const verdict = {
  /** Position in the scenario, from 0. */
  expectation: t.number,
  name: t.string,
  assertion: Assertion,
  expression: t.string,
}

export const ExpectationMet = defineEvent('ExpectationMet', {
  doc: 'An expectation held: nothing later in the run can change that.',
  data: { ...verdict, evidence: optional(t.string) },
})

export const ExpectationFailed = defineEvent('ExpectationFailed', {
  doc: 'An expectation did not hold; the evidence says what was there instead.',
  data: { ...verdict, evidence: t.string },
})

export const expectationEvents = [ExpectationDue, ExpectationMet, ExpectationFailed] as const
