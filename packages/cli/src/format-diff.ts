import { formatMillis } from '@wavetank/kernel'
import { formatTable } from '@wavetank/report'
import type { Differing, LogDiff, NumberUnit, PodEnd } from 'wavetank'
import { causeLines } from './format-why.ts'

/** Rows of a table that is to be read; `--json` has all. */
const ROWS_MAX = 12

const ABSENT = '-'

const formatNumber = (value: number | undefined, unit: NumberUnit): string => {
  if (value === undefined) return ABSENT
  if (unit === 'millis') return formatMillis(value)
  return unit === 'share' ? `${(value * 100).toFixed(1)}%` : String(value)
}

const change = ({ a, b }: Differing<number>, unit: NumberUnit): string => {
  if (a === undefined || b === undefined) return ''
  const sign = b < a ? '-' : '+'
  return `${sign}${formatNumber(Math.abs(b - a), unit)}`
}

const table = (headers: readonly string[], rows: readonly (readonly string[])[], more: string): readonly string[] => {
  if (rows.length === 0) return []
  const text = formatTable({ headers, rows: rows.slice(0, ROWS_MAX) }).trimEnd()
  const rest = rows.length > ROWS_MAX ? [`… and ${rows.length - ROWS_MAX} more ${more}`] : []
  return ['', ...text.split('\n'), ...rest]
}

const podText = (pod: PodEnd | undefined): string => {
  if (pod === undefined) return ABSENT
  const { status, node, ready, restarts } = pod
  return `${status}${ready || status !== 'Running' ? '' : ', not Ready'}${node === '' ? '' : ` on ${node}`}${restarts === 0 ? '' : `, ${restarts} restarts`}`
}

const outcomeText = (outcome: LogDiff['expectations'][number]['a']): string => {
  if (outcome === undefined) return ABSENT
  return outcome.at === undefined ? outcome.verdict : `${outcome.verdict} at ${formatMillis(outcome.at)}`
}

const side = (name: string, causes: NonNullable<LogDiff['divergence']>['a']): readonly string[] => [
  `${name}:`,
  ...(causes.length === 0 ? ['  the log has ended'] : causeLines(causes)),
]

const partingLines = ({ same, divergence, header }: LogDiff): readonly string[] => {
  const headers = header.length === 0 ? [] : [`the headers differ: ${header.join(', ')}`]
  if (divergence === undefined) return [...headers, `all ${same} entries are the same`]
  const first = `the first ${same} entries are the same; at ${formatMillis(divergence.at)} the runs part`
  return [...headers, first, '', ...side('A', divergence.a), ...side('B', divergence.b)]
}

const endText = (end: string | undefined): string =>
  end?.replace(/ at (\d+)$/, (_, at: string) => ` at ${formatMillis(Number(at))}`) ?? ABSENT

/** What is different between two runs: where they part, what led to it on both sides, and what came of it. */
export const formatDiff = (diff: LogDiff, a: string, b: string): string => {
  const { workloads, numbers, expectations, pods, nodes, kinds, ended } = diff
  const availability = (one: LogDiff['workloads'][number]['a']): readonly string[] =>
    one === undefined
      ? [ABSENT, ABSENT, ABSENT]
      : [
          `${one.ready}/${one.desired}`,
          formatNumber(one.availability, 'share'),
          one.longestOutageMillis === 0 ? 'none' : formatMillis(one.longestOutageMillis),
        ]
  const lines = [
    `A  ${a}`,
    `B  ${b}`,
    ...partingLines(diff),
    ...(ended.a === ended.b ? [] : ['', `A ended: ${endText(ended.a)}`, `B ended: ${endText(ended.b)}`]),
    ...table(
      ['workload', 'ready A', 'B', 'available A', 'B', 'longest outage A', 'B'],
      workloads.map((one) => {
        const [readyA, shareA, outageA] = availability(one.a)
        const [readyB, shareB, outageB] = availability(one.b)
        return [`${one.kind}/${one.key}`, readyA!, readyB!, shareA!, shareB!, outageA!, outageB!]
      }),
      'workloads',
    ),
    ...table(
      ['', 'A', 'B', 'change'],
      numbers.map((one) => [
        one.name,
        formatNumber(one.a, one.unit),
        formatNumber(one.b, one.unit),
        change(one, one.unit),
      ]),
      'numbers',
    ),
    ...table(
      ['expectation', 'A', 'B'],
      expectations.map((one) => [one.name, outcomeText(one.a), outcomeText(one.b)]),
      'expectations',
    ),
    ...(nodes.a?.length ? ['', `nodes in A alone: ${nodes.a.join(', ')}`] : []),
    ...(nodes.b?.length ? ['', `nodes in B alone: ${nodes.b.join(', ')}`] : []),
    ...table(
      ['pod at the end', 'A', 'B'],
      pods.map((one) => [one.pod, podText(one.a), podText(one.b)]),
      'pods',
    ),
    ...table(
      ['entries', 'A', 'B', 'change'],
      kinds.map((one) => [one.kind, String(one.a), String(one.b), change(one, 'count')]),
      'kinds of entries',
    ),
  ]
  return `${lines.join('\n')}\n`
}
