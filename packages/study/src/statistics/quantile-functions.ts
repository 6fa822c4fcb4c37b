import binomial from '@stdlib/stats-base-dists-binomial-quantile'
import student from '@stdlib/stats-base-dists-t-quantile'
import { invariant } from '@wavetank/kernel'

/** The one place that knows where distributions come from; see docs/adr/0020-statistics.md. */

/** @param p 0 < p < 1; @param freedom degrees of freedom, greater than 0, whole or (Welch) not */
export const studentQuantile = (p: number, freedom: number): number => {
  const value = student(p, freedom)
  invariant(!Number.isNaN(value), `no quantile ${p} of Student's t with ${freedom} degrees of freedom`)
  return value
}

/** The least k with P(B ≤ k) ≥ p, for B successes in `count` trials of chance `share`. */
export const binomialQuantile = (p: number, count: number, share: number): number => {
  const value = binomial(p, count, share)
  invariant(!Number.isNaN(value), `no quantile ${p} of ${count} trials of chance ${share}`)
  return value
}
