import type { ObjectKey } from '@wavetank/cluster'
import { type Emission, type SimEvent, timer } from '@wavetank/kernel'
import { type ClientConfig, clientRate } from './api-client.ts'
import { type TokenBucket, tokensAt, waitFor } from './rate-limiter.ts'

/**
 * The keys that wait for the API client's rate limit, first come first served: a controller whose workers all wait for a
 * token looks at nothing until there is one.
 *
 * 1. A sync has its turn when nobody waits before it and there is a token; its requests may owe some more.
 * 2. Only the first in the queue has a timer. If each had one, all would wake for each token.
 * 3. A key waits at most once, however often it is woken.
 *
 * Source: client-go, flowcontrol/throttle.go (tokenBucketRateLimiter.Wait), workqueue/queue.go.
 */
export interface ClientQueue {
  readonly bucket: TokenBucket
  readonly waiting: Set<ObjectKey>
  /** Whether the sync that is due now has its turn. */
  hasTurn: boolean
}

export const clientQueue = (bucket: TokenBucket): ClientQueue => ({ bucket, waiting: new Set(), hasTurn: false })

const firstOf = ({ waiting }: { readonly waiting: ReadonlySet<ObjectKey> }): ObjectKey | undefined => {
  for (const key of waiting) return key
  return undefined
}

/** A sync is due: it has its turn, or it waits. Only folds call it. */
export const takeTurn = (queue: ClientQueue, config: ClientConfig, key: ObjectKey, at: number): void => {
  const first = firstOf(queue)
  queue.hasTurn = (first === undefined || first === key) && tokensAt(queue.bucket, clientRate(config), at) > 0
  if (queue.hasTurn) queue.waiting.delete(key)
  else queue.waiting.add(key)
}

/** Wakes the first that waits when its token is there. @param owed tokens that what is emitted now will take */
export const nextTurn = (
  queue: Readonly<Omit<ClientQueue, 'waiting'>> & { readonly waiting: ReadonlySet<ObjectKey> },
  config: ClientConfig,
  at: number,
  syncDue: (key: ObjectKey) => SimEvent,
  owed = 0,
): readonly Emission[] => {
  const first = firstOf(queue)
  if (first === undefined) return []
  return [timer('turn', waitFor(queue.bucket, clientRate(config), at, owed + 1), syncDue(first))]
}
