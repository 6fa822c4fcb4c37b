import type { Job } from 'bullmq'
import type { DesignPoint, Outcome, Replication } from '../design-point.ts'
import { type BrokenRun, type Engine, type EngineFailure, isBrokenRun } from '../engine/engine.ts'
import { announce } from './presence.ts'
import {
  Answer,
  type Ask,
  JOB_SECONDS,
  nameOfRun,
  type PackedPoint,
  POINT_SECONDS,
  PREFIX,
  packPoint,
  pointKey,
  queueOf,
} from './protocol.ts'
import { closeRedis, type Notice, openRedis, shownUrl } from './redis.ts'

export interface QueueOptions {
  /** `redis://…` or `rediss://…` */
  readonly url: string
  /** What runs: workers of another build get nothing. */
  readonly build: string
  readonly onNotice?: Notice
}

/** Runs that wait in Redis for each thread of a worker, so that none is idle between two; and at least so many. */
const AHEAD = 4
const WINDOW_MIN = 128
/** How often everything that is asked for is looked at: events of Redis are lost with it. */
const LOOK_MILLIS = 2_000
/** How often a run is asked for again that a worker could not make. */
const ATTEMPTS = 3
/** How long nobody may be there before it is said. */
const LONELY_MILLIS = 3_000

interface Asked {
  readonly replication: Replication
  readonly packed: PackedPoint
  failures: number
}

/**
 * Runs by workers that wait for them at a Redis, on however many machines.
 *
 * 1. Nothing that Redis holds is needed: what is lost with it is asked for again.
 * 2. Jobs are looked at every two seconds besides being told of, so that an event that was lost costs only time.
 * 3. An outcome is taken from Redis once it is told, and then the journal has it. Whoever is killed in between finds the
 *    run missing in the journal, and asks again.
 */
