import { millis } from '@wavetank/kernel'
import fc from 'fast-check'
import { isLeft, isRight, right } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from './duration.ts'

describe('a duration', () => {
  it.each([
    ['1h30m', 5_400_000],
    ['300s', 300_000],
    ['250ms', 250],
    ['1.5s', 1_500],
    ['.5h', 1_800_000],
    ['0', 0],
    ['0s', 0],
    ['1000us', 1],
    ['0.1s0.2s', 300],
    ['87600h', 315_360_000_000],
  ])('reads %s', (written, expected) => {
    expect(parseDuration(written)).toEqual(right(expected))
  })

  it.each([
    [5, 'a duration needs a unit: did you mean `5s`?'],
    ['5', 'a duration needs a unit: did you mean `5s`?'],
    ['-5s', undefined],
    [-1, undefined],
    ['1d', 'there is no unit for days: did you mean `24h`?'],
    ['5 min', 'did you mean `5m`?'],
    ['10 seconds', 'did you mean `10s`?'],
    ['1us', 'one millisecond is the smallest step of virtual time'],
    ['1.0005s', 'one millisecond is the smallest step of virtual time'],
    ['', undefined],
    ['soon', undefined],
    [null, undefined],
    [['5s'], undefined],
    ['99999999999h', 'at most about 285 years'],
  ])('refuses %j', (written, hint) => {
    const parsed = parseDuration(written)
    expect(isLeft(parsed)).toBe(true)
    if (isRight(parsed)) return
    expect(parsed.left.code).toBe('WT014')
    if (hint !== undefined) expect(parsed.left.hint).toBe(hint)
  })

  it('is read back from what it is printed as', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_000_000_000_000 }), (span) => {
        expect(parseDuration(formatDuration(millis(span)))).toEqual(right(span))
      }),
    )
  })
})
