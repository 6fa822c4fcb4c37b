/**
 * The least count that is enough, found by galloping and bisection.
 *
 * That takes for granted that more is never worse. Neighbours of the answer are looked at to see whether it is so here:
 * where it is not, the answer says so.
 */
export interface LeastCount {
  /** Absent if nothing up to the most is enough. */
  readonly count?: number
  /** Counts that were tried, in order, and whether they are enough. */
  readonly tried: readonly (readonly [count: number, isEnough: boolean])[]
  /** A larger count that is not enough although a smaller one is. */
  readonly notMonotone?: { readonly enough: number; readonly short: number }
}

export const leastCount = async (
  isEnough: (count: number) => Promise<boolean>,
  { start, min, max }: { readonly start: number; readonly min: number; readonly max: number },
): Promise<LeastCount> => {
  const known = new Map<number, boolean>()
  const look = async (count: number): Promise<boolean> => {
    const before = known.get(count)
    if (before !== undefined) return before
    const enough = await isEnough(count)
    known.set(count, enough)
    return enough
  }
  let short = min - 1
  let enough: number | undefined
  let at = Math.min(Math.max(start, min), max)
  if (await look(at)) {
    enough = at
    for (let step = 1; enough > min; step *= 2) {
      at = Math.max(min, enough - step)
      if (!(await look(at))) {
        short = at
        break
      }
      enough = at
    }
  } else {
    short = at
    for (let step = 1; enough === undefined && short < max; step *= 2) {
      at = Math.min(max, short + step)
      if (await look(at)) enough = at
      else short = at
    }
  }
  while (enough !== undefined && enough - short > 1) {
    at = Math.floor((short + enough) / 2)
    if (await look(at)) enough = at
    else short = at
  }
  if (enough !== undefined) {
    if (enough + 1 <= max) await look(enough + 1)
    if (enough - 2 >= min) await look(enough - 2)
  }
  const tried = [...known]
  const good = tried.flatMap(([count, isGood]) => (isGood ? [count] : [])).sort((a, b) => a - b)
  const [least] = good
  if (least === undefined) return { tried }
  const above = tried.flatMap(([count, isGood]) => (!isGood && count > least ? [count] : [])).sort((a, b) => a - b)
  const notMonotone = above.length === 0 ? {} : { notMonotone: { enough: least, short: above[0]! } }
  return { count: least, tried, ...notMonotone }
}
