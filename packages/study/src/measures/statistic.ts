import { changeTo, forget, meanOf, newTimeWeighted, type TimeWeighted } from '@wavetank/report'
import { oneOf } from '@wavetank/scenario/codec'

/** What of many numbers of one run is its response. */
export const SampleStatistic = oneOf('mean', 'max', 'min', 'p50', 'p90', 'p95', 'p99')
export type SampleStatistic = 'mean' | 'max' | 'min' | 'p50' | 'p90' | 'p95' | 'p99'

const RANKS = { min: 0, p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, max: 1 } as const

/** Percentiles by nearest rank: each is a number that occurred. `null` of nothing. */
export const statisticOf = (numbers: readonly number[], statistic: SampleStatistic): number | null => {
  const count = numbers.length
  if (count === 0) return null
  if (statistic === 'mean') {
    let sum = 0
    for (const number of numbers) sum += number
    return sum / count
  }
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(RANKS[statistic] * count) - 1)]!
}

/** What of a number that changes over time is the response. */
export const LevelStatistic = oneOf('mean', 'max', 'min', 'end')
export type LevelStatistic = 'mean' | 'max' | 'min' | 'end'

/** A number that changes over time, with its mean over time and its extremes. */
export interface Level {
  readonly overTime: TimeWeighted
  max: number
  min: number
}

/** @param value absent: not known yet */
export const newLevel = (value?: number): Level => {
  const level: Level = { overTime: newTimeWeighted(), max: Number.NEGATIVE_INFINITY, min: Number.POSITIVE_INFINITY }
  if (value !== undefined) setLevel(level, value, 0)
  return level
}

/** A value that lasted no time at all is no extreme: it was a step between two entries of one instant. */
const settle = (level: Level, at: number): void => {
  const { value, since } = level.overTime
  if (since === undefined || since === at) return
  if (value > level.max) level.max = value
  if (value < level.min) level.min = value
}

export const setLevel = (level: Level, value: number, at: number): void => {
  if (level.overTime.since !== undefined && level.overTime.value === value) return
  settle(level, at)
  changeTo(level.overTime, value, at)
}

/** It is not known any more, and that time does not count. */
export const pauseLevel = (level: Level, at: number): void => {
  if (level.overTime.since === undefined) return
  settle(level, at)
  changeTo(level.overTime, level.overTime.value, at)
  level.overTime.since = undefined
}

export const beginLevel = (level: Level, at: number): void => {
  forget(level.overTime, at)
  level.max = Number.NEGATIVE_INFINITY
  level.min = Number.POSITIVE_INFINITY
}

/** Value times milliseconds since it began. */
export const areaOf = ({ overTime: { area, value, since } }: Level, at: number): number =>
  since === undefined ? area : area + value * (at - since)

export const levelOf = (level: Level, statistic: LevelStatistic, at: number): number | null => {
  const { overTime } = level
  if (statistic === 'mean') {
    if (overTime.since !== undefined) return meanOf(overTime, at) ?? null
    return overTime.span === 0 ? null : overTime.area / overTime.span
  }
  if (statistic === 'end') return overTime.since === undefined ? null : overTime.value
  // What it is at the end is an extreme even if nothing but the last instant saw it.
  const last = overTime.since === undefined ? undefined : overTime.value
  const known = last === undefined ? [level[statistic]] : [level[statistic], last]
  const extreme = statistic === 'max' ? Math.max(...known) : Math.min(...known)
  return Number.isFinite(extreme) ? extreme : null
}
