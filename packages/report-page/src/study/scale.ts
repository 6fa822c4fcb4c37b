/** From a number to a place in a drawing. */
export interface Scale {
  readonly place: (value: number) => number
  /** Round numbers within, for the axis. */
  readonly ticks: readonly number[]
  readonly least: number
  readonly greatest: number
}

/** 1, 2 or 5 times a power of ten, so that there are about as many steps as wanted. */
const stepFor = (span: number, wanted: number): number => {
  let power = 1
  while (power * 10 <= span / wanted) power *= 10
  while (power > span / wanted) power /= 10
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => span / step <= wanted) ?? 10 * power
}

/** Steps that a clock has. */
const SPANS = [
  1, 10, 100, 1_000, 5_000, 15_000, 60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000,
  21_600_000, 86_400_000,
]

export interface ScaleOptions {
  /** Where the least value goes, and the greatest. */
  readonly from: number
  readonly to: number
  readonly isTime?: boolean
  readonly ticks?: number
}

/** A linear scale that has room for all of the values that are finite. */
export const scaleOf = (values: readonly number[], { from, to, isTime = false, ticks = 4 }: ScaleOptions): Scale => {
  const finite = values.filter(Number.isFinite)
  let least = finite.length === 0 ? 0 : Math.min(...finite)
  let greatest = finite.length === 0 ? 1 : Math.max(...finite)
  if (least === greatest) {
    const room = least === 0 ? 1 : Math.abs(least) * 0.1
    least -= room
    greatest += room
  }
  const span = greatest - least
  const step = (isTime ? SPANS.find((one) => span / one <= ticks) : undefined) ?? stepFor(span, ticks)
  const marks: number[] = []
  for (let k = Math.ceil(least / step); k * step <= greatest + step * 1e-9; k++)
    marks.push(Number((k * step).toPrecision(12)))
  const place = (value: number): number => {
    const inside = Math.min(greatest, Math.max(least, value))
    return from + ((inside - least) / span) * (to - from)
  }
  return { place, ticks: marks, least, greatest }
}
