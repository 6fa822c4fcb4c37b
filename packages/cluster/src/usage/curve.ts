/**
 * How much of a resource a container uses over time, in closed form: no tick ever asks.
 *
 * A curve is straight pieces on a time line of its own; `originOf` says where its zero lies in the run. Everything that
 * is asked of it is answered from the pieces: what is used at an instant, how much over a span, and when a threshold is
 * first reached. Only the four operations are used, so every engine gives the same bits.
 *
 * 1. `firstAtLeast` is the least whole millisecond at which `usageAt` is not below the threshold; `firstBelow` likewise.
 * 2. `usageOver(a, b) + usageOver(b, c)` is `usageOver(a, c)`, up to rounding of the last digit.
 * 3. Before its time zero a curve that does not repeat is 0.
 */

import { invariant } from '@wavetank/kernel'

export interface UsagePiece {
  /** On the curve's own time line, in milliseconds; the piece lasts until the next one. */
  readonly from: number
  /** What is in use at `from`. */
  readonly value: number
  /** By how much it grows every `per` milliseconds; level without it. */
  readonly rise?: number
  readonly per?: number
}

export interface UsageCurve {
  /** What the curve's time counts from: the start of the container's process, the start of the run, or midnight UTC of the simulated clock. */
  readonly since: 'container' | 'run' | 'midnight'
  /** Milliseconds after which the curve begins again. */
  readonly period?: number
  /** By `from`, the first at 0. */
  readonly pieces: readonly UsagePiece[]
}

/** A curve with its place in the run. */
export interface PlacedCurve {
  readonly curve: UsageCurve
  /** The instant of the run that is the curve's zero; negative for one that began before the run. */
  readonly origin: number
  /** It is cut off because nothing more can be written: what it would be, and where it is held. */
  readonly held?: Hold
}

export interface Hold {
  readonly free: UsageCurve
  readonly level: number
  readonly since: number
  /** What is full. */
  readonly what: string
}

const DAY = 86_400_000

/** Where a curve's zero lies: `startedAt` of the container in milliseconds of the run, `start` of the run as wall clock. */
export const originOf = (curve: UsageCurve, startedAt: number, start: number): number => {
  if (curve.since === 'container') return startedAt
  return curve.since === 'run' ? 0 : -(((start % DAY) + DAY) % DAY)
}

/** The last piece that begins at or before `time`; −1 before the first. */
const pieceAt = (pieces: readonly UsagePiece[], time: number): number => {
  let low = 0
  let high = pieces.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (pieces[middle]!.from <= time) low = middle + 1
    else high = middle
  }
  return low - 1
}

const slopeOf = ({ rise = 0, per = 1 }: UsagePiece): number => rise / per

const valueIn = (piece: UsagePiece, time: number): number =>
  piece.rise === undefined ? piece.value : piece.value + (piece.rise * (time - piece.from)) / (piece.per ?? 1)

/** Where on its own time line the curve is, and when that time line last began. */
const wrap = (
  { curve: { period }, origin }: PlacedCurve,
  at: number,
): { readonly base: number; readonly time: number } => {
  if (period === undefined) return { base: origin, time: at - origin }
  const base = origin + Math.floor((at - origin) / period) * period
  return { base, time: at - base }
}

/** What is in use at an instant of the run. Not rounded. */
export const usageAt = (placed: PlacedCurve, at: number): number => {
  const { time } = wrap(placed, at)
  const { pieces } = placed.curve
  const index = pieceAt(pieces, time)
  return index < 0 ? 0 : valueIn(pieces[index]!, time)
}

/** What several curves use together at an instant. */
export const totalUsageAt = (placed: readonly PlacedCurve[], at: number): number => {
  let sum = 0
  for (const one of placed) sum += usageAt(one, at)
  return sum
}

/** The integral of one run of the pieces between two times of their own, `a <= b`. */
const areaBetween = (pieces: readonly UsagePiece[], a: number, b: number): number => {
  let area = 0
  for (let i = Math.max(0, pieceAt(pieces, a)); i < pieces.length; i++) {
    const piece = pieces[i]!
    const from = Math.max(a, piece.from)
    const to = Math.min(b, pieces[i + 1]?.from ?? b)
    if (piece.from >= b) break
    if (to > from) area += ((valueIn(piece, from) + valueIn(piece, to)) / 2) * (to - from)
  }
  return area
}

/** The integral over a span of the run, in usage times milliseconds: millicores become microcore-seconds. */
export const usageOver = (placed: PlacedCurve, from: number, to: number): number => {
  if (to <= from) return 0
  const { pieces, period } = placed.curve
  const first = wrap(placed, from)
  if (period === undefined) return areaBetween(pieces, Math.max(0, first.time), to - first.base)
  const last = wrap(placed, to)
  if (first.base === last.base) return areaBetween(pieces, first.time, last.time)
  const whole = Math.floor((last.base - first.base) / period + 0.5) - 1
  const between = whole > 0 ? whole * areaBetween(pieces, 0, period) : 0
  return areaBetween(pieces, first.time, period) + between + areaBetween(pieces, 0, last.time)
}

