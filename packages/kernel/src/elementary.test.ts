import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exp, ln, normalQuantile, power } from './elementary.ts'

/** The distance between neighbouring doubles at x. */
const ulp = (x: number): number => {
  const bits = new DataView(new ArrayBuffer(8))
  bits.setFloat64(0, Math.abs(x))
  bits.setBigUint64(0, bits.getBigUint64(0) + 1n)
  return bits.getFloat64(0) - Math.abs(x)
}
/** How many of them lie between a value and what it should be. */
const ulps = (actual: number, expected: number): number =>
  actual === expected ? 0 : Math.abs(actual - expected) / ulp(expected)

// The engine's own functions err by less than one unit themselves.
const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true })
const RUNS = { numRuns: 20_000, seed: 1 }

describe('exp', () => {
  it('is within 2 units of the last place of what the engine says', () => {
    fc.assert(
      fc.property(finite(-707, 709), (x) => ulps(exp(x), Math.exp(x)) <= 2),
      RUNS,
    )
    fc.assert(
      fc.property(finite(-1, 1), (x) => ulps(exp(x), Math.exp(x)) <= 2),
      RUNS,
    )
  })
  it('is exact where there is something exact', () => {
    expect([exp(0), exp(-0)]).toEqual([1, 1])
  })
  it('ends where doubles do', () => {
    expect([
      exp(1_000),
      exp(Number.POSITIVE_INFINITY),
      exp(-1_000),
      exp(Number.NEGATIVE_INFINITY),
      exp(Number.NaN),
    ]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0, Number.NaN])
  })
  it('never falls as its argument rises', () => {
    fc.assert(
      fc.property(finite(-700, 700), (x) => exp(x + Math.abs(x) * 2 ** -50) >= exp(x) * (1 - 2 ** -51)),
      RUNS,
    )
  })
})

describe('ln', () => {
  it('is within 2 units of the last place of what the engine says', () => {
    fc.assert(
      fc.property(finite(2 ** -1022, 2 ** 1000), (x) => ulps(ln(x), Math.log(x)) <= 2),
      RUNS,
    )
    fc.assert(
      fc.property(finite(0.5, 2), (x) => ulps(ln(x), Math.log(x)) <= 2),
      RUNS,
    )
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true }), (x) => ulps(ln(x), Math.log(x)) <= 2),
      RUNS,
    )
  })
  it('says what is no logarithm', () => {
    expect([ln(1), ln(0), ln(-1), ln(Number.NaN), ln(Number.POSITIVE_INFINITY)]).toEqual([
      0,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ])
  })
})

it('powers agree with the engine as far as logarithms let them', () => {
  fc.assert(
    fc.property(finite(1e-3, 1e3), finite(-20, 20), (x, y) => Math.abs(power(x, y) / x ** y - 1) < 1e-13),
    RUNS,
  )
})

/** The normal distribution function by its series, for |x| up to 6. */
const normal = (x: number): number => {
  let term = x
  let sum = x
  for (let n = 3; Math.abs(term) > 1e-18 * Math.abs(sum); n += 2) {
    term *= (x * x) / n
    sum += term
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI)
}

describe('the normal quantile', () => {
  it('leads back to the probability', () => {
    fc.assert(
      fc.property(finite(1e-6, 1 - 1e-6), (p) => p === 0.5 || Math.abs(normal(normalQuantile(p)) - p) < 1e-14),
      RUNS,
    )
  })
  it('has the values of the tables', () => {
    expect(normalQuantile(0.5)).toBe(0)
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14)
    expect(normalQuantile(0.99)).toBeCloseTo(2.3263478740408408, 14)
    expect(normalQuantile(1e-20)).toBeCloseTo(-9.262340089798408, 12)
  })
  it('is the same on both sides', () => {
    // Halves of powers of two, so that 1 − p is exact.
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 50 }), (n) => normalQuantile(2 ** -n) === -normalQuantile(1 - 2 ** -n)),
    )
  })
})

it('gives the same bits in every release', () => {
  const bits = (x: number): string => {
    const view = new DataView(new ArrayBuffer(8))
    view.setFloat64(0, x)
    return view.getBigUint64(0).toString(16)
  }
  expect(
    [
      exp(1),
      exp(-0.3),
      exp(345.6),
      ln(2),
      ln(10),
      ln(1e-300),
      power(1.7, 0.3),
      normalQuantile(0.9),
      normalQuantile(1e-9),
    ].map(bits),
  ).toMatchInlineSnapshot(`
    [
      "4005bf0a8b14576a",
      "3fe7b4c869c37c05",
      "5f182ca33b1c0ee6",
      "3fe62e42fefa39ef",
      "40026bb1bbb55516",
      "c085963447f87fb5",
      "3ff2c2cd258622da",
      "3ff4813c36e26d34",
      "c017fdc11f44b5a7",
    ]
  `)
})
