import { capped, type PlacedCurve, usageAt, usageOver } from './curve.ts'

/**
 * Work that comes to a group of containers as a whole and is divided evenly among those that serve.
 *
 * 1. A container serves while its pod is Ready and not being deleted, as a Service sees it. Of the share of one that
 *    serves in that sense and has died meanwhile, nothing is used: its requests are lost until somebody notices.
 * 2. Each use is cut off at the CPU limit of the container; what is above it is lost.
 * 3. What one share comes to over time is kept as a sum that grows with every change of the group, so that any span is a
 *    difference of two sums.
 */
export interface SharedLoad {
  readonly total: PlacedCurve
  /** How many serve since the last change. */
  members: number
  /** Instants at which the number changed, with what it became; the first is the start of the run. */
  readonly changes: { readonly at: number; members: number }[]
  /** By CPU limit (infinite without one): what one share has come to by each of the changes. */
  readonly sums: Map<number, number[]>
}

export const sharedLoad = (total: PlacedCurve): SharedLoad => ({
  total,
  members: 0,
  changes: [{ at: 0, members: 0 }],
  sums: new Map(),
})

const NONE = Number.POSITIVE_INFINITY
const cuts = new WeakMap<object, Map<number, PlacedCurve>>()

/** All of the load as `members` containers of that limit can take it. */
const taken = ({ total }: SharedLoad, members: number, limit: number): PlacedCurve => {
  if (limit === NONE) return total
  let known = cuts.get(total)
  if (known === undefined) {
    known = new Map()
    cuts.set(total, known)
  }
  const cap = members * limit
  let cut = known.get(cap)
  if (cut === undefined) {
    cut = { curve: capped(total.curve, cap), origin: total.origin }
    known.set(cap, cut)
  }
  return cut
}

const shareOver = (load: SharedLoad, members: number, limit: number, from: number, to: number): number =>
  members === 0 ? 0 : usageOver(taken(load, members, limit), from, to) / members

/** Sums of a limit that has not been asked for before count from now on: only differences matter. */
export const knowLimit = (load: SharedLoad, limit: number): void => {
  if (!load.sums.has(limit))
    load.sums.set(
      limit,
      load.changes.map(() => 0),
    )
}

/** One more container serves, or one less. */
export const changeMembers = (load: SharedLoad, by: 1 | -1, at: number): void => {
  const last = load.changes[load.changes.length - 1]!
  load.members += by
  if (last.at === at) {
    last.members = load.members
    return
  }
  for (const [limit, sums] of load.sums) {
    sums.push(sums[sums.length - 1]! + shareOver(load, last.members, limit, last.at, at))
  }
  load.changes.push({ at, members: load.members })
}

/** The last change at or before an instant. */
const changeAt = ({ changes }: SharedLoad, at: number): number => {
  let low = 0
  let high = changes.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (changes[middle]!.at <= at) low = middle + 1
    else high = middle
  }
  return Math.max(0, low - 1)
}

const sumAt = (load: SharedLoad, limit: number, at: number): number => {
  const index = changeAt(load, at)
  const change = load.changes[index]!
  return load.sums.get(limit)![index]! + shareOver(load, change.members, limit, change.at, at)
}

/** What one share comes to over a span, in millicore-milliseconds. */
export const shareOfLoadOver = (load: SharedLoad, limit: number, from: number, to: number): number =>
  to <= from ? 0 : sumAt(load, limit, to) - sumAt(load, limit, from)

/** What one share is at an instant. */
export const shareOfLoadAt = (load: SharedLoad, limit: number, at: number): number => {
  const { members } = load.changes[changeAt(load, at)]!
  return members === 0 ? 0 : usageAt(taken(load, members, limit), at) / members
}
