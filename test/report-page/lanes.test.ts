import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countOver } from '../../packages/report-page/browser/count-over.ts'
import { eachRun, type Lanes, stateAt } from '../../packages/report-page/browser/lanes.ts'

interface Thing {
  readonly starts: readonly number[]
  readonly states: readonly number[]
  readonly end: number
}

const lanesOf = (things: readonly Thing[]): Lanes => ({
  count: things.length,
  from: Uint32Array.from([
    0,
    ...things.map((_, i) => things.slice(0, i + 1).reduce((sum, { starts }) => sum + starts.length, 0)),
  ]),
  starts: Float64Array.from(things.flatMap(({ starts }) => starts)),
  states: Uint32Array.from(things.flatMap(({ states }) => states)),
  ends: Float64Array.from(things.map(({ end }) => end)),
})

const CLASSES = 4
const thing: fc.Arbitrary<Thing> = fc
  .tuple(
    fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.nat(CLASSES - 1)), { minLength: 1, maxLength: 20 }),
    fc.option(fc.integer({ min: 1, max: 50 })),
  )
  .map(([steps, lasting]) => {
    let at = -1
    const starts = steps.map(([wait]) => {
      at += wait
      return at
    })
    return {
      starts,
      states: steps.map(([, state]) => state),
      end: lasting === null ? Number.POSITIVE_INFINITY : at + lasting,
    }
  })
const stretch = fc
  .tuple(fc.nat(150), fc.integer({ min: 1, max: 300 }))
  .map(([from, span]) => ({ from, to: from + span }))
const identity = (state: number): number => state

const pixelsOf = (lanes: Lanes, width: number, from: number, to: number): readonly number[] => {
  const pixels = new Array<number>(width).fill(-1)
  let last = 0
  eachRun(lanes, 0, { left: 0, width, from, to }, identity, (x, wide, state) => {
    expect(x).toBeGreaterThanOrEqual(last)
    expect(wide).toBeGreaterThan(0)
    last = x + wide
    for (let pixel = x; pixel < Math.min(width, x + wide); pixel++) pixels[pixel] = state
  })
  return pixels
}

describe('a lane on the screen', () => {
  it('is exact where a pixel is a millisecond', () => {
    fc.assert(
      fc.property(thing, stretch, (one, { from, to }) => {
        const lanes = lanesOf([one])
        const pixels = pixelsOf(lanes, to - from, from, to)
        const states = pixels.map((_, pixel) => stateAt(lanes, 0, from + pixel))
        expect(pixels).toEqual(states.map((k) => (k < 0 ? -1 : lanes.states[k]!)))
      }),
    )
  })

  it('shows the worst state somewhere, however little room there is', () => {
    fc.assert(
      fc.property(thing, fc.integer({ min: 1, max: 12 }), (one, width) => {
        const to = one.starts[one.starts.length - 1]! + 100
        expect(Math.max(...pixelsOf(lanesOf([one]), width, 0, to))).toBe(Math.max(...one.states))
      }),
    )
  })
})

describe('things counted over time', () => {
  it('are as many as one finds by looking at each', () => {
    fc.assert(
      fc.property(
        fc.array(thing, { maxLength: 12 }),
        stretch,
        fc.integer({ min: 1, max: 20 }),
        (things, { from, to }, steps) => {
          const lanes = lanesOf(things)
          const all = things.map((_, i) => i)
          const classOf = [0, 1, -1, 2]
          const counts = countOver(lanes, all, classOf, 3, from, to, steps)
          for (let step = 0; step <= steps; step++) {
            const at = from + ((to - from) * step) / steps
            for (let group = 0; group < 3; group++) {
              const found = all.filter((i) => {
                const k = stateAt(lanes, i, at)
                return k >= 0 && classOf[lanes.states[k]!] === group
              })
              expect(counts[group * (steps + 1) + step]).toBe(found.length)
            }
          }
        },
      ),
    )
  })
})
