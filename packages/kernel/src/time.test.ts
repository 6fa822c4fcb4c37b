import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { days, formatMillis, hours, later, Millis, millis, minutes, seconds } from './time.ts'

it('counts in whole milliseconds, halves up, and never below nothing', () => {
  expect([0.4, 0.5, 1.5, 2.499, -3].map(millis)).toEqual([0, 1, 2, 2, 0])
  expect([seconds(1.5), minutes(2), hours(0.5), days(1)]).toEqual([1_500, 120_000, 1_800_000, 86_400_000])
  expect(later(seconds(1), 5)).toBe(1_005)
})

it('takes for time what is whole, safe and not negative', () => {
  expect([0, 5, 2 ** 53 - 1].every(Millis.is)).toBe(true)
  expect([-1, 0.5, 2 ** 53, Number.NaN, '5', null].some(Millis.is)).toBe(false)
})

it('prints durations as Go does', () => {
  const printed = [0, 1, 999, 1_000, 61_000, 3_600_000, 3_723_004, 90_061_500, -1_500].map(formatMillis)
  expect(printed).toEqual(['0s', '1ms', '999ms', '1s', '1m1s', '1h0m0s', '1h2m3.004s', '25h1m1.5s', '-1.5s'])
})

it('prints different durations differently', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (a, b) => {
      expect(formatMillis(a) === formatMillis(b)).toBe(a === b)
    }),
  )
})
