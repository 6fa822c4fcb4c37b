import {
  type Estimate,
  type Frontier,
  formatValue,
  type Measure,
  type MeasureEffects,
  type MeasureResult,
  type PointResult,
  type StudyPage,
  type StudyResults,
} from '@wavetank/study'
import { fact, plural, region } from '../elements.ts'
import { type Html, html, raw } from '../html.ts'
import { barScale, effectChart, frontierChart, interactionChart, intervalBar, rangeOf, SERIES_MAX } from './charts.ts'
import { differenceUnit, formatDifference, formatMean, formatSpread, withinBounds } from './format-estimate.ts'
import { framePage } from './page-frame.ts'

/** A study as one HTML file without a script: tables of numbers with their intervals, and pictures of the same numbers. */

type Unit = Measure['unit']

/** Beyond that a table or a picture is left to the files of the study. */
const POINTS_MAX = 2_000
const CHART_LEVELS_MAX = 24
const SPOTS_MAX = 200

const levelsOf = ({ levels }: PointResult): string => levels.map(({ value }) => String(value)).join(', ')
const namedLevels = ({ levels }: PointResult): string =>
  levels.length === 0 ? 'as it is' : levels.map(({ axis, value }) => `${axis} = ${value}`).join(', ')

const percentOf = (confidence: number): string => `${formatValue(confidence * 100, 'number')}%`

const summary = ({ results, effects, frontiers }: StudyPage): Html => {
  const { points, axes, runs, measures, confidence } = results
  const counts = points.map(({ replications }) => replications)
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)]
  const expected = points.flatMap(({ expectations }) => Object.values(expectations))
  const short = expected.filter(({ mean }) => mean < 1).length
  return html`<dl class="facts">${[
    fact(
      'Design points',
      String(points.length),
      axes.map(({ name, values }) => `${name}: ${values.length}`).join(', ') || 'nothing is varied',
    ),
    fact('Runs', String(runs), fewest === most ? `${fewest} for each point` : `${fewest} to ${most} for each point`),
    fact('Measures', String(measures.length)),
    fact('Intervals', percentOf(confidence), 'of such intervals hold the true mean'),
    ...(expected.length === 0
      ? []
      : [
          fact(
            'Expectations',
            short === 0 ? '✓ met in every run' : `✗ not always met`,
            short === 0 ? '' : `${short} of ${expected.length} pairs of point and expectation fail in some run`,
          ),
        ]),
  ]}</dl>${effects.length === 0 && points.length > 1 ? html`<p>Effects of single axes are not given: the study does not have every combination of levels.</p>` : undefined}${frontiers.length === 0 ? html`<p class="faint">To see what availability costs, measure <code>cost</code> and say what nodes cost under <code>prices</code>.</p>` : undefined}`
}

const measureNamed = ({ measures }: StudyResults, name: string): Measure =>
  measures.find((measure) => measure.name === name)!

/** For each measure, the axes by how far they move it, in words and as pictures of one scale. */
const mattersOf = ({ results, effects }: StudyPage): Html | undefined => {
  if (effects.every(({ main }) => main.length === 0)) return undefined
  const { axes } = results
  const parts = effects.map(({ measure, main }: MeasureEffects) => {
    const { unit } = measureNamed(results, measure)
    const known = main.filter(({ levels }) => levels[0]!.mean.count > 0)
    if (known.length === 0)
      return html`<h3>${measure}</h3><p>No replication has an answer at every point, so that points cannot be averaged.</p>`
    if (known.every(({ range }) => range.mean === 0)) {
      const value = formatValue(known[0]!.levels[0]!.mean.mean, unit)
      return html`<h3>${measure}</h3><p>It is the same, ${value}, whatever is varied.</p>`
    }
    const values = rangeOf(known.flatMap(({ levels }) => levels.map(({ mean }) => withinBounds(mean, unit))))
    const figures = known
      .filter(({ range }) => range.mean !== 0)
      .map(({ axis, levels, range, matters }) => {
        const { name, values: all } = axes[axis]!
        const texts = all.map(String)
        const own = differenceUnit(unit)
        const words = matters
          ? html`<b>${name}</b> matters: ${formatMean(levels[range.from]!.mean, unit)} at ${texts[range.from]}, ${formatMean(levels[range.to]!.mean, unit)} at ${texts[range.to]}, a difference of ${formatMean(range, own)} ${formatSpread(range, own)}.`
          : html`<b>${name}</b>: a difference of ${formatMean(range, own)} ${formatSpread(range, own)}, which may be luck.`
        const chart =
          all.length > CHART_LEVELS_MAX
            ? undefined
            : effectChart(
                `${measure} by ${name}: ${levels.map(({ mean }, i) => `${texts[i]} ${formatMean(mean, unit)}`).join(', ')}`,
                name,
                texts,
                levels.map(({ mean }) => withinBounds(mean, unit)),
                values,
                unit,
              )
        return html`<figure>${chart}<figcaption>${words}</figcaption></figure>`
      })
    const idle = known.filter(({ range }) => range.mean === 0).map(({ axis }) => axes[axis]!.name)
    const rest = idle.length === 0 ? undefined : html`<p>It is the same whatever ${idle.join(' or ')} is.</p>`
    return html`<h3>${measure}</h3><div class="charts">${figures}</div>${rest}`
  })
  return html`<p>Means at each level, over all levels of the other axes; the axis that moves a measure furthest comes first.</p>${parts}`
}

