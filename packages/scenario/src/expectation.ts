import type { Millis } from '@wavetank/kernel'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { type Codec, isRecord, mapped, object, optional, type ProblemAt, text } from './codec.ts'
import { Duration, PositiveDuration } from './duration.ts'

/** What a run is expected to show: a CEL expression over the cluster's state, and when it has to hold. */
export interface Expectation {
  readonly name?: string
  /**
   * `always`: at every instant of the window; `never`: at none; `eventually`: at one at least; `at`: at the instant
   * `from`, which is also `to`.
   */
  readonly kind: 'always' | 'eventually' | 'never' | 'at'
  readonly expression: string
  readonly from: Millis
  /** Without it, the end of the run. */
  readonly to?: Millis
}

/** The field of the file that holds the expression. */
export const expressionField = (kind: Expectation['kind']): string => (kind === 'at' ? 'that' : kind)

const Written = object('Expectation', {
  name: optional(text, 'What reports call it.'),
  always: optional(text, 'CEL: true at every instant of the window.'),
  eventually: optional(text, 'CEL: true at one instant of the window at least.'),
  never: optional(text, 'CEL: true at no instant of the window.'),
  that: optional(text, 'CEL: true at the instant `at`.'),
  at: optional(Duration, 'The instant for `that`.'),
  within: optional(PositiveDuration, 'Length of the window.'),
  after: optional(Duration, 'Start of the window; the start of the run if absent.'),
  until: optional(Duration, 'End of the window; the end of the run if absent.'),
})
type Written = t.TypeOf<typeof Written>

const KINDS = ['always', 'eventually', 'never', 'that'] as const

const toExpectation = (written: Written): Either<readonly ProblemAt[], Expectation> => {
  const { name, at, within, after, until } = written
  const given = KINDS.filter((kind) => written[kind] !== undefined)
  if (given.length === 0)
    return left([
      [[], { code: 'WT022', message: 'expected one of `always`, `eventually`, `never`, or `at` with `that`' }],
    ])
  if (given.length > 1)
    return left([
      [[given[1]!], { code: 'WT022', message: `\`${given[0]}\` and \`${given[1]}\` need an expectation each` }],
    ])
  const kind = given[0]!
  const expression = written[kind]!
  const named = name === undefined ? {} : { name }
  const problems: ProblemAt[] = []
  if (kind === 'that') {
    if (at === undefined)
      problems.push([[], { code: 'WT011', message: '`at` is missing', hint: 'when `that` has to hold: `at: 5m`' }])
    for (const field of ['within', 'after', 'until'] as const)
      if (written[field] !== undefined)
        problems.push([
          [field],
          { code: 'WT029', message: `\`that\` holds at one instant: \`${field}\` has no meaning here` },
        ])
    return problems.length > 0 || at === undefined
      ? left(problems)
      : right({ ...named, kind: 'at', expression, from: at, to: at })
  }
  if (at !== undefined)
    problems.push([
      ['at'],
      {
        code: 'WT029',
        message: `\`at\` goes with \`that\`; \`${kind}\` has a window: \`after\`, \`until\` or \`within\``,
      },
    ])
  const from = after ?? (0 as Millis)
  if (within !== undefined && until !== undefined)
    problems.push([['until'], { code: 'WT022', message: '`within` and `until` both end the window' }])
  const to = within !== undefined ? ((from + within) as Millis) : until
  if (until !== undefined && until < from)
    problems.push([['until'], { code: 'WT029', message: 'the window ends before it begins' }])
  if (problems.length > 0) return left(problems)
  return right({ ...named, kind, expression, from, ...(to === undefined ? {} : { to }) })
}

export const Expectation: Codec<Expectation> = mapped<Written, Expectation>(
  Written,
  (u): u is Expectation => isRecord(u) && typeof u.expression === 'string' && typeof u.kind === 'string',
  toExpectation,
  ({ name, kind, expression, from, to }) =>
    kind === 'at'
      ? { name, that: expression, at: from }
      : { name, [kind]: expression, ...(from > 0 ? { after: from } : {}), ...(to === undefined ? {} : { until: to }) },
)
