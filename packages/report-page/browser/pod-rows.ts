import { POD_STATES } from '@wavetank/report/page'
import { countOver } from './count-over.ts'
import type { Model } from './data.ts'
import { plural } from './dom.ts'
import type { Frame, LaneSource } from './lane-source.ts'
import { eachRun, endOf, stateAt } from './lanes.ts'
import { drawState } from './paint-lane.ts'
import { fillOf, type Look, POD_LOOKS } from './palette.ts'
import { RANKS, statusRanks } from './pod-ranks.ts'
import { changeOf, lasting, spansOf } from './simple-rows.ts'

export type Grouping = 'none' | 'namespace' | 'workload' | 'node'
export type Order = 'created' | 'name' | 'trouble' | 'restarts'

export interface PodRows extends LaneSource {
  /** The pods that match, and how they are to lie. */
  readonly arrange: (pods: Uint32Array, grouping: Grouping, order: Order) => void
}

interface Group {
  readonly key: number
  readonly label: string
  readonly pods: Uint32Array
}

const STEP_PIXELS = 2
const LOOKS: readonly Look[] = POD_STATES.map((state) => POD_LOOKS[state])

/** For how long each pod was in a state that wants attention, in milliseconds. */
const troubleOf = (model: Model, ranks: Uint8Array): Float64Array => {
  const { pods, endedAt } = model
  const trouble = new Float64Array(pods.count)
  for (let i = 0; i < pods.count; i++)
    for (let k = pods.from[i]!; k < pods.from[i + 1]!; k++)
      if (ranks[pods.states[k]!]! >= RANKS.notReady)
        trouble[i]! += Math.min(endedAt, endOf(pods, i, k)) - pods.starts[k]!
  return trouble
}

