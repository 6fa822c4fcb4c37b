import { createHash } from 'node:crypto'
import { formatMillis } from '@wavetank/kernel'
import { formatSummary, type Summary } from '@wavetank/report'
import { type Moment, type PageData, type PageExpectation, packPage } from '@wavetank/report/page'
import { deflateSync } from 'fflate'
import { script, style } from './assets.ts'
import { fact, plural, region } from './elements.ts'
import { type Html, html, raw } from './html.ts'

/**
 * A report as one HTML file: what can be said in words and tables is in the text, so that it is there for everyone, on
 * paper and without a script; what is to be zoomed is drawn by the script from the data block.
 *
 * The file asks for nothing: its Content-Security-Policy allows the one script and the one style that are in it, by their
 * hashes, and no connection at all.
 */

export interface PageInput {
  readonly summary: Summary
  readonly data: PageData
}

const WORKLOADS_MAX = 200
const RESTARTS_MAX = 50
const UNSCHEDULABLE_MAX = 50

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
/** Nothing that fell short is called all. */
const percent = (share: number): string => {
  const text = (share * 100).toFixed(1)
  return share < 1 && text === '100.0' ? 'more than 99.9%' : `${text}%`
}

const ENDS: Readonly<Record<Summary['end']['reason'], string>> = {
  horizon: 'to the end of the scenario',
  quiet: 'until nothing was left to happen',
  stopped: 'stopped early',
  budget: 'stopped: more entries than a run may have',
  loop: 'stopped: it went round without time passing',
}

/** A script must not end before its end; nothing else in it needs care. */
const inScript = (text: string): Html => raw(text.replaceAll('</script', '<\\/script'))

const facts = ({ pods, nodes, restarts, expectations, simulatedMillis, podStartup, scheduling }: Summary): Html => {
  const { total, met, failed } = expectations
  const phases = Object.entries(pods.byPhase).map(([phase, count]) => `${count} ${phase}`)
  return html`<dl class="facts">
${[
  fact(
    'Expectations',
    total === 0 ? 'none' : `${failed > 0 ? '✗' : '✓'} ${met} of ${total} met`,
    total - met - failed > 0 ? `${total - met - failed} not decided` : '',
  ),
  fact('Simulated', formatMillis(simulatedMillis)),
  fact(
    'Nodes',
    `${nodes.ready} of ${nodes.total} Ready`,
    `${plural(nodes.failures, 'failure')}, Ready ${percent(nodes.readyShare)} of the time`,
  ),
  fact(
    'Pods at the end',
    phases.length === 0 ? 'none' : phases.join(', '),
    `${pods.created} created, ${pods.deleted} deleted, ${pods.failed} failed`,
  ),
  ...(podStartup === undefined
    ? []
    : [
        fact(
          'Until running',
          `p50 ${formatMillis(podStartup.p50)}`,
          `p99 ${formatMillis(podStartup.p99)}, longest ${formatMillis(podStartup.max)}`,
        ),
      ]),
  fact('Restarts', String(restarts.total), restarts.oomKilled > 0 ? `${restarts.oomKilled} out of memory` : ''),
  fact('Without a node', plural(scheduling.unschedulable.length, 'pod')),
]}
</dl>`
}

const VERDICTS = { met: '✓ met', failed: '✗ failed', undecided: '– not decided' } as const
const CLASSES = { met: 'good', failed: 'bad', undecided: 'faint' } as const

/** Where its window lies in the run, and where it was decided. */
const windowOf = ({ from, to, at, verdict }: PageExpectation, end: number): Html => {
  const x = (time: number): string => ((Math.min(time, end) / Math.max(1, end)) * 200).toFixed(1)
  const width = Math.max(2, Number(x(to)) - Number(x(from))).toFixed(1)
  const decided =
    at === undefined
      ? undefined
      : verdict === 'met'
        ? html`<circle class="met" cx="${x(at)}" cy="8" r="5"/>`
        : html`<path class="failed" d="M${x(at)} 8m-5 6h10l-5 -12z"/>`
  const label = `from ${formatMillis(from)} to ${formatMillis(to)}${at === undefined ? '' : `, decided at ${formatMillis(at)}`}`
  return html`<svg class="windows" viewBox="-6 0 212 16" role="img" aria-label="${label}"><rect class="whole" x="0" y="7" width="200" height="2"/><rect class="part" x="${x(from)}" y="5" width="${width}" height="6"/>${decided}</svg>`
}

