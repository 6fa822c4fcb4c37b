import { expect, it } from 'vitest'
import { percentilesOf } from './percentile.ts'
import { changeTo, meanOf, newTimeWeighted } from './time-weighted.ts'

it('weighs each value by how long it stood', () => {
  const number = newTimeWeighted()
  changeTo(number, 10, 1_000)
  changeTo(number, 0, 2_000)
  changeTo(number, 4, 4_000)
  expect(meanOf(number, 5_000)).toBe((10 * 1_000 + 4 * 1_000) / 4_000)
})

it('is the value itself before any time has passed, and nothing before it is known', () => {
  const number = newTimeWeighted()
  expect(meanOf(number, 1_000)).toBeUndefined()
  changeTo(number, 7, 1_000)
  expect(meanOf(number, 1_000)).toBe(7)
})

it('takes percentiles that occurred', () => {
  expect(percentilesOf(Array.from({ length: 200 }, (_, i) => 200 - i))).toEqual({
    count: 200,
    p50: 100,
    p90: 180,
    p99: 198,
    max: 200,
  })
  expect(percentilesOf([5])).toEqual({ count: 1, p50: 5, p90: 5, p99: 5, max: 5 })
  expect(percentilesOf([])).toBeUndefined()
})
