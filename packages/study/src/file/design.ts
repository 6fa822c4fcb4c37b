import type { PathStep } from '@wavetank/cluster'
import type { Level } from '../design-point.ts'
import type { AxisLevel, LevelValue } from './axis.ts'
import type { Change } from './change.ts'

/** An axis with all of its levels. */
export interface Axis {
  readonly name: string
  readonly levels: readonly AxisLevel[]
  readonly source: readonly PathStep[]
}

/** Levels of some axes: one, or any of several. */
export type Choice = Readonly<Record<string, LevelValue | readonly LevelValue[]>>

/** Whether a point has the levels of a choice. */
export const isOf = (choice: Choice, levels: readonly Level[]): boolean =>
  Object.entries(choice).every(([axis, wanted]) => {
    const own = levels.find((level) => level.axis === axis)?.value
    return Array.isArray(wanted) ? wanted.includes(own) : wanted === own
  })

/** A combination of levels, and everything that it changes. */
export interface Combination {
  readonly levels: readonly Level[]
  readonly changes: readonly Change[]
}

/** How many combinations the axes have. */
export const combinationCount = (axes: readonly { readonly levels: readonly unknown[] }[]): number =>
  axes.reduce((product, { levels }) => product * levels.length, 1)

/** The full factorial design, the last axis fastest, without what is left out. */
export const combinationsOf = (
  axes: readonly Axis[],
  only: readonly Choice[] | undefined,
  except: readonly Choice[],
): readonly Combination[] => {
  const combinations: Combination[] = []
  const digits = axes.map(() => 0)
  for (let left = combinationCount(axes); left > 0; left--) {
    const chosen = axes.map((axis, i) => axis.levels[digits[i]!]!)
    const levels = chosen.map(({ value }, i): Level => ({ axis: axes[i]!.name, value }))
    const isIn =
      (only === undefined || only.some((choice) => isOf(choice, levels))) &&
      !except.some((choice) => isOf(choice, levels))
    if (isIn) combinations.push({ levels, changes: chosen.flatMap(({ changes }) => changes) })
    for (let i = axes.length - 1; i >= 0; i--) {
      digits[i]!++
      if (digits[i]! < axes[i]!.levels.length) break
      digits[i] = 0
    }
  }
  return combinations
}

/** `workers=3, machine=small` */
export const formatLevels = (levels: readonly Level[]): string =>
  levels.map(({ axis, value }) => `${axis}=${value}`).join(', ')
