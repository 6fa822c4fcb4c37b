import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fullBucket, type Rate, spend, tokensAt, waitFor } from './rate-limiter.ts'

const rate: Rate = { qps: 5, burst: 10 }

describe('a token bucket', () => {
  it('begins full and stays so', () => {
    const bucket = fullBucket(rate)
    expect([tokensAt(bucket, rate, 0), tokensAt(bucket, rate, 1_000_000)]).toEqual([10, 10])
    expect(waitFor(bucket, rate, 0)).toBe(0)
  })
  it('gives its burst at once and then a token every 1/qps', () => {
    const bucket = fullBucket(rate)
    for (let i = 0; i < 10; i++) {
      expect(waitFor(bucket, rate, 0)).toBe(0)
      spend(bucket, rate, 0)
    }
    expect(tokensAt(bucket, rate, 0)).toBe(0)
    expect(waitFor(bucket, rate, 0)).toBe(200)
    expect([tokensAt(bucket, rate, 199), tokensAt(bucket, rate, 200), tokensAt(bucket, rate, 1_000)]).toEqual([0, 1, 5])
  })
  it('lets what it owes be waited for', () => {
    const bucket = fullBucket(rate)
    spend(bucket, rate, 0, 12)
    expect(tokensAt(bucket, rate, 0)).toBe(0)
    expect(waitFor(bucket, rate, 0)).toBe(600)
    expect(waitFor(bucket, rate, 100, 2)).toBe(700)
  })
  it('takes fewer tokens a second than one', () => {
    const slow: Rate = { qps: 0.01, burst: 1 }
    const bucket = fullBucket(slow)
    spend(bucket, slow, 0)
    expect(waitFor(bucket, slow, 0)).toBe(100_000)
    expect(tokensAt(bucket, slow, 99_999)).toBe(0)
    expect(tokensAt(bucket, slow, 100_000)).toBe(1)
  })
})

it.each([
  // qps, thousandths of a token missing, milliseconds
  [0.7, 7, 10],
  [0.29, 29, 101],
  [0.3, 3, 10],
  [50, 1_000, 20],
])('at %d a second, %d thousandths take %d ms', (qps, missing, millis) => {
  const anyRate: Rate = { qps, burst: 1 }
  const bucket = { milliTokens: 1_000 - missing, at: 500 }
  expect(waitFor(bucket, anyRate, 500)).toBe(millis)
  expect([tokensAt(bucket, anyRate, 500 + millis - 1), tokensAt(bucket, anyRate, 500 + millis)]).toEqual([0, 1])
})

it('a rate of nothing gives what is in the bucket, and then nothing for ever', () => {
  const none: Rate = { qps: 0, burst: 1 }
  const bucket = fullBucket(none)
  expect(waitFor(bucket, none, 5)).toBe(0)
  spend(bucket, none, 5)
  expect(waitFor(bucket, none, 9)).toBe(Number.POSITIVE_INFINITY)
})

const rates = fc.record({
  qps: fc.constantFrom(0.01, 0.1, 0.3, 0.7, 1, 5, 20, 50),
  burst: fc.integer({ min: 1, max: 100 }),
})
const pauses = fc.array(fc.nat({ max: 3_000 }), { maxLength: 40 })

describe('whatever is asked and when', () => {
  it('a token is there when the wait is over, and not a millisecond sooner', () => {
    fc.assert(
      fc.property(rates, pauses, (anyRate, waits) => {
        const bucket = fullBucket(anyRate)
        let at = 0
        for (const pause of waits) {
          at += pause
          const wait = waitFor(bucket, anyRate, at)
          expect(tokensAt(bucket, anyRate, at + wait)).toBeGreaterThanOrEqual(1)
          if (wait > 0) expect(tokensAt(bucket, anyRate, at + wait - 1)).toBe(0)
          spend(bucket, anyRate, at)
        }
      }),
    )
  })
  it('those who wait get no more than the burst and qps a second', () => {
    fc.assert(
      fc.property(rates, pauses, (anyRate, waits) => {
        const bucket = fullBucket(anyRate)
        let at = 0
        let taken = 0
        for (const pause of waits) {
          at += pause
          at += waitFor(bucket, anyRate, at)
          spend(bucket, anyRate, at)
          taken++
          expect(taken).toBeLessThanOrEqual(anyRate.burst + (at * anyRate.qps) / 1_000 + 1e-9)
        }
      }),
    )
  })
})
