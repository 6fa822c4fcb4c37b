import { endOf, firstAfter, type Lanes } from './lanes.ts'

/**
 * How many of the things are in each class at evenly spread instants: `result[class * (steps + 1) + step]`.
 *
 * Every state adds and takes away at its two ends; one pass then sums up, whatever the number of instants.
 *
 * @param classOf of each status, or -1 for those that do not count
 */
export const countOver = (
  lanes: Lanes,
  chosen: ArrayLike<number>,
  classOf: ArrayLike<number>,
  classes: number,
  from: number,
  to: number,
  steps: number,
): Int32Array => {
  const wide = steps + 2
  const changes = new Int32Array(classes * wide)
  const scale = steps / (to - from)
  for (let c = 0; c < chosen.length; c++) {
    const i = chosen[c]!
    const last = lanes.from[i + 1]!
    for (let k = firstAfter(lanes, i, from); k < last; k++) {
      const start = lanes.starts[k]!
      if (start > to) break
      const end = endOf(lanes, i, k)
      const group = classOf[lanes.states[k]!]!
      if (end <= from || group < 0) continue
      const begun = start <= from ? 0 : Math.ceil((start - from) * scale)
      const over = end > to ? steps + 1 : Math.ceil((end - from) * scale)
      if (over <= begun) continue
      changes[group * wide + begun]!++
      changes[group * wide + over]!--
    }
  }
  const counts = new Int32Array(classes * (steps + 1))
  for (let group = 0; group < classes; group++) {
    let sum = 0
    for (let step = 0; step <= steps; step++) {
      sum += changes[group * wide + step]!
      counts[group * (steps + 1) + step] = sum
    }
  }
  return counts
}
