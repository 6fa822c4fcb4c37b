import { createDraw, exponential, ln, normalQuantile } from '@wavetank/kernel'
import { describe, expect, it } from 'vitest'
import { comparePaired, compareUnpaired, compareWithBaseline } from './comparison.ts'
import { interactionsOf, mainEffectsOf } from './effects.ts'
import { type Estimate, estimateMean, estimateProportion } from './estimate.ts'
import { estimateQuantile } from './quantile.ts'
import { binomialQuantile } from './quantile-functions.ts'
import { nextRound, type StoppingRule } from './stopping.ts'

/**
 * Whether intervals hold the truth as often as they say: thousands of studies of data whose truth is known. How many of
 * them hold it is itself binomial; a correct interval is outside of the bounds once in five hundred thousand sets of
 * seeds, and these seeds are always the same.
 */

const STUDIES = 4000
const CHANCE_OF_BAD_LUCK = 1e-6

type Source = (key: string) => number
const normal = (seed: number): Source => {
  const draw = createDraw(seed)
  return (key) => normalQuantile(Math.max(1e-16, draw('normal', key)))
}
const skewed = (seed: number): Source => {
  const draw = createDraw(seed)
  const sample = exponential(1)
  return (key) => sample(draw('exponential', key))
}

const several = (count: number, source: Source, of = ''): readonly number[] =>
  Array.from({ length: count }, (_, i) => source(`${of}#${i}`))

/** How many of so many studies hold what they should. */
const countHits = (studies: number, hit: (study: number) => boolean): number => {
  let hits = 0
  for (let study = 0; study < studies; study++) if (hit(study)) hits++
  return hits
}

const holds = ({ low, high }: { low: number; high: number }, truth: number): boolean => low <= truth && truth <= high

/** What `studies` intervals of true coverage `share` cannot fall below, nor rise above, but for very bad luck. */
const expectCoverage = (hits: number, studies: number, share: number): void => {
  expect(hits, `of ${studies} that hold with chance ${share}`).toBeGreaterThanOrEqual(
    binomialQuantile(CHANCE_OF_BAD_LUCK, studies, share),
  )
  expect(hits, `of ${studies} that hold with chance ${share}`).toBeLessThanOrEqual(
    binomialQuantile(1 - CHANCE_OF_BAD_LUCK, studies, share),
  )
}
const expectAtLeast = (hits: number, studies: number, share: number): void =>
  expect(hits, `of ${studies} that hold with chance ${share} or more`).toBeGreaterThanOrEqual(
    binomialQuantile(CHANCE_OF_BAD_LUCK, studies, share),
  )

describe('the interval of a mean', () => {
  it.each([
    [2, 0.9],
    [5, 0.95],
    [30, 0.99],
  ])('of %d normal values covers it as often as it says, %d', (count, confidence) => {
    const hits = countHits(STUDIES, (seed) => holds(estimateMean(several(count, normal(seed)), confidence), 0))
    expectCoverage(hits, STUDIES, confidence)
  })

  // Law’s table 4.1 has 0.854, 0.878, 0.870 and 0.890 from 500 studies each: less than 0.9, for exponential values are skewed.
  it.each([
    [5, 0.854],
    [10, 0.878],
    [20, 0.87],
    [40, 0.89],
  ])('of %d exponential values covers it less often, as Law’s table 4.1 has it: %d', (count, published) => {
    const hits = countHits(STUDIES, (seed) => holds(estimateMean(several(count, skewed(seed)), 0.9), 1))
    // Both are counts: the difference of two shares.
    const error = Math.sqrt(published * (1 - published) * (1 / STUDIES + 1 / 500))
    expect(Math.abs(hits / STUDIES - published)).toBeLessThan(4.9 * error)
    expect(hits).toBeLessThan(0.9 * STUDIES)
  })

  it('of many exponential values covers it as often as it says', () => {
    const hits = countHits(1000, (seed) => holds(estimateMean(several(1000, skewed(seed)), 0.9), 1))
    expectCoverage(hits, 1000, 0.9)
  })
})

