import { describe, expect, it } from 'vitest'
import { estimateProportion } from './estimate.ts'
import { nextRound, replicationsNeeded, type StoppingRule, wantedHalfWidth } from './stopping.ts'

const spread = [8, 12, 9, 11, 10, 13, 7, 10]
const rule = (halfWidth: number, minimum = 4, maximum = 1000): StoppingRule => ({
  minimum,
  maximum,
  precision: { confidence: 0.95, halfWidth: { absolute: halfWidth } },
})

describe('the half-width wanted', () => {
  it('is a share of the mean, corrected for the mean being an estimate', () => {
    expect(wantedHalfWidth(-110, { confidence: 0.95, halfWidth: { relative: 0.1 } })).toBeCloseTo(10, 12)
    expect(wantedHalfWidth(0, { confidence: 0.95, halfWidth: { relative: 0.1 } })).toBe(Number.POSITIVE_INFINITY)
  })
})

describe('how many replications are needed', () => {
  it('is the least number at which the spread so far would do', () => {
    const needed = replicationsNeeded(spread, 'number', rule(0.5).precision!, 1000)
    // S = 2: t₍₆₃₎ · 2/√64 = 1.998/4 is the first below a half.
    expect(needed).toBe(64)
  })

  it('is what there is, where that is precise enough', () => {
    expect(replicationsNeeded(spread, 'number', rule(2).precision!, 1000)).toBe(8)
    expect(replicationsNeeded([5, 5, 5], 'number', rule(0.001).precision!, 1000)).toBe(3)
  })

  it('of truth values counts those that never failed too', () => {
    // Wilson’s half-width of n of n is z²/2(n + z²): 0.05 at n = 9 z² = 34.6.
    const needed = replicationsNeeded([1, 1, 1, 1], 'truth', rule(0.05).precision!, 1000)
    expect(needed).toBe(35)
    expect(estimateProportion(35, 35, 0.95).halfWidth).toBeLessThanOrEqual(0.05)
    expect(estimateProportion(34, 34, 0.95).halfWidth).toBeGreaterThan(0.05)
  })

  it('is never more than the maximum', () => {
    expect(replicationsNeeded(spread, 'number', rule(0.0001).precision!, 50)).toBe(50)
  })
})

describe('the next round', () => {
  const samples = [{ values: spread, kind: 'number' }] as const

  it('starts with the minimum, and never ends before it', () => {
    expect(nextRound(0, [], rule(0.5))).toBe(4)
    expect(nextRound(3, samples, rule(100))).toBe(4)
    expect(nextRound(0, [], rule(0.5, 40, 10))).toBe(10)
  })

  it('ends where every response is precise enough', () => {
    expect(nextRound(8, samples, rule(2))).toBe(8)
  })

  it('goes by the most demanding response', () => {
    const calm = { values: spread.map((value) => value / 100), kind: 'number' } as const
    expect(nextRound(8, [calm], rule(1.5))).toBe(8)
    expect(nextRound(8, [calm, ...samples], rule(1.5))).toBe(10)
  })

  it('at most doubles, since the spread of few values is a guess', () => {
    expect(nextRound(8, samples, rule(0.5))).toBe(16)
  })

  it('asks for more runs where only some have an answer', () => {
    expect(nextRound(16, samples, rule(1.5))).toBe(20)
    expect(nextRound(16, [{ values: [], kind: 'number' }], rule(1.5))).toBe(16)
  })

  it('ends at the maximum, and at once without a precision', () => {
    expect(nextRound(10, samples, rule(0.001, 4, 10))).toBe(10)
    expect(nextRound(8, samples, { minimum: 8, maximum: 100 })).toBe(8)
  })
})
