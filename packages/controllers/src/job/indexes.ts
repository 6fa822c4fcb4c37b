/**
 * Completion indexes of an Indexed Job as Kubernetes keeps them: ordered intervals, written `1,3-5,7,8`.
 *
 * Source: pkg/controller/job/indexed_job_utils.go.
 */

/** First and last index, both included. */
export type Interval = readonly [first: number, last: number]
/** In order, disjoint, never touching. */
export type Indexes = readonly Interval[]

export const NO_INDEXES: Indexes = []

/** Reads `1,3-5`; what lies at or beyond `completions` is left out. */
export const parseIndexes = (text: string, completions: number): Indexes => {
  if (text === '') return NO_INDEXES
  const intervals: Interval[] = []
  for (const part of text.split(',')) {
    const [low = '', high] = part.split('-')
    if (!/^\d+$/.test(low) || (high !== undefined && !/^\d+$/.test(high))) continue
    const first = Number(low)
    if (first >= completions) break
    intervals.push([first, Math.min(high === undefined ? first : Number(high), completions - 1)])
  }
  return mergeIndexes([], intervals)
}

/** All of both. Each has to be in order; they may overlap. */
export const mergeIndexes = (a: readonly Interval[], b: readonly Interval[]): Indexes => {
  const merged: [number, number][] = []
  for (const [first, last] of [...a, ...b].sort((x, y) => x[0] - y[0])) {
    const end = merged[merged.length - 1]
    if (end === undefined || first > end[1] + 1) merged.push([first, last])
    else end[1] = Math.max(end[1], last)
  }
  return merged
}

/** With single indexes added, in any order. */
export const withIndexes = (indexes: Indexes, added: Iterable<number>): Indexes => {
  const intervals = Array.from(added, (index): Interval => [index, index])
  return intervals.length === 0 ? indexes : mergeIndexes(indexes, intervals)
}

export const hasIndex = (indexes: Indexes, index: number): boolean =>
  indexes.some(([first, last]) => first <= index && index <= last)

export const countIndexes = (indexes: Indexes): number =>
  indexes.reduce((total, [first, last]) => total + last - first + 1, 0)

/** How many are in both. */
export const countShared = (a: Indexes, b: Indexes): number => {
  let shared = 0
  for (const [first, last] of a) {
    for (const [low, high] of b) shared += Math.max(0, Math.min(last, high) - Math.max(first, low) + 1)
  }
  return shared
}

/** A run of three or more is `3-5`, two neighbours are `7,8`. */
export const formatIndexes = (indexes: Indexes): string =>
  indexes
    .map(([first, last]) => (first === last ? `${first}` : `${first}${last === first + 1 ? ',' : '-'}${last}`))
    .join(',')

/** The lowest `count` indexes below `completions` that are not taken. */
export const firstFree = (taken: Indexes, count: number, completions: number): readonly number[] => {
  const free: number[] = []
  let candidate = 0
  for (const [first, last] of [...taken, [completions, completions] as const]) {
    for (; candidate < Math.min(first, completions) && free.length < count; candidate++) free.push(candidate)
    candidate = Math.max(candidate, last + 1)
  }
  return free
}
