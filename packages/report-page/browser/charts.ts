import { POD_STATES } from '@wavetank/report/page'
import { type Chart, createChart } from './chart.ts'
import { countOver } from './count-over.ts'
import { type Model, type Series, valueAt } from './data.ts'
import type { Filter } from './filter.ts'
import { POD_LOOKS } from './palette.ts'
import { reasonCharts } from './pending.ts'
import { RANKS, statusRanks } from './pod-ranks.ts'
import { formatTime } from './time.ts'
import type { TimeWindow } from './time-window.ts'

const whole = (value: number): string => String(Math.round(value))
const cores = (millis: number): string => `${Number((millis / 1_000).toPrecision(4))}`
const gibibytes = (bytes: number): string => `${Number((bytes / 2 ** 30).toPrecision(4))}`

/** The most, or the least, that a series has between one instant and the next. */
const sampled = (series: Series, from: number, to: number, steps: number, pick: (a: number, b: number) => number) => {
  const found = new Float64Array(steps + 1).fill(Number.NaN)
  const span = (to - from) / steps
  let next = 0
  let value = Number.NaN
  for (let step = 0; step <= steps; step++) {
    const end = from + (step + 1) * span
    let best = value
    while (next < series.at.length && series.at[next]! < end) {
      value = series.values[next]!
      const isBefore = series.at[next]! <= from + step * span
      best = isBefore || Number.isNaN(best) ? value : pick(best, value)
      next++
    }
    found[step] = best
  }
  return found
}

const peakOf = ({ at, values }: Series): readonly [number, number] => {
  let best = 0
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i
  return [values[best] ?? 0, at[best] ?? 0]
}

const stateChart = (
  model: Model,
  filter: Filter,
  window: TimeWindow,
  title: string,
  shown: readonly (typeof POD_STATES)[number][],
): Chart => {
  const ranks = statusRanks(model)
  const classOf = Int8Array.from(ranks, (rank) => shown.indexOf(POD_STATES[rank]!))
  const over = (from: number, to: number, steps: number): readonly Int32Array[] => {
    const counts = countOver(model.pods, filter.pods(), classOf, shown.length, from, to, steps)
    return shown.map((_, s) => counts.subarray(s * (steps + 1), (s + 1) * (steps + 1)))
  }
  return createChart({
    title,
    window,
    stacked: true,
    counts: true,
    series: shown.map((state) => ({ label: POD_LOOKS[state].label, look: POD_LOOKS[state] })),
    format: whole,
    values: over,
    summary: () => {
      const steps = 400
      const parts = over(0, model.endedAt, steps).map((counts, s) => {
        let best = 0
        for (let step = 1; step <= steps; step++) if (counts[step]! > counts[best]!) best = step
        const { label } = POD_LOOKS[shown[s]!]
        return counts[best] === 0
          ? undefined
          : `${label} ${counts[steps]} at the end, at most ${counts[best]} (at ${formatTime(Math.round((best * model.endedAt) / steps))})`
      })
      const said = parts.filter((part) => part !== undefined)
      return said.length === 0 ? 'None.' : `${said.join('; ')}.`
    },
  })
}

const resourceChart = (
  model: Model,
  window: TimeWindow,
  title: string,
  prefix: string,
  format: (value: number) => string,
  unit: string,
  size: number,
): Chart => {
  const allocatable = model.series(`${prefix}Allocatable`)
  const requested = model.series(`${prefix}Requested`)
  const used = model.series(`${prefix}Used`)
  const hasUse = used.at.length > 0
  return createChart({
    title,
    window,
    stacked: false,
    counts: false,
    unit: size,
    series: [{ label: 'requested' }, { label: 'allocatable' }, ...(hasUse ? [{ label: 'used' }] : [])],
    format,
    values: (from, to, steps) => [
      sampled(requested, from, to, steps, Math.max),
      sampled(allocatable, from, to, steps, Math.min),
      ...(hasUse ? [sampled(used, from, to, steps, Math.max)] : []),
    ],
    summary: () => {
      const there = valueAt(allocatable, model.endedAt) ?? 0
      const said = (name: string, series: Series): string => {
        const [peak, at] = peakOf(series)
        const last = valueAt(series, model.endedAt) ?? 0
        const share = there === 0 ? '' : ` (${((100 * last) / there).toFixed(1)}% of allocatable)`
        return `${name} ${format(last)} ${unit} at the end${share}, at most ${format(peak)} at ${formatTime(at)}`
      }
      const use = hasUse
        ? `; ${said('used', used)}, sampled, and only of containers whose behaviour says it`
        : '; no behaviour says what containers use'
      return `${said('requested', requested)}; allocatable ${format(there)} ${unit}${use}.`
    },
  })
}

const BUCKETS = 60

const restartChart = (model: Model, window: TimeWindow): Chart => {
  const total = model.series('restarts')
  const bucketOf = (from: number, to: number): number => (to - from) / BUCKETS
  return createChart({
    title: 'Restarts of containers, in each sixtieth of what is shown',
    window,
    stacked: true,
    counts: true,
    series: [{ label: 'restarts', look: POD_LOOKS.trouble }],
    format: whole,
    values: (from, to, steps) => {
      const size = bucketOf(from, to)
      const counts = new Float64Array(steps + 1)
      for (let step = 0; step <= steps; step++) {
        const bucket = Math.min(BUCKETS - 1, Math.floor((step * BUCKETS) / steps))
        const end = valueAt(total, bucket === BUCKETS - 1 ? to : from + (bucket + 1) * size - 1e-6) ?? 0
        counts[step] = end - (valueAt(total, from + bucket * size - 1e-6) ?? 0)
      }
      return [counts]
    },
    summary: () => {
      const all = total.values[total.values.length - 1] ?? 0
      if (all === 0) return 'No container was started again.'
      return `${all} restarts, the first at ${formatTime(total.at[0]!)}, the last at ${formatTime(total.at[total.at.length - 1]!)}.`
    },
  })
}

/** Every chart, by the section that it goes into. */
export const createCharts = (
  model: Model,
  filter: Filter,
  window: TimeWindow,
): Readonly<Record<string, readonly Chart[]>> => {
  const present = new Set(model.pods.stateOf)
  const states = POD_STATES.filter((state) => present.has(state)).sort((a, b) => RANKS[a] - RANKS[b])
  const unwell = states.filter((state) => state !== 'ready' && state !== 'succeeded')
  return {
    'pod-charts': [
      stateChart(model, filter, window, 'Pods by state', states),
      stateChart(model, filter, window, 'Pods that are not ready', unwell),
    ],
    'capacity-charts': [
      resourceChart(model, window, 'CPU, in cores', 'cpu', cores, 'cores', 1_000),
      resourceChart(model, window, 'Memory, in GiB', 'memory', gibibytes, 'GiB', 2 ** 30),
    ],
    // What never happened needs no chart.
    'restart-charts': model.series('restarts').at.length === 0 ? [] : [restartChart(model, window)],
    'pending-charts': reasonCharts(model, filter, window),
  }
}
