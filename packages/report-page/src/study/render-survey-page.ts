import { formatMillis } from '@wavetank/kernel'
import { rankUnits, type SurveyPage, type ToldCutSet, type UnitRank } from '@wavetank/study'
import { fact, plural, region } from '../elements.ts'
import { type Html, html } from '../html.ts'
import { framePage } from './page-frame.ts'

/** Which failures break what, as one HTML file without a script. */

/** Beyond that a table is left to the JSON of the command. */
const SETS_MAX = 500
/** Units that a square of pairs can have, and still be seen. */
const SQUARE_MAX = 40

const SIZES = ['', 'alone', 'in pairs', 'in threes']
const inSets = (size: number): string => SIZES[size] ?? `in sets of ${size}`
const percent = (share: number): string => `${Math.floor(share * 10_000 + 0.5) / 100}%`

const summary = ({ survey, broken, options, over }: SurveyPage): Html => {
  const sets = survey.coverage.reduce((sum, { sets: all }) => sum + all, 0)
  const ran = survey.coverage.reduce((sum, { run }) => sum + run, 0)
  const lasts = options.lasts === undefined ? 'for ever' : `for ${formatMillis(options.lasts)}`
  return html`<dl class="facts">${[
    fact('Units that fail', String(survey.units.length), over.join(', ')),
    fact('What happens', options.fault, `at ${formatMillis(options.at)}, ${lasts}`),
    fact('Sets of failures', String(sets), `${ran} of them run, up to ${options.failures} at once`),
    fact('Runs', String(survey.runs), `${plural(options.replications, 'seed')} for each set, from ${options.seed}`),
    fact(
      'Expectations',
      broken.length === 0 ? '✓ nothing breaks' : `✗ ${broken.length} can be broken`,
      `${survey.held.length} not broken${survey.failAnyway.length > 0 ? `, ${survey.failAnyway.length} fail without any failure` : ''}`,
    ),
  ]}</dl>`
}

/** How far a count goes, of the greatest of its column. */
const bar = (count: number, most: number): Html =>
  html`<svg class="bar-of" viewBox="0 0 120 12" aria-hidden="true"><path class="axis" d="M0 6H120"/><rect class="spot-worst" x="0" y="2" width="${((count / Math.max(1, most)) * 120).toFixed(1)}" height="8"/></svg>`

const ranking = ({ options }: SurveyPage, ranks: readonly UnitRank[]): Html | undefined => {
  if (ranks.length === 0) return undefined
  const sizes = Array.from({ length: options.failures }, (_, i) => i + 1)
  const most = Math.max(...ranks.flatMap(({ sets }) => sets))
  const rows = ranks
    .slice(0, SETS_MAX)
    .map(
      ({ unit, sets, expectations }) =>
        html`<tr><th scope="row">${unit}</th>${sizes.map((size) => html`<td class="number">${sets[size - 1]!}${sets[size - 1]! > 0 ? bar(sets[size - 1]!, most) : undefined}</td>`)}<td>${expectations.join('; ')}</td></tr>`,
    )
  return html`<p>How many of the smallest sets that break something each unit is part of. What breaks something alone comes first.</p>${region('Units by what they break', html`<table><thead><tr><th scope="col">Unit</th>${sizes.map((size) => html`<th scope="col">${inSets(size)}</th>`)}<th scope="col">What breaks</th></tr></thead><tbody>${rows}</tbody></table>`)}`
}

/** Every two units: what breaks something by itself, and what only both of them do. */
const square = ({ survey: { units }, broken, options }: SurveyPage): Html | undefined => {
  const cuts = broken.flatMap(({ cutSets }) => cutSets.map((cut) => cut.units))
  const pairs = new Set(cuts.filter((cut) => cut.length === 2).map((cut) => [...cut].sort().join('\n')))
  const alone = new Set(cuts.filter((cut) => cut.length === 1).map(([unit]) => unit!))
  if (options.failures < 2 || pairs.size === 0 || units.length > SQUARE_MAX) return undefined
  const left = 8 + 6.4 * Math.max(...units.map((unit) => unit.length))
  const cell = 18
  const side = units.length * cell
  const cells = units.flatMap((a, i) =>
    units.slice(0, i + 1).map((b, j) => {
      const isPair = i !== j && pairs.has([a, b].sort().join('\n'))
      const isAlone = alone.has(a) || alone.has(b)
      const [x, y] = [left + j * cell + 1, 4 + i * cell + 1]
      const kind = isAlone ? 'alone' : isPair ? 'pair' : 'held'
      return html`<rect class="${kind}" x="${x}" y="${y}" width="${cell - 2}" height="${cell - 2}"><title>${i === j ? a : `${a} and ${b}`}</title></rect>`
    }),
  )
  const names = units.map(
    (unit, i) =>
      html`<text class="label" x="${left - 6}" y="${4 + (i + 0.5) * cell}" text-anchor="end" dominant-baseline="middle">${unit}</text>`,
  )
  const title = `${plural(pairs.size, 'pair')} of units break something that neither breaks alone; ${alone.size} break something alone`
  const width = Math.max(left + side + 8, 660)
  return html`<figure class="square"><svg class="chart" viewBox="0 0 ${width} ${side + 12}" role="img" aria-label="${title}">${cells}${names}</svg><ul class="legend"><li><svg width="14" height="14" aria-hidden="true"><rect class="alone" width="14" height="14"/></svg>one of the two breaks something alone</li><li><svg width="14" height="14" aria-hidden="true"><rect class="pair" width="14" height="14"/></svg>only both do</li><li><svg width="14" height="14" aria-hidden="true"><rect class="held" width="14" height="14"/></svg>neither</li></ul><figcaption>Each unit against each other, in their order; the last in a row is the unit itself.</figcaption></figure>`
}

