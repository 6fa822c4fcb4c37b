import { formatMillis } from '@wavetank/kernel'
import type { ResourceUse } from './metrics/requested/requested.ts'
import type { MeanUse } from './metrics/used/used.ts'
import type { Summary, SummaryVerdict } from './summary.ts'
import { formatTable } from './table.ts'

/** At most so many lines of one sort; a summary is to be read. */
const LINES_MAX = 10

/** `sha256:` and as much as tells runs apart. */
const DIGEST_CHARACTERS = 19

const ENDS: Readonly<Record<Summary['end']['reason'], string>> = {
  horizon: 'to the end of the scenario',
  quiet: 'until nothing was left to happen',
  stopped: 'stopped early',
  budget: 'stopped: more entries than a run may have',
  loop: 'stopped: it went round without time passing',
}

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`
const percent = (share: number): string => `${(share * 100).toFixed(1)}%`
const line = (label: string, text: string): string => `${label.padEnd(15)}${text}`

const cappedLines = (lines: readonly string[]): readonly string[] =>
  lines.length <= LINES_MAX ? lines : [...lines.slice(0, LINES_MAX), `… and ${lines.length - LINES_MAX} more`]

const indented = (lines: readonly string[]): readonly string[] => cappedLines(lines).map((text) => `  ${text}`)

const cores = (cpuMillis: number): string => `${Number((cpuMillis / 1_000).toFixed(2))}`
const gibibytes = (bytes: number): string => `${Number((bytes / 2 ** 30).toFixed(2))}Gi`

const use = (
  { requested, allocatable, share, peakShare, peakAt }: ResourceUse,
  amount: (n: number) => string,
): string => {
  const peak = peakShare > share ? `; peak ${percent(peakShare)} at ${formatMillis(peakAt)}` : ''
  return `${amount(requested)} of ${amount(allocatable)} (${percent(share)}${peak})`
}

const headline = ({ simulatedMillis, start, entries, end }: Summary): string => {
  const going = end.kinds === undefined || end.kinds.length === 0 ? '' : ` (${end.kinds.slice(0, 5).join(', ')})`
  return `${formatMillis(simulatedMillis)} from ${start}, ${plural(entries, 'entry', 'entries')}, ${ENDS[end.reason]}${going}`
}

const podLines = ({ pods, podStartup, restarts, disruptions, scheduling }: Summary): readonly string[] => {
  const phases = Object.entries(pods.byPhase).map(([phase, count]) => `${count} ${phase}`)
  if (pods.terminating > 0) phases.push(`${pods.terminating} terminating`)
  const history = [
    `${pods.created} created`,
    `${pods.deleted} deleted`,
    `${pods.failed} failed`,
    ...(pods.succeeded > 0 ? [`${pods.succeeded} succeeded`] : []),
  ]
  const lines = [line('pods', phases.length === 0 ? 'none' : phases.join(', ')), line('', history.join(', '))]
  if (podStartup !== undefined) {
    const { p50, p99, max, count } = podStartup
    const spans = `p50 ${formatMillis(p50)}, p99 ${formatMillis(p99)}, longest ${formatMillis(max)}`
    lines.push(line('until running', `${spans} (${plural(count, 'pod')})`))
  }
  if (restarts.total > 0) {
    const worst = restarts.byOwner.slice(0, 3).map(({ owner, restarts: count }) => `${owner} ${count}`)
    const oom = restarts.oomKilled > 0 ? `, ${restarts.oomKilled} out of memory` : ''
    lines.push(line('restarts', `${restarts.total}${oom} (${worst.join(', ')})`))
  }
  const reasons = Object.entries(disruptions).map(([reason, count]) => `${reason} ${count}`)
  if (reasons.length > 0) lines.push(line('disruptions', reasons.join(', ')))
  if (scheduling.unschedulable.length > 0) {
    lines.push(line('unschedulable', plural(scheduling.unschedulable.length, 'pod')))
    lines.push(
      ...indented(
        scheduling.unschedulable.map(({ pod, since, message }) => `${pod} since ${formatMillis(since)}: ${message}`),
      ),
    )
  }
  return lines
}

/** `3.1 on average (52.3% of requested, 8.1% of allocatable)` */
const meanUse = ({ used, shareOfRequested, shareOfAllocatable }: MeanUse, amount: (n: number) => string): string => {
  const shares = `${percent(shareOfRequested)} of requested, ${percent(shareOfAllocatable)} of allocatable`
  return `${amount(used)} on average (${shares})`
}

const nodeLines = ({ nodes, requested, used }: Summary): readonly string[] => {
  const failed = [
    ...(nodes.failures > 0 ? [plural(nodes.failures, 'failure')] : []),
    ...(nodes.reboots > 0 ? [plural(nodes.reboots, 'reboot')] : []),
    ...(nodes.readyShare < 1 ? [`Ready ${percent(nodes.readyShare)} of the time`] : []),
  ]
  return [
    line('nodes', [`${nodes.ready} of ${nodes.total} Ready`, ...failed].join(', ')),
    line('requested', `cpu ${use(requested.cpuMillis, cores)}`),
    line('', `memory ${use(requested.memoryBytes, gibibytes)}`),
    ...(used === undefined
      ? []
      : [
          line('used', `cpu ${meanUse(used.cpuMillis, cores)}`),
          line('', `memory ${meanUse(used.memoryBytes, gibibytes)}`),
        ]),
  ]
}

const workloadLines = ({ availability }: Summary): readonly string[] => {
  const there = availability.filter(({ deletedAt }) => deletedAt === undefined)
  if (there.length === 0) return []
  const rows = there.map(({ kind, namespace, name, desired, ready, availability: share }) => [
    `${kind}/${namespace}/${name}`,
    `${ready}/${desired}`,
    percent(share),
  ])
  const table = formatTable({ headers: ['workload', 'ready', 'available'], rows: rows.slice(0, 2 * LINES_MAX) })
  const more = rows.length > 2 * LINES_MAX ? [`… and ${rows.length - 2 * LINES_MAX} more`] : []
  return ['', ...table.trimEnd().split('\n'), ...more]
}

const verdictLine = ({ verdict, name, at, evidence }: SummaryVerdict): string => {
  const because = evidence === undefined || verdict === 'met' ? '' : `: ${evidence.replaceAll('\n', '\n      ')}`
  return `${verdict === 'met' ? '✓' : '✗'} ${name} (${verdict} at ${formatMillis(at)})${because}`
}

const expectationLines = ({ expectations }: Summary): readonly string[] => {
  const { total, met, failed, verdicts } = expectations
  if (total === 0) return []
  const undecided = total - met - failed
  const lines = verdicts.map(verdictLine)
  // What failed comes first, so that it is not what is left out.
  lines.sort((a, b) => Number(a.startsWith('✓')) - Number(b.startsWith('✓')))
  const rest = undecided > 0 ? `, ${undecided} not decided` : ''
  return ['', line('expectations', `${met} of ${total} met${rest}`), ...indented(lines)]
}

const warningLines = ({ warnings }: Summary): readonly string[] =>
  warnings.length === 0 ? [] : ['', line('warnings', `${warnings.length}`), ...indented(warnings)]

/** The summary as text: the seed first, the digest last, so that either is easy to find and to compare. */
export const formatSummary = (summary: Summary): string =>
  [
    line('seed', `${summary.seed}`),
    line('scenario', summary.name),
    line('simulated', headline(summary)),
    '',
    ...podLines(summary),
    ...nodeLines(summary),
    ...workloadLines(summary),
    ...expectationLines(summary),
    ...warningLines(summary),
    '',
    ...(summary.log === undefined ? [] : [line('log', summary.log)]),
    line('digest', summary.digest),
    '',
  ].join('\n')

/** The summary in one line, and one more for each expectation that failed: for a run among others. */
export const formatOutcome = (file: string, summary: Summary): string => {
  const { expectations, end, simulatedMillis, entries, seed, digest } = summary
  const { total, met, failed, verdicts } = expectations
  const whole = end.reason !== 'budget' && end.reason !== 'loop'
  const claims = total === 0 ? 'nothing expected' : `${met} of ${total} met`
  const ending = end.reason === 'horizon' || end.reason === 'quiet' ? '' : `, ${ENDS[end.reason]}`
  const run = `${formatMillis(simulatedMillis)}, ${plural(entries, 'entry', 'entries')}${ending}`
  return [
    `${failed === 0 && whole ? '✓' : '✗'} ${file}: ${claims} (${run}, seed ${seed}, ${digest.slice(0, DIGEST_CHARACTERS)}…)`,
    ...indented(verdicts.filter(({ verdict }) => verdict === 'failed').map(verdictLine)),
    '',
  ].join('\n')
}