const frontierSection = ({ results, frontiers, again }: StudyPage): Html | undefined => {
  if (frontiers.length === 0) return undefined
  const parts = frontiers.map(({ cost, worth, better, points }: Frontier) => {
    const costUnit = measureNamed(results, cost).unit
    const worthUnit = measureNamed(results, worth).unit
    const onIt = new Set(points)
    const shown =
      results.points.length > SPOTS_MAX ? results.points.filter(({ index }) => onIt.has(index)) : results.points
    const spots = shown.map((point) => ({
      label: levelsOf(point),
      cost: withinBounds(point.measures[cost]!, costUnit),
      worth: withinBounds(point.measures[worth]!, worthUnit),
      isBest: onIt.has(point.index),
    }))
    const rows = points.map((index) => {
      const point = results.points.find((one) => one.index === index)!
      const [own, value] = [point.measures[cost]!, point.measures[worth]!]
      return html`<tr><th scope="row"><a href="#point-${index}">${namedLevels(point)}</a></th><td class="number">${formatMean(own, costUnit)} ${formatSpread(own, costUnit)}</td><td class="number">${formatMean(value, worthUnit)} ${formatSpread(value, worthUnit)}</td><td><code>${again(index, 0)}</code></td></tr>`
    })
    const title = `${worth} against ${cost}: ${plural(points.length, 'point')} of ${results.points.length} on the frontier`
    return html`<h3>${worth} (${better} is better) against ${cost}</h3><div class="charts"><figure class="wide">${frontierChart(title, spots, { name: cost, unit: costUnit }, { name: worth, unit: worthUnit })}<figcaption>The line joins the points that nothing beats: whatever costs as little is worth less. Whiskers are intervals${results.points.length > SPOTS_MAX ? '; other points are too many to be drawn' : ''}.</figcaption></figure></div>${region(title, html`<table><caption>The frontier, from the cheapest on</caption><thead><tr><th scope="col">Point</th><th scope="col">${cost}</th><th scope="col">${worth}</th><th scope="col">The first of its runs again, with its log</th></tr></thead><tbody>${rows}</tbody></table>`)}`
  })
  return html`${parts}`
}

