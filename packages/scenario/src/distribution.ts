import type { Distribution } from '@wavetank/kernel'
import { left, right } from 'fp-ts/lib/Either.js'
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
  variant,
} from './codec.ts'
import { DurationMillis } from './duration.ts'
import { suggestion } from './suggestion.ts'

type Kind = Distribution extends infer D ? (D extends unknown ? keyof D : never) : never
const KINDS: readonly Kind[] = ['constant', 'uniform', 'exponential', 'lognormal', 'weibull', 'empirical']
const EXAMPLE = 'for example `1s`, `{uniform: [1s, 2s]}` or `{lognormal: {median: 1s, sigma: 0.5}}`'

const kindOf = (u: unknown): Kind | undefined =>
  isRecord(u) ? KINDS.find((kind) => Object.hasOwn(u, kind)) : undefined
const isDistribution = (u: unknown): u is Distribution => kindOf(u) !== undefined

/** One form, which is its own key: what it holds once decoded is what the kernel samples from. */
const form = <A>(
  kind: Kind,
  codec: Codec<A>,
  doc: string,
  check: (a: A) => Problem | undefined = () => undefined,
): Codec<Distribution> =>
  mapped<{ readonly [key: string]: A }, Distribution>(
    object(kind, { [kind]: required(codec, doc) }),
    isDistribution,
    (written) => {
      const problem = check(written[kind]!)
      return problem === undefined ? right(written as unknown as Distribution) : left([[[kind], problem]])
    },
    (distribution) => distribution as unknown as { readonly [key: string]: A },
  )

/**
 * A distribution of what `unit` reads: written as one value of the unit, which is constant, or as a mapping with the
 * one form as its key.
 */
export const distributionOf = (name: string, unit: Codec<number>): Codec<Distribution> => {
  const positive = mapped<number, number>(
    unit,
    (u): u is number => unit.is(u) && u > 0,
    (n) => (n > 0 ? right(n) : left({ code: 'WT018', message: 'must be greater than 0' })),
    (n) => n,
  )
  const forms: Readonly<Record<Kind, Codec<Distribution>>> = {
    constant: form('constant', unit, 'Always this value.'),
    uniform: form(
      'uniform',
      list(unit),
      'Lowest and highest value; each value between them is as likely.',
      (bounds) => {
        if (bounds.length !== 2)
          return { code: 'WT018', message: `expected the lowest and the highest value, found ${bounds.length} values` }
        return bounds[0]! > bounds[1]! ? { code: 'WT018', message: 'the lowest value is above the highest' } : undefined
      },
    ),
    exponential: form(
      'exponential',
      object('exponential', { mean: required(positive, 'The mean.') }),
      'Memoryless, as times between failures of many independent parts are.',
    ),
    lognormal: form(
      'lognormal',
      object('lognormal', {
        median: required(positive, 'Half of the values are below it.'),
        sigma: required(
          number({ min: 0, max: 10 }),
          'Standard deviation of the logarithm: 0.5 puts 95 % between a third and three times the median.',
        ),
      }),
      'Latencies with a long tail.',
    ),
    weibull: form(
      'weibull',
      object('weibull', {
        scale: required(positive, 'About 63 % of the values are below it.'),
        shape: required(
          number({ min: 0, above: true, max: 100 }),
          'Below 1 failures come early, above 1 parts wear out.',
        ),
      }),
      'Lifetimes.',
    ),
    empirical: form('empirical', list(unit, 1), 'Recorded values, each as likely.'),
  }
  const plain: Codec<Distribution> = mapped<number, Distribution>(
    unit,
    (u): u is Distribution => kindOf(u) === 'constant',
    (n) => right({ constant: n }),
    (distribution) => ('constant' in distribution ? distribution.constant : 0),
  )
  return variant(
    name,
    [plain, ...KINDS.map((kind) => forms[kind])],
    (u) => {
      if (!isRecord(u)) {
        if (!Array.isArray(u)) return plain
        return { code: 'WT018', message: `expected a distribution, found ${describeValue(u)}`, hint: EXAMPLE }
      }
      const keys = Object.keys(u)
      const known = KINDS.filter((kind) => keys.includes(kind))
      if (known.length === 1) return forms[known[0]!]
      if (known.length > 1)
        return { code: 'WT022', message: `a distribution has one form, found ${known.join(' and ')}` }
      if (keys[0] === undefined)
        return { code: 'WT018', message: 'expected a distribution, found an empty mapping', hint: EXAMPLE }
      return {
        code: 'WT018',
        message: `unknown distribution \`${keys[0]}\``,
        hint: suggestion(keys[0], KINDS) ?? EXAMPLE,
      }
    },
    (distribution) => ('constant' in distribution ? plain : forms[kindOf(distribution) ?? 'constant']),
  )
}

/** Of spans of virtual time, in milliseconds once decoded. */
export const DurationDistribution: Codec<Distribution> = distributionOf('DurationDistribution', DurationMillis)
