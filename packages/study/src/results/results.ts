import { createHash } from 'node:crypto'
import type { Level, Outcome } from '../design-point.ts'
import type { Study } from '../file/load-study.ts'
import type { Measure } from '../measures/measure.ts'
import { comparePaired, type Difference, type Response, simultaneous } from '../statistics/comparison.ts'
import { type Estimate, estimateProportion, estimateResponse } from '../statistics/estimate.ts'
import { estimateQuantile, type QuantileEstimate } from '../statistics/quantile.ts'

/** What is known of one measure at one point. */
export interface MeasureResult extends Estimate {
  /** Runs that have no answer: they are in no number here. */
  readonly missing: number
  readonly quantiles: readonly QuantileEstimate[]
  /** How it differs from the baseline, replication by replication. */
  readonly difference?: Difference
}

export interface PointResult {
  readonly index: number
  readonly levels: readonly Level[]
  readonly replications: number
  /** By name. */
  readonly measures: Readonly<Record<string, MeasureResult>>
  /** Share of the runs in which each was met, by name. */
  readonly expectations: Readonly<Record<string, Estimate>>
  /** The index of the point that it is compared with. */
  readonly baseline?: number
}

/** What a study came to: plain data. Infinite numbers, which JSON does not have, are `null` there. */
export interface StudyResults {
  readonly name: string
  /** Of the outcomes, in the order of points and replications: equal digests, equal outcomes. */
  readonly digest: string
  /** `Study.digest`. */
  readonly study: string
  readonly seed: number
  readonly confidence: number
  readonly runs: number
  readonly axes: Study['axes']
  readonly measures: readonly Measure[]
  readonly quantiles: readonly number[]
  readonly points: readonly PointResult[]
}

/** Of outcomes in their order; who made them and when is not in it. */
export const digestOf = (outcomes: readonly Outcome[]): string => {
  const hash = createHash('sha256')
  for (const { point, number, seed, responses, expectations, entries, end } of outcomes)
    hash.update(`${JSON.stringify([point, number, seed, sorted(responses), sorted(expectations), entries, end])}\n`)
  return hash.digest('hex')
}

const sorted = (record: Readonly<Record<string, unknown>>): readonly unknown[] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))

/** @param outcomes in the order of points and replications, none missing */
export const resultsOf = (study: Study, outcomes: readonly Outcome[]): StudyResults => {
  const { confidence } = study.replications
  const byPoint = study.points.map((): Outcome[] => [])
  for (const outcome of outcomes) byPoint[outcome.point]!.push(outcome)
  const responsesOf = (point: number, name: string): readonly Response[] =>
    byPoint[point]!.map(({ responses }) => responses[name] ?? null)
  const compared = (study.baselines ?? []).filter((baseline) => baseline !== undefined).length
  const points = study.points.map(({ index, levels }): PointResult => {
    const own = byPoint[index]!
    const baseline = study.baselines?.[index]
    const measures = study.measures.map(({ name, unit }): readonly [string, MeasureResult] => {
      const responses = responsesOf(index, name)
      const values = responses.filter((value) => value !== null)
      return [
        name,
        {
          ...estimateResponse(values, unit === 'truth' ? 'truth' : 'number', confidence),
          missing: responses.length - values.length,
          quantiles: study.quantiles.map((p) => estimateQuantile(values, p, confidence)),
          ...(baseline === undefined
            ? {}
            : {
                difference: comparePaired(responses, responsesOf(baseline, name), simultaneous(confidence, compared)),
              }),
        },
      ]
    })
    const names = new Set(own.flatMap(({ expectations }) => Object.keys(expectations)))
    const expectations = [...names].sort().map((name): readonly [string, Estimate] => {
      const verdicts = own.flatMap(({ expectations: all }) => all[name] ?? [])
      const met = verdicts.filter((verdict) => verdict === 'met').length
      return [name, estimateProportion(met, verdicts.length, confidence)]
    })
    return {
      index,
      levels,
      replications: own.length,
      measures: Object.fromEntries(measures),
      expectations: Object.fromEntries(expectations),
      ...(baseline === undefined ? {} : { baseline }),
    }
  })
  return {
    name: study.name,
    digest: digestOf(outcomes),
    study: study.digest,
    seed: study.seed,
    confidence,
    runs: outcomes.length,
    axes: study.axes,
    measures: study.measures,
    quantiles: study.quantiles,
    points,
  }
}
