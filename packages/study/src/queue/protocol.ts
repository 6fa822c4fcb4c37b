import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import * as t from 'io-ts'
import type { DesignPoint, Replication } from '../design-point.ts'
import { OutcomeJson } from '../outcome-json.ts'

/**
 * What lies in Redis while a study is under way.
 *
 *   wavetank:point:<digest>         a design point, deflated; each once, however many of its runs are asked for
 *   wavetank:runs-<build>:…         BullMQ's queue of the runs; one for each build, so that builds do not mix
 *   wavetank:here:<role>:<id>       who is there, with a few seconds to live
 *
 * A run is named by its point's digest, its number and its seed: whoever asks for it again, this study gone on with after
 * a kill or another one, meets the same job, and its outcome if it has one.
 */
export const PREFIX = 'wavetank'

export const queueOf = (build: string): string => `runs-${build.replaceAll(/[^\w.-]/g, '-')}`
export const pointKey = (digest: string): string => `${PREFIX}:point:${digest}`
/** A study that was killed leaves its points behind. */
export const POINT_SECONDS = 7 * 24 * 3_600
export const JOB_SECONDS = 24 * 3_600

export interface PackedPoint {
  readonly digest: string
  readonly bytes: Buffer
}

export const packPoint = (point: DesignPoint): PackedPoint => {
  const text = JSON.stringify(point)
  return { digest: createHash('sha256').update(text).digest('hex').slice(0, 32), bytes: deflateRawSync(text) }
}

export const unpackPoint = (bytes: Buffer): DesignPoint => JSON.parse(inflateRawSync(bytes).toString('utf8'))

/** One run that is asked for. */
export const Ask = t.readonly(
  t.type({ build: t.string, digest: t.string, point: t.number, number: t.number, seed: t.number }),
  'Ask',
)
export type Ask = t.TypeOf<typeof Ask>

/** BullMQ takes no colon in a name. */
export const nameOfRun = (digest: string, { number, seed }: Replication): string => `${digest}-${number}-${seed}`

/** What a run came to: its outcome, or that the model broke. */
export const Answer = t.union([
  t.type({ outcome: OutcomeJson }),
  t.type({ brokenRun: t.string, point: t.number, number: t.number }),
])
export type Answer = t.TypeOf<typeof Answer>

/** Whoever takes part, as others see it. */
export const Presence = t.type({ build: t.string, host: t.string, pid: t.number, threads: t.number })
export type Presence = t.TypeOf<typeof Presence>
export type Role = 'worker' | 'study'
