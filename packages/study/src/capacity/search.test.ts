import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cheapestMix, type MixType, priceOf } from './cheapest-mix.ts'
import { leastCount } from './least-count.ts'
import { testFor } from './sufficiency.ts'

describe('the test of a candidate', () => {
  it('has as few runs as can show the probability', () => {
    // 0.95^59 < 0.05 < 0.95^58.
    expect(testFor({ probability: 0.95, confidence: 0.95, replications: 58 })).toMatchObject({ failuresMax: 0 })
    expect(testFor({ probability: 0.95, confidence: 0.95, replications: 58 }).shows).toBeLessThan(0.95)
    expect(testFor({ probability: 0.95, confidence: 0.95, replications: 59 }).shows).toBeGreaterThan(0.95)
    // Tables of acceptance sampling: 93 runs with one failure, 124 with two.
    expect(testFor({ probability: 0.95, confidence: 0.95 })).toMatchObject({ replications: 93, failuresMax: 1 })
    expect(testFor({ probability: 0.95, confidence: 0.95, replications: 123 }).failuresMax).toBe(1)
    expect(testFor({ probability: 0.95, confidence: 0.95, replications: 124 }).failuresMax).toBe(2)
  })

  it('says what a few runs show', () => {
    const { failuresMax, shows } = testFor({ probability: 0.95, confidence: 0.95, replications: 1 })
    expect(failuresMax).toBe(0)
    expect(shows).toBeCloseTo(0.05, 9)
    expect(testFor({ probability: 0.95, confidence: 0.95, replications: 100_000 }).shows).toBeCloseTo(0.95, 4)
    expect(testFor({ probability: 0.9999, confidence: 0.99 })).toMatchObject({ failuresMax: 1 })
  })

  it('lets candidates that are worse pass no more often than the confidence says', () => {
    const { replications, failuresMax } = testFor({ probability: 0.9, confidence: 0.95 })
    const share = 0.1
    // The binomial sum, from its definition.
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k)
    let passes = 0
    for (let k = 0; k <= failuresMax; k++)
      passes += choose(replications, k) * share ** k * (1 - share) ** (replications - k)
    expect(passes).toBeLessThanOrEqual(0.05)
    expect(passes).toBeGreaterThan(0.04)
  })
})

describe('the least count', () => {
  it('is found wherever it is, from wherever one begins, with few tries', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(300), fc.nat(300), async (least, start) => {
        const found = await leastCount(async (count) => count >= least, { start, min: 0, max: 250 })
        expect(found.count).toBe(least <= 250 ? least : undefined)
        expect(found.notMonotone).toBeUndefined()
        expect(found.tried.length).toBeLessThanOrEqual(22)
      }),
      { seed: 7 },
    )
  })

  it('says where more is worse', async () => {
    const at = async (good: readonly number[]) =>
      leastCount(async (count) => good.includes(count), { start: 5, min: 0, max: 20 })
    expect(await at([5, 7, 8, 9])).toMatchObject({ count: 5, notMonotone: { enough: 5, short: 6 } })
    // Two below is better than one below.
    expect(await at([3, 5, 6, 7])).toMatchObject({ count: 3, notMonotone: { enough: 3, short: 4 } })
  })
})

const type: fc.Arbitrary<MixType> = fc.record({
  price: fc.integer({ min: 1, max: 30 }),
  max: fc.nat(4),
  has: fc.record({ cpu: fc.integer({ min: 1, max: 8 }), memory: fc.nat(8) }),
})

const everyMix = (types: readonly MixType[]): readonly (readonly number[])[] =>
  types.reduce<readonly (readonly number[])[]>(
    (mixes, { max }) => mixes.flatMap((mix) => Array.from({ length: max + 1 }, (_, count) => [...mix, count])),
    [[]],
  )

describe('the cheapest mix', () => {
  it('is that of trying them all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(type, { minLength: 1, maxLength: 4 }),
        fc.record({ cpu: fc.nat(20), memory: fc.nat(20) }),
        fc.nat(8),
        async (types, demand, more) => {
          // Besides the demand, what only a simulation would show.
          const sum = (counts: readonly number[], resource: 'cpu' | 'memory'): number =>
            counts.reduce((all, count, i) => all + count * types[i]!.has[resource]!, 0)
          const isEnough = (counts: readonly number[]): boolean =>
            sum(counts, 'cpu') >= demand.cpu + more && sum(counts, 'memory') >= demand.memory
          const best = Math.min(
            Number.POSITIVE_INFINITY,
            ...everyMix(types)
              .filter(isEnough)
              .map((counts) => priceOf(types, counts)),
          )
          let tests = 0
          const look = async (counts: readonly number[]): Promise<boolean> => {
            tests++
            return isEnough(counts)
          }
          const found = await cheapestMix(types, demand, look, { tests: 10_000, nodes: 100 })
          expect(found.mix?.price ?? Number.POSITIVE_INFINITY).toBe(best)
          expect(found.atLeast).toBe(best)
          expect(found.tested).toBe(tests)
          expect(tests).toBeLessThanOrEqual(everyMix(types).length)
          // What is known to be enough only saves tests.
          if (Number.isFinite(best)) {
            const all = types.map(({ max }) => max)
            const known = { counts: all, price: priceOf(types, all) }
            const again = await cheapestMix(types, demand, look, { tests: 10_000, nodes: 100 }, known)
            expect(again.mix?.price).toBe(best)
          }
          // Ended early, it says what a cheaper one would cost at least.
          const early = await cheapestMix(types, demand, look, { tests: 1, nodes: 100 })
          expect(early.atLeast).toBeLessThanOrEqual(best)
          expect(early.mix === undefined || early.mix.price === best).toBe(true)
        },
      ),
      { seed: 7, numRuns: 60 },
    )
  })

  it('simulates nothing that has too little', async () => {
    const types = [
      { price: 1, max: 100, has: { cpu: 2 } },
      { price: 3, max: 100, has: { cpu: 8 } },
    ]
    const found = await cheapestMix(types, { cpu: 32 }, async () => true, { tests: 100, nodes: 100 })
    expect(found).toEqual({ mix: { counts: [0, 4], price: 12 }, atLeast: 12, tested: 1, testsUsedUp: false })
    const none = await cheapestMix(types, { gpu: 1 }, async () => true, { tests: 100, nodes: 100 })
    expect(none).toEqual({ atLeast: Number.POSITIVE_INFINITY, tested: 0, testsUsedUp: false })
  })
})
