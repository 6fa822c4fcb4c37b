/** RFC 3339 in UTC, whole seconds, as `metav1.Time` is stored: the rest of the second is lost. */
export const formatTime = (epochMillis: number): string =>
  new Date(Math.floor(epochMillis / 1_000) * 1_000).toISOString().replace('.000Z', 'Z')

/**
 * A time of the run as an object has it once it was stored: cut to the whole second of the wall clock.
 *
 * @param start wall clock at t=0 (`settings.start`)
 */
export const storedTime = (start: number, at: number): number => Math.floor((start + at) / 1_000) * 1_000 - start
