import {
  type Container,
  type DeepReadonly,
  type Pod,
  type PodSpec,
  qosClass,
  quantityWhole,
  type RunningUsage,
  usageAt,
} from '@wavetank/cluster'
import { formatBytes } from '@wavetank/cluster/api'
import { priorityOf } from './admission.ts'
import { specOf } from './local-pod.ts'

type PodView = DeepReadonly<Pod>
type Running = readonly DeepReadonly<RunningUsage>[]

const PAGE = 4_096

const workingSet = (running: DeepReadonly<RunningUsage>, at: number): number =>
  running.memory === undefined ? 0 : usageAt(running.memory as NonNullable<RunningUsage['memory']>, at)

const usageOf = (running: Running, at: number): number => running.reduce((sum, one) => sum + workingSet(one, at), 0)

/** A pod with what its containers use. */
export interface Candidate {
  readonly pod: PodView
  readonly running: Running
}

/**
 * Pods in the order in which memory pressure evicts them: those that use more than they request first, then by priority,
 * lowest first, then by how much more they use. Full ties, which Kubernetes leaves open, go by age, youngest first.
 *
 * Source: pkg/kubelet/eviction/helpers.go, rankMemoryPressure.
 */
export const rankByMemory = (candidates: readonly Candidate[], at: number): readonly Candidate[] => {
  const ranked = candidates.map((candidate) => ({
    candidate,
    excess: usageOf(candidate.running, at) - candidate.pod.template.requests.memoryBytes,
  }))
  ranked.sort(
    (a, b) =>
      Number(b.excess > 0) - Number(a.excess > 0) ||
      priorityOf(a.candidate.pod) - priorityOf(b.candidate.pod) ||
      b.excess - a.excess ||
      b.candidate.pod.createdAt - a.candidate.pod.createdAt ||
      (a.candidate.pod.key < b.candidate.pod.key ? -1 : 1),
  )
  return ranked.map(({ candidate }) => candidate)
}

/** The kernel counts pages. */
const bytesText = (bytes: number): string => formatBytes(Math.floor(bytes / PAGE) * PAGE)

const requestOf = (container: DeepReadonly<Container> | undefined): string =>
  container?.resources?.requests?.memory ?? '0'

/** Source: pkg/kubelet/eviction/helpers.go, evictionMessage. */
export const evictionMessage = (
  { pod, running }: Candidate,
  thresholdBytes: number,
  availableBytes: number,
  at: number,
): string => {
  const low = `The node was low on resource: memory. Threshold quantity: ${formatBytes(thresholdBytes)}, available: ${bytesText(availableBytes)}. `
  const clauses = running.flatMap((one) => {
    const request = requestOf(specOf(pod.template.spec as PodSpec, one.container))
    const used = workingSet(one, at)
    if (used <= quantityWhole(request)) return []
    return [
      `Container ${one.container} was using ${bytesText(used)}, request is ${request}, has larger consumption of memory. `,
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
  let adjustment = adjustmentOf(quantityWhole(requestOf(container)), capacity)
  if (container?.restartPolicy === 'Always') {
    // A sidecar is killed no sooner than the containers that need it.
    const least = Math.min(...spec.containers.map((regular) => quantityWhole(requestOf(regular))))
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
  for (const { pod, running } of candidates) {
    for (const one of running) {
      const points = workingSet(one, at) + (oomScoreAdj(pod, one.container, capacity) * capacity) / 1_000
      if (points <= most) continue
      most = points
      worst = { pod, container: one.container }
    }
  }
  return worst
}