const showButton = (at: number | undefined, about: string, name: string): Html | undefined =>
  at === undefined
    ? undefined
    : html` <button type="button" hidden data-at="${at}" data-about="${about}" aria-label="Show ${name} in the time lines">Show</button>`

const expectationRows = (expectations: readonly PageExpectation[], end: number): Html => {
  if (expectations.length === 0) return html`<p>The scenario expects nothing.</p>`
  const rank = { failed: 0, undecided: 1, met: 2 } as const
  const rows = [...expectations]
    .sort((a, b) => rank[a.verdict] - rank[b.verdict])
    .map((one) => {
      const { name, kind, expression, verdict, from, to, at, evidence = '' } = one
      const span = from === to ? `at ${formatMillis(from)}` : `${formatMillis(from)} to ${formatMillis(to)}`
      return html`<tr><th scope="row">${name}</th><td class="${CLASSES[verdict]}">${VERDICTS[verdict]}${at === undefined ? '' : ` at ${formatMillis(at)}`}${showButton(at, evidence, name)}</td><td>${kind} <code>${expression}</code></td><td>${span}${windowOf(one, end)}</td><td>${evidence}</td></tr>`
    })
  return region(
    'Verdicts of the expectations',
    html`<table><caption>What failed first, then in the order of the scenario</caption><thead><tr><th scope="col">Expectation</th><th scope="col">Verdict</th><th scope="col">Claim</th><th scope="col">Window</th><th scope="col">Evidence</th></tr></thead><tbody>${rows}</tbody></table>`,
  )
}

const MOMENTS: Readonly<Record<Moment['kind'], string>> = {
  fault: '▼ fault',
  mended: '▲ mended',
  command: '◆ command',
  failedCommand: '◇ command failed',
  other: '• other',
}

const momentRows = (moments: readonly Moment[]): Html => {
  if (moments.length === 0) return html`<p>Nobody intervened: no faults, no commands.</p>`
  const rows = moments.map(
    ({ at, kind, text }) =>
      html`<tr><th scope="row">${formatMillis(at)}</th><td${raw(kind === 'failedCommand' ? ' class="bad"' : '')}>${MOMENTS[kind]}</td><td>${text}${showButton(at, text, text)}</td></tr>`,
  )
  return region(
    'What the timeline did',
    html`<table><caption>${plural(moments.length, 'deed')} of the timeline; the same signs mark them above the time lines</caption><thead><tr><th scope="col">Time</th><th scope="col">Kind</th><th scope="col">What</th></tr></thead><tbody>${rows}</tbody></table>`,
  )
}

const workloadTable = ({ availability }: Summary): Html => {
  const there = [...availability].sort((a, b) => a.availability - b.availability)
  const rows = there
    .slice(0, WORKLOADS_MAX)
    .map(({ kind, namespace, name, ready, desired, availability: share, deletedAt }) => {
      const gone = deletedAt === undefined ? '' : `, deleted at ${formatMillis(deletedAt)}`
      return html`<tr><th scope="row">${kind} ${namespace}/${name}</th><td class="number">${percent(share)}</td><td>${ready} of ${desired} at the end${gone}</td></tr>`
    })
  const caption =
    there.length > WORKLOADS_MAX
      ? `The ${WORKLOADS_MAX} least available of ${there.length} workloads`
      : `${plural(there.length, 'workload')}, the least available first`
  return html`<details><summary>${caption}: share of the time with as many ready pods as wanted</summary>${region('Availability of workloads', html`<table><thead><tr><th scope="col">Workload</th><th scope="col">Available</th><th scope="col">Ready</th></tr></thead><tbody>${rows}</tbody></table>`)}</details>`
}

