import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatTime, parseTime, ticks } from '../../packages/report-page/browser/time.ts'

it.each([
  [0, '0s'],
  [12, '12ms'],
  [4_143, '4.143s'],
  [90_000, '1m30s'],
  [3_600_000, '1h'],
  [93_784_005, '1d2h3m4.005s'],
])('%i ms are %s', (millis, text) => {
  expect(formatTime(millis)).toBe(text)
})

it('reads the times that it writes', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 31), (millis) => {
      expect(Math.round(parseTime(formatTime(millis))!)).toBe(millis)
    }),
  )
})

it.each(['soon', '5', '1x', '', '-3s'])('takes %j for no time', (text) => {
  expect(parseTime(text)).toBeUndefined()
})

it('has round ticks, and no more than there is room for', () => {
  expect(ticks(0, 1_200_000, 10)).toEqual([
    0, 120_000, 240_000, 360_000, 480_000, 600_000, 720_000, 840_000, 960_000, 1_080_000, 1_200_000,
  ])
  fc.assert(
    fc.property(
      fc.nat(1e10),
      fc.integer({ min: 1, max: 1e10 }),
      fc.integer({ min: 1, max: 20 }),
      (from, span, most) => {
        const found = ticks(from, from + span, most)
        expect(found.length).toBeLessThanOrEqual(most + 1)
        expect(found.every((at) => at >= from && at <= from + span)).toBe(true)
      },
    ),
  )
})
