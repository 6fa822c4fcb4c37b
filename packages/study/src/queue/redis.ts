import type { Redis } from 'ioredis'
import type { EngineFailure } from '../engine/engine.ts'

/** Told of what a person should know while runs are waited for; each is a sentence without a full stop. */
export type Notice = (text: string) => void

const CONNECT_MILLIS = 5_000
const RETRY_MILLIS_MAX = 2_000

/** The address without its password. */
export const shownUrl = (url: string): string => {
  try {
    const { protocol, host } = new URL(url)
    return `${protocol}//${host}`
  } catch {
    return url
  }
}

const failure = (url: string, why: string): EngineFailure => ({
  engineFailure: `Redis at ${shownUrl(url)} does not answer: ${why}`,
  hint: 'is it running, and is the address right? --redis redis://HOST:6379, rediss:// for TLS, redis://:PASSWORD@HOST:6379 with a password',
})

/**
 * A connection that is there, and that waits for Redis whenever it goes away: what is asked meanwhile is asked again.
 *
 * Throws an `EngineFailure` if there is no Redis to begin with.
 */
export const openRedis = async (url: string, notice: Notice): Promise<Redis> => {
  const isAddress = /^rediss?:\/\/./.test(url) && URL.canParse(url)
  if (!isAddress) throw failure(url, 'that is no address of a Redis')
  const { Redis } = await import('ioredis')
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MILLIS,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(times * 100, RETRY_MILLIS_MAX),
  })
  let last: Error | undefined
  redis.on('error', (error) => {
    last = error
  })
  let clock: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    clock = setTimeout(() => reject(new Error(`no answer in ${CONNECT_MILLIS / 1_000} seconds`)), CONNECT_MILLIS)
  })
  try {
    await Promise.race([redis.connect().then(() => redis.ping()), late])
  } catch (error) {
    redis.disconnect()
    throw failure(url, (last ?? (error as Error)).message)
  } finally {
    clearTimeout(clock)
  }
  let isGone = false
  redis.on('close', () => {
    if (isGone) return
    isGone = true
    notice(`Redis at ${shownUrl(url)} is gone: waiting for it`)
  })
  redis.on('ready', () => {
    if (!isGone) return
    isGone = false
    notice(`Redis at ${shownUrl(url)} is back`)
  })
  return redis
}

/** Ends a connection without telling of it. */
export const closeRedis = (redis: Redis): void => {
  redis.removeAllListeners('close')
  redis.disconnect()
}
