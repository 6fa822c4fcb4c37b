/**
 * One object for equal values: ten thousand pods of one Deployment share one spec.
 *
 * What is interned must not be written afterwards, which nothing here does.
 */

/** JSON with sorted keys and without absent fields: equal for equal values, whatever order they were built in. */
export const canonicalJson = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const fields = value as Readonly<Record<string, unknown>>
  const parts: string[] = []
  for (const key of Object.keys(fields).sort()) {
    if (fields[key] !== undefined) parts.push(`${JSON.stringify(key)}:${canonicalJson(fields[key])}`)
  }
  return `{${parts.join(',')}}`
}

export interface Interner<A extends object> {
  /** The first value that was equal to this one, which may be this one. */
  readonly intern: (value: A) => A
  /** How many different values there are. */
  readonly size: () => number
}

/** Interns values of one type, such as the specs of pods. */
export const createInterner = <A extends object>(): Interner<A> => {
  const known = new Map<string, A>()
  // Whatever was returned once is found by identity, without writing it out again.
  const seen = new WeakSet<A>()
  return {
    intern: (value) => {
      if (seen.has(value)) return value
      const key = canonicalJson(value)
      const first = known.get(key)
      if (first !== undefined) return first
      known.set(key, value)
      seen.add(value)
      return value
    },
    size: () => known.size,
  }
}