export const podRows = (model: Model): PodRows => {
  const { pods, facts, owners, nodes, messages } = model
  const ranks = statusRanks(model)
  const trouble = troubleOf(model, ranks)
  let groups: readonly Group[] = []
  const open = new Set<string>()
  let kind: Grouping = 'none'
  /** A pod, or `-1 - g` for group `g`. */
  let rows = new Int32Array(0)

  const podName = (i: number): string => `${facts.namespaces[pods.namespace[i]!]!}/${pods.names[i]!}`
  const nodeName = (i: number): string => (pods.node[i] === 0 ? '' : nodes.names[pods.node[i]! - 1]!)
  const textOf = (state: number): string => facts.podStatuses[state]!.text
  const lookOf = (state: number): Look => POD_LOOKS[pods.stateOf[state]!]
  const rankOf = (state: number): number => ranks[state]!

  const keysOf: Readonly<Record<Exclude<Grouping, 'none'>, Float64Array>> = {
    namespace: pods.namespace,
    workload: pods.owner,
    node: pods.node,
  }
  const labelOf = (key: number): string => {
    if (kind === 'namespace') return facts.namespaces[key]!
    if (key === 0) return kind === 'node' ? 'on no node' : 'of no workload'
    return kind === 'node' ? nodes.names[key - 1]! : owners[key - 1]!
  }

  const sorted = (all: Uint32Array, order: Order): Uint32Array => {
    if (order === 'name') return all.sort((a, b) => (podName(a) < podName(b) ? -1 : 1))
    if (order === 'restarts') return all.sort((a, b) => pods.restarts[b]! - pods.restarts[a]! || a - b)
    if (order === 'trouble') return all.sort((a, b) => trouble[b]! - trouble[a]! || a - b)
    return all
  }

  const lay = (): void => {
    const laid: number[] = []
    groups.forEach((group, g) => {
      laid.push(-1 - g)
      if (open.has(`${kind} ${group.key}`)) for (const i of group.pods) laid.push(i)
    })
    rows = Int32Array.from(laid)
  }

  /** Shares of the pods of a group, the worst on top. */
  const paintGroup = (frame: Frame, { pods: members }: Group, top: number, height: number): void => {
    const steps = Math.max(1, Math.floor(frame.width / STEP_PIXELS))
    const counts = countOver(pods, members, ranks, LOOKS.length, frame.from, frame.to, steps)
    const at = (state: number, step: number): number => counts[state * (steps + 1) + step]!
    const same = (a: number, b: number): boolean => {
      for (let state = 0; state < LOOKS.length; state++) if (at(state, a) !== at(state, b)) return false
      return true
    }
    for (let step = 0; step < steps; ) {
      let next = step + 1
      while (next < steps && same(step, next)) next++
      let total = 0
      for (let state = 0; state < LOOKS.length; state++) total += at(state, step)
      if (total > 0) {
        const x = frame.left + (step / steps) * frame.width
        const width = ((next - step) / steps) * frame.width
        const most = Math.max(1, peakOf(members))
        // How many there are, of the most that there ever were; none is too few to be seen.
        let y = top + height - Math.max(2, Math.min(1, total / most) * height)
        const scale = (top + height - y) / total
        for (let state = LOOKS.length - 1; state >= 0; state--) {
          const count = at(state, step)
          if (count === 0) continue
          const high = Math.min(top + height - y, Math.max(state >= RANKS.notReady ? 2 : 0.5, count * scale))
          frame.context.fillStyle = fillOf(frame.context, LOOKS[state]!)
          frame.context.fillRect(x, y, width, high)
          y += high
        }
      }
      step = next
    }
  }

  const peaks = new WeakMap<Uint32Array, number>()
  const peakOf = (members: Uint32Array): number => {
    let peak = peaks.get(members)
    if (peak === undefined) {
      const one = new Uint8Array(pods.stateOf.length)
      peak = countOver(pods, members, one, 1, 0, model.endedAt, 400).reduce((a, b) => Math.max(a, b), 0)
      peaks.set(members, peak)
    }
    return peak
  }

  const countsAt = ({ pods: members }: Group, time: number): string => {
    const counts = new Map<string, number>()
    let total = 0
    for (const i of members) {
      const k = stateAt(pods, i, time)
      if (k < 0) continue
      total++
      const { label } = lookOf(pods.states[k]!)
      counts.set(label, (counts.get(label) ?? 0) + 1)
    }
    if (total === 0) return 'no pods'
    const parts = [...counts].sort(([, a], [, b]) => b - a).map(([label, count]) => `${count} ${label}`)
    return `${plural(total, 'pod')}: ${parts.join(', ')}`
  }

  const details = (i: number): string => {
    const node = nodeName(i)
    const owner = pods.owner[i] === 0 ? undefined : owners[pods.owner[i]! - 1]
    const message = pods.message[i] === 0 ? undefined : messages[pods.message[i]! - 1]
    return [
      ...(node === '' ? [] : [`node ${node}`]),
      ...(owner === undefined ? [] : [`of ${owner}`]),
      ...(pods.restarts[i] === 0 ? [] : [`restarts ${pods.restarts[i]}`]),
      ...(message === undefined ? [] : [`the scheduler: ${message}`]),
    ].join(', ')
  }

  return {
    noun: 'pod',
    arrange: (all, grouping, order) => {
      kind = grouping
      const list = sorted(all.slice(), order)
      if (grouping === 'none') {
        groups = []
        rows = Int32Array.from(list)
        return
      }
      const keys = keysOf[grouping]
      const sizes = new Map<number, number>()
      for (const i of list) sizes.set(keys[i]!, (sizes.get(keys[i]!) ?? 0) + 1)
      const members = new Map<number, { readonly pods: Uint32Array; filled: number }>()
      for (const [key, size] of sizes) members.set(key, { pods: new Uint32Array(size), filled: 0 })
      for (const i of list) {
        const group = members.get(keys[i]!)!
        group.pods[group.filled++] = i
      }
      const made = [...members].map(([key, { pods: own }]): Group => ({ key, label: labelOf(key), pods: own }))
      const collator = new Intl.Collator('en', { numeric: true })
      if (order === 'created') made.sort((a, b) => a.key - b.key)
      else if (order === 'name') made.sort((a, b) => collator.compare(a.label, b.label))
      else {
        const weight = ({ pods: own }: Group): number =>
          own.reduce((sum, i) => sum + (order === 'restarts' ? pods.restarts[i]! : trouble[i]!), 0)
        const weights = new Map(made.map((group) => [group, weight(group)]))
        made.sort((a, b) => weights.get(b)! - weights.get(a)! || a.key - b.key)
      }
      groups = made
      lay()
    },
    rows: () => rows.length,
    label: (row) => {
      const i = rows[row]!
      if (i >= 0) return kind === 'none' || kind === 'node' ? podName(i) : pods.names[i]!
      const { label, pods: members } = groups[-1 - i]!
      return `${label} (${members.length})`
    },
    short: (row) => {
      const i = rows[row]!
      if (i >= 0) return pods.names[i]!
      const { label, pods: members } = groups[-1 - i]!
      return `${label.slice(label.indexOf(' ') + 1)} (${members.length})`
    },
    isMember: (row) => kind !== 'none' && rows[row]! >= 0,
    isOpen: (row) => {
      const i = rows[row]!
      return i >= 0 ? undefined : open.has(`${kind} ${groups[-1 - i]!.key}`)
    },
    toggle: (row) => {
      const i = rows[row]
      if (i === undefined || i >= 0) return
      const key = `${kind} ${groups[-1 - i]!.key}`
      if (!open.delete(key)) open.add(key)
      lay()
    },
    paint: (frame, row, top, height) => {
      const i = rows[row]!
      if (i < 0) paintGroup(frame, groups[-1 - i]!, top, height)
      else
        eachRun(pods, i, frame, rankOf, (x, width, state) =>
          drawState(frame, lookOf(state), textOf(state), x, top, width, height),
        )
    },
    describe: (row, at) => {
      const i = rows[row]!
      if (i < 0) return countsAt(groups[-1 - i]!, at)
      const k = stateAt(pods, i, at)
      const state = pods.states[k]
      const how =
        state === undefined
          ? at >= pods.ends[i]!
            ? 'gone'
            : 'not there yet'
          : `${textOf(state)} (${lookOf(state).label}), ${lasting(pods, i, k)}`
      const more = details(i)
      return more === '' ? how : `${how}; ${more}`
    },
    change: (row, at, forward) => {
      const i = rows[row]!
      if (i >= 0) return changeOf(pods, i, at, forward)
      const jump = model.endedAt / 100
      const next = at + (forward ? jump : -jump)
      return next < 0 || next > model.endedAt + jump ? undefined : next
    },
    headings: ['Pod', 'Node', 'Workload', 'Restarts', 'States'],
    cells: (row, from, to) => {
      const i = rows[row]!
      if (i < 0) {
        const group = groups[-1 - i]!
        return [`${group.label} (${group.pods.length})`, '', '', '', `at the end of this span: ${countsAt(group, to)}`]
      }
      const owner = pods.owner[i] === 0 ? '' : owners[pods.owner[i]! - 1]!
      return [podName(i), nodeName(i), owner, String(pods.restarts[i]!), spansOf(pods, i, from, to, textOf)]
    },
    legend: [...LOOKS].reverse(),
  }
}
