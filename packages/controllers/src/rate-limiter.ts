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

const gainedIn = (millis: number, qps: number): number => Math.floor(millis * qps)

const levelAt = (bucket: Readonly<TokenBucket>, { qps, burst }: Rate, at: number): number =>
  Math.min(burst * 1_000, bucket.milliTokens + gainedIn(at - bucket.at, qps))

/** Whole tokens there now. */
export const tokensAt = (bucket: Readonly<TokenBucket>, rate: Rate, at: number): number =>
  Math.max(0, Math.floor(levelAt(bucket, rate, at) / 1_000))

/** Milliseconds until `tokens` are there, counted from the last spending: at 0.01 a second, a rounded level is 100 ms. */
export const waitFor = (bucket: Readonly<TokenBucket>, { qps }: Rate, at: number, tokens = 1): number => {
  const missing = tokens * 1_000 - bucket.milliTokens
  if (missing <= 0) return 0
  // The quotient is a hair off where the rate is no binary fraction (7 / 0.7 is more than 10, which is `ceil`ed to 11);
  // the level, a product, has the last word, so the right millisecond is this one or a neighbour.
  let millis = Math.ceil(missing / qps)
  if (gainedIn(millis - 1, qps) >= missing) millis -= 1
  else if (gainedIn(millis, qps) < missing) millis += 1
  return Math.max(0, bucket.at + millis - at)
}

/** Takes tokens out; only folds call it. */
export const spend = (bucket: TokenBucket, rate: Rate, at: number, tokens = 1): void => {
  bucket.milliTokens = levelAt(bucket, rate, at) - tokens * 1_000
  bucket.at = at
}
