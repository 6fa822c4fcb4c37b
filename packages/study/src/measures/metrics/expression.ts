import { object, type ProblemAt, required, text } from '@wavetank/scenario/codec'
import { isLeft } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { compileNumber } from 'wavetank'
import { defineMetric } from '../define-metric.ts'

const Of = object('Expression', {
  expression: required(text, 'CEL, as in `expect`, that gives a number, true or false, or a duration.'),
})

type Compiled = ReturnType<typeof compileNumber>
const known = new Map<string, Compiled>()

/** The words of an expression are the same in every run: they are made once. */
const compiledOf = (written: string): Compiled => {
  let compiled = known.get(written)
  if (compiled === undefined) {
    compiled = compileNumber(written)
    known.set(written, compiled)
  }
  return compiled
}

export const expression = defineMetric<t.TypeOf<typeof Of>>({
  name: 'expression',
  doc: 'The value of a CEL expression at the end of the run: a number, 1 or 0 for true or false, milliseconds for a duration. No number where it has no value.',
  unit: ({ expression: written }) => {
    const compiled = compiledOf(written)
    return isLeft(compiled) || !compiled.right.isTruth ? 'number' : 'truth'
  },
  of: Of,
  check: ({ expression: written }): readonly ProblemAt[] => {
    const compiled = compiledOf(written)
    if (!isLeft(compiled)) return []
    const { message, hint } = compiled.left
    return [[['expression'], { code: 'WT040', message, hint }]]
  },
  fold: ({ expression: written }) => {
    const compiled = compiledOf(written)
    return {
      listens: [],
      begin: () => {},
      result: ({ view, at }) => (isLeft(compiled) ? null : (compiled.right.evaluate(view, at) ?? null)),
    }
  },
})
