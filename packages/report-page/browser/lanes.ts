/** What many things are in over time, one after another in flat arrays: those of thing `i` are `from[i]` to `from[i + 1]`. */
export interface Lanes {
  readonly count: number
  readonly from: Uint32Array
  readonly starts: Float64Array
  readonly states: Uint32Array
  /** When each thing ended; infinite if it is there at the end of the run. */
  readonly ends: Float64Array
}

/** A stretch of time, and the pixels that it takes. */
export interface Stretch {
  readonly left: number
  readonly width: number
  readonly from: number
  readonly to: number
}

/** Position of the state that thing `i` is in at a time, or -1 if it is not there. */
export const stateAt = ({ from, starts, ends }: Lanes, i: number, at: number): number => {
  if (at >= ends[i]!) return -1
  let low = from[i]!
  let high = from[i + 1]!
  while (low < high) {
    const middle = (low + high) >> 1
    if (starts[middle]! <= at) low = middle + 1
    else high = middle
  }
  return low === from[i] ? -1 : low - 1
}

/** When the state at position `k` of thing `i` ends. */
export const endOf = ({ from, starts, ends }: Lanes, i: number, k: number): number =>
  k + 1 < from[i + 1]! ? starts[k + 1]! : ends[i]!

/** The first state of a thing that ends after a time. */
export const firstAfter = ({ from, starts }: Lanes, i: number, at: number): number => {
  let low = from[i]!
  let high = from[i + 1]!
  while (low < high) {
    const middle = (low + high) >> 1
    if (starts[middle]! <= at) low = middle + 1
    else high = middle
  }
  return Math.max(from[i]!, low - 1)
}

export type DrawRun = (x: number, width: number, state: number) => void

/**
 * Runs of pixels of one state, from left to right. Where a pixel has several, the one of the highest rank is drawn: what
 * is short and bad is not lost, however much time is on the screen. A run is a pixel wide at least.
 */
export const eachRun = (
  lanes: Lanes,
  i: number,
  { left, width, from, to }: Stretch,
  rankOf: (state: number) => number,
  draw: DrawRun,
): void => {
  const scale = width / (to - from)
  const last = lanes.from[i + 1]!
  let runFrom = 0
  let runTo = 0
  let runState = -1
  for (let k = firstAfter(lanes, i, from); k < last; k++) {
    const start = lanes.starts[k]!
    if (start >= to) break
    const end = Math.min(to, endOf(lanes, i, k))
    if (end <= from) continue
    const state = lanes.states[k]!
    let x0 = Math.floor((Math.max(start, from) - from) * scale)
    const x1 = Math.max(x0 + 1, Math.floor((end - from) * scale))
    if (runState >= 0 && x0 < runTo) {
      // The pixel that both share goes to what matters more.
      if (rankOf(state) > rankOf(runState)) {
        if (x0 > runFrom) draw(left + runFrom, x0 - runFrom, runState)
        runFrom = x0
        runState = state
        runTo = x1
        continue
      }
      x0 = runTo
      if (x1 <= x0) continue
    }
    if (runState >= 0) draw(left + runFrom, runTo - runFrom, runState)
    runFrom = x0
    runTo = x1
    runState = state
  }
  if (runState >= 0) draw(left + runFrom, Math.min(width, runTo) - runFrom, runState)
}
