import { type Confidence, type Estimate, estimateMean } from './estimate.ts'
import { momentsOf, varianceOf } from './moments.ts'
import { studentQuantile } from './quantile-functions.ts'

/** A response of one replication; `null` where the run has no answer. */
export type Response = number | null

/** How much greater the one is than the other. */
export interface Difference extends Estimate {
  /** Replications of one side alone, or without an answer on a side: they are not in it. */
  readonly unpaired: number
  /** Which one is greater, where the interval leaves no doubt. */
  readonly verdict: 'greater' | 'less' | 'open'
}

const verdictOf = ({ low, high }: { low: number; high: number }): Difference['verdict'] =>
  low > 0 ? 'greater' : high < 0 ? 'less' : 'open'

/**
 * The mean of `ours − theirs` by the paired t interval: Zⱼ = X₁ⱼ − X₂ⱼ, Z̄(n) ± t₍ₙ₋₁, ₁₋α/₂₎ √(S²(n)/n) (Law 10.2.1).
 * Replication j has the same seed on both sides (common random numbers), which makes Var(Z) small where the sides share
 * their luck; that they depend on each other is what pairing allows for.
 *
 * @param ours by the number of the replication, as is `theirs`
 */
export const comparePaired = (
  ours: readonly Response[],
  theirs: readonly Response[],
  confidence: Confidence,
): Difference => {
  const differences: number[] = []
  const longer = Math.max(ours.length, theirs.length)
  for (let i = 0; i < longer; i++) {
    const a = ours[i]
    const b = theirs[i]
    if (typeof a === 'number' && typeof b === 'number') differences.push(a - b)
  }
  const estimate = estimateMean(differences, confidence)
  return { ...estimate, unpaired: longer - differences.length, verdict: verdictOf(estimate) }
}

/**
 * Several points against one: each paired, each at 1 − α/k, so that all k intervals hold at once with the confidence
 * asked for (Bonferroni; Law 10.3.1, *comparisons with a standard*).
 */
export const compareWithBaseline = (
  baseline: readonly Response[],
  others: readonly (readonly Response[])[],
  confidence: Confidence,
): readonly Difference[] =>
  others.map((other) => comparePaired(other, baseline, simultaneous(confidence, others.length)))

/** The confidence that each of `count` intervals needs for all of them to hold with `confidence` (Bonferroni). */
export const simultaneous = (confidence: Confidence, count: number): Confidence =>
  1 - (1 - confidence) / Math.max(1, count)

/**
 * The mean of `ours − theirs` where replications are not paired (Welch, *The Generalization of "Student's" Problem*,
 * Biometrika 34, 1947; Law 10.2.2): X̄₁ − X̄₂ ± t₍f₎ √(S₁²/n₁ + S₂²/n₂), with
 * f = (S₁²/n₁ + S₂²/n₂)² / ((S₁²/n₁)²/(n₁ − 1) + (S₂²/n₂)²/(n₂ − 1)). For outcomes of other seeds; with common random
 * numbers `comparePaired` is the one that is right.
 */
export const compareUnpaired = (
  ours: readonly number[],
  theirs: readonly number[],
  confidence: Confidence,
): Difference => {
  const a = momentsOf(ours)
  const b = momentsOf(theirs)
  const perA = varianceOf(a) / a.count
  const perB = varianceOf(b) / b.count
  const both = perA + perB
  const freedom = (both * both) / ((perA * perA) / (a.count - 1) + (perB * perB) / (b.count - 1))
  const halfWidth = Number.isNaN(both)
    ? Number.POSITIVE_INFINITY
    : both === 0
      ? 0
      : studentQuantile(1 - (1 - confidence) / 2, freedom) * Math.sqrt(both)
  const mean = a.mean - b.mean
  const interval = { low: mean - halfWidth, high: mean + halfWidth }
  return {
    count: Math.min(a.count, b.count),
    mean,
    standardDeviation: Number.isNaN(both) ? 0 : Math.sqrt(varianceOf(a) + varianceOf(b)),
    ...interval,
    halfWidth,
    unpaired: a.count + b.count,
    verdict: verdictOf(interval),
  }
}