const impact = ({ impacts }: ToldCutSet): Html => {
  const shown = (impacts ?? []).slice(0, 3)
  if (shown.length === 0) return html`<td></td>`
  const rest = (impacts ?? []).length - shown.length
  return html`<td>${shown.map((one) => html`<div>${one.workload}: ${percent(one.without)} to ${percent(one.with)}</div>`)}${rest > 0 ? html`<div class="faint">and ${rest} more</div>` : undefined}</td>`
}

const broken = ({ broken: all, options }: SurveyPage): Html | undefined => {
  if (all.length === 0) return undefined
  const parts = all.map(({ expectation, cutSets }) => {
    const hasCommands = cutSets.some(({ again }) => again !== undefined)
    const rows = cutSets
      .slice(0, SETS_MAX)
      .map(
        (cut) =>
          html`<tr><th scope="row">${cut.units.join(' and ')}</th><td class="number">${cut.failedRuns} of ${options.replications}</td><td class="number">${cut.pendingMax}</td>${impact(cut)}${hasCommands ? html`<td>${cut.again === undefined ? undefined : html`<code>${cut.again}</code>`}</td>` : undefined}</tr>`,
      )
    const caption =
      cutSets.length > SETS_MAX
        ? `The first ${SETS_MAX} of ${cutSets.length} sets`
        : plural(cutSets.length, 'smallest set')
    return html`<h3 class="bad">✗ ${expectation}</h3>${region(`Sets that break ${expectation}`, html`<table><caption>${caption}</caption><thead><tr><th scope="col">Fails</th><th scope="col">Runs broken</th><th scope="col">Pods without a node</th><th scope="col">Availability, without and with it</th>${hasCommands ? html`<th scope="col">See it</th>` : undefined}</tr></thead><tbody>${rows}</tbody></table>`)}`
  })
  return html`<p>For each expectation the sets from which nothing can be left out: any larger set with one of them in it is not listed.</p>${parts}`
}

const held = ({ survey }: SurveyPage): Html | undefined => {
  const { held: names, failAnyway, coverage } = survey
  if (names.length + failAnyway.length === 0) return undefined
  const isWhole = coverage.every(({ shareMax }) => shareMax === undefined)
  const says = isWhole ? '✓' : '– not broken by what was run:'
  return html`<ul>${names.map((name) => html`<li><span class="${isWhole ? 'good' : 'faint'}">${says}</span> ${name}</li>`)}${failAnyway.map((name) => html`<li><span class="bad">✗ without any failure:</span> ${name}</li>`)}</ul>`
}

const tried = ({ survey: { coverage }, options }: SurveyPage): Html => {
  const rows = coverage.map(({ size, sets, run, leftOut, broke, shareMax }) => {
    const known =
      shareMax === undefined
        ? 'all there is to know'
        : run === 0
          ? 'nothing'
          : `at most ${percent(shareMax)} of all break something, with ${percent(options.confidence)} confidence`
    return html`<tr><th scope="row">${size}</th><td class="number">${sets}</td><td class="number">${run}</td><td class="number">${leftOut}</td><td class="number">${broke}</td><td>${known}</td></tr>`
  })
  return region(
    'Sets by their size',
    html`<table><thead><tr><th scope="col">At once</th><th scope="col">Sets</th><th scope="col">Run</th><th scope="col">Left out</th><th scope="col">Break something</th><th scope="col">What is known</th></tr></thead><tbody>${rows}</tbody></table>`,
  )
}

/** The whole file. The same input gives the same bytes. */
export const renderSurveyPage = (page: SurveyPage): string => {
  const ranks = ranking(page, rankUnits(page))
  const drawn = square(page)
  const matters = ranks === undefined ? undefined : html`${ranks}${drawn}`
  const contents: readonly (readonly [id: string, title: string, content: Html | undefined])[] = [
    ['summary', 'Summary', summary(page)],
    ['matters', 'Which failures matter', matters],
    ['broken', 'What breaks', broken(page)],
    ['held', page.broken.length === 0 ? 'What holds' : 'What holds all the same', held(page)],
    ['tried', 'What was tried', tried(page)],
  ]
  return framePage({
    title: `${page.scenario}: which failures break what`,
    heading: `${page.scenario}: which failures break what`,
    lead: html`<p><code>${page.command}</code></p>`,
    sections: contents.flatMap(([id, title, content]) => (content === undefined ? [] : [{ id, title, content }])),
    foot: 'Written by wavetank.',
  })
}
