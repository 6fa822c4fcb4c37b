declare const WAVETANK_BUILD: string | undefined

/** Tells this build from all others: set by the bundler from everything that goes into the bundle. */
export const BUILD: string = typeof WAVETANK_BUILD === 'string' ? WAVETANK_BUILD : 'source'
