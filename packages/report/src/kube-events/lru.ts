/** A map that forgets what has not been used for longest. Source of its size: client-go, maxLruCacheEntries. */
export interface Lru<V> {
  readonly get: (key: string) => V | undefined
  readonly set: (key: string, value: V) => void
}

export const createLru = <V>(capacity = 4_096): Lru<V> => {
  const values = new Map<string, V>()
  return {
    get: (key) => {
      const value = values.get(key)
      if (value === undefined) return undefined
      values.delete(key)
      values.set(key, value)
      return value
    },
    set: (key, value) => {
      values.delete(key)
      values.set(key, value)
      if (values.size <= capacity) return
      for (const oldest of values.keys()) {
        values.delete(oldest)
        return
      }
    },
  }
}
