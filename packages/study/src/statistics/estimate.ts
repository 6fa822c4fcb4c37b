import { normalQuantile } from '@wavetank/kernel'
import { type Moments, momentsOf, varianceOf } from './moments.ts'
import { studentQuantile } from './quantile-functions.ts'

/** What is known of a number that every replication has another value of. */
export interface Estimate {
  /** Of the values that it is made from. */
  readonly count: number
  /** Not a number where there are no values. */
  readonly mean: number
  /** Of a single value; 0 for one value. */
  readonly standardDeviation: number
  /** The interval; infinite where the values do not say anything about it. */
  readonly low: number
  readonly high: number
  /** Half of the interval's length, which a study may be told to reach. */
  readonly halfWidth: number
}

/** Between 0 and 1, both excluded: 0.95 is an interval that holds the truth in 19 of 20 studies. */
export type Confidence = number

const around = (count: number, mean: number, variance: number, halfWidth: number): Estimate => ({
  count,
  mean,
  standardDeviation: count < 2 ? 0 : Math.sqrt(variance),
  low: mean - halfWidth,
  high: mean + halfWidth,
  halfWidth,
})

/** t₍ₙ₋₁₎ · √(S²(n)/n), infinite for fewer than two values. */
export const halfWidthOf = (count: number, variance: number, confidence: Confidence): number =>
  count < 2
    ? Number.POSITIVE_INFINITY
    : variance === 0
      ? 0
      : studentQuantile(1 - (1 - confidence) / 2, count - 1) * Math.sqrt(variance / count)

export const estimateOf = (moments: Moments, confidence: Confidence): Estimate => {
  const variance = varianceOf(moments)
  return around(moments.count, moments.mean, variance, halfWidthOf(moments.count, variance, confidence))
}

/**
 * A mean with its Student interval, X̄(n) ± t₍ₙ₋₁, ₁₋α/₂₎ √(S²(n)/n) (Law, *Simulation Modeling and Analysis*, 5th ed.,
 * eq. 4.12; for replications 9.4.1). Exact for normal values; for others it covers a little less than it says while there
 * are few of them and they are skewed. Values that are all the same have a half-width of 0: what has not been seen to
 * vary is not known not to.
 */
export const estimateMean = (values: readonly number[], confidence: Confidence): Estimate =>
  estimateOf(momentsOf(values), confidence)

/**
 * The share of trials that succeed, with the interval of Wilson (*Probable Inference*, Journal of the American
 * Statistical Association 22, 1927): (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n). It stays within [0, 1] and does
 * not shrink to nothing when all succeed: 20 of 20 at 95% is 0.839 to 1. Its middle is not the mean.
 */
export const estimateProportion = (successes: number, count: number, confidence: Confidence): Estimate => {
  if (count === 0) return { count, mean: Number.NaN, standardDeviation: 0, low: 0, high: 1, halfWidth: 0.5 }
  const mean = successes / count
  const z = normalQuantile(1 - (1 - confidence) / 2)
  const spread = z * Math.sqrt((mean * (1 - mean)) / count + (z * z) / (4 * count * count))
  const middle = mean + (z * z) / (2 * count)
  const scale = 1 + (z * z) / count
  // Where all or none succeed, the interval ends at 1 or 0 exactly; rounding would leave it a hair beyond.
  const low = successes === 0 ? 0 : (middle - spread) / scale
  const high = successes === count ? 1 : (middle + spread) / scale
  const variance = count < 2 ? 0 : (mean * (1 - mean) * count) / (count - 1)
  return { count, mean, standardDeviation: Math.sqrt(variance), low, high, halfWidth: (high - low) / 2 }
}

/** How the mean of a response is estimated: truth values by Wilson, everything else by Student. */
export type ResponseKind = 'truth' | 'number'

/** @param values of a truth value: 1 and 0 */
export const estimateResponse = (values: readonly number[], kind: ResponseKind, confidence: Confidence): Estimate => {
  if (kind === 'number') return estimateMean(values, confidence)
  let successes = 0
  for (const value of values) if (value !== 0) successes++
  return estimateProportion(successes, values.length, confidence)
}