/** The mean over a span; what is in use at its end, if it has no length. */
export const meanUsage = (placed: PlacedCurve, from: number, to: number): number =>
  to > from ? usageOver(placed, from, to) / (to - from) : usageAt(placed, to)

/** The next instant after `at` at which another piece begins; infinity if the last one lasts. */
const nextPieceAfter = (placed: PlacedCurve, at: number): number => {
  const { base, time } = wrap(placed, at)
  const { pieces, period } = placed.curve
  const next = pieces[pieceAt(pieces, time) + 1]
  if (next !== undefined) return base + next.from
  return period === undefined ? Number.POSITIVE_INFINITY : base + period
}

const slopeAt = (placed: PlacedCurve, at: number): number => {
  const { time } = wrap(placed, at)
  const index = pieceAt(placed.curve.pieces, time)
  return index < 0 ? 0 : slopeOf(placed.curve.pieces[index]!)
}

const firstThat = (
  placed: readonly PlacedCurve[],
  holds: (usage: number) => boolean,
  threshold: number,
  rising: boolean,
  from: number,
  until: number,
): number | undefined => {
  const repeating = placed.filter(({ curve }) => curve.period !== undefined)
  let end = until
  if (end === Number.POSITIVE_INFINITY && repeating.length > 0) {
    invariant(placed.length === 1, 'a search over several curves needs an end if one of them repeats')
    // What does not happen within one period never does.
    end = from + repeating[0]!.curve.period!
  }
  let at = from
  while (at <= end) {
    const usage = totalUsageAt(placed, at)
    if (holds(usage)) return at
    let next = Number.POSITIVE_INFINITY
    let slope = 0
    for (const one of placed) {
      next = Math.min(next, nextPieceAfter(one, at))
      slope += slopeAt(one, at)
    }
    // Pieces may begin between two milliseconds.
    const last = Math.ceil(next) - 1
    if (rising ? slope > 0 : slope < 0) {
      let crossing = at + Math.max(1, Math.ceil((threshold - usage) / slope))
      // Division rounds, so the neighbours are asked as well.
      while (crossing - 1 > at && crossing - 1 <= last && holds(totalUsageAt(placed, crossing - 1))) crossing--
      while (crossing <= last && crossing <= end && !holds(totalUsageAt(placed, crossing))) crossing++
      if (crossing <= last) return crossing <= end ? crossing : undefined
    }
    if (next === Number.POSITIVE_INFINITY) return undefined
    at = last + 1
  }
  return undefined
}

/**
 * The first instant, not before `from` and not after `until`, at which the curves together use at least `threshold`.
 *
 * @param until may be infinite, unless there are several curves and one of them repeats
 */
export const firstAtLeast = (
  placed: readonly PlacedCurve[],
  threshold: number,
  from: number,
  until: number = Number.POSITIVE_INFINITY,
): number | undefined => firstThat(placed, (usage) => usage >= threshold, threshold, true, from, until)

/** The first instant, not before `from` and not after `until`, at which the curves together use less than `threshold`. */
export const firstBelow = (
  placed: readonly PlacedCurve[],
  threshold: number,
  from: number,
  until: number = Number.POSITIVE_INFINITY,
): number | undefined => firstThat(placed, (usage) => usage < threshold, threshold, false, from, until)

/** The next instant after `at` at which one of the curves has another piece; infinity if none ever has. */
export const nextBreak = (placed: readonly PlacedCurve[], at: number): number => {
  let next = Number.POSITIVE_INFINITY
  for (const one of placed) next = Math.min(next, nextPieceAfter(one, at))
  return Math.ceil(next)
}

/** True if the curves use the same from `from` until `until`, both included. */
export const isLevel = (placed: readonly PlacedCurve[], from: number, until: number): boolean =>
  placed.every((one) => slopeAt(one, from) === 0) && nextBreak(placed, from) > until

/** The curve with everything above `cap` cut off, as a CPU limit does it. */
export const capped = (curve: UsageCurve, cap: number): UsageCurve => {
  const pieces: UsagePiece[] = []
  const add = (piece: UsagePiece): void => {
    const last = pieces[pieces.length - 1]
    if (last !== undefined && last.rise === undefined && piece.rise === undefined && last.value === piece.value) return
    pieces.push(piece)
  }
  curve.pieces.forEach((piece, i) => {
    const end = curve.pieces[i + 1]?.from ?? curve.period ?? Number.POSITIVE_INFINITY
    const slope = slopeOf(piece)
    const meets = slope === 0 ? Number.POSITIVE_INFINITY : piece.from + (cap - piece.value) / slope
    if (piece.value < cap) {
      add(piece)
      if (slope > 0 && meets < end) add({ from: meets, value: cap })
    } else if (slope < 0 && meets < end) {
      if (meets > piece.from) add({ from: piece.from, value: cap })
      pieces.push({ ...piece, from: meets, value: cap })
    } else add({ from: piece.from, value: cap })
  })
  return { ...curve, pieces }
}
