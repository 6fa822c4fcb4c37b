/** Count, mean and sum of squared deviations: what mean and variance are computed from. */
export interface Moments {
  readonly count: number
  /** Not a number where there is nothing to count. */
  readonly mean: number
  readonly squaredDeviations: number
}

/**
 * Mean and spread in one pass that does not lose digits (Welford, *Note on a Method for Calculating Corrected Sums of
 * Squares and Products*, Technometrics 4, 1962): mₖ = mₖ₋₁ + (xₖ − mₖ₋₁)/k, Sₖ = Sₖ₋₁ + (xₖ − mₖ₋₁)(xₖ − mₖ).
 */
export const momentsOf = (values: readonly number[]): Moments => {
  let mean = 0
  let squaredDeviations = 0
  for (let i = 0; i < values.length; i++) {
    const fromOld = values[i]! - mean
    mean += fromOld / (i + 1)
    squaredDeviations += fromOld * (values[i]! - mean)
  }
  return { count: values.length, mean: values.length === 0 ? Number.NaN : mean, squaredDeviations }
}

/** The unbiased sample variance, S²(n) = S/(n − 1); not a number for fewer than two values. */
export const varianceOf = ({ count, squaredDeviations }: Moments): number =>
  count < 2 ? Number.NaN : squaredDeviations / (count - 1)
