import type { DeepReadonly, ObjectKey } from '@wavetank/cluster'
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
  /** Keys in the order in which they came, from `head` on; what is before has had its turn. */
  readonly order: ObjectKey[]
  head: number
  /** Those that wait. */
  readonly waiting: Set<ObjectKey>
  /** Whether the sync that is due now has its turn. */
  hasTurn: boolean
}

type QueueView = DeepReadonly<ClientQueue>

export const clientQueue = (bucket: TokenBucket): ClientQueue => ({
  bucket,
  order: [],
  head: 0,
  waiting: new Set(),
  hasTurn: false,
})

// Not the first of the set: a set that loses its first element again and again is slow to find the next.
const firstOf = ({ order, head }: QueueView): ObjectKey | undefined => order[head]

const leave = (queue: ClientQueue, key: ObjectKey): void => {
  queue.waiting.delete(key)
  queue.head++
  if (queue.head * 2 <= queue.order.length) return
  queue.order.splice(0, queue.head)
  queue.head = 0
}

/** A sync is due: it has its turn, or it waits. Only folds call it. */
export const takeTurn = (queue: ClientQueue, config: ClientConfig, key: ObjectKey, at: number): void => {
  const first = firstOf(queue)
  queue.hasTurn = (first === undefined || first === key) && tokensAt(queue.bucket, clientRate(config), at) > 0
  if (queue.hasTurn) {
    if (first === key) leave(queue, key)
  } else if (!queue.waiting.has(key)) {
    queue.waiting.add(key)
    queue.order.push(key)
  }
}

/** Between two syncs that waited: five workers of about 5 ms a sync. Source: `--concurrent-deployment-syncs` and its like. */
const SYNC_MILLIS = 1

/** Wakes the first that waits when its token is there. @param owed tokens that what is emitted now will take */
export const nextTurn = (
  queue: QueueView,
  config: ClientConfig,
  at: number,
  syncDue: (key: ObjectKey) => SimEvent,
  owed = 0,
): readonly Emission[] => {
  const first = firstOf(queue)
  if (first === undefined) return []
  const wait = waitFor(queue.bucket, clientRate(config), at, owed + 1)
  return [timer('turn', Math.max(SYNC_MILLIS, wait), syncDue(first))]
}
