/** A number that changes now and then; between changes it stays. */
export interface Series {
  readonly at: number[]
  readonly values: number[]
}

const POINTS_MAX = 8_000

/**
 * Of the points of each of `buckets` spans the first, the last, the lowest and the highest: drawn over no more pixels
 * than there are spans, a line through them is the line through all (M4, Jugel et al., VLDB 2014).
 */
const thin = (series: Series, buckets: number): void => {
  const { at, values } = series
  const from = at[0]!
  const width = Math.max(1, Math.ceil((at[at.length - 1]! - from + 1) / buckets))
  let kept = 0
  for (let i = 0; i < at.length; ) {
    const bucket = Math.floor((at[i]! - from) / width)
    let last = i
    let lowest = i
    let highest = i
    while (last + 1 < at.length && Math.floor((at[last + 1]! - from) / width) === bucket) {
      last++
      if (values[last]! < values[lowest]!) lowest = last
      if (values[last]! > values[highest]!) highest = last
    }
    for (const point of [...new Set([i, lowest, highest, last])].sort((a, b) => a - b)) {
      at[kept] = at[point]!
      values[kept++] = values[point]!
    }
    i = last + 1
  }
  at.length = kept
  values.length = kept
}

export const newSeries = (): Series => ({ at: [], values: [] })

/** From here on the number is this one. */
export const setTo = (series: Series, value: number, at: number, pointsMax = POINTS_MAX): void => {
  const last = series.at.length - 1
  if (series.values[last] === value) return
  if (series.at[last] === at) {
    series.values[last] = value
    return
  }
  series.at.push(at)
  series.values.push(value)
  if (series.at.length > pointsMax) thin(series, pointsMax >> 3)
}
