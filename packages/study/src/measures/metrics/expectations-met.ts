import { suggestion } from '@wavetank/scenario'
import { object, optional, type ProblemAt, text } from '@wavetank/scenario/codec'
import type * as t from 'io-ts'
import { defineMetric } from '../define-metric.ts'

const Of = object('ExpectationsMet', {
  expectation: optional(text, 'Only the expectation of this name: 1 if it was met, 0 if it failed.'),
})

export const expectationsMet = defineMetric<t.TypeOf<typeof Of>>({
  name: 'expectationsMet',
  doc: 'Share of the expectations of the scenario that were met.',
  unit: ({ expectation: name }) => (name === undefined ? 'ratio' : 'truth'),
  of: Of,
  check: ({ expectation: name }, { expect }): readonly ProblemAt[] => {
    if (expect.length === 0)
      return [[[], { code: 'WT061', message: 'the scenario expects nothing', hint: 'say what under `expect` there' }]]
    const known = expect.flatMap((one) => (one.name === undefined ? [] : [one.name]))
    if (name === undefined || known.includes(name)) return []
    const hint = suggestion(name, known) ?? 'give it a `name` in the scenario'
    return [[['expectation'], { code: 'WT061', message: `the scenario has no expectation "${name}"`, hint }]]
  },
  fold: ({ expectation: name }) => ({
    listens: [],
    begin: () => {},
    result: ({ verdicts }) => {
      const asked = name === undefined ? verdicts : verdicts.filter((verdict) => verdict.name === name)
      if (asked.length === 0) return null
      return asked.filter(({ verdict }) => verdict === 'met').length / asked.length
    },
  }),
})
