import { expect, it } from 'vitest'
import { newSeries, setTo } from './series.ts'

it('has every change of a number, and the last word of an instant', () => {
  const series = newSeries()
  for (const [value, at] of [
    [1, 0],
    [1, 2],
    [5, 3],
    [4, 3],
    [2, 9],
  ] as const)
    setTo(series, value, at)
  expect(series).toEqual({ at: [0, 3, 9], values: [1, 4, 2] })
})

it('keeps lowest and highest, first and last when there are too many', () => {
  const series = newSeries()
  for (let at = 0; at < 10_000; at++) setTo(series, at === 1_234 ? -7 : at === 8_765 ? 999 : at % 10, at, 80)
  expect(series.at.length).toBeLessThanOrEqual(80)
  expect(Math.min(...series.values)).toBe(-7)
  expect(series.values[series.at.indexOf(8_765)]).toBe(999)
  expect([series.at[0], series.at[series.at.length - 1]]).toEqual([0, 9_999])
  expect(series.at.every((at, i) => i === 0 || at > series.at[i - 1]!)).toBe(true)
})