const restartTable = ({ restarts: { byOwner } }: Summary): Html => {
  if (byOwner.length === 0) return html`<p>No container was started again.</p>`
  const rows = byOwner
    .slice(0, RESTARTS_MAX)
    .map(({ owner, restarts }) => html`<tr><th scope="row">${owner}</th><td class="number">${restarts}</td></tr>`)
  const caption =
    byOwner.length > RESTARTS_MAX ? `The ${RESTARTS_MAX} of ${byOwner.length} with the most` : 'All, the most first'
  return region(
    'Restarts by owner',
    html`<table><caption>${caption}</caption><thead><tr><th scope="col">Owner</th><th scope="col">Restarts</th></tr></thead><tbody>${rows}</tbody></table>`,
  )
}

const unschedulableTable = ({ scheduling: { unschedulable } }: Summary): Html => {
  if (unschedulable.length === 0) return html`<p>At the end of the run no pod waits for a node.</p>`
  const rows = unschedulable
    .slice(0, UNSCHEDULABLE_MAX)
    .map(
      ({ pod, since, message }) =>
        html`<tr><th scope="row">${pod}</th><td class="time">${formatMillis(since)}</td><td>${message}</td></tr>`,
    )
  const caption = `${Math.min(UNSCHEDULABLE_MAX, unschedulable.length)} of ${plural(unschedulable.length, 'pod')} without a node at the end of the run`
  return html`<details><summary>${caption}</summary>${region('Pods without a node', html`<table><thead><tr><th scope="col">Pod</th><th scope="col">Since</th><th scope="col">The scheduler’s words</th></tr></thead><tbody>${rows}</tbody></table>`)}</details>`
}

const SECTIONS = [
  ['summary', 'Summary'],
  ['expectations', 'Expectations'],
  ['deeds', 'Faults and commands'],
  ['workloads', 'Availability of workloads'],
  ['nodes', 'Nodes'],
  ['pods', 'Pods'],
  ['capacity', 'Capacity and use'],
  ['restarts', 'Restarts'],
  ['pending', 'Pods that wait'],
  ['events', 'Kubernetes events'],
] as const

const field = (label: string, control: Html): Html => html`<label>${label} ${control}</label>`

const bar = html`<div class="bar needs-script" hidden role="region" aria-label="What is shown">
<div>${field('From', html`<input id="time-from" class="time" autocomplete="off" spellcheck="false">`)}${field('to', html`<input id="time-to" class="time" autocomplete="off" spellcheck="false">`)}
<button type="button" id="zoom-in">Zoom in</button><button type="button" id="zoom-out">Zoom out</button><button type="button" id="earlier">◀ Earlier</button><button type="button" id="later">Later ▶</button><button type="button" id="whole-run">Whole run</button></div>
<div>${field('Pod', html`<input id="filter-name" type="search" placeholder="part of a name" autocomplete="off" spellcheck="false">`)}${field('Namespace', html`<select id="filter-namespace"><option value="">all</option></select>`)}${field('Workload', html`<input id="filter-workload" type="search" list="filter-workloads" placeholder="part of a name" autocomplete="off" spellcheck="false">`)}${field('Node', html`<input id="filter-node" type="search" list="filter-nodes" placeholder="part of a name" autocomplete="off" spellcheck="false">`)}${field('Ever', html`<select id="filter-state"><option value="">in any state</option></select>`)}
<button type="button" id="filter-clear">Clear</button> <span id="filter-count" class="faint"></span></div>
<datalist id="filter-workloads"></datalist><datalist id="filter-nodes"></datalist>
</div>`

