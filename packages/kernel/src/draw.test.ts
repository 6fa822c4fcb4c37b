import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDraw, fingerprint, uuidOf } from './draw.ts'

/** The chi-square statistic of numbers in [0, 1) over equal cells. */
const chiSquare = (numbers: readonly number[], cells: number): number => {
  const counts = new Array<number>(cells).fill(0)
  for (const number of numbers) counts[Math.floor(number * cells)]!++
  const expected = numbers.length / cells
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

/** Keys as a run has them: long, and different in a digit or two. */
const keys = Array.from({ length: 100_000 }, (_, index) => `shop/cart-7d9f8c6b5-${index}#${index % 7}`)
/** 99.9 % of chi-square with 99 degrees of freedom. */
const LIMIT = 148.23

describe('a draw', () => {
  it('is uniform over the keys of a stream', () => {
    const draw = createDraw(7)
    for (const stream of ['image-pull', 'watch', ''])
      expect(
        chiSquare(
          keys.map((key) => draw(stream, key)),
          100,
        ),
      ).toBeLessThan(LIMIT)
  })
  it('is uniform over seeds, and over streams', () => {
    const seeds = Array.from({ length: 2_000 }, (_, seed) => createDraw(seed)('watch', 'pod'))
    expect(chiSquare(seeds, 100)).toBeLessThan(LIMIT)
    const draw = createDraw(1)
    const streams = Array.from({ length: 2_000 }, (_, stream) => draw(`stream ${stream}`, 'pod'))
    expect(chiSquare(streams, 100)).toBeLessThan(LIMIT)
  })
  it('says nothing about the draw of the next key, or of another stream', () => {
    const draw = createDraw(3)
    const correlation = (a: readonly number[], b: readonly number[]): number =>
      (12 * a.reduce((sum, x, i) => sum + (x - 0.5) * (b[i]! - 0.5), 0)) / a.length
    const pulls = keys.map((key) => draw('image-pull', key))
    const watches = keys.map((key) => draw('watch', key))
    // Four standard errors of 1/√n.
    const bound = 4 / Math.sqrt(keys.length)
    expect(Math.abs(correlation(pulls, watches))).toBeLessThan(bound)
    expect(Math.abs(correlation(pulls.slice(1), pulls))).toBeLessThan(bound)
  })
  it('lies in [0, 1), whatever the seed and the texts', () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger(),
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        (seed, stream, key) => {
          const number = createDraw(seed)(stream, key)
          expect(number).toBeGreaterThanOrEqual(0)
          expect(number).toBeLessThan(1)
        },
      ),
    )
  })
  it('does not depend on what was drawn before it', () => {
    const asked = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y', 'z')), { maxLength: 20 })
    fc.assert(
      fc.property(fc.integer(), asked, asked, (seed, before, after) => {
        const draw = createDraw(seed)
        for (const [stream, key] of before) draw(stream, key)
        for (const [stream, key] of after) expect(draw(stream, key)).toBe(createDraw(seed)(stream, key))
      }),
    )
  })
  it('is the same in every release: logs of old runs can be made again', () => {
    const drawn = [1, 2, -1, Number.MAX_SAFE_INTEGER].map((seed) => createDraw(seed)('image-pull', 'shop/cart-6f7#2'))
    expect(drawn).toMatchInlineSnapshot(`
      [
        0.055489017152258735,
        0.9159805283062196,
        0.2763179983570331,
        0.6916213810113622,
      ]
    `)
    expect(createDraw(1)('', '')).toMatchInlineSnapshot(`0.6268751749208182`)
    expect(createDraw(1)('watch', 'ünïcödé 😀')).toMatchInlineSnapshot(`0.7229537512590658`)
  })
})

describe('a fingerprint', () => {
  it('keeps the keys of a run apart', () => {
    expect(new Set(keys.map(fingerprint)).size).toBe(keys.length)
  })
  it('is a safe integer, the same in every release', () => {
    fc.assert(fc.property(fc.string(), (text) => Number.isSafeInteger(fingerprint(text)) && fingerprint(text) >= 0))
    expect(['', 'a', 'shop/cart'].map(fingerprint)).toMatchInlineSnapshot(`
      [
        2964764180212459,
        2564821690459519,
        2632832596604245,
      ]
    `)
  })
})

describe('a uuid', () => {
  it('has the layout of version 8', () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), (seed, text) => {
        expect(uuidOf(seed, text)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      }),
    )
  })
  it('is another one for another text or seed', () => {
    const uuids = [
      ...keys.slice(0, 10_000).map((key) => uuidOf(1, key)),
      ...keys.slice(0, 10_000).map((key) => uuidOf(2, key)),
    ]
    expect(new Set(uuids).size).toBe(20_000)
  })
  it('is the same in every release', () => {
    expect(uuidOf(1, 'Pod shop/cart')).toMatchInlineSnapshot(`"0594cf35-0721-81fc-89fe-79a03d542144"`)
  })
})
