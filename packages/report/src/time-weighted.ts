/** A number that changes now and then, and how much of it there was over time. */
export interface TimeWeighted {
  value: number
  /** When it last changed, or first was known; undefined before that. */
  since: number | undefined
  /** Value times milliseconds, up to `since`. */
  area: number
  /** Milliseconds for which it was known, up to `since`. */
  span: number
}

export const newTimeWeighted = (): TimeWeighted => ({ value: 0, since: undefined, area: 0, span: 0 })

export const changeTo = (number: TimeWeighted, value: number, at: number): void => {
  if (number.since !== undefined) {
    number.area += number.value * (at - number.since)
    number.span += at - number.since
  }
  number.value = value
  number.since = at
}

/** Leaves its value and begins to count anew: what it was during a warm-up says nothing of what it is. */
export const forget = (number: TimeWeighted, at: number): void => {
  number.area = 0
  number.span = 0
  if (number.since !== undefined) number.since = at
}

/** Its mean up to a time; the value itself if no time has passed, undefined if it was never known. */
export const meanOf = ({ value, since, area, span }: TimeWeighted, at: number): number | undefined => {
  if (since === undefined) return undefined
  const whole = span + at - since
  return whole === 0 ? value : (area + value * (at - since)) / whole
}
