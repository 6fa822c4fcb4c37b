import {
  type Container,
  type DeepReadonly,
  type EvictionSignal,
  type MachineSpec,
  memoryAt,
  type Pod,
  type PodSpec,
  qosClass,
  quantityWhole,
  totalUsageAt,
} from '@wavetank/cluster'
import { formatBytes, formatMillis } from '@wavetank/cluster/api'
import { priorityOf } from './admission.ts'
import {
  type Amount,
  addPart,
  addVolumes,
  type ContainerUse,
  imagesDiskOf,
  layersDiskOf,
  noAmount,
} from './eviction-signals.ts'
import { SIGNALS } from './eviction-thresholds.ts'
import { specOf } from './local-pod.ts'

/** Who goes first under pressure, and what is said of it. Source: pkg/kubelet/eviction/helpers.go. */

type PodView = DeepReadonly<Pod>

const PAGE = 4_096

/** A pod with what its containers use. */
export interface Candidate {
  readonly pod: PodView
  readonly uses: readonly ContainerUse[]
  /** One of its containers runs: of the others nothing is measured. */
  readonly hasStats: boolean
}

export const amountAt = ({ curves, fixed }: Amount, at: number): number => fixed + Math.floor(totalUsageAt(curves, at))

const memoryUse = ({ uses }: Candidate, at: number): number => {
  let sum = 0
  for (const { running } of uses) if (running !== undefined) sum += memoryAt(running, at)
  return sum
}

interface Stats {
  readonly layers: boolean
  readonly logs: boolean
  readonly volumes: boolean
}

/** What counts on the disk that is full. Source: eviction/helpers.go, buildSignalToRankFunc. */
const statsOf = (signal: EvictionSignal, spec: MachineSpec): Stats => {
  if (imagesDiskOf(spec) === 'nodefs') return { layers: true, logs: true, volumes: true }
  const isNodefs = signal.startsWith('nodefs')
  const layers = layersDiskOf(spec) === (isNodefs ? 'nodefs' : 'imagefs')
  return { layers, logs: isNodefs, volumes: isNodefs }
}

const localVolumes = ({ isMemory }: { readonly isMemory: boolean }): boolean => !isMemory

const usedOf = (candidate: Candidate, signal: EvictionSignal, spec: MachineSpec, logLimit: number, at: number) => {
  const { resource } = SIGNALS[signal]
  if (resource === 'memory') return memoryUse(candidate, at)
  const amount = noAmount()
  const { uses } = candidate
  if (resource === 'pids') addPart(amount, uses, 'processes', logLimit, false)
  else {
    const stats = statsOf(signal, spec)
    if (resource === 'inodes') {
      if (stats.layers) addPart(amount, uses, 'inodes', logLimit, false)
    } else {
      if (stats.layers) addPart(amount, uses, 'disk', logLimit, false)
      if (stats.logs) addPart(amount, uses, 'logs', logLimit, true)
      if (stats.volumes) addVolumes(amount, uses, localVolumes)
    }
  }
  return amountAt(amount, at)
}

/**
 * Pods in the order in which pressure evicts them: those of which nothing is measured, those that use more than they
 * request, then by priority, lowest first, then by how much more they use; for processes by priority and use alone. Full
 * ties, which Kubernetes leaves open, go by age, youngest first.
 *
 * Inodes are compared with no request, and then less the request of ephemeral storage, as Kubernetes does it.
 * Source: eviction/helpers.go, rankMemoryPressure, rankDiskPressureFunc, rankPIDPressure.
 */
export const rankFor = (
  signal: EvictionSignal,
  candidates: readonly Candidate[],
  spec: MachineSpec,
  logLimit: number,
  at: number,
): readonly Candidate[] => {
  const { resource } = SIGNALS[signal]
  const ranked = candidates.map((candidate) => {
    const { memoryBytes, ephemeralStorageBytes } = candidate.pod.template.requests
    const used = usedOf(candidate, signal, spec, logLimit, at)
    const request = resource === 'memory' ? memoryBytes : resource === 'ephemeral-storage' ? ephemeralStorageBytes : 0
    const isAbove = resource !== 'pids' && used > request
    return { candidate, isAbove, excess: used - (resource === 'inodes' ? ephemeralStorageBytes : request) }
  })
  const first = (a: boolean, b: boolean): number => Number(b) - Number(a)
  const bothMeasured = (a: Candidate, b: Candidate): boolean => a.hasStats && b.hasStats
  ranked.sort(
    (a, b) =>
      first(!a.candidate.hasStats, !b.candidate.hasStats) ||
      (bothMeasured(a.candidate, b.candidate) ? first(a.isAbove, b.isAbove) : 0) ||
      priorityOf(a.candidate.pod) - priorityOf(b.candidate.pod) ||
      (bothMeasured(a.candidate, b.candidate) ? b.excess - a.excess : 0) ||
      b.candidate.pod.createdAt - a.candidate.pod.createdAt ||
      (a.candidate.pod.key < b.candidate.pod.key ? -1 : 1),
  )
  return ranked.map(({ candidate }) => candidate)
}

