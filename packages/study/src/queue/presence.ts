import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Redis } from 'ioredis'
import { PREFIX, Presence, type Role } from './protocol.ts'

const EVERY_MILLIS = 2_000
const LIVES_SECONDS = 10

/** Who else is at a Redis, and that one is there oneself. */
export interface Presences {
  /** Those of a role that were there some seconds ago at most. */
  readonly others: (role: Role) => Promise<readonly Presence[]>
  readonly close: () => void
}

const presenceIn = (text: string | null): Presence | undefined => {
  try {
    const read: unknown = JSON.parse(text ?? 'null')
    return Presence.is(read) ? read : undefined
  } catch {
    return undefined
  }
}

const keyOf = (role: Role, id: string): string => `${PREFIX}:here:${role}:${id}`

export const announce = (
  redis: Redis,
  role: Role,
  { build, threads }: Pick<Presence, 'build' | 'threads'>,
): Presences => {
  const id = randomUUID()
  const own = JSON.stringify({ build, host: hostname(), pid: process.pid, threads } satisfies Presence)
  const tell = (): void => {
    // One that waits for Redis to come back is enough.
    if (redis.status === 'ready') redis.set(keyOf(role, id), own, 'EX', LIVES_SECONDS).catch(() => {})
  }
  tell()
  const clock = setInterval(tell, EVERY_MILLIS)
  clock.unref()
  return {
    others: async (wanted) => {
      const keys: string[] = []
      let cursor = '0'
      do {
        const [next, found] = await redis.scan(cursor, 'MATCH', keyOf(wanted, '*'), 'COUNT', 1_000)
        keys.push(...found)
        cursor = next
      } while (cursor !== '0')
      const texts = keys.length === 0 ? [] : await redis.mget(keys)
      return texts.flatMap((text) => {
        const read = presenceIn(text)
        return read === undefined ? [] : [read]
      })
    },
    close: () => {
      clearInterval(clock)
      if (redis.status === 'ready') redis.del(keyOf(role, id)).catch(() => {})
    },
  }
}
