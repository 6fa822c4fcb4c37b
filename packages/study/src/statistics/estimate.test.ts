import { describe, expect, it } from 'vitest'
import { estimateMean, estimateProportion, estimateResponse } from './estimate.ts'
import { momentsOf, varianceOf } from './moments.ts'
import { binomialQuantile, studentQuantile } from './quantile-functions.ts'

describe('the quantile of Student’s t', () => {
  it.each([0.6, 0.75, 0.9, 0.975, 0.999])('is the closed form for 1 and 2 degrees of freedom, p = %d', (p) => {
    expect(studentQuantile(p, 1)).toBeCloseTo(Math.tan(Math.PI * (p - 0.5)), 8)
    expect(studentQuantile(p, 2)).toBeCloseTo((2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 8)
  })

  // Fisher and Yates' table, as every textbook has it.
  it.each([
    [0.95, 4, 2.132],
    [0.975, 9, 2.262],
    [0.995, 9, 3.25],
    [0.975, 29, 2.045],
    [0.9, 40, 1.303],
    [0.995, 120, 2.617],
  ])('is the table’s: p = %d, %d degrees of freedom', (p, freedom, expected) => {
    expect(studentQuantile(p, freedom)).toBeCloseTo(expected, 3)
  })

  it('refuses what has no answer', () => {
    expect(() => studentQuantile(0.9, 0)).toThrow('no quantile 0.9')
  })
})

describe('the quantile of the binomial distribution', () => {
  it('is the least number with enough of the distribution up to it', () => {
    // P(B ≤ 1) = 11/1024 = 0.0107, P(B ≤ 2) = 56/1024 = 0.0547 for ten fair coins.
    expect(binomialQuantile(0.0107, 10, 0.5)).toBe(1)
    expect(binomialQuantile(0.0108, 10, 0.5)).toBe(2)
    expect(binomialQuantile(0.5, 10, 0.5)).toBe(5)
  })
})

describe('moments', () => {
  it('keep their digits where values are large and alike', () => {
    const moments = momentsOf([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])
    expect(moments.mean).toBe(1e9 + 10)
    expect(varianceOf(moments)).toBe(30)
  })

  it('of nothing are not a number', () => {
    expect(momentsOf([]).mean).toBeNaN()
    expect(varianceOf(momentsOf([3]))).toBeNaN()
  })
})

describe('the mean', () => {
  it('has the interval of Law’s example 4.26', () => {
    const estimate = estimateMean([1.2, 1.5, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.5, 1.09], 0.9)
    expect(estimate.mean).toBeCloseTo(1.343, 10)
    expect(estimate.standardDeviation ** 2).toBeCloseTo(0.17, 2)
    expect(estimate.halfWidth).toBeCloseTo(0.24, 2)
    expect([estimate.low, estimate.high]).toEqual([
      estimate.mean - estimate.halfWidth,
      estimate.mean + estimate.halfWidth,
    ])
  })

  it('of one value has no bounds', () => {
    expect(estimateMean([7], 0.95)).toEqual({
      count: 1,
      mean: 7,
      standardDeviation: 0,
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      halfWidth: Number.POSITIVE_INFINITY,
    })
  })

  it('of values that are all the same has no width', () => {
    expect(estimateMean([0.1, 0.1, 0.1], 0.95)).toMatchObject({ low: 0.1, high: 0.1, halfWidth: 0 })
  })
})

describe('a proportion', () => {
  // Newcombe, Two-sided Confidence Intervals for the Single Proportion, Statistics in Medicine 17, 1998, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('has the interval that Newcombe gives for %d of %d', (successes, count, low, high) => {
    const estimate = estimateProportion(successes, count, 0.95)
    expect(estimate.low).toBeCloseTo(low, 4)
    expect(estimate.high).toBeCloseTo(high, 4)
    expect(estimate.mean).toBe(successes / count)
  })

  it('is the same for failures, seen from the other side', () => {
    const some = estimateProportion(3, 40, 0.99)
    const others = estimateProportion(37, 40, 0.99)
    expect(others.low).toBeCloseTo(1 - some.high, 12)
    expect(others.high).toBeCloseTo(1 - some.low, 12)
  })

  it('of nothing may be anything', () => {
    expect(estimateProportion(0, 0, 0.95)).toMatchObject({ count: 0, low: 0, high: 1 })
  })

  it('is how truth values are estimated', () => {
    expect(estimateResponse([1, 0, 1, 1], 'truth', 0.95)).toEqual(estimateProportion(3, 4, 0.95))
    expect(estimateResponse([1, 0, 1, 1], 'number', 0.95)).toEqual(estimateMean([1, 0, 1, 1], 0.95))
  })
})
