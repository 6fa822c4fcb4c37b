/**
 * A token bucket in thousandths of a token, so that it stays a whole number: `qps` tokens a second are `qps` thousandths
 * a millisecond. The spending may go below zero; what is owed is waited for.
 *
 * Source: staging/src/k8s.io/client-go/util/flowcontrol/throttle.go.
 */
export interface TokenBucket {
  milliTokens: number
  /** When `milliTokens` was true. */
  at: number
}

export interface Rate {
  /** Tokens a second. */
  readonly qps: number
  readonly burst: number
}

export const fullBucket = ({ burst }: Rate): TokenBucket => ({ milliTokens: burst * 1_000, at: 0 })

const levelAt = (bucket: Readonly<TokenBucket>, { qps, burst }: Rate, at: number): number =>
  Math.min(burst * 1_000, bucket.milliTokens + Math.floor((at - bucket.at) * qps))

/** Whole tokens there now. */
export const tokensAt = (bucket: Readonly<TokenBucket>, rate: Rate, at: number): number =>
  Math.max(0, Math.floor(levelAt(bucket, rate, at) / 1_000))

/** Milliseconds until `tokens` are there, counted from the last spending: at 0.01 a second, a rounded level is 100 ms. */
export const waitFor = (bucket: Readonly<TokenBucket>, rate: Rate, at: number, tokens = 1): number => {
  const needed = tokens * 1_000
  const missing = needed - bucket.milliTokens
  if (missing <= 0) return 0
  const wait = Math.max(0, bucket.at + Math.ceil(missing / rate.qps) - at)
  // The quotient may be a whole number, and its product with the rate a hair less than what was divided.
  return levelAt(bucket, rate, at + wait) >= needed ? wait : wait + 1
}

/** Takes tokens out; only folds call it. */
export const spend = (bucket: TokenBucket, rate: Rate, at: number, tokens = 1): void => {
  bucket.milliTokens = levelAt(bucket, rate, at) - tokens * 1_000
  bucket.at = at
}
