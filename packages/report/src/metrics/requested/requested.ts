import {
  type ClusterView,
  NodeCreated,
  NodeDeleted,
  PodBound,
  PodCreated,
  PodDeleted,
  PodFailed,
  PodResumed,
  PodStatusReported,
} from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { defineMetric } from '../../metric.ts'
import { changeTo, meanOf, newTimeWeighted, type TimeWeighted } from '../../time-weighted.ts'

/** How much of a resource of the cluster the pods on its nodes ask for. */
export interface ResourceUse {
  readonly requested: number
  readonly allocatable: number
  /** Requested over allocatable; 0 without any. */
  readonly share: number
  readonly meanShare: number
  readonly peakShare: number
  /** When the peak was first reached, in milliseconds of the run. */
  readonly peakAt: number
}

export interface RequestedResources {
  readonly cpuMillis: ResourceUse
  readonly memoryBytes: ResourceUse
}

type Resource = keyof RequestedResources
const RESOURCES = ['cpuMillis', 'memoryBytes'] as const

interface Use {
  requested: number
  allocatable: number
  readonly share: TimeWeighted
  peakShare: number
  peakAt: number
}
type Amounts = { [R in Resource]: number }

/** What pods on nodes ask for now, of what there is. */
export interface RequestedState {
  readonly use: { readonly [R in Resource]: Use }
  /** What each node counted for when it was last looked at. */
  readonly nodes: Map<string, { readonly requested: Amounts; readonly allocatable: Amounts }>
}

const newUse = (): Use => ({ requested: 0, allocatable: 0, share: newTimeWeighted(), peakShare: 0, peakAt: 0 })
const nothing = (): Amounts => ({ cpuMillis: 0, memoryBytes: 0 })
const NOTHING: Readonly<Amounts> = nothing()

const shareOf = ({ requested, allocatable }: Use): number => (allocatable === 0 ? 0 : requested / allocatable)

// Hot path: with every report of a pod, most of which change nothing here.
/** Counts what one node asks for now instead of what it asked for before. */
const look = (state: RequestedState, name: string, view: ClusterView, at: number): void => {
  const node = view.nodes.get(name)
  let known = state.nodes.get(name)
  if (known === undefined) {
    if (node === undefined) return
    known = { requested: nothing(), allocatable: nothing() }
    state.nodes.set(name, known)
  }
  const nowRequested = node?.requested ?? NOTHING
  const nowAllocatable = node?.allocatable ?? NOTHING
  for (const resource of RESOURCES) {
    const more = nowRequested[resource] - known.requested[resource]
    const room = nowAllocatable[resource] - known.allocatable[resource]
    if (more === 0 && room === 0) continue
    known.requested[resource] += more
    known.allocatable[resource] += room
    const use = state.use[resource]
    use.requested += more
    use.allocatable += room
    const share = shareOf(use)
    changeTo(use.share, share, at)
    if (share > use.peakShare) {
      use.peakShare = share
      use.peakAt = at
    }
  }
  if (node === undefined) state.nodes.delete(name)
}

type OfPod = Entry<{ readonly kind: string; readonly pod: string }>

const podChanged = (state: RequestedState, { event, at }: OfPod, view: ClusterView): void => {
  const node = view.pods.get(event.pod)?.node ?? ''
  if (node !== '') look(state, node, view, at)
}

const resultOf = (use: Use, at: number): ResourceUse => ({
  requested: use.requested,
  allocatable: use.allocatable,
  share: shareOf(use),
  meanShare: meanOf(use.share, at) ?? 0,
  peakShare: use.peakShare,
  peakAt: use.peakAt,
})

export const newRequested = (): RequestedState => ({
  use: { cpuMillis: newUse(), memoryBytes: newUse() },
  nodes: new Map(),
})

export const requested = defineMetric({
  name: 'requested',
  doc: 'CPU and memory that pods on nodes request, of what the nodes can allocate.',
  unit: 'millicores, bytes, shares',
  facts: { NodeCreated, NodeDeleted, PodCreated, PodBound, PodStatusReported, PodResumed, PodFailed, PodDeleted },
  initial: newRequested,
  apply: {
    NodeCreated: (state, { event, at }, view) => look(state, event.node, view, at),
    NodeDeleted: (state, { event, at }, view) => look(state, event.node, view, at),
    PodCreated: podChanged,
    PodBound: podChanged,
    PodStatusReported: podChanged,
    PodResumed: podChanged,
    PodFailed: podChanged,
    PodDeleted: (state, { at }, view) => {
      const node = view.removedPod?.node ?? ''
      if (node !== '') look(state, node, view, at)
    },
  },
  result: ({ use }, { at }): RequestedResources => ({
    cpuMillis: resultOf(use.cpuMillis, at),
    memoryBytes: resultOf(use.memoryBytes, at),
  }),
})
