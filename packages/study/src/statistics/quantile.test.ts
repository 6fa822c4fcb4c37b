import { describe, expect, it } from 'vitest'
import { estimateQuantile, quantileOf } from './quantile.ts'

const oneTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1)

describe('a quantile', () => {
  // As R’s quantile(1:10, c(0, .25, .5, .9, 1)), whose default is type 7.
  it.each([
    [0, 1],
    [0.25, 3.25],
    [0.5, 5.5],
    [0.9, 9.1],
    [1, 10],
  ])('is R’s of 1 to 10 at %d', (p, expected) => {
    expect(quantileOf(oneTo(10), p)).toBeCloseTo(expected, 12)
  })

  it('of one value is that value, of none not a number', () => {
    expect(quantileOf([4], 0.99)).toBe(4)
    expect(quantileOf([], 0.5)).toBeNaN()
  })

  it('of what never happened is never', () => {
    expect(quantileOf([1, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY], 0.9)).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('the interval of a quantile', () => {
  // The order statistics that tables of the sign test give for the median at 95%.
  it.each([
    [10, 2, 9],
    [20, 6, 15],
    [50, 18, 33],
  ])('of the median of %d values is from the %dth to the %dth', (count, low, high) => {
    expect(estimateQuantile([...oneTo(count)].reverse(), 0.5, 0.95)).toMatchObject({ count, low, high })
  })

  it('has no upper bound where the greatest value is likely below the quantile', () => {
    const estimate = estimateQuantile(oneTo(100), 0.99, 0.95)
    expect(estimate.low).toBe(97)
    expect(estimate.high).toBe(Number.POSITIVE_INFINITY)
    expect(estimateQuantile(oneTo(500), 0.99, 0.95).high).toBe(500)
  })

  it('of nothing may be anything', () => {
    expect(estimateQuantile([], 0.5, 0.95)).toMatchObject({
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
    })
  })
})