/** The kernel counts pages, and disks blocks of the same size. */
const bytesText = (bytes: number): string => formatBytes(Math.floor(bytes / PAGE) * PAGE)

const requestOf = (container: DeepReadonly<Container> | undefined, resource: string): string =>
  container?.resources?.requests?.[resource] ?? '0'

/** Source: eviction/helpers.go, evictionMessage. */
export const evictionMessage = (
  { pod, uses }: Candidate,
  signal: EvictionSignal,
  threshold: string,
  available: number,
  logLimit: number,
  at: number,
): string => {
  const { resource } = SIGNALS[signal]
  const isBytes = resource === 'memory' || resource === 'ephemeral-storage'
  const text = isBytes ? bytesText(available) : formatMillis(available * 1_000)
  const low = `The node was low on resource: ${resource}. Threshold quantity: ${threshold}, available: ${text}. `
  if (!isBytes) return low
  const clauses = uses.flatMap((use) => {
    if (use.running === undefined) return []
    const request = requestOf(specOf(pod.template.spec as PodSpec, use.name), resource)
    let used: number
    if (resource === 'memory') used = memoryAt(use.running, at)
    else {
      const amount = noAmount()
      addPart(amount, [use], 'disk', logLimit, false)
      addPart(amount, [use], 'logs', logLimit, true)
      used = amountAt(amount, at)
    }
    if (used <= quantityWhole(request)) return []
    return [
      `Container ${use.name} was using ${bytesText(used)}, request is ${request}, has larger consumption of ${resource}. `,
    ]
  })
  return low + clauses.join('')
}

/** Source: pkg/apis/scheduling/types.go, SystemNodeCritical. */
const NODE_CRITICAL_PRIORITY = 2_000_001_000
const GUARANTEED = -997
const BEST_EFFORT = 1_000

const adjustmentOf = (requestBytes: number, capacity: number): number =>
  1_000 - Math.floor((1_000 * requestBytes) / capacity)

/** What the kubelet writes to a container’s `oom_score_adj`. Source: pkg/kubelet/qos/policy.go, GetContainerOOMScoreAdjust. */
export const oomScoreAdj = (pod: PodView, name: string, capacity: number): number => {
  const spec = pod.template.spec as PodSpec
  const qos = qosClass(spec)
  if (priorityOf(pod) >= NODE_CRITICAL_PRIORITY || qos === 'Guaranteed') return GUARANTEED
  if (qos === 'BestEffort') return BEST_EFFORT
  const container = specOf(spec, name)
  let adjustment = adjustmentOf(quantityWhole(requestOf(container, 'memory')), capacity)
  if (container?.restartPolicy === 'Always') {
    // A sidecar is killed no sooner than the containers that need it.
    const least = Math.min(...spec.containers.map((regular) => quantityWhole(requestOf(regular, 'memory'))))
    adjustment = Math.min(adjustment, adjustmentOf(least, capacity))
  }
  if (adjustment < 1_000 + GUARANTEED) return 1_000 + GUARANTEED
  return adjustment === BEST_EFFORT ? BEST_EFFORT - 1 : adjustment
}

/**
 * The container that the kernel kills when the machine has no memory left: the one that uses most, after each has been
 * given thousandths of all memory by its `oom_score_adj`. Source: mm/oom_kill.c, oom_badness.
 */
export const oomVictim = (
  candidates: readonly Candidate[],
  capacity: number,
  at: number,
): { readonly pod: PodView; readonly container: string } | undefined => {
  let worst: { readonly pod: PodView; readonly container: string } | undefined
  let most = Number.NEGATIVE_INFINITY
  for (const { pod, uses } of candidates) {
    for (const { name, running } of uses) {
      if (running === undefined) continue
      const points = memoryAt(running, at) + (oomScoreAdj(pod, name, capacity) * capacity) / 1_000
      if (points <= most) continue
      most = points
      worst = { pod, container: name }
    }
  }
  return worst
}
