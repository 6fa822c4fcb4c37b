import type { DesignPoint, Replication } from '../design-point.ts'
import { type Engine, isBrokenRun, isEngineFailure } from '../engine/engine.ts'
import { announce } from './presence.ts'
import { type Answer, Ask, PREFIX, pointKey, queueOf, unpackPoint } from './protocol.ts'
import { closeRedis, type Notice, openRedis, shownUrl } from './redis.ts'

export interface QueueWorkerOptions {
  /** `redis://…` or `rediss://…` */
  readonly url: string
  /** What runs: only runs of the same build are taken. */
  readonly build: string
  /** Runs at a time. */
  readonly threads: number
  /** Makes runs in threads: this one has to tell Redis all the while that its runs are under way. */
  readonly openEngine: () => Promise<Engine>
  /** After how long without a sign of its worker a run is taken over; milliseconds. */
  readonly lease: number
  readonly onNotice?: Notice
  readonly onRun?: (runs: number) => void
}

export interface QueueWorker {
  /** Takes no more, and waits for what is under way. */
  readonly finish: () => Promise<void>
  /** Leaves what is under way to others. */
  readonly drop: () => Promise<void>
}

/** How often a run may lose its worker before it is taken for what kills them. */
const LOSSES = 5
/** Points of which a worker keeps its reading; then it begins anew, with threads that have not read any. */
const KEPT = 64
const MEET_MILLIS = 5_000

interface Kept {
  /** Opened with the first run. */
  engine: Promise<Engine> | undefined
  readonly points: Map<string, Promise<DesignPoint>>
  running: number
  isOld: boolean
}

/** Waits at a Redis for runs, and makes them. Throws an `EngineFailure` if there is no Redis to begin with. */
export const createQueueWorker = async (options: QueueWorkerOptions): Promise<QueueWorker> => {
  const { url, build, threads, openEngine, lease, onNotice = () => {}, onRun = () => {} } = options
  const redis = await openRedis(url, onNotice)
  const { Worker } = await import('bullmq')
  const presence = announce(redis, 'worker', { build, threads })

  const begin = (): Kept => ({ engine: undefined, points: new Map(), running: 0, isOld: false })
  let kept = begin()
  const retire = (old: Kept): void => {
    old.isOld = true
    if (old.running === 0) old.engine?.then((engine) => engine.close()).catch(() => {})
  }

  /** The point, by a number of its own here: points of several studies have the same. */
  const read = async (digest: string, index: number): Promise<DesignPoint> => {
    const bytes = await redis.getBuffer(pointKey(digest))
    if (bytes === null) throw new Error('its point is gone from Redis')
    return { ...unpackPoint(bytes), index }
  }
  const pointOf = (own: Kept, digest: string): Promise<DesignPoint> => {
    let point = own.points.get(digest)
    if (point === undefined) {
      point = read(digest, own.points.size)
      own.points.set(digest, point)
    }
    return point
  }

  const make = async (own: Kept, { digest, point, number, seed }: Ask): Promise<Answer> => {
    const here = await pointOf(own, digest)
    const replication: Replication = { point: here.index, number, seed }
    try {
      own.engine ??= openEngine()
      const [outcome] = await (await own.engine).evaluate([here], [replication])
      return { outcome: { ...outcome!, point } }
    } catch (error) {
      if (isBrokenRun(error)) return { ...error, point }
      throw isEngineFailure(error) ? new Error(error.engineFailure) : error
    }
  }

  let runs = 0
  const worker = new Worker<unknown, Answer, string>(
    queueOf(build),
    async ({ data }) => {
      if (!Ask.is(data)) throw new Error('what is asked for is no run')
      if (data.build !== build) throw new Error(`build ${data.build} asks for it, and this is build ${build}`)
      if (kept.points.size >= KEPT && !kept.points.has(data.digest)) {
        retire(kept)
        kept = begin()
      }
      const own = kept
      own.running++
      try {
        const answer = await make(own, data)
        onRun(++runs)
        return answer
      } catch (error) {
        // Whoever asks again has put the point there again.
        own.points.delete(data.digest)
        throw error
      } finally {
        own.running--
        if (own.isOld) retire(own)
      }
    },
    {
      connection: redis,
      prefix: PREFIX,
      concurrency: threads,
      lockDuration: lease,
      stalledInterval: Math.max(500, Math.round(lease / 2)),
      maxStalledCount: LOSSES,
    },
  )
  worker.on('error', () => {})

  let saidOthers = false
  const meet = async (): Promise<void> => {
    if (redis.status !== 'ready') return
    const others = (await presence.others('study')).filter((study) => study.build !== build)
    if (others.length > 0 && !saidOthers)
      onNotice(
        `a study at ${shownUrl(url)} is of another build of wavetank (${others[0]!.build}): this worker (${build}) leaves its runs alone`,
      )
    saidOthers = others.length > 0
  }
  const clock = setInterval(() => void meet().catch(() => {}), MEET_MILLIS)
  void meet().catch(() => {})

  const end = async (isForced: boolean): Promise<void> => {
    clearInterval(clock)
    presence.close()
    // A Redis that is gone cannot be told.
    const closing = worker.close(isForced || redis.status !== 'ready').catch(() => {})
    await (isForced ? Promise.race([closing, new Promise((resolve) => setTimeout(resolve, 1_000))]) : closing)
    retire(kept)
    closeRedis(redis)
  }
  return { finish: () => end(false), drop: () => end(true) }
}
