import {
  type ClusterView,
  ContainerExited,
  ContainerStarted,
  cpuOver,
  type DeepReadonly,
  memoryOver,
  NodeCreated,
  NodeDeleted,
  NodeFailed,
  PodBound,
  PodCreated,
  PodDeleted,
  PodFailed,
  PodStatusReported,
  type RunningUsage,
} from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { defineMetric } from '../../metric.ts'

/** How much of a resource the containers used whose behaviour says it, on the average of the run. */
export interface MeanUse {
  readonly used: number
  /** Of what pods on nodes requested meanwhile; 0 if nothing was. */
  readonly shareOfRequested: number
  /** Of what the nodes could allocate. */
  readonly shareOfAllocatable: number
}

export interface UsedResources {
  readonly cpuMillis: MeanUse
  readonly memoryBytes: MeanUse
}

type Resource = keyof UsedResources
const RESOURCES = ['cpuMillis', 'memoryBytes'] as const
type Amounts = { [R in Resource]: number }
const nothing = (): Amounts => ({ cpuMillis: 0, memoryBytes: 0 })
const NOTHING: Readonly<Amounts> = nothing()

/** What something is now, and its area over time up to `since`. */
interface Total {
  readonly now: Amounts
  readonly area: Amounts
  since: number
}
const newTotal = (): Total => ({ now: nothing(), area: nothing(), since: 0 })

const pass = (total: Total, at: number): void => {
  for (const resource of RESOURCES) total.area[resource] += total.now[resource] * (at - total.since)
  total.since = at
}

type Process = DeepReadonly<RunningUsage>

interface State {
  readonly requested: Total
  readonly allocatable: Total
  /** What each node counted for when it was last looked at. */
  readonly nodes: Map<string, { readonly requested: Amounts; readonly allocatable: Amounts }>
  /** Processes that may still run, by pod. */
  readonly running: Map<string, readonly Process[]>
  /** Of processes that have ended, times milliseconds. */
  readonly ended: Amounts
  any: boolean
}

// Hot path: with every report of a pod, most of which change nothing here.
const look = (state: State, name: string, view: ClusterView, at: number): void => {
  const node = view.nodes.get(name)
  let known = state.nodes.get(name)
  if (known === undefined) {
    if (node === undefined) return
    known = { requested: nothing(), allocatable: nothing() }
    state.nodes.set(name, known)
  }
  for (const of of ['requested', 'allocatable'] as const) {
    const now = node?.[of] ?? NOTHING
    for (const resource of RESOURCES) {
      const more = now[resource] - known[of][resource]
      if (more === 0) continue
      pass(state[of], at)
      known[of][resource] += more
      state[of].now[resource] += more
    }
  }
  if (node === undefined) state.nodes.delete(name)
}

type OfPod = Entry<{ readonly kind: string; readonly pod: string }>

const podChanged = (state: State, { event, at }: OfPod, view: ClusterView): void => {
  const node = view.pods.get(event.pod)?.node ?? ''
  if (node !== '') look(state, node, view, at)
}

const add = (sums: Amounts, process: Process, until: number): void => {
  sums.cpuMillis += cpuOver(process, process.startedAt, until)
  sums.memoryBytes += memoryOver(process, process.startedAt, until)
}

/** Counts the processes of a pod that have ended by now; all of them, if the pod is gone. */
const settle = (state: State, pod: string, at: number, gone: boolean): void => {
  const processes = state.running.get(pod)
  if (processes === undefined) return
  const left = processes.filter((process) => {
    if (!gone && process.endedAt > at) return true
    add(state.ended, process, at)
    return false
  })
  if (left.length > 0) state.running.set(pod, left)
  else state.running.delete(pod)
}

export const used = defineMetric({
  name: 'used',
  doc: 'CPU and memory that containers used, where their behaviour says it: the mean of the run, and its share of what was requested and could be.',
  unit: 'millicores, bytes, shares',
  facts: {
    NodeCreated,
    NodeDeleted,
    NodeFailed,
    PodCreated,
    PodBound,
    PodStatusReported,
    PodFailed,
    PodDeleted,
    ContainerStarted,
    ContainerExited,
  },
  initial: (): State => ({
    requested: newTotal(),
    allocatable: newTotal(),
    nodes: new Map(),
    running: new Map(),
    ended: nothing(),
    any: false,
  }),
  apply: {
    NodeCreated: (state, { event, at }, view) => look(state, event.node, view, at),
    NodeDeleted: (state, { event, at }, view) => look(state, event.node, view, at),
    NodeFailed: (state, { event, at }, view) => {
      if (state.running.size === 0) return
      for (const { key } of view.nodes.get(event.node)?.pods ?? []) settle(state, key, at, false)
    },
    PodCreated: podChanged,
    PodBound: podChanged,
    PodStatusReported: podChanged,
    PodFailed: podChanged,
    PodDeleted: (state, { event, at }, view) => {
      settle(state, event.pod, at, true)
      const node = view.removedPod?.node ?? ''
      if (node !== '') look(state, node, view, at)
    },
    ContainerStarted: (state, { event, at }, view) => {
      if (event.usage === undefined) return
      state.any = true
      settle(state, event.pod, at, false)
      const process = view.usage
        .get(event.pod)
        ?.find(({ container, endedAt }) => container === event.container && endedAt > at)
      if (process === undefined) return
      state.running.set(event.pod, [...(state.running.get(event.pod) ?? []), process])
    },
    ContainerExited: (state, { event, at }) => settle(state, event.pod, at, false),
  },
  /** Undefined if no container that ran says what it uses. */
  result: (state, { at }): UsedResources | undefined => {
    if (!state.any) return undefined
    const sums = { ...state.ended }
    for (const processes of state.running.values()) for (const process of processes) add(sums, process, at)
    const meanOf = (resource: Resource): MeanUse => {
      const areaOf = ({ now, area, since }: Total): number => area[resource] + now[resource] * (at - since)
      const share = (area: number): number => (area === 0 ? 0 : sums[resource] / area)
      return {
        used: at === 0 ? 0 : sums[resource] / at,
        shareOfRequested: share(areaOf(state.requested)),
        shareOfAllocatable: share(areaOf(state.allocatable)),
      }
    }
    return { cpuMillis: meanOf('cpuMillis'), memoryBytes: meanOf('memoryBytes') }
  },
})
