/** The part of the run that everything shows. */
export interface TimeWindow {
  readonly end: number
  readonly from: () => number
  readonly to: () => number
  readonly set: (from: number, to: number) => void
  /** @param factor below 1 shows less */
  readonly zoom: (factor: number, around?: number) => void
  /** @param share of what is shown */
  readonly pan: (share: number) => void
  readonly reset: () => void
  /** Where the pointer or the keys are, or undefined. */
  readonly cursor: () => number | undefined
  readonly point: (at: number | undefined) => void
  /** Called in the next frame after a change of either. */
  readonly watch: (changed: () => void) => void
  /** Tells all watchers, as if something had changed. */
  readonly touch: () => void
}

const SPAN_MIN = 10

export const createTimeWindow = (end: number): TimeWindow => {
  let from = 0
  let to = end
  let cursor: number | undefined
  let isDue = false
  const watchers: (() => void)[] = []

  const touch = (): void => {
    if (isDue) return
    isDue = true
    requestAnimationFrame(() => {
      isDue = false
      for (const changed of watchers) changed()
    })
  }
  const set = (newFrom: number, newTo: number): void => {
    const span = Math.min(end, Math.max(SPAN_MIN, newTo - newFrom))
    from = Math.min(Math.max(0, newFrom), Math.max(0, end - span))
    to = from + span
    touch()
  }
  return {
    end,
    from: () => from,
    to: () => to,
    set,
    zoom: (factor, around = cursor ?? (from + to) / 2) => {
      const middle = Math.min(to, Math.max(from, around))
      const span = Math.max(SPAN_MIN, (to - from) * factor)
      const share = (middle - from) / (to - from)
      set(middle - share * span, middle + (1 - share) * span)
    },
    pan: (share) => {
      const by = (to - from) * share
      set(from + by, to + by)
    },
    reset: () => set(0, end),
    cursor: () => cursor,
    point: (at) => {
      cursor = at === undefined ? undefined : Math.min(end, Math.max(0, at))
      touch()
    },
    watch: (changed) => watchers.push(changed),
    touch,
  }
}