describe('the interval of a proportion', () => {
  const chanceOf = (count: number, p: number): readonly number[] => {
    const chances = [(1 - p) ** count]
    for (let k = 1; k <= count; k++) chances.push((chances[k - 1]! * (count - k + 1) * p) / (k * (1 - p)))
    return chances
  }

  it.each([
    [10, 0.5],
    [30, 0.1],
    [100, 0.98],
  ])('of %d trials of chance %d covers it as often as the binomial distribution says', (count, p) => {
    const exact = chanceOf(count, p).reduce(
      (sum, chance, k) => sum + (holds(estimateProportion(k, count, 0.95), p) ? chance : 0),
      0,
    )
    const hits = countHits(STUDIES, (seed) => {
      const draw = createDraw(seed)
      const successes = countHits(count, (i) => draw('trial', `${i}`) < p)
      return holds(estimateProportion(successes, count, 0.95), p)
    })
    expectCoverage(hits, STUDIES, exact)
  })

  it('covers it as often as it says over all chances, though not at each', () => {
    for (const count of [5, 20, 50]) {
      let sum = 0
      for (let i = 0; i < 500; i++) {
        const p = (i + 0.5) / 500
        chanceOf(count, p).forEach((chance, k) => {
          if (holds(estimateProportion(k, count, 0.95), p)) sum += chance / 500
        })
      }
      expect(sum).toBeGreaterThan(0.948)
      expect(sum).toBeLessThan(0.965)
    }
  })
})

describe('the interval of a quantile', () => {
  it.each([
    [20, 0.5],
    [200, 0.9],
    [60, 0.99],
  ])('of %d values covers the quantile %d at least as often as it says, however they are distributed', (count, p) => {
    for (const [source, truth] of [
      [skewed, -ln(1 - p)],
      [normal, normalQuantile(p)],
    ] as const) {
      const hits = countHits(STUDIES / 2, (seed) =>
        holds(estimateQuantile(several(count, source(seed)), p, 0.9), truth),
      )
      expectAtLeast(hits, STUDIES / 2, 0.9)
    }
  })
})

describe('the interval of a difference', () => {
  /** Ten times as much shared luck as luck of one's own. */
  const pair = (seed: number, shift: number): readonly [readonly number[], readonly number[]] => {
    const source = normal(seed)
    const shared = several(8, source, 'shared')
    const ours = several(8, source, 'ours')
    const theirs = several(8, source, 'theirs')
    return [shared.map((value, i) => 10 * value + ours[i]! + shift), shared.map((value, i) => 10 * value + theirs[i]!)]
  }

  it('in pairs covers it as often as it says, and is a fifth as wide as without pairs', () => {
    let paired = 0
    let unpaired = 0
    const hits = countHits(STUDIES, (seed) => {
      const [ours, theirs] = pair(seed, 1)
      const difference = comparePaired(ours, theirs, 0.95)
      paired += difference.halfWidth
      unpaired += compareUnpaired(ours, theirs, 0.95).halfWidth
      return holds(difference, 1)
    })
    expectCoverage(hits, STUDIES, 0.95)
    expect(paired * 5).toBeLessThan(unpaired)
  })

  it('without pairs covers it as often as it says, also where sizes and spreads differ', () => {
    const hits = countHits(STUDIES, (seed) => {
      const source = normal(seed)
      const wide = several(15, source, 'wide').map((value) => 4 * value + 2)
      return holds(compareUnpaired(wide, several(9, source, 'narrow'), 0.95), 2)
    })
    // Welch’s degrees of freedom are an approximation, good to half of a percent here.
    expect(Math.abs(hits / STUDIES - 0.95)).toBeLessThan(0.005 + 4.8 * Math.sqrt((0.95 * 0.05) / STUDIES))
  })

  it('against a baseline holds for all points at once at least as often as it says', () => {
    const hits = countHits(STUDIES / 2, (seed) => {
      const source = normal(seed)
      const points = [0, 1, 2, 3].map((point) => several(6, source, `point ${point}`).map((value) => value + point))
      return compareWithBaseline(several(6, source, 'baseline'), points, 0.9).every((difference, point) =>
        holds(difference, point),
      )
    })
    expectAtLeast(hits, STUDIES / 2, 0.9)
  })
})

