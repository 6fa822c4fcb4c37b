import { type Response, simultaneous } from './comparison.ts'
import { type Confidence, type Estimate, estimateMean } from './estimate.ts'

/** The cells of a full factorial design: every combination of levels once, with a response for every replication. */
export interface Design {
  /** How many levels each axis has. */
  readonly sizes: readonly number[]
  /** In the order of the design points: the last axis fastest. */
  readonly cells: readonly (readonly Response[])[]
}

/** A level of an axis, over all levels of the others. */
export interface LevelEffect {
  /** The response at this level. */
  readonly mean: Estimate
  /** How much greater than over all levels of the axis; the effects of an axis sum to 0. */
  readonly effect: Estimate
}

export interface MainEffect {
  readonly axis: number
  readonly levels: readonly LevelEffect[]
  /** From the level with the least response to the one with the greatest, with an interval that holds for every pair of levels. */
  readonly range: Estimate & { readonly from: number; readonly to: number }
  /** The range is more than luck: its interval leaves out 0. */
  readonly matters: boolean
}

export interface Interaction {
  readonly axes: readonly [number, number]
  /** Response by the level of the first axis, then of the second. */
  readonly means: readonly (readonly Estimate[])[]
  /** What is left of it when both main effects are taken away. */
  readonly effects: readonly (readonly Estimate[])[]
  /** The effect of one axis depends on the level of the other: some effect, its interval wide enough for all of them, leaves out 0. */
  readonly matters: boolean
}

/**
 * Replications that every cell has an answer for. Effects are computed from each of them by itself and then averaged, so
 * that whatever cells share by common random numbers is in no interval (Law 12.2: the whole design is replicated n times,
 * and the n values of an effect are independent and alike).
 */
const completeReplications = ({ cells }: Design): readonly number[] => {
  const shortest = cells.reduce((least, cell) => Math.min(least, cell.length), Number.POSITIVE_INFINITY)
  const complete: number[] = []
  for (let r = 0; r < shortest && Number.isFinite(shortest); r++)
    if (cells.every((cell) => typeof cell[r] === 'number')) complete.push(r)
  return complete
}

/** The level of `axis` in a cell. */
const levelIn = (sizes: readonly number[], cell: number, axis: number): number => {
  let rest = cell
  for (let i = sizes.length - 1; i > axis; i--) rest = Math.floor(rest / sizes[i]!)
  return rest % sizes[axis]!
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** For each replication, the mean response over the cells that `chosen` picks. */
const averages = (
  { cells }: Design,
  replications: readonly number[],
  chosen: (cell: number) => boolean,
): readonly number[] => {
  const picked = cells.filter((_, cell) => chosen(cell))
  return replications.map((r) => meanOf(picked.map((cell) => cell[r] as number)))
}

/** What is left of numbers that cancel out is rounding, and a trillionth of them is no effect. */
const settle = (left: number, size: number): number => (Math.abs(left) <= 1e-12 * Math.abs(size) ? 0 : left)
const minus = (a: readonly number[], b: readonly number[]): readonly number[] =>
  a.map((value, i) => settle(value - b[i]!, value))
const leavesOutZero = ({ low, high }: Estimate): boolean => low > 0 || high < 0
const pairsOf = (count: number): number => (count * (count - 1)) / 2
/** Effects of two levels are the same but for their sign. */
const distinct = (size: number): number => (size === 2 ? 1 : size)
const indices = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i)

/**
 * The main effect of every axis: the mean response at each level, averaged over all levels of the other axes (Law 12.2;
 * Montgomery, *Design and Analysis of Experiments*, 5.3), each with its Student interval over replications.
 *
 * What a main effect says where axes interact is only an average: see `interactionsOf`.
 */
export const mainEffectsOf = (design: Design, confidence: Confidence): readonly MainEffect[] => {
  const replications = completeReplications(design)
  const all = averages(design, replications, () => true)
  return design.sizes.map((size, axis): MainEffect => {
    const byLevel = indices(size).map((level) =>
      averages(design, replications, (cell) => levelIn(design.sizes, cell, axis) === level),
    )
    const levels = byLevel.map((values) => ({
      mean: estimateMean(values, confidence),
      effect: estimateMean(minus(values, all), confidence),
    }))
    let from = 0
    let to = 0
    levels.forEach(({ mean }, level) => {
      if (mean.mean < levels[from]!.mean.mean) from = level
      if (mean.mean > levels[to]!.mean.mean) to = level
    })
    const differences = minus(byLevel[to]!, byLevel[from]!)
    // From and to were chosen by looking: the interval has to hold for every pair that might have been.
    const range = { ...estimateMean(differences, simultaneous(confidence, pairsOf(size))), from, to }
    return { axis, levels, range, matters: size > 1 && leavesOutZero(range) }
  })
}

/**
 * The two-way interactions, for axes a and b at levels i and j: ȳᵢⱼ − ȳᵢ − ȳⱼ + ȳ, over all levels of the other axes
 * (Montgomery 5.3; Law 12.2), in pairs of axes, the first axis slowest.
 */
export const interactionsOf = (design: Design, confidence: Confidence): readonly Interaction[] => {
  const replications = completeReplications(design)
  const { sizes } = design
  const all = averages(design, replications, () => true)
  const byLevel = sizes.map((size, axis) =>
    indices(size).map((level) => averages(design, replications, (cell) => levelIn(sizes, cell, axis) === level)),
  )
  const found: Interaction[] = []
  for (let a = 0; a < sizes.length; a++) {
    for (let b = a + 1; b < sizes.length; b++) {
      const cautious = simultaneous(confidence, distinct(sizes[a]!) * distinct(sizes[b]!))
      let matters = false
      const means: Estimate[][] = []
      const effects: Estimate[][] = []
      for (let i = 0; i < sizes[a]!; i++) {
        means.push([])
        effects.push([])
        for (let j = 0; j < sizes[b]!; j++) {
          const cell = averages(
            design,
            replications,
            (one) => levelIn(sizes, one, a) === i && levelIn(sizes, one, b) === j,
          )
          const left = cell.map((value, r) =>
            settle(value - byLevel[a]![i]![r]! - byLevel[b]![j]![r]! + all[r]!, value),
          )
          means[i]!.push(estimateMean(cell, confidence))
          effects[i]!.push(estimateMean(left, confidence))
          matters ||= sizes[a]! > 1 && sizes[b]! > 1 && leavesOutZero(estimateMean(left, cautious))
        }
      }
      found.push({ axes: [a, b], means, effects, matters })
    }
  }
  return found
}
