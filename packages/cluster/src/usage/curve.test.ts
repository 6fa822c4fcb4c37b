import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  capped,
  firstAtLeast,
  firstBelow,
  isLevel,
  meanUsage,
  nextBreak,
  originOf,
  type PlacedCurve,
  totalUsageAt,
  type UsageCurve,
  usageAt,
  usageOver,
} from './curve.ts'
import { constantUsage, dailyUsage, dayWave, leakUsage, linearUsage, stepUsage } from './shapes.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const from = (origin: number, curve: UsageCurve): PlacedCurve => ({ curve, origin })

/** Curves on a time line of some tens of milliseconds, so that every instant can be tried. */
const value = fc.integer({ min: 0, max: 40 })
const points = fc
  .uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 5 })
  .chain((times) => fc.tuple(...[...times].sort((a, b) => a - b).map((at) => value.map((v) => ({ at, value: v })))))
const curve: fc.Arbitrary<UsageCurve> = fc.oneof(
  value.map(constantUsage),
  points.map((list) => stepUsage('container', list)),
  points.map((list) => linearUsage('container', list)),
  fc
    .tuple(value, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.option(value, { nil: undefined }))
    .map(([low, rise, per, max]) => leakUsage(low, rise, per, max)),
  points.map((list) => ({ ...linearUsage('container', list), period: 31 })),
  fc.tuple(points, value).map(([list, cap]) => capped(linearUsage('container', list), cap)),
)
const placed = fc.tuple(fc.integer({ min: -20, max: 20 }), curve).map(([origin, c]) => from(origin, c))

const instants = (a: number, b: number): readonly number[] => Array.from({ length: b - a + 1 }, (_, i) => a + i)

describe('a usage curve', () => {
  it('first reaches a threshold where trying every millisecond finds it', () => {
    fc.assert(
      fc.property(
        fc.array(placed, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 90 }),
        fc.integer({ min: -5, max: 60 }),
        (curves, threshold, start) => {
          const tried = instants(start, 150)
          expect(firstAtLeast(curves, threshold, start, 150)).toBe(
            tried.find((at) => totalUsageAt(curves, at) >= threshold),
          )
          expect(firstBelow(curves, threshold, start, 150)).toBe(
            tried.find((at) => totalUsageAt(curves, at) < threshold),
          )
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('never reaches a threshold at all if it does not within its pieces or its period', () => {
    fc.assert(
      fc.property(placed, value, (one, threshold) => {
        const found = firstAtLeast([one], threshold, -40)
        const tried = instants(-40, 400).find((at) => usageAt(one, at) >= threshold)
        expect(found).toBe(tried)
      }),
      { numRuns: 1_000 },
    )
  })

  it('adds up: a span is its parts, and a sum of thin slices comes near it', () => {
    fc.assert(
      fc.property(placed, fc.tuple(fc.nat(80), fc.nat(80), fc.nat(80)), (one, span) => {
        const [a, b, c] = [...span].sort((x, y) => x - y) as [number, number, number]
        expect(usageOver(one, a, b) + usageOver(one, b, c)).toBeCloseTo(usageOver(one, a, c), 6)
        let slices = 0
        for (let i = a * 16; i < c * 16; i++) slices += usageAt(one, (i + 0.5) / 16) / 16
        expect(Math.abs(slices - usageOver(one, a, c))).toBeLessThan(20)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is cut off at a cap, and is itself below it', () => {
    fc.assert(
      fc.property(points, value, fc.integer({ min: 0, max: 40 }), (list, cap, at) => {
        const whole = linearUsage('container', list)
        expect(usageAt(from(0, capped(whole, cap)), at)).toBeCloseTo(Math.min(cap, usageAt(from(0, whole), at)), 9)
      }),
    )
  })

  it.each([
    ['a constant is there from its zero on', constantUsage(500), [-1, 0, 7], [0, 500, 500]],
    [
      'steps hold until the next one',
      stepUsage('run', [
        { at: 5, value: 2 },
        { at: 9, value: 1 },
      ]),
      [4, 5, 8, 9, 99],
      [0, 2, 2, 1, 1],
    ],
    [
      'lines are straight',
      linearUsage('run', [
        { at: 10, value: 100 },
        { at: 20, value: 200 },
      ]),
      [0, 10, 15, 20, 30],
      [100, 100, 150, 200, 200],
    ],
    ['a leak grows to its end', leakUsage(100, 10, 3, 120), [0, 3, 5, 6, 60], [100, 110, 100 + 50 / 3, 120, 120]],
    ['a leak without an end goes on', leakUsage(0, 1, 1_000), [1_000_000], [1_000]],
    ['a leak that starts at its end is constant', leakUsage(7, 1, 1, 7), [0, 50], [7, 7]],
    [
      'a day goes through midnight',
      dailyUsage([
        { at: 6 * HOUR, value: 0 },
        { at: 18 * HOUR, value: 120 },
      ]),
      [0, 6 * HOUR, 12 * HOUR, 18 * HOUR, DAY, DAY + 21 * HOUR],
      [60, 0, 60, 120, 60, 90],
    ],
    [
      'a wave peaks where it says',
      dayWave(100, 300, 14 * HOUR),
      [2 * HOUR, 8 * HOUR, 14 * HOUR, 20 * HOUR, DAY + 14 * HOUR],
      [100, 200, 300, 200, 300],
    ],
    ['one point of a day is all of it', dailyUsage([{ at: 3 * HOUR, value: 5 }]), [0, 3 * HOUR, DAY], [5, 5, 5]],
  ])('%s', (_, shape, times, values) => {
    expect(times.map((at) => usageAt(from(0, shape), at))).toEqual(values)
  })

  it('counts from where it says: the container, the run or midnight', () => {
    const start = Date.UTC(2025, 0, 1, 9, 30)
    expect(originOf(constantUsage(1), 77, start)).toBe(77)
    expect(originOf(stepUsage('run', [{ at: 0, value: 1 }]), 77, start)).toBe(0)
    expect(originOf(dayWave(0, 1, 0), 77, start)).toBe(-9.5 * HOUR)
  })

  it('has a mean, which at an instant is the value', () => {
    const ramp = from(
      0,
      linearUsage('run', [
        { at: 0, value: 0 },
        { at: 100, value: 100 },
      ]),
    )
    expect(meanUsage(ramp, 0, 100)).toBe(50)
    expect(meanUsage(ramp, 30, 30)).toBe(30)
    const day = from(0, dayWave(100, 300, 14 * HOUR))
    expect(meanUsage(day, 0, 10 * DAY)).toBeCloseTo(meanUsage(day, 5 * HOUR, 3 * DAY + 5 * HOUR), 6)
  })

  it('says how long nothing changes', () => {
    const steps = [
      from(
        100,
        stepUsage('container', [
          { at: 0, value: 1 },
          { at: 50, value: 2 },
        ]),
      ),
    ]
    expect(nextBreak(steps, 100)).toBe(150)
    expect(isLevel(steps, 100, 149)).toBe(true)
    expect(isLevel(steps, 100, 150)).toBe(false)
    expect(isLevel([from(0, leakUsage(0, 1, 1))], 0, 1)).toBe(false)
    expect(nextBreak(steps, 150)).toBe(Number.POSITIVE_INFINITY)
  })

  it('refuses an endless search over several curves of which one repeats', () => {
    expect(() => firstAtLeast([from(0, dayWave(0, 1, 0)), from(0, constantUsage(1))], 9, 0)).toThrow('needs an end')
  })
})