describe('a factorial design', () => {
  const design = (seed: number, together: number): readonly (readonly number[])[] => {
    const source = normal(seed)
    const shared = several(6, source, 'shared')
    return [0, 1].flatMap((a) =>
      [0, 1, 2].map((b) =>
        several(6, source, `${a} ${b}`).map((own, r) => a + 2 * b + together * a * b + own + 5 * shared[r]!),
      ),
    )
  }

  it('has intervals of effects that cover them as often as they say', () => {
    const hits = countHits(STUDIES / 2, (seed) => {
      const [, b] = mainEffectsOf({ sizes: [2, 3], cells: design(seed, 0) }, 0.95)
      return holds(b!.levels[2]!.effect, 2)
    })
    expectCoverage(hits, STUDIES / 2, 0.95)
  })

  it('calls effects and interactions that are not there important no more often than it says', () => {
    const source = (seed: number) => {
      const draw = normal(seed)
      return Array.from({ length: 6 }, (_, cell) => several(6, draw, `${cell}`))
    }
    const quiet = countHits(STUDIES / 2, (seed) => {
      const { matters } = mainEffectsOf({ sizes: [2, 3], cells: source(seed) }, 0.95)[1]!
      return !matters
    })
    expectAtLeast(quiet, STUDIES / 2, 0.95)
    const apart = countHits(
      STUDIES / 2,
      (seed) => !interactionsOf({ sizes: [2, 3], cells: design(seed, 0) }, 0.95)[0]!.matters,
    )
    expectAtLeast(apart, STUDIES / 2, 0.95)
  })

  it('finds an interaction that is there', () => {
    const found = countHits(200, (seed) => interactionsOf({ sizes: [2, 3], cells: design(seed, 5) }, 0.95)[0]!.matters)
    expect(found).toBe(200)
  })
})

describe('replications that go on until an interval is short enough', () => {
  const study = (source: Source, rule: StoppingRule): Estimate => {
    let values: readonly number[] = []
    for (;;) {
      const next = nextRound(values.length, [{ values, kind: 'number' }], rule)
      if (next === values.length) return estimateMean(values, rule.precision!.confidence)
      values = several(next, source)
    }
  }
  const rule: StoppingRule = {
    minimum: 10,
    maximum: 10_000,
    precision: { confidence: 0.9, halfWidth: { relative: 0.15 } },
  }

  it('cover the truth hardly less often than they say', () => {
    const hits = countHits(STUDIES / 2, (seed) => {
      const source = normal(seed)
      const estimate = study((key) => 3 + source(key), rule)
      expect(estimate.halfWidth / estimate.mean).toBeLessThanOrEqual(0.15)
      return holds(estimate, 3)
    })
    expectAtLeast(hits, STUDIES / 2, 0.87)
  })

  it('cover it less often where values are skewed', () => {
    let replications = 0
    const hits = countHits(STUDIES / 2, (seed) => {
      const estimate = study(skewed(seed), rule)
      replications += estimate.count
      return holds(estimate, 1)
    })
    // (1.645/0.15)² (1 + 0.15)² = 159 for the true spread.
    expect(replications / (STUDIES / 2)).toBeGreaterThan(120)
    expect(replications / (STUDIES / 2)).toBeLessThan(175)
    expectAtLeast(hits, STUDIES / 2, 0.84)
    expect(hits).toBeLessThan(0.9 * (STUDIES / 2))
  })

  it('cover it as often as they say where the minimum does most of the work', () => {
    const patient = { ...rule, minimum: 200 }
    const hits = countHits(1000, (seed) => holds(study(skewed(seed), patient), 1))
    expectAtLeast(hits, 1000, 0.89)
  })
})
