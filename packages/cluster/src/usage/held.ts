import type { PodKey } from '../ids.ts'
import type { ClusterTables } from '../tables.ts'
import { capped, firstAtLeast, type Hold, type PlacedCurve } from './curve.ts'
import { type LocalUsage, moved, type RunningUsage } from './running.ts'

/**
 * What containers write while a disk is full: nothing. Each stays where it is, however much it would have written; it may
 * have less. With room again it goes on: what counts the time of the process goes on from where it could not write, what
 * follows the clock is where the clock has come to.
 */

/** Where one of the things that a container writes stays. */
export interface HeldLevel {
  readonly pod: PodKey
  readonly container: string
  /** `disk`, `inodes`, `logs`, or that of a volume. */
  readonly part: string
  readonly level: number
}

/** What an empty directory is called among the things that a container writes. */
export const volumePart = (volume: string): string => `volumes/${volume}`

const NEVER = Number.POSITIVE_INFINITY

/** As far ahead as curves that repeat are searched. */
const DAY = 86_400_000

const held = (placed: PlacedCurve, what: string, level: number, since: number): PlacedCurve => {
  const free = placed.held?.free ?? placed.curve
  return { curve: capped(free, level), origin: placed.origin, held: { free, level, since, what } }
}

/** When it would have more than it can, from `from` on; never, if nothing is held or it has enough. */
export const wouldExceed = (placed: PlacedCurve, from: number): number => {
  if (placed.held === undefined) return NEVER
  const { free, level } = placed.held
  const until = free.period === undefined ? NEVER : from + DAY
  return firstAtLeast([{ curve: free, origin: placed.origin }], level + 1, from, until) ?? NEVER
}

const released = (placed: PlacedCurve, at: number): PlacedCurve => {
  const { free, since } = placed.held as Hold
  const blocked = at - Math.min(at, wouldExceed(placed, since))
  return moved({ curve: free, origin: placed.origin }, blocked)
}

/** The same with some of its curves replaced. */
const replaced = (local: LocalUsage, change: (placed: PlacedCurve, part: string) => PlacedCurve): LocalUsage => ({
  ...local,
  disk: local.disk && change(local.disk, 'disk'),
  inodes: local.inodes && change(local.inodes, 'inodes'),
  logs: local.logs && change(local.logs, 'logs'),
  volumes: local.volumes.map((volume) => ({ ...volume, curve: change(volume.curve, volumePart(volume.name)) })),
})

const changeUse = (running: RunningUsage, change: (placed: PlacedCurve, part: string) => PlacedCurve): void => {
  if (running.local !== undefined) running.local = replaced(running.local, change)
}

export const holdUse = (
  tables: ClusterTables,
  { pod, container, part, level }: HeldLevel,
  what: string,
  at: number,
): void => {
  for (const running of tables.usage.get(pod) ?? []) {
    if (running.container !== container || running.endedAt !== NEVER) continue
    changeUse(running, (placed, one) => (one === part ? held(placed, what, level, at) : placed))
  }
}

/** Those of a pod that could not write to that disk can write again. */
export const letUse = (tables: ClusterTables, pod: PodKey, what: string, at: number): void => {
  for (const running of tables.usage.get(pod) ?? []) {
    if (running.endedAt !== NEVER) continue
    changeUse(running, (placed) => (placed.held?.what === what ? released(placed, at) : placed))
  }
}
