import { assert, constantFrom, integer, oneof, property, tuple } from 'fast-check'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import {
  canonicalQuantity,
  formatBytes,
  formatMillis,
  formatQuantity,
  parseQuantity,
  quantityMillis,
  quantityWhole,
} from './quantity.ts'

describe('quantity', () => {
  it.each([
    // text, thousandths rounded up, whole units rounded up, as the API stores it
    ['0', 0, 0, '0'],
    ['1', 1000, 1, '1'],
    ['100m', 100, 1, '100m'],
    ['0.1', 100, 1, '100m'],
    ['100.5m', 101, 1, '101m'],
    ['1500m', 1500, 2, '1500m'],
    ['12000m', 12_000, 12, '12'],
    ['1u', 1, 1, '1m'],
    ['1n', 1, 1, '1m'],
    ['0.0000000001', 1, 1, '1m'],
    ['1.5', 1500, 2, '1500m'],
    ['.5', 500, 1, '500m'],
    ['5.', 5000, 5, '5'],
    ['+2', 2000, 2, '2'],
    ['-1', -1000, -1, '-1'],
    ['-1500m', -1500, -2, '-1500m'],
    ['1k', 1_000_000, 1000, '1k'],
    ['2000', 2_000_000, 2000, '2k'],
    ['1M', 1_000_000_000, 1_000_000, '1M'],
    ['1Ki', 1_024_000, 1024, '1Ki'],
    ['1.5Gi', 1_610_612_736_000, 1_610_612_736, '1536Mi'],
    ['16384Mi', 17_179_869_184_000, 17_179_869_184, '16Gi'],
    ['0.5Ki', 512_000, 512, '512'],
    ['1.5Ki', 1_536_000, 1536, '1536'],
    ['42406.25Ki', 43_424_000_000, 43_424_000, '43424k'],
    ['0.1Ki', 102_400, 103, '102400m'],
    ['1e3', 1_000_000, 1000, '1e3'],
    ['1E3', 1_000_000, 1000, '1e3'],
    ['12e-1', 1200, 2, '1200e-3'],
    ['1e0', 1000, 1, '1'],
  ])('reads %s', (text, millis, whole, canonical) => {
    expect([quantityMillis(text), quantityWhole(text), canonicalQuantity(text)]).toEqual([millis, whole, canonical])
  })

  it.each([
    ['', 'regular expression'],
    ['abc', 'regular expression'],
    ['1 Gi', 'regular expression'],
    ['.', 'regular expression'],
    ['1.2.3', 'regular expression'],
    ['1Gii', 'suffix'],
    ['1mi', 'suffix'],
    ['1e', 'suffix'],
    ['1Ki3', 'suffix'],
    ['16Ei', 'too large'],
    ['1E', 'too large'],
  ])('refuses %j', (text, reason) => {
    const parsed = parseQuantity(text)
    expect(isLeft(parsed) && parsed.left).toContain(reason)
  })

  const written = tuple(
    integer({ min: -100_000, max: 100_000 }),
    constantFrom('', '.5', '.25', '.125'),
    oneof(
      constantFrom('', 'n', 'u', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi'),
      integer({ min: -6, max: 6 }).map((e) => `e${e}`),
    ),
  ).map(([whole, fraction, suffix]) => `${whole}${fraction}${suffix}`)

  it('prints what it reads', () => {
    assert(
      property(written, (text) => {
        const parsed = parseQuantity(text)
        if (!isRight(parsed)) return false
        const again = parseQuantity(formatQuantity(parsed.right))
        return isRight(again) && again.right.nanos === parsed.right.nanos
      }),
    )
  })

  it('shows it in a form that no longer changes', () => {
    assert(
      property(written, (text) => {
        const shown = canonicalQuantity(text)
        return canonicalQuantity(shown) === shown
      }),
    )
  })

  it('prints integers as the API does', () => {
    expect([formatMillis(1500), formatMillis(2000), formatMillis(0)]).toEqual(['1500m', '2', '0'])
    expect([formatBytes(1024 ** 3), formatBytes(1000), formatBytes(1025)]).toEqual(['1Gi', '1k', '1025'])
  })
})
