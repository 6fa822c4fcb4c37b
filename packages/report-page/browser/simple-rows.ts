import { NODE_STATES } from '@wavetank/report/page'
import type { Model } from './data.ts'
import type { LaneSource } from './lane-source.ts'
import { eachRun, endOf, firstAfter, type Lanes, stateAt } from './lanes.ts'
import { drawState, drawText } from './paint-lane.ts'
import { fillOf, inks, type Look, NODE_LOOKS, WORKLOAD_LOOKS } from './palette.ts'
import { formatTime } from './time.ts'

/** When a thing changes next, before or after a time. */
export const changeOf = (lanes: Lanes, i: number, at: number, forward: boolean): number | undefined => {
  const times: number[] = []
  for (let k = lanes.from[i]!; k < lanes.from[i + 1]!; k++) times.push(lanes.starts[k]!)
  const end = lanes.ends[i]!
  if (Number.isFinite(end)) times.push(end)
  return forward ? times.find((time) => time > at) : times.findLast((time) => time < at)
}

const SPANS_MAX = 12

/** `Ready from 0s, NotReady from 5m50s to 10m`: what a thing was in, in a span of time. */
export const spansOf = (
  lanes: Lanes,
  i: number,
  from: number,
  to: number,
  textOf: (state: number) => string,
): string => {
  const said: string[] = []
  let more = 0
  for (let k = firstAfter(lanes, i, from); k < lanes.from[i + 1]!; k++) {
    const start = lanes.starts[k]!
    const end = endOf(lanes, i, k)
    if (start > to) break
    if (end <= from) continue
    if (said.length >= SPANS_MAX) more++
    else {
      const until = Number.isFinite(end) ? ` to ${formatTime(end)}` : ' on'
      said.push(`${textOf(lanes.states[k]!)} from ${formatTime(start)}${until}`)
    }
  }
  return said.join('; ') + (more > 0 ? `; ${more} more` : '')
}

/** How long the state at a time has lasted and will last. */
export const lasting = (lanes: Lanes, i: number, k: number): string => {
  const end = endOf(lanes, i, k)
  return `from ${formatTime(lanes.starts[k]!)}${Number.isFinite(end) ? ` to ${formatTime(end)}` : ' on'}`
}

export type RowOrder = 'created' | 'name' | 'trouble'

export interface FilteredRows extends LaneSource {
  /** The rows that match, and how they are to lie. */
  readonly arrange: (rows: readonly number[], order: RowOrder) => void
}

const collator = new Intl.Collator('en', { numeric: true })

/** For how long each thing was not as it should be, each moment times how far from it; in that order, the worst first. */
const ordered = (
  lanes: Lanes & { readonly names: readonly string[] },
  endedAt: number,
  harmOf: (state: number) => number,
): ((rows: readonly number[], order: RowOrder) => readonly number[]) => {
  const harm = new Float64Array(lanes.count)
  for (let i = 0; i < lanes.count; i++)
    for (let k = lanes.from[i]!; k < lanes.from[i + 1]!; k++)
      harm[i]! += harmOf(lanes.states[k]!) * (Math.min(endedAt, endOf(lanes, i, k)) - lanes.starts[k]!)
  return (rows, order) => {
    if (order === 'created') return rows
    if (order === 'name') return [...rows].sort((a, b) => collator.compare(lanes.names[a]!, lanes.names[b]!))
    return [...rows].sort((a, b) => harm[b]! - harm[a]! || a - b)
  }
}

