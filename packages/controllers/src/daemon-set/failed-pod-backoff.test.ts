import { expect, it } from 'vitest'
import { isInBackoff, nextBackoff } from './failed-pod-backoff.ts'

it('begins with a second and doubles, up to 15 minutes', () => {
  let backoff = nextBackoff(undefined, 0)
  const delays = [backoff.delay]
  for (let i = 0; i < 11; i++) {
    backoff = nextBackoff(backoff, 0)
    delays.push(backoff.delay)
  }
  expect(delays.map((millis) => millis / 1_000)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
})

it('holds until its delay is over, and is forgotten half an hour later', () => {
  const backoff = { delay: 4_000, at: 10_000 }
  expect(isInBackoff(backoff, 13_999)).toBe(true)
  expect(isInBackoff(backoff, 14_000)).toBe(false)
  expect(isInBackoff(undefined, 0)).toBe(false)
  expect(nextBackoff(backoff, 1_810_000).delay).toBe(8_000)
  expect(nextBackoff(backoff, 1_810_001).delay).toBe(1_000)
})
