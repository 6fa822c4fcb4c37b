import type { Outcome } from '../design-point.ts'
import type { Measure } from '../measures/measure.ts'
import type { Response } from '../statistics/comparison.ts'
import { type Interaction, interactionsOf, type MainEffect, mainEffectsOf } from '../statistics/effects.ts'
import { frontierOf } from '../statistics/frontier.ts'
import type { StudyResults } from './results.ts'

/** Which way a response is better; nothing for what is neither. */
export type Better = 'more' | 'less'

/** By the name of the metric. What an expression or a count of events says is not known to be good or bad. */
export const BETTER: Readonly<Record<string, Better>> = {
  availability: 'more',
  timeToRecover: 'less',
  unschedulablePods: 'less',
  pendingPods: 'less',
  timePending: 'less',
  utilisation: 'more',
  fragmentation: 'less',
  jobMakespan: 'less',
  jobTime: 'less',
  jobWait: 'less',
  jobsWaiting: 'less',
  jobsFinished: 'more',
  jobLateness: 'less',
  jobTardiness: 'less',
  jobsLate: 'less',
  restarts: 'less',
  evictions: 'less',
  commandTime: 'less',
  cost: 'less',
  nodeHours: 'less',
  expectationsMet: 'more',
}

export interface MeasureEffects {
  readonly measure: string
  /** Those that range furthest first. */
  readonly main: readonly MainEffect[]
  /** Only those that matter. */
  readonly interactions: readonly Interaction[]
}

export interface Frontier {
  readonly cost: string
  readonly worth: string
  readonly better: Better
  /** Indices of points, from the cheapest to the dearest. */
  readonly points: readonly number[]
}

/** What the page of a study shows: plain data. */
export interface StudyPage {
  readonly results: StudyResults
  readonly better: Readonly<Record<string, Better>>
  /** Empty where combinations of levels are missing, or there is one point. */
  readonly effects: readonly MeasureEffects[]
  readonly frontiers: readonly Frontier[]
  /** The command that makes a run of the study again, with its log. */
  readonly again: (point: number, replication: number) => string
}

const isCost = ({ metric, unit }: Measure): boolean => unit === 'cost' || metric === 'nodeHours'

const varies = (results: StudyResults, name: string): boolean => {
  const means = results.points.map(({ measures }) => measures[name]!.mean).filter((mean) => !Number.isNaN(mean))
  return means.some((mean) => mean !== means[0])
}

/** Combinations of two measures that a choice is made by: what it costs, and what one gets for it. */
const frontiersOf = (results: StudyResults, better: StudyPage['better']): readonly Frontier[] => {
  const costs = results.measures.filter(isCost)
  const worths = results.measures.filter((measure) => !isCost(measure) && better[measure.name] !== undefined)
  return costs.flatMap(({ name: cost }) =>
    worths.flatMap(({ name: worth }): readonly Frontier[] => {
      if (!varies(results, cost) || !varies(results, worth)) return []
      const way = better[worth]!
      const choices = results.points.map(({ measures }) => ({
        cost: measures[cost]!.mean,
        worth: way === 'more' ? measures[worth]!.mean : -measures[worth]!.mean,
      }))
      const points = frontierOf(choices).map((i) => results.points[i]!.index)
      return [{ cost, worth, better: way, points }]
    }),
  )
}

/** @param outcomes all of them, in the order of points and replications */
export const studyPageOf = (
  results: StudyResults,
  outcomes: readonly Outcome[],
  again: StudyPage['again'],
): StudyPage => {
  const { axes, measures, points, confidence } = results
  const sizes = axes.map(({ values }) => values.length)
  const isWhole = points.length > 1 && points.length === sizes.reduce((product, size) => product * size, 1)
  const byPoint = points.map((): Outcome[] => [])
  for (const outcome of outcomes) byPoint[outcome.point]!.push(outcome)
  const effects = !isWhole
    ? []
    : measures.map(({ name }): MeasureEffects => {
        const cells = byPoint.map((own) => own.map(({ responses }): Response => responses[name] ?? null))
        const main = mainEffectsOf({ sizes, cells }, confidence).filter(({ levels }) => levels.length > 1)
        const interactions = interactionsOf({ sizes, cells }, confidence).filter(({ matters }) => matters)
        return {
          measure: name,
          main: [...main].sort((a, b) => b.range.mean - a.range.mean || a.axis - b.axis),
          interactions,
        }
      })
  const better = Object.fromEntries(
    measures.flatMap(({ name, metric }): readonly (readonly [string, Better])[] => {
      const way = BETTER[metric]
      return way === undefined ? [] : [[name, way]]
    }),
  )
  return { results, better, effects, frontiers: frontiersOf(results, better), again }
}