export const nodeRows = ({ nodes, facts, endedAt }: Model): FilteredRows => {
  let rows: readonly number[] = []
  const rankOf = (state: number): number => NODE_STATES.indexOf(nodes.stateOf[state]!)
  const inOrder = ordered(nodes, endedAt, rankOf)
  const lookOf = (state: number): Look => NODE_LOOKS[nodes.stateOf[state]!]
  const textOf = (state: number): string => facts.nodeStatuses[state]!.text
  return {
    noun: 'node',
    arrange: (chosen, order) => {
      rows = inOrder(chosen, order)
    },
    rows: () => rows.length,
    label: (row) => nodes.names[rows[row]!]!,
    paint: (frame, row, top, height) =>
      eachRun(nodes, rows[row]!, frame, rankOf, (x, width, state) =>
        drawState(frame, lookOf(state), textOf(state), x, top, width, height),
      ),
    describe: (row, at) => {
      const i = rows[row]!
      const k = stateAt(nodes, i, at)
      if (k < 0) return 'not there'
      return `${textOf(nodes.states[k]!)} (${lookOf(nodes.states[k]!).label}), ${lasting(nodes, i, k)}`
    },
    change: (row, at, forward) => changeOf(nodes, rows[row]!, at, forward),
    headings: ['Node', 'Zone', 'Allocatable CPU', 'Allocatable memory', 'States'],
    cells: (row, from, to) => {
      const i = rows[row]!
      return [
        nodes.names[i]!,
        facts.nodeZones[i]!.replaceAll('\0', ' ').trim(),
        `${nodes.cpuMillis[i]! / 1_000} cores`,
        `${(nodes.memoryBytes[i]! / 2 ** 30).toFixed(2)} GiB`,
        spansOf(nodes, i, from, to, textOf),
      ]
    },
    legend: Object.values(NODE_LOOKS),
  }
}

export const workloadRows = ({ workloads, facts, endedAt }: Model): FilteredRows => {
  let rows: readonly number[] = []
  const ready = (state: number): number => facts.counts[state * 2]!
  const desired = (state: number): number => facts.counts[state * 2 + 1]!
  const gap = (state: number): number =>
    desired(state) <= 0 ? 0 : 1 - Math.min(1, ready(state) / Math.max(1, desired(state)))
  const inOrder = ordered(workloads, endedAt, gap)
  const textOf = (state: number): string => (desired(state) < 0 ? 'not said yet' : `${ready(state)}/${desired(state)}`)
  const lookOf = (state: number): Look => {
    if (desired(state) <= 0) return WORKLOAD_LOOKS.idle
    if (ready(state) === 0) return WORKLOAD_LOOKS.down
    return gap(state) > 0 ? WORKLOAD_LOOKS.degraded : WORKLOAD_LOOKS.available
  }
  return {
    noun: 'workload',
    arrange: (chosen, order) => {
      rows = inOrder(chosen, order)
    },
    rows: () => rows.length,
    label: (row) => workloads.names[rows[row]!]!,
    short: (row) => facts.workloads[rows[row]!]!.name,
    paint: (frame, row, top, height) =>
      eachRun(workloads, rows[row]!, frame, gap, (x, width, state) => {
        const look = lookOf(state)
        if (look !== WORKLOAD_LOOKS.degraded) {
          drawState(frame, look, textOf(state), x, top, width, height)
          return
        }
        // The gap above, what is ready below; neither less than can be seen.
        const { context } = frame
        const below = Math.round(Math.min(height - 3, Math.max(2, (1 - gap(state)) * height)))
        context.fillStyle = fillOf(context, WORKLOAD_LOOKS.available)
        context.fillRect(x, top + height - below, width, below)
        drawState(frame, WORKLOAD_LOOKS.degraded, '', x, top, width, height - below)
        context.fillStyle = inks().text
        context.fillRect(x, top, width, 1)
        drawText(frame, WORKLOAD_LOOKS.degraded, textOf(state), x, top, width, height)
      }),
    describe: (row, at) => {
      const i = rows[row]!
      const k = stateAt(workloads, i, at)
      if (k < 0) return 'not there'
      const state = workloads.states[k]!
      const counts = desired(state) < 0 ? 'not said yet' : `${ready(state)} of ${desired(state)} ready`
      return `${counts} (${lookOf(state).label}), ${lasting(workloads, i, k)}`
    },
    change: (row, at, forward) => changeOf(workloads, rows[row]!, at, forward),
    headings: ['Workload', 'Ready of wanted'],
    cells: (row, from, to) => [workloads.names[rows[row]!]!, spansOf(workloads, rows[row]!, from, to, textOf)],
    legend: Object.values(WORKLOAD_LOOKS),
  }
}
