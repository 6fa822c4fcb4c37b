import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  constant,
  type Distribution,
  empirical,
  exponential,
  lognormal,
  samplerOf,
  scaled,
  uniform,
  weibull,
} from './distributions.ts'
import { createDraw } from './draw.ts'

/** Γ(1 + 1/k), for shapes that are used below. */
const gammaOf: Readonly<Record<number, number>> = { 0.5: 2, 1: 1, 2: Math.sqrt(Math.PI) / 2 }
/** Γ(1 + 2/k). */
const gammaOfTwice: Readonly<Record<number, number>> = { 0.5: 24, 1: 2, 2: 1 }

const weibullMoments = (scale: number, shape: number): readonly [number, number] => {
  const mean = scale * gammaOf[shape]!
  return [mean, scale ** 2 * gammaOfTwice[shape]! - mean ** 2]
}
const lognormalMoments = (median: number, sigma: number): readonly [number, number] => {
  const mean = median * Math.exp(sigma ** 2 / 2)
  return [mean, mean ** 2 * (Math.exp(sigma ** 2) - 1)]
}

const CASES: readonly (readonly [
  name: string,
  distribution: Distribution,
  moments: readonly [mean: number, variance: number],
])[] = [
  ['constant', { constant: 250 }, [250, 0]],
  ['uniform', { uniform: [100, 500] }, [300, 400 ** 2 / 12]],
  ['exponential', { exponential: { mean: 40 } }, [40, 1_600]],
  ['lognormal', { lognormal: { median: 350, sigma: 0.5 } }, lognormalMoments(350, 0.5)],
  ['Weibull, early failures', { weibull: { scale: 100, shape: 0.5 } }, weibullMoments(100, 0.5)],
  ['Weibull, memoryless', { weibull: { scale: 100, shape: 1 } }, weibullMoments(100, 1)],
  ['Weibull, wear-out', { weibull: { scale: 100, shape: 2 } }, weibullMoments(100, 2)],
  ['empirical', { empirical: [10, 20, 60] }, [30, (400 + 100 + 900) / 3]],
]

describe.each(CASES)('%s', (name, distribution, [mean, variance]) => {
  const draw = createDraw(11)
  const sample = samplerOf(distribution)
  const variates = Array.from({ length: 200_000 }, (_, index) => sample(draw(name, `${index}`)))
  const sampleMean = variates.reduce((sum, x) => sum + x, 0) / variates.length

  it('has the mean of the closed form, within four standard errors', () => {
    expect(Math.abs(sampleMean - mean)).toBeLessThanOrEqual(4 * Math.sqrt(variance / variates.length))
  })
  it('has the variance of the closed form', () => {
    const deviation = variates.reduce((sum, x) => sum + (x - sampleMean) ** 2, 0) / (variates.length - 1)
    // Heavy tails make the variance of a sample vary most; a tenth holds for all of these.
    expect(Math.abs(deviation - variance)).toBeLessThanOrEqual(0.1 * variance)
  })
  it('rises with the uniform number, and is finite at both ends', () => {
    const draws = fc
      .oneof(fc.bigInt({ min: 0n, max: 2n ** 53n }), fc.bigInt({ min: 0n, max: 9n }))
      .map((n) => Number(n) / 2 ** 53)
    fc.assert(
      fc.property(draws, draws, (u, v) => {
        expect(sample(Math.min(u, v))).toBeLessThanOrEqual(sample(Math.max(u, v)))
      }),
    )
    expect([sample(0), sample(1)].every(Number.isFinite)).toBe(true)
    expect(sample(0)).toBeGreaterThanOrEqual(0)
  })
})

it('quantiles are those of the formulas', () => {
  expect(exponential(10)(0.5)).toBeCloseTo(10 * Math.LN2, 12)
  expect(lognormal(350, 0.5)(0.5)).toBe(350)
  expect(lognormal(350, 0)(0.9)).toBe(350)
  expect(weibull(100, 2)(1 - Math.exp(-1))).toBeCloseTo(100, 10)
  expect(uniform(2, 4)(0.25)).toBe(2.5)
  expect(constant(3)(0.7)).toBe(3)
  expect([0, 0.34, 0.67, 1].map(empirical([1, 2, 3]))).toEqual([1, 2, 3, 3])
})

it('a sampler is made once for each distribution', () => {
  const distribution: Distribution = { exponential: { mean: 1 } }
  expect(samplerOf(distribution)).toBe(samplerOf(distribution))
})

it.each(CASES)('%s scaled is so many times the variate', (_, distribution) => {
  const [one, many] = [samplerOf(distribution), samplerOf(scaled(distribution, 8))]
  for (const u of [0.01, 0.3, 0.5, 0.77, 0.99]) expect(many(u)).toBeCloseTo(8 * one(u), 6)
})
