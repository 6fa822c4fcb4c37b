/**
 * How long a key waits before it is tried again: doubled with each failure, up to a longest.
 *
 * @param initial after the first failure, in milliseconds
 * @param max in milliseconds
 * @returns milliseconds, from the number of failures in a row before this one
 */
export const exponentialBackoff =
  (initial: number, max: number) =>
  (failures = 0): number =>
    Math.min(max, initial * 2 ** Math.min(30, failures))

/** Source: client-go workqueue, DefaultTypedControllerRateLimiter: 5 ms doubling to 1000 s. */
export const retryDelay = exponentialBackoff(5, 1_000_000)

/**
 * Which draw gives a new pod its name: its number, and how often it has been refused, since the API server makes up
 * another name at each try.
 */
export const nameDraw = (ordinal: number | string, failures = 0): number | string =>
  failures === 0 ? ordinal : `${ordinal} after ${failures}`
