import { formatTable } from '@wavetank/report'
import type { Measure } from '../measures/measure.ts'
import type { Difference } from '../statistics/comparison.ts'
import type { Estimate } from '../statistics/estimate.ts'
import { formatValue } from './format-value.ts'
import type { MeasureResult, PointResult, StudyResults } from './results.ts'

/** `0.9993 ±0.0002`; the ends instead where the mean is not in the middle. */
const interval = ({ count, mean, low, high, halfWidth }: Estimate, unit: Measure['unit']): string => {
  if (count === 0) return '–'
  const value = formatValue(mean, unit)
  if (!Number.isFinite(halfWidth)) return value
  if (unit === 'truth') return `${value} [${formatValue(low, unit)}, ${formatValue(high, unit)}]`
  return `${value} ±${formatValue(halfWidth, unit)}`
}

const withMissing = (result: MeasureResult, unit: Measure['unit']): string =>
  `${interval(result, unit)}${result.missing > 0 ? ` (${result.count} of ${result.count + result.missing} runs)` : ''}`

const VERDICTS: Readonly<Record<Difference['verdict'], string>> = { greater: '▲', less: '▼', open: '' }

const change = (difference: Difference | undefined, unit: Measure['unit']): string => {
  if (difference === undefined) return ''
  if (difference.count === 0) return '–'
  const { mean, halfWidth, verdict } = difference
  const own = unit === 'truth' ? 'ratio' : unit
  const sign = mean > 0 ? '+' : ''
  return `${sign}${formatValue(mean, own)} ±${formatValue(halfWidth, own)} ${VERDICTS[verdict]}`.trimEnd()
}

const labelled = (
  points: readonly PointResult[],
  axes: StudyResults['axes'],
  cells: (point: PointResult) => readonly string[],
) =>
  points.map((point) => [
    String(point.index),
    ...axes.map(({ name }) => String(point.levels.find(({ axis }) => axis === name)?.value ?? '')),
    ...cells(point),
  ])

/** The tables of a study: a row for every point, a column for every measure. */
export const formatResults = (results: StudyResults): string => {
  const { name, points, axes, measures, quantiles, confidence, runs } = results
  const axisNames = axes.map((axis) => axis.name)
  const percent = formatValue(confidence * 100, 'number')
  const parts: string[] = [
    `${name}: ${points.length} ${points.length === 1 ? 'point' : 'points'}, ${runs} runs, seed ${results.seed}; means with ${percent}% intervals\n`,
    formatTable({
      headersAsGiven: true,
      headers: ['POINT', ...axisNames, ...measures.map((measure) => measure.name), 'RUNS'],
      rows: labelled(points, axes, (point) => [
        ...measures.map((measure) => withMissing(point.measures[measure.name]!, measure.unit)),
        String(point.replications),
      ]),
    }),
  ]
  if (quantiles.length > 0)
    parts.push(
      '\nQuantiles over the replications, with their intervals\n',
      formatTable({
        headersAsGiven: true,
        headers: ['POINT', ...axisNames, 'MEASURE', ...quantiles.map((p) => `p${formatValue(p * 100, 'number')}`)],
        rows: measures.flatMap(({ name: measure, unit }) =>
          labelled(points, axes, (point) => [
            measure,
            ...point.measures[measure]!.quantiles.map(({ count, value, low, high }) =>
              count === 0 ? '–' : `${formatValue(value, unit)} [${formatValue(low, unit)}, ${formatValue(high, unit)}]`,
            ),
          ]),
        ),
      }),
    )
  const compared = points.filter(({ baseline }) => baseline !== undefined)
  if (compared.length > 0)
    parts.push(
      `\nDifferences from the baseline, in pairs of equal seeds; ▲ greater, ▼ less, all ${percent}% sure together\n`,
      formatTable({
        headersAsGiven: true,
        headers: ['POINT', ...axisNames, 'BASELINE', ...measures.map((measure) => measure.name)],
        rows: labelled(compared, axes, (point) => [
          String(point.baseline),
          ...measures.map((measure) => change(point.measures[measure.name]!.difference, measure.unit)),
        ]),
      }),
    )
  const expected = [...new Set(points.flatMap(({ expectations }) => Object.keys(expectations)))].sort()
  if (expected.length > 0)
    parts.push(
      '\nShare of the runs in which expectations were met\n',
      formatTable({
        headersAsGiven: true,
        headers: ['POINT', ...axisNames, ...expected],
        rows: labelled(points, axes, (point) =>
          expected.map((one) => {
            const share = point.expectations[one]
            return share === undefined ? '' : interval(share, 'truth')
          }),
        ),
      }),
    )
  return parts.join('')
}
