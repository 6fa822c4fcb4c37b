/** Source: client-go workqueue, DefaultTypedControllerRateLimiter: 5 ms doubling to 1000 s. */
const RETRY_INITIAL = 5
const RETRY_MAX = 1_000_000

/** How long a key waits before it is tried again, in milliseconds. @param failures in a row so far, before this one */
export const retryDelay = (failures = 0): number => Math.min(RETRY_MAX, RETRY_INITIAL * 2 ** Math.min(30, failures))
