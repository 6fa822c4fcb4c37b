import { type NodeState, type PageFacts, type PodState, type UnpackedPage, unpackPage } from '@wavetank/report/page'
import type { Lanes } from './lanes.ts'

export interface Series {
  readonly at: Float64Array
  readonly values: Float64Array
}

export interface EventRow {
  readonly at: number
  readonly lastAt: number
  readonly times: number
  readonly rest: number
  readonly type: 'Normal' | 'Warning'
  readonly reason: string
  readonly object: string
  readonly message: string
}

export interface Model {
  readonly facts: PageFacts
  readonly endedAt: number
  readonly pods: Lanes & {
    readonly names: readonly string[]
    readonly namespace: Float64Array
    /** Positions from 1; 0 is none. */
    readonly owner: Float64Array
    readonly node: Float64Array
    readonly restarts: Float64Array
    readonly message: Float64Array
    readonly stateOf: readonly PodState[]
  }
  readonly nodes: Lanes & {
    readonly names: readonly string[]
    readonly cpuMillis: Float64Array
    readonly memoryBytes: Float64Array
    readonly stateOf: readonly NodeState[]
  }
  readonly workloads: Lanes & { readonly names: readonly string[] }
  readonly owners: readonly string[]
  readonly messages: readonly string[]
  readonly series: (name: string) => Series
  readonly events: readonly EventRow[]
}

const lanesOf = ({ column }: UnpackedPage, prefix: string): Lanes => {
  const counts = column(`${prefix}Count`)
  const from = new Uint32Array(counts.length + 1)
  for (let i = 0; i < counts.length; i++) from[i + 1] = from[i]! + counts[i]!
  const starts = column(`${prefix}Span`)
  for (let i = 0; i < counts.length; i++) for (let k = from[i]! + 1; k < from[i + 1]!; k++) starts[k]! += starts[k - 1]!
  const ends = column(`${prefix}End`).map((end) => (end === 0 ? Number.POSITIVE_INFINITY : end - 1))
  return { count: counts.length, from, starts, states: Uint32Array.from(column(`${prefix}State`)), ends }
}

/** Adds up what was written as differences. */
const summed = (spans: Float64Array): Float64Array => {
  for (let i = 1; i < spans.length; i++) spans[i]! += spans[i - 1]!
  return spans
}

const lines = (text: string): readonly string[] => (text === '' ? [] : text.split('\n'))

const eventsOf = ({ facts, column }: UnpackedPage): readonly EventRow[] => {
  const at = summed(column('eventSpan'))
  const lasted = column('eventLasted')
  const times = column('eventTimes')
  const rest = column('eventRest')
  const warning = column('eventWarning')
  const reason = column('eventReason')
  const object = column('eventObject')
  const message = column('eventMessage')
  const objects = lines(facts.eventObjects)
  const messages = lines(facts.eventMessages)
  return Array.from(at, (time, i) => ({
    at: time,
    lastAt: time + lasted[i]!,
    times: times[i]!,
    rest: rest[i]!,
    type: warning[i] === 1 ? ('Warning' as const) : ('Normal' as const),
    reason: facts.eventReasons[reason[i]!]!,
    object: objects[object[i]!]!,
    message: messages[message[i]!]!,
  }))
}

export const createModel = (bytes: Uint8Array): Model => {
  const page = unpackPage(bytes)
  const { facts, column } = page
  return {
    facts,
    endedAt: Math.max(1, facts.endedAt),
    pods: {
      ...lanesOf(page, 'pod'),
      names: lines(facts.podNames),
      namespace: column('podNamespace'),
      owner: column('podOwner'),
      node: column('podNode'),
      restarts: column('podRestarts'),
      message: column('podMessage'),
      stateOf: facts.podStatuses.map(({ state }) => state),
    },
    nodes: {
      ...lanesOf(page, 'node'),
      names: lines(facts.nodeNames),
      cpuMillis: column('nodeCpu'),
      memoryBytes: column('nodeMemory'),
      stateOf: facts.nodeStatuses.map(({ state }) => state),
    },
    workloads: {
      ...lanesOf(page, 'workload'),
      names: facts.workloads.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
    },
    owners: facts.owners.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
    messages: lines(facts.messages),
    series: (name) => ({ at: summed(column(`${name}Span`).slice()), values: column(`${name}Value`) }),
    events: eventsOf(page),
  }
}

/** The value at a time, or undefined before the first. */
export const valueAt = ({ at, values }: Series, time: number): number | undefined => {
  let low = 0
  let high = at.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (at[middle]! <= time) low = middle + 1
    else high = middle
  }
  return values[low - 1]
}
