import fc from 'fast-check'

/**
 * How many random runs a property gets, and from which seed: by default the same few every time, so that nobody's
 * change is stopped by a run that has nothing to do with it. To look for more:
 *
 *     WAVETANK_PROPERTY_RUNS=2000 WAVETANK_PROPERTY_SEED=$RANDOM npx vitest run test/properties
 *
 * A failure prints the seed and path that bring it back.
 */
const RUNS = Number(process.env.WAVETANK_PROPERTY_RUNS ?? 60)
const SEED = Number(process.env.WAVETANK_PROPERTY_SEED ?? 20_250_101)

export const check = <A>(property: fc.IProperty<[A]>, share = 1): void =>
  fc.assert(property, { numRuns: Math.ceil(RUNS * share), seed: SEED })

/** The same for a property that has to wait for something. */
export const checkAsync = async <T extends [unknown, ...unknown[]]>(
  property: fc.IAsyncProperty<T>,
  share = 1,
): Promise<void> => fc.assert(property, { numRuns: Math.ceil(RUNS * share), seed: SEED })
