/**
 * A value as JSON that says all of it: maps and sets as lists, nothing but functions left out. Two states are the same
 * if their snapshots are.
 */
export const snapshot = (value: unknown): unknown => {
  if (typeof value === 'function') return undefined
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Map) return { map: [...value].map(([key, item]) => [key, snapshot(item)]) }
  if (value instanceof Set) return { set: [...value].map(snapshot) }
  if (Array.isArray(value)) return value.map(snapshot)
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined && typeof item !== 'function')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, snapshot(item)]),
  )
}
