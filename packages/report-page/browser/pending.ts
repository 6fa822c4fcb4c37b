import { type Chart, createChart } from './chart.ts'
import { countOver } from './count-over.ts'
import type { Model } from './data.ts'
import { textTable } from './dom.ts'
import type { Filter } from './filter.ts'
import { endOf } from './lanes.ts'
import { type Look, POD_LOOKS, type Texture } from './palette.ts'
import { formatTime } from './time.ts'
import type { TimeWindow } from './time-window.ts'

const LOOKS: readonly Omit<Look, 'label'>[] = (
  [
    ['#e69f00', '#b87f00', 'rising'],
    ['#56b4e9', '#2b7fb0', 'falling'],
    ['#009e73', '#007a59', 'crosses'],
    ['#cc79a7', '#97507a', 'bars'],
    ['#d55e00', '#b04e00', 'grid'],
    ['#f0e442', '#8f8718', 'dots'],
    ['#999999', '#666666', 'lines'],
  ] as readonly (readonly [string, string, Texture])[]
).map(([light, dark, texture]) => ({ light, dark, texture }))

interface ReasonFacts {
  readonly reason: number
  pods: number
  first: number
  last: number
  millis: number
}

/** What each of the scheduler's reasons came to. */
const factsOf = ({ pods, facts, endedAt }: Model): readonly ReasonFacts[] => {
  const all = facts.reasons.map(
    (_, reason): ReasonFacts => ({ reason, pods: 0, first: Number.POSITIVE_INFINITY, last: 0, millis: 0 }),
  )
  const reasonOf = facts.podStatuses.map(({ reason }) => reason ?? -1)
  for (let i = 0; i < pods.count; i++) {
    const seen = new Set<number>()
    for (let k = pods.from[i]!; k < pods.from[i + 1]!; k++) {
      const reason = all[reasonOf[pods.states[k]!]!]
      if (reason === undefined) continue
      const end = Math.min(endedAt, endOf(pods, i, k))
      if (!seen.has(reason.reason)) reason.pods++
      seen.add(reason.reason)
      reason.first = Math.min(reason.first, pods.starts[k]!)
      reason.last = Math.max(reason.last, end)
      reason.millis += end - pods.starts[k]!
    }
  }
  return all.filter(({ pods: count }) => count > 0).sort((a, b) => b.millis - a.millis)
}

export const reasonTable = (model: Model): HTMLElement | undefined => {
  const rows = factsOf(model).map(({ reason, pods, first, last, millis }) => {
    const { text, example } = model.facts.reasons[reason]!
    const until = last >= model.endedAt ? 'the end' : formatTime(last)
    return [text, String(pods), formatTime(first), until, formatTime(Math.round(millis / pods)), example]
  })
  if (rows.length === 0) return undefined
  const heads = ['Reason', 'Pods', 'From', 'To', 'Mean wait', 'The scheduler’s words, once']
  return textTable('Why pods waited for a node', heads, rows)
}

/** Pods that wait, by what the scheduler said; those that it has not tried yet as well. */
export const reasonCharts = (model: Model, filter: Filter, window: TimeWindow): readonly Chart[] => {
  const { facts } = model
  if (facts.podStatuses.every(({ state }) => state !== 'waiting' && state !== 'unschedulable')) return []
  const top = factsOf(model).slice(0, LOOKS.length - 1)
  const hasMore = factsOf(model).length > top.length
  const labels = [
    'not tried, or held back',
    ...top.map(({ reason }) => facts.reasons[reason]!.text),
    ...(hasMore ? ['other reasons'] : []),
  ]
  const classes = new Map(top.map(({ reason }, i) => [reason, i + 1]))
  const classOf = Int8Array.from(facts.podStatuses, ({ state, reason }) => {
    if (reason !== undefined) return classes.get(reason) ?? top.length + 1
    return state === 'waiting' ? 0 : -1
  })
  const over = (from: number, to: number, steps: number): readonly Int32Array[] => {
    const counts = countOver(model.pods, filter.pods(), classOf, labels.length, from, to, steps)
    return labels.map((_, s) => counts.subarray(s * (steps + 1), (s + 1) * (steps + 1)))
  }
  const looks = [POD_LOOKS.waiting, ...LOOKS]
  return [
    createChart({
      title: 'Pods without a node, by reason',
      window,
      stacked: true,
      counts: true,
      series: labels.map((label, i) => ({ label, look: { ...looks[i]!, label } })),
      format: (value) => String(Math.round(value)),
      values: over,
      summary: () => {
        const steps = 400
        const said = over(0, model.endedAt, steps).flatMap((counts, i) => {
          const most = counts.reduce((a, b) => Math.max(a, b), 0)
          return most === 0 ? [] : [`${labels[i]}: ${counts[steps]} pods at the end, at most ${most}`]
        })
        return said.length === 0 ? 'No pod waited long enough to show here.' : `${said.join('; ')}.`
      },
    }),
  ]
}