export const createQueueEngine = async ({ url, build, onNotice = () => {} }: QueueOptions): Promise<Engine> => {
  const redis = await openRedis(url, onNotice)
  const { Queue, QueueEvents } = await import('bullmq')
  const queue = new Queue<Ask, unknown, string>(queueOf(build), { connection: redis, prefix: PREFIX })
  const events = new QueueEvents(queueOf(build), { connection: redis, prefix: PREFIX })
  // What is wrong with Redis is told by the connection.
  queue.on('error', () => {})
  events.on('error', () => {})
  const presence = announce(redis, 'study', { build, threads: 0 })
  const packs = new Map<number, PackedPoint>()

  const packOf = (byIndex: ReadonlyMap<number, DesignPoint>, index: number): PackedPoint => {
    let pack = packs.get(index)
    if (pack === undefined) {
      pack = packPoint(byIndex.get(index)!)
      packs.set(index, pack)
    }
    return pack
  }

  const ask = async (asked: readonly (readonly [string, Asked])[]): Promise<void> => {
    const points = new Map(asked.map(([, { packed }]) => [packed.digest, packed.bytes]))
    for (const [digest, bytes] of points)
      if ((await redis.expire(pointKey(digest), POINT_SECONDS)) === 0)
        await redis.set(pointKey(digest), bytes, 'EX', POINT_SECONDS)
    await queue.addBulk(
      asked.map(
        ([
          jobId,
          {
            packed: { digest },
            replication: { point, number, seed },
          },
        ]) => ({
          name: 'run',
          data: { build, digest, point, number, seed },
          opts: {
            jobId,
            removeOnComplete: { age: JOB_SECONDS },
            removeOnFail: { age: JOB_SECONDS },
            stackTraceLimit: 0,
          },
        }),
      ),
    )
  }

  const evaluate: Engine['evaluate'] = async (points, replications, onOutcome, signal) => {
    signal?.throwIfAborted()
    const byIndex = new Map(points.map((point) => [point.index, point]))
    const outcomes: Outcome[] = []
    const asked = new Map<string, Asked>()
    const finished: { readonly id: string; readonly answer: unknown }[] = []
    let wake = (): void => {}
    let lookedAt = performance.now()
    let next = 0
    let window = WINDOW_MIN
    let lonelySince: number | undefined = performance.now()
    let saidLonely = ''

    const onCompleted = ({ jobId, returnvalue }: { jobId: string; returnvalue: unknown }): void => {
      if (!asked.has(jobId)) return
      finished.push({ id: jobId, answer: returnvalue })
      wake()
    }
    let giveUp = (): void => {}
    const onAbort = (): void => {
      wake()
      giveUp()
    }

    const forget = (id: string): void => {
      queue.remove(id).catch(() => {})
    }
    const take = (id: string, answer: unknown): void => {
      const own = asked.get(id)
      if (own === undefined) return
      if (!Answer.is(answer)) throw unreadable(own.replication)
      asked.delete(id)
      forget(id)
      if (isBrokenRun(answer)) throw answer satisfies BrokenRun
      outcomes.push(answer.outcome as Outcome)
      onOutcome?.(answer.outcome as Outcome)
    }
    const fill = async (): Promise<void> => {
      const more: (readonly [string, Asked])[] = []
      while (next < replications.length && asked.size < window) {
        const replication = replications[next++]!
        const packed = packOf(byIndex, replication.point)
        const one = [nameOfRun(packed.digest, replication), { replication, packed, failures: 0 }] as const
        asked.set(...one)
        more.push(one)
      }
      if (more.length > 0) await ask(more)
    }
    const look = async (): Promise<void> => {
      const ids = [...asked.keys()]
      const jobs = await Promise.all(ids.map((id) => queue.getJob(id)))
      const again: (readonly [string, Asked])[] = []
      for (const [i, id] of ids.entries()) {
        const own = asked.get(id)
        const job = jobs[i]
        if (own === undefined) continue
        if (job === undefined) again.push([id, own])
        else if (isOver(job) && job.failedReason === undefined) take(id, job.returnvalue)
        else if (isOver(job)) {
          own.failures++
          if (own.failures >= ATTEMPTS) throw notMade(own.replication, job.failedReason!)
          await queue.remove(id)
          again.push([id, own])
        }
      }
      if (again.length > 0) await ask(again)
    }
    /** Says so if nobody is there who could make runs. */
    const meet = async (): Promise<void> => {
      const workers = await presence.others('worker')
      const own = workers.filter((worker) => worker.build === build)
      window = Math.max(WINDOW_MIN, AHEAD * own.reduce((sum, { threads }) => sum + threads, 0))
      if (own.length > 0) {
        lonelySince = undefined
        saidLonely = ''
        return
      }
      lonelySince ??= performance.now()
      if (performance.now() - lonelySince < LONELY_MILLIS) return
      const others = workers.length
      const text =
        others === 0
          ? `no worker is at ${shownUrl(url)}: start some with wavetank worker --redis ${shownUrl(url)}`
          : `${others === 1 ? 'the one worker' : `all ${others} workers`} at ${shownUrl(url)} ${others === 1 ? 'is' : 'are'} of another build of wavetank and ${others === 1 ? 'gets' : 'get'} nothing: start workers of this one (${build})`
      if (text !== saidLonely) onNotice(text)
      saidLonely = text
    }

    const loop = async (): Promise<void> => {
      for (;;) {
        for (let one = finished.shift(); one !== undefined; one = finished.shift()) take(one.id, one.answer)
        signal?.throwIfAborted()
        await fill()
        if (asked.size === 0) return
        if (performance.now() - lookedAt >= LOOK_MILLIS) {
          await look()
          await meet()
          lookedAt = performance.now()
        }
        if (asked.size === 0 || finished.length > 0) continue
        await new Promise<void>((resolve) => {
          const clock = setTimeout(resolve, LOOK_MILLIS)
          wake = () => {
            clearTimeout(clock)
            resolve()
          }
        })
        wake = () => {}
      }
    }

    events.on('completed', onCompleted)
    signal?.addEventListener('abort', onAbort)
    try {
      await fill()
      // What was asked for before a kill may be there already.
      lookedAt = Number.NEGATIVE_INFINITY
      // A Redis that is gone keeps whoever asks it waiting; somebody who gives up does not wait for that.
      const aborted = new Promise<never>((_, reject) => {
        giveUp = () => reject(signal!.reason)
      })
      if (signal?.aborted) onAbort()
      await Promise.race([loop(), aborted])
      return outcomes
    } finally {
      events.off('completed', onCompleted)
      signal?.removeEventListener('abort', onAbort)
      // Nobody wants them any more; those that are under way come to their end.
      for (const id of asked.keys()) forget(id)
      asked.clear()
    }
  }

  return {
    evaluate,
    close: async () => {
      presence.close()
      const farewell = Promise.allSettled([events.close(), queue.close()])
      if (redis.status === 'ready') await Promise.race([farewell, redis.quit().catch(() => {})])
      closeRedis(redis)
    },
  }
}

const isOver = ({ finishedOn }: Job): boolean => finishedOn !== undefined

const notMade = ({ point, number }: Replication, why: string): EngineFailure => ({
  engineFailure: `point ${point}, replication ${number} could not be made, ${ATTEMPTS} times over: ${why}`,
  hint: 'what the workers print says more; one that ran out of memory needs fewer threads (--workers) or more memory',
})

const unreadable = ({ point, number }: Replication): EngineFailure => ({
  engineFailure: `what a worker says of point ${point}, replication ${number} is no outcome`,
  hint: 'something else writes into this Redis: use another one, or another database of it (redis://HOST:6379/1)',
})
