import { type Confidence, estimateProportion, estimateResponse, halfWidthOf, type ResponseKind } from './estimate.ts'
import { momentsOf, varianceOf } from './moments.ts'

/** How sure is sure enough. */
export interface Precision {
  readonly confidence: Confidence
  /** The half-width asked for, in the unit of the response, or as a share of its mean. */
  readonly halfWidth: { readonly absolute: number } | { readonly relative: number }
}

/**
 * The half-width that ends the replications of a response. A relative one, γ, is met when δ(n)/|X̄(n)| ≤ γ/(1 + γ): the
 * mean in it is itself an estimate, and then the error relative to the true mean is at most γ (Law 9.4.1). Infinite for a
 * response that has been 0 throughout, whose relative error has no meaning.
 */
export const wantedHalfWidth = (mean: number, { halfWidth }: Precision): number => {
  if ('absolute' in halfWidth) return halfWidth.absolute
  return mean === 0 ? Number.POSITIVE_INFINITY : (Math.abs(mean) * halfWidth.relative) / (1 + halfWidth.relative)
}

/**
 * How many replications in all a response is estimated to need, from those that there are: the least i ≥ n with
 * t₍ᵢ₋₁, ₁₋α/₂₎ √(S²(n)/i) ≤ h (Law 9.4.1: the spread is taken to stay as it is), by Wilson's half-width for truth
 * values. n itself where they are precise enough; at most `maximum`.
 */
export const replicationsNeeded = (
  values: readonly number[],
  kind: ResponseKind,
  precision: Precision,
  maximum: number,
): number => {
  const count = values.length
  const { mean, halfWidth } = estimateResponse(values, kind, precision.confidence)
  if (count >= maximum) return maximum
  const wanted = wantedHalfWidth(mean, precision)
  if (count < 2) return Math.min(2, maximum)
  if (halfWidth <= wanted) return count
  const variance = varianceOf(momentsOf(values))
  const halfWidthAt = (i: number): number =>
    kind === 'truth'
      ? estimateProportion(mean * i, i, precision.confidence).halfWidth
      : halfWidthOf(i, variance, precision.confidence)
  // Half-widths shrink as replications grow: the least that is enough lies between one that is not and one that is.
  let tooFew = count
  let enough = maximum
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2)
    if (halfWidthAt(middle) <= wanted) enough = middle
    else tooFew = middle
  }
  return enough
}

/** When replications end. */
export interface StoppingRule {
  /** Fewer never do, whatever their half-width: the spread of a few values is not known. At least 2. */
  readonly minimum: number
  readonly maximum: number
  /** Without it every point gets `minimum`. */
  readonly precision?: Precision
}

/** The values of one response, so far. */
export interface Sample {
  readonly values: readonly number[]
  readonly kind: ResponseKind
}

/**
 * How many replications a point should have after the next round: what it has now where it is done.
 *
 * Law's sequential procedure (9.4.1) makes one replication after another until the half-width is met. Here they come in
 * rounds, so that workers are busy: the number that is estimated to be needed by the most demanding response, but at most
 * twice what there is, because the spread of few values is a rough guess. A rule that stops when the interval happens to
 * be short covers the truth somewhat less often than it says (ADR 20 has figures); the larger `minimum` is, the less.
 */
export const nextRound = (done: number, samples: readonly Sample[], rule: StoppingRule): number => {
  const minimum = Math.min(rule.minimum, rule.maximum)
  if (done < minimum) return minimum
  const { precision } = rule
  if (precision === undefined || done >= rule.maximum) return done
  let needed = done
  for (const { values, kind } of samples) {
    // A response that many runs do not have is as precise as it will get by the runs that do.
    if (values.length === 0) continue
    const own = replicationsNeeded(values, kind, precision, rule.maximum)
    needed = Math.max(needed, own === values.length ? done : Math.ceil((own * done) / values.length))
  }
  return Math.min(needed, 2 * done, rule.maximum)
}
