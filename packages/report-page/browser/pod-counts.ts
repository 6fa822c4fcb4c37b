import { POD_STATES, type PodState } from '@wavetank/report/page'
import { endOf, type Model } from './data.ts'
import { firstAfter } from './paint-lane.ts'

export const RANKS: Readonly<Record<PodState, number>> = Object.fromEntries(
  POD_STATES.map((state, rank) => [state, rank]),
) as Record<PodState, number>

/** The rank of each status of a pod's lane. */
export const statusRanks = ({ pods }: Model): Uint8Array => Uint8Array.from(pods.stateOf, (state) => RANKS[state])

/**
 * How many of the pods are in each class at evenly spread instants: `result[class * (steps + 1) + step]`.
 *
 * Every state adds and takes away at its two ends; one pass then sums up, whatever the number of instants.
 *
 * @param classOf of each status, or -1 for those that do not count
 */
export const countOver = (
  { pods }: Model,
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
    const last = pods.from[i + 1]!
    for (let k = firstAfter(pods, i, from); k < last; k++) {
      const start = pods.starts[k]!
      if (start > to) break
      const end = endOf(pods, i, k)
      const group = classOf[pods.states[k]!]!
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
