/** RFC 3339 in UTC, whole seconds, as `metav1.Time` is stored: the rest of the second is lost. */
export const formatTime = (epochMillis: number): string =>
  new Date(Math.floor(epochMillis / 1_000) * 1_000).toISOString().replace('.000Z', 'Z')
