/** How numbers lie, by nearest rank: each of them is one that occurred. */
export interface Percentiles {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** Undefined where there is nothing to count. Sorts in place. */
export const percentilesOf = (values: number[]): Percentiles | undefined => {
  const count = values.length
  if (count === 0) return undefined
  values.sort((a, b) => a - b)
  const rank = (share: number): number => values[Math.max(0, Math.ceil(share * count) - 1)]!
  return { count, p50: rank(0.5), p90: rank(0.9), p99: rank(0.99), max: values[count - 1]! }
}
