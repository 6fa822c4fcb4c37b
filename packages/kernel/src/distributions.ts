import { exp, ln, normalQuantile, power } from './elementary.ts'

/**
 * Samplers are inverse transforms: one uniform number in, one variate out, so that a changed parameter moves every
 * variate the same way (common random numbers).
 */
export type Sampler = (u: number) => number

/**
 * Keeps the open interval that quantile functions need: a draw of exactly 0 is as likely as any other number. Draws are
 * multiples of 2⁻⁵³; 0 becomes half of the least, so that it stays the least.
 */
const open = (u: number): number => (u <= 0 ? 5.551115123125783e-17 : u >= 1 ? 1 - 1.1102230246251565e-16 : u)

export const constant =
  (value: number): Sampler =>
  () =>
    value

export const uniform =
  (low: number, high: number): Sampler =>
  (u) =>
    low + (high - low) * u

/** @param mean greater than 0 */
export const exponential =
  (mean: number): Sampler =>
  (u) =>
    -mean * ln(1 - open(u))

/** @param median of the variate itself; @param sigma standard deviation of its logarithm */
export const lognormal =
  (median: number, sigma: number): Sampler =>
  (u) =>
    median * exp(sigma * normalQuantile(open(u)))

/** @param shape below 1: failures come early; 1: exponential; above 1: wear-out */
export const weibull =
  (scale: number, shape: number): Sampler =>
  (u) =>
    scale * power(-ln(1 - open(u)), 1 / shape)

/** One of the recorded values, each as likely. @param values at least one */
export const empirical =
  (values: readonly number[]): Sampler =>
  (u) =>
    values[Math.min(values.length - 1, Math.floor(u * values.length))]!

/** A distribution as it stands in a file; times in milliseconds where it describes a span. */
export type Distribution =
  | { readonly constant: number }
  | { readonly uniform: readonly [low: number, high: number] }
  | { readonly exponential: { readonly mean: number } }
  | { readonly lognormal: { readonly median: number; readonly sigma: number } }
  | { readonly weibull: { readonly scale: number; readonly shape: number } }
  | { readonly empirical: readonly number[] }

/** The distribution of so many times the variate. @param factor greater than 0 */
export const scaled = (distribution: Distribution, factor: number): Distribution => {
  if ('constant' in distribution) return { constant: distribution.constant * factor }
  if ('uniform' in distribution)
    return { uniform: [distribution.uniform[0] * factor, distribution.uniform[1] * factor] }
  if ('exponential' in distribution) return { exponential: { mean: distribution.exponential.mean * factor } }
  if ('lognormal' in distribution) {
    const { median, sigma } = distribution.lognormal
    return { lognormal: { median: median * factor, sigma } }
  }
  if ('weibull' in distribution) {
    const { scale, shape } = distribution.weibull
    return { weibull: { scale: scale * factor, shape } }
  }
  return { empirical: distribution.empirical.map((value) => value * factor) }
}

const compile = (distribution: Distribution): Sampler => {
  if ('constant' in distribution) return constant(distribution.constant)
  if ('uniform' in distribution) return uniform(...distribution.uniform)
  if ('exponential' in distribution) return exponential(distribution.exponential.mean)
  if ('lognormal' in distribution) return lognormal(distribution.lognormal.median, distribution.lognormal.sigma)
  if ('weibull' in distribution) return weibull(distribution.weibull.scale, distribution.weibull.shape)
  return empirical(distribution.empirical)
}

const compiled = new WeakMap<Distribution, Sampler>()

/** The sampler of a distribution, made once for each. */
export const samplerOf = (distribution: Distribution): Sampler => {
  let sampler = compiled.get(distribution)
  if (sampler === undefined) {
    sampler = compile(distribution)
    compiled.set(distribution, sampler)
  }
  return sampler
}
