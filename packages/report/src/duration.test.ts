import { expect, it } from 'vitest'
import { humanDuration, shortHumanDuration } from './duration.ts'

const SECONDS: readonly (readonly [number, string])[] = [
  [-2, '<invalid>'],
  [-1, '0s'],
  [0, '0s'],
  [119, '119s'],
  [120, '2m'],
  [121, '2m1s'],
  [599, '9m59s'],
  [600, '10m'],
  [601, '10m'],
  [659, '10m'],
  [3_600, '60m'],
  [7_200, '120m'],
  [10_799, '179m'],
  [10_800, '3h'],
  [10_860, '3h1m'],
  [28_799, '7h59m'],
  [28_800, '8h'],
  [86_400, '24h'],
  [172_799, '47h'],
  [172_800, '2d'],
  [176_400, '2d1h'],
  [691_199, '7d23h'],
  [691_200, '8d'],
  [63_071_999, '729d'],
  [63_072_000, '2y'],
  [63_158_400, '2y1d'],
  [252_287_999, '7y364d'],
  [252_288_000, '8y'],
]

it.each(SECONDS)('prints %i s as HumanDuration does', (seconds, text) => {
  expect(humanDuration(seconds * 1_000)).toBe(text)
})

it('drops what is less than a second, towards zero', () => {
  expect(humanDuration(119_999)).toBe('119s')
  expect(humanDuration(-1_999)).toBe('0s')
  expect(humanDuration(-2_000)).toBe('<invalid>')
})

it.each([
  [-2, '<invalid>'],
  [-1, '0s'],
  [59, '59s'],
  [60, '1m'],
  [3_599, '59m'],
  [3_600, '1h'],
  [86_399, '23h'],
  [86_400, '1d'],
  [31_535_999, '364d'],
  [31_536_000, '1y'],
])('prints %i s as ShortHumanDuration does', (seconds, text) => {
  expect(shortHumanDuration(seconds * 1_000)).toBe(text)
})
