import type { Confidence } from './estimate.ts'
import { binomialQuantile } from './quantile-functions.ts'

/**
 * The quantile of values in ascending order: Hyndman and Fan's type 7 (*Sample Quantiles in Statistical Packages*, The
 * American Statistician 50, 1996), the one of R, NumPy and spreadsheets: h = (n − 1)p, between its neighbours in
 * proportion. Not a number where there are no values.
 */
export const quantileOf = (ascending: readonly number[], p: number): number => {
  if (ascending.length === 0) return Number.NaN
  const h = (ascending.length - 1) * p
  const below = Math.floor(h)
  const low = ascending[below]!
  const high = ascending[Math.min(below + 1, ascending.length - 1)]!
  return low === high ? low : low + (h - below) * (high - low)
}

export interface QuantileEstimate {
  readonly p: number
  readonly count: number
  readonly value: number
  /** Infinite where there are too few values for a bound on this side. */
  readonly low: number
  readonly high: number
}

/**
 * A quantile with an interval that holds whatever the distribution is: between two order statistics X₍ₗ₎ and X₍ᵤ₎, for
 * which l − 1 and n − u fall within the binomial distribution's tails (Conover, *Practical Nonparametric Statistics*, 3.2;
 * Law 9.4.2 refers to it). l is the α/2 quantile of B(n, p), u the 1 − α/2 quantile and one more. Covers at least as
 * often as it says, more where values repeat or are few: the 99th percentile of 100 values has no upper bound.
 */
export const estimateQuantile = (values: readonly number[], p: number, confidence: Confidence): QuantileEstimate => {
  const ascending = [...values].sort((a, b) => a - b)
  const count = ascending.length
  const tail = (1 - confidence) / 2
  const lower = count === 0 ? 0 : binomialQuantile(tail, count, p)
  const upper = count === 0 ? 1 : binomialQuantile(1 - tail, count, p) + 1
  return {
    p,
    count,
    value: quantileOf(ascending, p),
    low: lower < 1 ? Number.NEGATIVE_INFINITY : ascending[lower - 1]!,
    high: upper > count ? Number.POSITIVE_INFINITY : ascending[upper - 1]!,
  }
}
