import { describe, expect, it } from 'vitest'
import { comparePaired, compareUnpaired, compareWithBaseline, simultaneous } from './comparison.ts'
import { estimateMean } from './estimate.ts'

describe('a paired comparison', () => {
  it('is the interval of the differences', () => {
    const { unpaired, verdict, ...estimate } = comparePaired([5, 7, 9, 6], [4, 5, 9, 4], 0.95)
    expect(estimate).toEqual(estimateMean([1, 2, 0, 2], 0.95))
    expect(unpaired).toBe(0)
    expect(verdict).toBe('open')
  })

  it('sees what is the same luck on both sides', () => {
    const luck = [10, 250, 40, 90, 170]
    const slower = luck.map((value, i) => value + 2 + (i % 2))
    expect(comparePaired(slower, luck, 0.95).verdict).toBe('greater')
    expect(comparePaired(luck, slower, 0.95).verdict).toBe('less')
    expect(compareUnpaired(slower, luck, 0.95).verdict).toBe('open')
  })

  it('leaves out replications that one side does not have', () => {
    expect(comparePaired([1, null, 3, 4, 5], [1, 2, null, 2], 0.95)).toMatchObject({ count: 2, mean: 1, unpaired: 3 })
  })

  it('widens the intervals of several points so that they hold together', () => {
    const baseline = [1, 2, 3, 4, 5]
    const points = [
      [2, 2, 4, 4, 6],
      [1, 3, 3, 5, 5],
    ]
    const together = compareWithBaseline(baseline, points, 0.9)
    expect(together[0]).toEqual(comparePaired(points[0]!, baseline, 0.95))
    expect(together[1]).toEqual(comparePaired(points[1]!, baseline, 0.95))
    expect(simultaneous(0.95, 1)).toBeCloseTo(0.95, 12)
  })
})

describe('an unpaired comparison', () => {
  it('of samples of one size and spread is that of the pooled variance', () => {
    // f = 2(n − 1) = 8, S² = 2.5 on both sides: 2.306 · √(2 · 2.5/5) = 2.306.
    const { mean, halfWidth } = compareUnpaired([11, 12, 13, 14, 15], [1, 2, 3, 4, 5], 0.95)
    expect(mean).toBe(10)
    expect(halfWidth).toBeCloseTo(2.306, 3)
  })

  it('goes by the larger spread where the other has none', () => {
    const { halfWidth } = compareUnpaired([1, 2, 3, 4, 5], [3, 3, 3], 0.95)
    expect(halfWidth).toBeCloseTo(estimateMean([1, 2, 3, 4, 5], 0.95).halfWidth, 10)
  })

  it('of a single value has no bounds', () => {
    expect(compareUnpaired([1], [1, 2, 3], 0.95)).toMatchObject({
      halfWidth: Number.POSITIVE_INFINITY,
      verdict: 'open',
    })
  })
})
