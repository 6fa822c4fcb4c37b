import type { Impact } from '../survive/impact.ts'
import type { CutSet, Survey, SurveyOptions } from '../survive/survey.ts'

/** A set that breaks something, with what it does to workloads and the command that shows it. */
export interface ToldCutSet extends CutSet {
  readonly impacts?: readonly Impact[]
  readonly again?: string
}

/** What the page of a survey of failures shows: plain data. */
export interface SurveyPage {
  readonly scenario: string
  /** The command line that made it. */
  readonly command: string
  readonly over: readonly string[]
  readonly options: Pick<SurveyOptions, 'seed' | 'replications' | 'at' | 'lasts' | 'fault' | 'failures' | 'confidence'>
  readonly survey: Survey
  readonly broken: readonly { readonly expectation: string; readonly cutSets: readonly ToldCutSet[] }[]
}

/** What the failure of one unit has to do with what breaks. */
export interface UnitRank {
  readonly unit: string
  /** Of the smallest set that it is part of: 1 breaks something alone. */
  readonly smallest: number
  /** Sets that break something and that it is part of, by their sizes from 1. */
  readonly sets: readonly number[]
  /** What they break. */
  readonly expectations: readonly string[]
}

/**
 * Units that are part of any set that breaks something: those first that need the fewest others, then those that are in the
 * most sets (the order of minimal cut sets in fault tree analysis: Vesely et al., *Fault Tree Handbook*, NUREG-0492, 1981).
 */
export const rankUnits = ({ survey, broken, options }: SurveyPage): readonly UnitRank[] => {
  const ranks = survey.units.flatMap((unit): readonly UnitRank[] => {
    const sets = new Array<number>(options.failures).fill(0)
    const seen = new Set<string>()
    const expectations: string[] = []
    for (const { expectation, cutSets } of broken) {
      const own = cutSets.filter(({ units }) => units.includes(unit))
      if (own.length > 0) expectations.push(expectation)
      for (const { units } of own) {
        const key = units.join('\n')
        if (seen.has(key)) continue
        seen.add(key)
        sets[units.length - 1]!++
      }
    }
    const smallest = sets.findIndex((count) => count > 0) + 1
    return smallest === 0 ? [] : [{ unit, smallest, sets, expectations }]
  })
  const compare = (a: UnitRank, b: UnitRank): number => {
    for (let i = 0; i < options.failures; i++) if (a.sets[i] !== b.sets[i]) return b.sets[i]! - a.sets[i]!
    return 0
  }
  return ranks.sort(compare)
}
