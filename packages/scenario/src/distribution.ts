import type { Millis } from '@wavetank/kernel'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import {
  type Codec,
  describeValue,
  isRecord,
  list,
  mapped,
  number,
  object,
  type Problem,
  required,
  value,
  variant,
} from './codec.ts'
import { Duration, formatDuration, parseDuration } from './duration.ts'
import { suggestion } from './suggestion.ts'

/**
 * How a quantity varies, as data. What it is measured in depends on where it stands: milliseconds for delays and run
 * times, bytes a second for the rate of an image pull.
 */
export type Distribution =
  | { readonly kind: 'constant'; readonly value: number }
  /** Every value between `low` and `high`, each as likely. */
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'exponential'; readonly mean: number }
  /** `sigma` is the standard deviation of the logarithm. */
  | { readonly kind: 'lognormal'; readonly median: number; readonly sigma: number }
  /** `shape` below 1: failures come early; above 1: wear-out. */
  | { readonly kind: 'weibull'; readonly scale: number; readonly shape: number }
  /** One of the recorded values, each as likely. */
  | { readonly kind: 'empirical'; readonly values: readonly number[] }

export const constantly = (value: number): Distribution => ({ kind: 'constant', value })

const FORMS = ['constant', 'uniform', 'exponential', 'lognormal', 'weibull', 'empirical'] as const
const EXAMPLE = 'for example `1s`, `{uniform: [1s, 2s]}` or `{lognormal: {median: 1s, sigma: 0.5}}`'

/** A distribution of what `unit` reads: written as one value of the unit, or as a mapping with the one form as its key. */
export const distributionOf = (unit: Codec<number>): Codec<Distribution> => {
  const positiveUnit = mapped<number, number>(
    unit,
    (u): u is number => unit.is(u) && u > 0,
    (n) => (n > 0 ? right(n) : left({ code: 'WT018', message: 'must be greater than 0' })),
    (n) => n,
  )
  const form = <K extends Distribution['kind'], A>(
    kind: K,
    codec: Codec<A>,
    doc: string,
    toData: (a: A) => Extract<Distribution, { kind: K }>,
    fromData: (d: Extract<Distribution, { kind: K }>) => A,
    check: (a: A) => Problem | undefined = () => undefined,
  ): Codec<Distribution> =>
    mapped<{ readonly [key: string]: A }, Distribution>(
      object(kind, { [kind]: required(codec, doc) }),
      (u): u is Distribution => isRecord(u) && u.kind === kind,
      (written) => {
        const parameters = written[kind]!
        const problem = check(parameters)
        return problem === undefined ? right(toData(parameters)) : left([[[kind], problem]])
      },
      (data) => ({ [kind]: fromData(data as Extract<Distribution, { kind: K }>) }),
    )
  const forms: Record<Distribution['kind'], Codec<Distribution>> = {
    constant: form(
      'constant',
      unit,
      'Always this value.',
      (value) => ({ kind: 'constant', value }),
      ({ value }) => value,
    ),
    uniform: form(
      'uniform',
      list(unit),
      'Lowest and highest value; every value between them is as likely.',
      ([low, high]) => ({ kind: 'uniform', low: low!, high: high! }),
      ({ low, high }) => [low, high],
      (bounds) =>
        bounds.length !== 2
          ? { code: 'WT018', message: `expected the lowest and the highest value, found ${bounds.length} of them` }
          : bounds[0]! > bounds[1]!
            ? { code: 'WT018', message: 'the lowest value is above the highest' }
            : undefined,
    ),
    exponential: form(
      'exponential',
      object('exponential', { mean: required(positiveUnit, 'The mean.') }),
      'Memoryless, as times between failures of many independent parts are.',
      ({ mean }) => ({ kind: 'exponential', mean }),
      ({ mean }) => ({ mean }),
    ),
    lognormal: form(
      'lognormal',
      object('lognormal', {
        median: required(positiveUnit, 'Half of the values are below it.'),
        sigma: required(
          number({ min: 0, max: 10 }),
          'Standard deviation of the logarithm: 0.5 puts 95 % between a third and three times the median.',
        ),
      }),
      'Latencies with a long tail.',
      ({ median, sigma }) => ({ kind: 'lognormal', median, sigma }),
      ({ median, sigma }) => ({ median, sigma }),
    ),
    weibull: form(
      'weibull',
      object('weibull', {
        scale: required(positiveUnit, 'About 63 % of the values are below it.'),
        shape: required(
          number({ min: 0, above: true, max: 100 }),
          'Below 1 failures come early, above 1 parts wear out.',
        ),
      }),
      'Lifetimes.',
      ({ scale, shape }) => ({ kind: 'weibull', scale, shape }),
      ({ scale, shape }) => ({ scale, shape }),
    ),
    empirical: form(
      'empirical',
      list(unit, 1),
      'Recorded values, each as likely.',
      (values) => ({ kind: 'empirical', values }),
      ({ values }) => values,
    ),
  }
  const plain: Codec<Distribution> = mapped<number, Distribution>(
    unit,
    (u): u is Distribution => isRecord(u) && u.kind === 'constant',
    (n) => right(constantly(n)),
    (data) => (data as Extract<Distribution, { kind: 'constant' }>).value,
  )
  return variant(
    'Distribution',
    [plain, ...FORMS.map((kind) => forms[kind])],
    (u) => {
      if (!isRecord(u)) {
        if (!Array.isArray(u)) return plain
        return { code: 'WT018', message: `expected a distribution, found ${describeValue(u)}`, hint: EXAMPLE }
      }
      const keys = Object.keys(u)
      const known = FORMS.filter((kind) => keys.includes(kind))
      if (known.length === 1) return forms[known[0]!]
      if (known.length > 1)
        return { code: 'WT022', message: `a distribution has one form, found ${known.join(' and ')}` }
      return {
        code: 'WT018',
        message:
          keys.length === 0 ? 'expected a distribution, found an empty mapping' : `unknown distribution \`${keys[0]}\``,
        hint: (keys.length > 0 ? suggestion(keys[0]!, FORMS) : undefined) ?? EXAMPLE,
      }
    },
    (data) => (data.kind === 'constant' ? plain : forms[data.kind]),
  )
}

/** Of spans of virtual time, in milliseconds. */
export const DurationDistribution: Codec<Distribution> = distributionOf(
  value<number>({
    name: 'Duration',
    schema: Duration.schema,
    is: (u): u is number => Duration.is(u),
    parse: parseDuration,
    print: (span) => formatDuration(span as Millis),
  }),
)

/** Always nothing: what a latency is when it is switched off. */
export const isAlwaysZero = (distribution: Distribution): boolean =>
  distribution.kind === 'constant' && distribution.value === 0

/** Decodes what the tables of defaults say; a mistake there is one of ours. */
export const distribution = (written: unknown): Distribution => {
  const decoded = DurationDistribution.decode(written)
  if (isLeft(decoded)) throw new Error(`not a distribution: ${JSON.stringify(written)}`)
  return decoded.right
}
