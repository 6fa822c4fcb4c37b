import { describe, expect, it } from 'vitest'
import { interactionsOf, mainEffectsOf } from './effects.ts'

/** y = 10 + 3a + 5b + 4ab + luck, for a and b of ±1: Box, Hunter and Hunter’s signs. */
const luck = [-1, 0.5, 0, 0.5]
const cell = (a: number, b: number): readonly number[] => luck.map((noise) => 10 + 3 * a + 5 * b + 4 * a * b + noise)
const twoByTwo = { sizes: [2, 2], cells: [cell(-1, -1), cell(-1, 1), cell(1, -1), cell(1, 1)] }

describe('main effects', () => {
  it('are means by level, over the other axis', () => {
    const [a, b] = mainEffectsOf(twoByTwo, 0.95)
    expect(a!.levels.map(({ mean }) => mean.mean)).toEqual([7, 13])
    expect(a!.levels.map(({ effect }) => effect.mean)).toEqual([-3, 3])
    expect(b!.levels.map(({ mean }) => mean.mean)).toEqual([5, 15])
    expect(b!.range).toMatchObject({ from: 0, to: 1, mean: 10 })
  })

  it('are free of the luck that all cells share', () => {
    const [a] = mainEffectsOf(twoByTwo, 0.95)
    expect(a!.levels[0]!.mean.halfWidth).toBeGreaterThan(0.5)
    expect(a!.levels[0]!.effect.halfWidth).toBeLessThan(1e-9)
    expect(a!.matters).toBe(true)
  })

  it('of an axis that changes nothing do not matter', () => {
    const same = [1.7, 3.3, 2.2]
    const [a, b] = mainEffectsOf({ sizes: [2, 3], cells: [same, same, same, same, same, same] }, 0.95)
    expect(a!.matters).toBe(false)
    expect(b!.matters).toBe(false)
    expect(b!.range.mean).toBe(0)
  })

  it('need replications that every cell has an answer for', () => {
    const [a] = mainEffectsOf(
      {
        sizes: [2],
        cells: [
          [1, 2, null, 4],
          [5, 7, 9],
        ],
      },
      0.95,
    )
    expect(a!.levels.map(({ mean }) => [mean.count, mean.mean])).toEqual([
      [2, 1.5],
      [2, 6],
    ])
    const [none] = mainEffectsOf({ sizes: [2], cells: [[null], [1]] }, 0.95)
    expect(none!.levels[0]!.mean.count).toBe(0)
    expect(none!.matters).toBe(false)
  })
})

describe('interactions', () => {
  it('are what main effects leave', () => {
    const [ab] = interactionsOf(twoByTwo, 0.95)
    expect(ab!.axes).toEqual([0, 1])
    expect(ab!.means.map((row) => row.map(({ mean }) => mean))).toEqual([
      [6, 8],
      [4, 22],
    ])
    expect(ab!.effects.map((row) => row.map(({ mean }) => mean))).toEqual([
      [4, -4],
      [-4, 4],
    ])
    expect(ab!.matters).toBe(true)
  })

  it('of effects that add up do not matter, whatever rounding leaves', () => {
    const cells = [0.1, 0.2, 0.3].flatMap((a) => [0.7, 1.1].map((b) => [a + b, a + b + 0.1, a + b - 0.3]))
    const [ab] = interactionsOf({ sizes: [3, 2], cells }, 0.95)
    expect(ab!.matters).toBe(false)
    expect(ab!.effects.flat().every(({ mean }) => mean === 0)).toBe(true)
  })

  it('are of every pair of axes', () => {
    const cells = Array.from({ length: 12 }, (_, i) => [i, i + 1])
    const found = interactionsOf({ sizes: [2, 3, 2], cells }, 0.95)
    expect(found.map(({ axes }) => axes)).toEqual([
      [0, 1],
      [0, 2],
      [1, 2],
    ])
    // Cells 0, 2 and 1, 3 of the last axis, over both levels of the first: (0 + 6)/2 and one more in every second replication.
    expect(found[2]!.means[0]![0]!.mean).toBe(3.5)
    expect(found[2]!.means[2]![1]!.mean).toBe(8.5)
  })
})