const choices = html`<div class="choices needs-script" hidden>${field('Group by', html`<select id="pod-grouping"><option value="none">nothing</option><option value="namespace">namespace</option><option value="workload">workload</option><option value="node">node</option></select>`)}${field('Order by', html`<select id="pod-order"><option value="created">creation</option><option value="name">name</option><option value="trouble">most trouble first</option><option value="restarts">restarts</option></select>`)}</div>`

const orderOf = (id: string, worst: string): Html =>
  html`<div class="choices needs-script" hidden>${field('Order by', html`<select id="${id}"><option value="created">creation</option><option value="name">name</option><option value="trouble">${worst}</option></select>`)}</div>`

const eventChoices = html`<div class="choices needs-script" hidden>${field('Search', html`<input id="event-search" type="search" placeholder="reason, object, message" autocomplete="off" spellcheck="false">`)}${field('Type', html`<select id="event-type"><option value="">all</option><option>Warning</option><option>Normal</option></select>`)}<label><input id="event-within" type="checkbox"> only in the time shown above</label> <span id="event-count" class="faint"></span></div>`

const section = (id: (typeof SECTIONS)[number][0], ...content: readonly (Html | undefined)[]): Html => {
  const title = SECTIONS.find(([own]) => own === id)![1]
  return html`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${content}
</section>
`
}

const mount = (id: string): Html => html`<div id="${id}"></div>`

/** The whole file. The same input gives the same bytes. */
export const renderPage = ({ summary, data }: PageInput): string => {
  const { name, seed, digest, simulatedMillis, start, entries, end, warnings, expectations } = summary
  const packed = deflateSync(packPage(data), { level: 6 })
  const policy = `default-src 'none'; script-src ${hashOf(inScript(script).html)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`
  const verdict =
    expectations.failed > 0
      ? html`<strong class="bad">✗ ${plural(expectations.failed, 'expectation')} failed.</strong> `
      : undefined
  const limits = data.facts.limits.map((limit) => html`<li>${limit}</li>`)
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name}, seed ${seed}: report of a run</title>
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#summary">To the summary</a>
<header>
<h1>${name}</h1>
<p>${verdict}Seed ${seed}, ${formatMillis(simulatedMillis)} from ${start}, ${plural(entries, 'entry', 'entries')}, ${ENDS[end.reason]}.</p>
<p class="digest">${digest}</p>
<nav aria-label="Sections"><ul>${SECTIONS.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main>
<div id="announcer" class="unseen" role="status" aria-live="polite"></div>
${section(
  'summary',
  facts(summary),
  warnings.length === 0
    ? undefined
    : html`<details open><summary>${plural(warnings.length, 'warning')}</summary><ul>${warnings.slice(0, 100).map((warning) => html`<li>${warning}</li>`)}</ul></details>`,
  limits.length === 0
    ? undefined
    : html`<details><summary>What this page leaves out</summary><ul>${limits}</ul></details>`,
  html`<details><summary>The summary as <code>wavetank replay</code> prints it</summary><pre tabindex="0">${formatSummary(summary)}</pre></details>`,
)}${section('expectations', expectationRows(data.facts.expectations, simulatedMillis))}${section('deeds', momentRows(data.facts.moments))}<p id="loading">The time lines and charts are being unpacked; they need JavaScript, the tables do not.</p>
${bar}
${section('workloads', orderOf('workload-order', 'most missing first'), mount('workloads-lanes'), workloadTable(summary))}${section('nodes', orderOf('node-order', 'most trouble first'), mount('nodes-lanes'))}${section('pods', mount('pod-charts'), choices, mount('pods-lanes'))}${section('capacity', mount('capacity-charts'))}${section('restarts', mount('restart-charts'), restartTable(summary))}${section('pending', mount('pending-charts'), unschedulableTable(summary))}${section('events', eventChoices, mount('event-table'))}</main>
<footer><p class="faint">Times are those of the run, from its start. Written by wavetank from the log alone; the digest says which.</p></footer>
<script type="application/octet-stream" id="data">${raw(Buffer.from(packed).toString('base64'))}</script>
<script>${inScript(script)}</script>
</body>
</html>
`.html
}
