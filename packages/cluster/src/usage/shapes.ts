import type { UsageCurve, UsagePiece } from './curve.ts'

/** A value that is reached at a time of the curve. */
export interface UsagePoint {
  readonly at: number
  readonly value: number
}

type Since = UsageCurve['since']

const DAY = 86_400_000

/** Always the same. */
export const constantUsage = (value: number): UsageCurve => ({ since: 'container', pieces: [{ from: 0, value }] })

/** Each value until the next one; 0 before the first. */
export const stepUsage = (since: Since, points: readonly UsagePoint[]): UsageCurve => {
  const pieces = points.map(({ at, value }) => ({ from: at, value }))
  return { since, pieces: pieces[0]?.from === 0 ? pieces : [{ from: 0, value: 0 }, ...pieces] }
}

const line = (a: UsagePoint, b: UsagePoint): UsagePiece =>
  a.value === b.value
    ? { from: a.at, value: a.value }
    : { from: a.at, value: a.value, rise: b.value - a.value, per: b.at - a.at }

/** Straight from point to point; the first value before the first point, the last one after the last. */
export const linearUsage = (since: Since, points: readonly UsagePoint[]): UsageCurve => {
  const pieces: UsagePiece[] = []
  if (points[0]!.at > 0) pieces.push({ from: 0, value: points[0]!.value })
  points.forEach((point, i) => {
    const next = points[i + 1]
    pieces.push(next === undefined ? { from: point.at, value: point.value } : line(point, next))
  })
  return { since, pieces }
}

/** Grows by `rise` every `per` milliseconds from the start of the container, up to `max` if there is one. */
export const leakUsage = (from: number, rise: number, per: number, max?: number): UsageCurve => {
  if (max !== undefined && from >= max) return constantUsage(from)
  const pieces: UsagePiece[] = [{ from: 0, value: from, rise, per }]
  if (max !== undefined) pieces.push({ from: ((max - from) * per) / rise, value: max })
  return { since: 'container', pieces }
}

/** Straight from point to point round the clock: from the last point through midnight to the first. */
export const dailyUsage = (points: readonly UsagePoint[]): UsageCurve => {
  const first = points[0]!
  const last = points[points.length - 1]!
  const over = { at: first.at + DAY, value: first.value }
  const pieces = points.map((point, i) => line(point, points[i + 1] ?? over))
  if (first.at > 0) {
    const round = line(last, over)
    const value = round.rise === undefined ? round.value : round.value + (round.rise * (DAY - last.at)) / round.per!
    pieces.unshift({ ...round, from: 0, value })
  }
  return { since: 'midnight', period: DAY, pieces }
}

/** cos(k · 7.5°) for k from 0 to 12: the cosine of half an hour of a day, so that no engine’s own rounding comes in. */
const QUARTER_WAVE = [
  1,
  0.9914448613738104,
  0.9659258262890683,
  0.9238795325112867,
  0.8660254037844386,
  0.7933533402912352,
  Math.SQRT1_2,
  0.6087614290087207,
  0.5,
  0.3826834323650898,
  0.25881904510252074,
  0.13052619222005157,
  0,
]
const HALF_HOURS = 48

const cosineOfHalfHours = (k: number): number => {
  const n = k % HALF_HOURS
  const m = n <= 24 ? n : HALF_HOURS - n
  return m <= 12 ? QUARTER_WAVE[m]! : -QUARTER_WAVE[24 - m]!
}

/** A day’s wave: `high` at `peakAt`, `low` twelve hours from it, a cosine between them by its values every half hour. */
export const dayWave = (low: number, high: number, peakAt: number): UsageCurve => {
  const points = Array.from({ length: HALF_HOURS }, (_, k) => ({
    at: (peakAt + (k * DAY) / HALF_HOURS) % DAY,
    value: Math.floor(low + ((high - low) * (1 + cosineOfHalfHours(k))) / 2 + 0.5),
  }))
  return dailyUsage(points.sort((a, b) => a.at - b.at))
}