const interactionSection = ({ results, effects }: StudyPage): Html | undefined => {
  const { axes } = results
  const parts = effects.flatMap(({ measure, interactions }) => {
    const { unit } = measureNamed(results, measure)
    return interactions.map(({ axes: [a, b], means }) => {
      const [first, second] = [axes[a]!, axes[b]!]
      // Lines are for the axis with fewer levels.
      const isTurned = second.values.length > first.values.length
      const [along, by] = isTurned ? [second, first] : [first, second]
      const cell = (i: number, j: number): Estimate => withinBounds(isTurned ? means[j]![i]! : means[i]![j]!, unit)
      const lines = by.values.map((_, j) => along.values.map((__, i) => cell(i, j)))
      const title = `${measure} by ${along.name} and ${by.name}`
      const rows = along.values.map(
        (value, i) =>
          html`<tr><th scope="row">${String(value)}</th>${by.values.map((_, j) => {
            const own = cell(i, j)
            return html`<td class="number">${formatMean(own, unit)} <small>${formatSpread(own, differenceUnit(unit))}</small></td>`
          })}</tr>`,
      )
      const chart =
        by.values.length > SERIES_MAX || along.values.length > CHART_LEVELS_MAX
          ? undefined
          : interactionChart(
              title,
              along.name,
              along.values.map(String),
              lines,
              by.values.map((value) => `${by.name} = ${value}`),
              unit,
            )
      return html`<h3>${title}</h3><div class="charts"><figure>${chart}<figcaption>What ${along.name} does depends on ${by.name}: the lines are not parallel.</figcaption></figure>${region(title, html`<table><thead><tr><th scope="col">${along.name}</th>${by.values.map((value) => html`<th scope="col">${by.name} = ${String(value)}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`)}</div>`
    })
  })
  return parts.length === 0 ? undefined : html`${parts}`
}

const VERDICTS = { greater: '▲ greater', less: '▼ less', open: 'may be luck' } as const

/** Whether what has changed is for the better. */
const styleOf = (verdict: keyof typeof VERDICTS, better: 'more' | 'less' | undefined): 'plain' | 'best' | 'worst' =>
  verdict === 'open' || better === undefined
    ? 'plain'
    : (verdict === 'greater') === (better === 'more')
      ? 'best'
      : 'worst'
const CLASSES = { plain: '', best: ' class="good"', worst: ' class="bad"' } as const

const differenceSection = ({ results, better }: StudyPage): Html | undefined => {
  const compared = results.points.filter(({ baseline }) => baseline !== undefined)
  if (compared.length === 0) return undefined
  const parts = results.measures.map(({ name, unit }) => {
    const all = compared.flatMap(({ measures }) => measures[name]!.difference ?? [])
    const scale = barScale(all, [0])
    const rows = compared.slice(0, POINTS_MAX).map((point) => {
      const { difference } = point.measures[name]!
      const other = results.points.find(({ index }) => index === point.baseline)!
      if (difference === undefined || difference.count === 0)
        return html`<tr><th scope="row">${namedLevels(point)}</th><td>${namedLevels(other)}</td><td colspan="3">no pair of runs has an answer</td></tr>`
      const style = styleOf(difference.verdict, better[name])
      return html`<tr><th scope="row"><a href="#point-${point.index}">${namedLevels(point)}</a></th><td>${namedLevels(other)}</td><td class="number">${formatDifference(difference, unit)}</td><td>${intervalBar(difference, scale, style, true)}</td><td${raw(CLASSES[style])}>${VERDICTS[difference.verdict]}${difference.unpaired > 0 ? ` (${plural(difference.count, 'pair')})` : ''}</td></tr>`
    })
    return html`<h3>${name}</h3>${region(`Differences of ${name}`, html`<table><thead><tr><th scope="col">Point</th><th scope="col">Against</th><th scope="col">Difference</th><th scope="col">On one scale</th><th scope="col">Verdict</th></tr></thead><tbody>${rows}</tbody></table>`)}`
  })
  return html`<p>Runs are compared in pairs of equal seeds, which share their luck. All intervals of a measure hold together with ${percentOf(results.confidence)}.</p>${parts}`
}

const expectationSection = ({ results }: StudyPage): Html | undefined => {
  const names = [...new Set(results.points.flatMap(({ expectations }) => Object.keys(expectations)))].sort()
  if (names.length === 0) return undefined
  const all = results.points.flatMap(({ expectations }) => Object.values(expectations))
  const scale = barScale(all, [0, 1])
  const rows = results.points.slice(0, POINTS_MAX).map((point) => {
    const cells = names.map((name) => {
      const share = point.expectations[name]
      if (share === undefined || share.count === 0) return html`<td>–</td>`
      const met = Math.floor(share.mean * share.count + 0.5)
      const isMet = met === share.count
      return html`<td class="number"><span class="${isMet ? 'good' : 'bad'}">${isMet ? '✓' : '✗'} ${met} of ${share.count}</span><small>${formatSpread(share, 'truth')}</small>${intervalBar(share, scale, isMet ? 'best' : 'worst')}</td>`
    })
    return html`<tr><th scope="row"><a href="#point-${point.index}">${namedLevels(point)}</a></th>${cells}</tr>`
  })
  return html`<p>In how many of the runs each was met, and the interval of that share.</p>${region('Expectations by point', html`<table><thead><tr><th scope="col">Point</th>${names.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`)}`
}

const resultCell = (result: MeasureResult, unit: Unit, bar: Html | undefined): Html => {
  if (result.count === 0) return html`<td class="faint">no answer</td>`
  const missing = result.missing > 0 ? ` ${result.count} of ${result.count + result.missing} runs` : ''
  const quantiles = result.quantiles.map(
    ({ p, value, low, high }) =>
      html`<small>p${formatValue(p * 100, 'number')} ${formatValue(value, unit)} [${formatValue(low, unit)}, ${formatValue(high, unit)}]</small>`,
  )
  return html`<td class="number">${formatMean(result, unit)} <small>${formatSpread(result, unit)}${missing}</small>${quantiles}${bar}</td>`
}

const pointSection = ({ results, again }: StudyPage): Html => {
  const { points, measures, axes } = results
  const scales = measures.map(({ name, unit }) =>
    barScale(points.map((point) => withinBounds(point.measures[name]!, unit))),
  )
  const rows = points.slice(0, POINTS_MAX).map((point) => {
    const cells = measures.map(({ name, unit }, i) => {
      const result = point.measures[name]!
      return resultCell(result, unit, intervalBar(withinBounds(result, unit), scales[i]!))
    })
    return html`<tr id="point-${point.index}"><th scope="row">${point.index}</th>${axes.map(({ name }) => html`<td class="level">${String(point.levels.find(({ axis }) => axis === name)?.value ?? '')}</td>`)}${cells}<td class="number">${point.replications}</td><td><code>${again(point.index, 0)}</code></td></tr>`
  })
  const caption =
    points.length > POINTS_MAX
      ? `The first ${POINTS_MAX} of ${points.length} points; the files of the study have all`
      : 'Means with their intervals, each column on a scale of its own'
  return region(
    'Points in numbers',
    html`<table><caption>${caption}</caption><thead><tr><th scope="col">Point</th>${axes.map(({ name }) => html`<th scope="col">${name}</th>`)}${measures.map(({ name }) => html`<th scope="col">${name}</th>`)}<th scope="col">Runs</th><th scope="col">The first of its runs again, with its log</th></tr></thead><tbody>${rows}</tbody></table>`,
  )
}

const reading = ({ results, again }: StudyPage): Html => html`<ul>
<li>A <b>point</b> is one combination of levels. Each of its runs has a seed of its own; run 3 of one point and run 3 of another have the same one, and so the same luck wherever both need it.</li>
<li><b>±</b> is half of an interval that holds the true mean in ${percentOf(results.confidence)} of such studies (Student’s t over runs; Wilson’s for what is true or false, which is not even on both sides).</li>
<li>That something <b>matters</b> is said if an interval wide enough for all that was looked at leaves out that there is no difference. What may be luck needs more runs, or is not there.</li>
<li>Any run can be looked at: <code>${again(0, 2)}</code> makes the third run of point 0 again and leaves its log, for <code>wavetank report</code>, <code>why</code> and <code>events</code>.</li>
</ul>`

/** The whole file. The same input gives the same bytes. */
export const renderStudyPage = (page: StudyPage): string => {
  const { results } = page
  const contents: readonly (readonly [id: string, title: string, content: Html | undefined])[] = [
    ['summary', 'Summary', summary(page)],
    ['matters', 'What matters', mattersOf(page)],
    ['frontier', 'What it costs', frontierSection(page)],
    ['interactions', 'What depends on what', interactionSection(page)],
    ['differences', 'Differences from the baseline', differenceSection(page)],
    ['expectations', 'Expectations', expectationSection(page)],
    ['points', 'All points', pointSection(page)],
    ['reading', 'How to read this', reading(page)],
  ]
  return framePage({
    title: `${results.name}: a study`,
    heading: results.name,
    lead: html`<p>${plural(results.points.length, 'point')}, ${plural(results.runs, 'run')}, seed ${results.seed}.</p>
<p class="digest">${results.digest}</p>`,
    sections: contents.flatMap(([id, title, content]) => (content === undefined ? [] : [{ id, title, content }])),
    foot: 'Written by wavetank from the outcomes alone; the digest says which.',
  })
}
