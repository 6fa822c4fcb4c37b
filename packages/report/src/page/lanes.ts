/**
 * What many things are in over time, in bounded memory.
 *
 * 1. A lane is exact until it has more states than lanes may have.
 * 2. Then its states are put together, evenly over its time, and of those that are put together the one that matters
 *    most is kept: what is short and bad stays visible.
 * 3. Once all lanes together are too many states, each may have half as many from then on.
 */
export interface Lane {
  /** When each state began, in milliseconds of the run; rising. */
  starts: number[]
  states: number[]
}

export interface Lanes<L extends Lane> {
  readonly all: readonly L[]
  readonly add: (lane: L) => L
  /** From here on the lane is in this state. */
  readonly enter: (lane: L, state: number, at: number) => void
  /** The most states that a lane may have by now; fewer than at first if there was too much. */
  readonly perLane: () => number
  /** How many lanes were made coarser. */
  readonly coarser: () => number
}

export interface LanesOptions {
  /** The state that stands for several, of which the first is one and the second comes later. */
  readonly merge: (a: number, b: number) => number
  readonly perLaneMax?: number
  readonly totalMax?: number
}

const PER_LANE_MAX = 512
const PER_LANE_MIN = 8
const TOTAL_MAX = 4_000_000

/** One state for each of `buckets` spans of the lane, and after it the one that it ends with. */
const coarsen = (lane: Lane, buckets: number, merge: LanesOptions['merge']): void => {
  const { starts, states } = lane
  const from = starts[0]!
  const width = Math.max(1, Math.ceil((starts[starts.length - 1]! - from + 1) / buckets))
  const bucketOf = (at: number): number => Math.floor((at - from) / width)
  const put: Lane = { starts: [], states: [] }
  const add = (at: number, state: number): void => {
    if (put.states[put.states.length - 1] === state) return
    put.starts.push(at)
    put.states.push(state)
  }
  for (let i = 0; i < starts.length; ) {
    const bucket = bucketOf(starts[i]!)
    let state = states[i]!
    let last = i
    while (last + 1 < starts.length && bucketOf(starts[last + 1]!) === bucket) state = merge(state, states[++last]!)
    add(starts[i]!, state)
    // What the span ends with goes on afterwards, from the end of the span.
    if (last > i) {
      const end = from + (bucket + 1) * width
      const next = starts[last + 1]
      if (next === undefined || next > end) add(Math.max(starts[last]!, Math.min(end, next ?? end)), states[last]!)
    }
    i = last + 1
  }
  lane.starts = put.starts
  lane.states = put.states
}

export const createLanes = <L extends Lane>({
  merge,
  perLaneMax = PER_LANE_MAX,
  totalMax = TOTAL_MAX,
}: LanesOptions): Lanes<L> => {
  const all: L[] = []
  const coarse = new Set<L>()
  let perLane = perLaneMax
  let total = 0

  const thin = (lane: L): void => {
    total -= lane.starts.length
    coarsen(lane, Math.max(2, perLane >> 2), merge)
    total += lane.starts.length
    coarse.add(lane)
  }

  return {
    all,
    add: (lane) => {
      all.push(lane)
      return lane
    },
    enter: (lane, state, at) => {
      const { starts, states } = lane
      const last = states.length - 1
      if (states[last] === state) return
      if (starts[last] === at) {
        // Of an instant, the last word counts.
        states[last] = state
        if (last > 0 && states[last - 1] === state) {
          states.pop()
          starts.pop()
          total--
        }
        return
      }
      starts.push(at)
      states.push(state)
      total++
      if (starts.length > perLane) thin(lane)
      if (total > totalMax && perLane > PER_LANE_MIN) {
        perLane >>= 1
        for (const other of all) if (other.starts.length > perLane) thin(other)
      }
    },
    perLane: () => perLane,
    coarser: () => coarse.size,
  }
}
