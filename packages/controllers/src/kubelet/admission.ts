import {
  type DeepReadonly,
  isMirror,
  matchesNodeAffinity,
  type Node,
  type Pod,
  type PodSpec,
  podSpecOf,
  qosClass,
  type Toleration,
  toleratesTaint,
} from '@wavetank/cluster'
import { hostPortsOf, portsCollide } from '../kube-scheduler/plugins/node-ports/node-ports.ts'

/**
 * What a kubelet makes sure of before it runs a pod, whoever bound it: the scheduler saw another state of the node, and a
 * pod with `spec.nodeName` was seen by none. A pod that is refused is Failed for good.
 *
 * Source: pkg/kubelet/lifecycle/predicate.go (Admit), pkg/scheduler/eventhandlers.go (AdmissionCheck), and
 * pkg/kubelet/preemption/preemption.go.
 */

type PodView = DeepReadonly<Pod>
type NodeView = DeepReadonly<Node>

export interface Rejection {
  readonly reason: string
  readonly message: string
}

export type Verdict =
  | { readonly verdict: 'admitted' }
  | ({ readonly verdict: 'rejected' } & Rejection)
  /** A critical pod that fits once these are gone. */
  | { readonly verdict: 'preempts'; readonly victims: readonly PodView[] }

const ADMITTED: Verdict = { verdict: 'admitted' }

/** Source: pkg/apis/scheduling/types.go, SystemCriticalPriority. */
const SYSTEM_CRITICAL_PRIORITY = 2_000_000_000

export const priorityOf = (pod: PodView): number => pod.template.spec.priority ?? 0

/** Source: pkg/kubelet/types/pod_update.go, IsCriticalPod: a static pod is, whatever its priority. */
export const isCritical = (pod: PodView): boolean => isMirror(pod) || priorityOf(pod) >= SYSTEM_CRITICAL_PRIORITY

const MEMORY_PRESSURE_TAINT = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' } as const

/** One resource of which there is not enough; cpu in millicores. */
interface Shortage {
  readonly resource: string
  readonly requested: number
  readonly used: number
  readonly capacity: number
}

const requestOf = (pod: PodView, resource: string): number => {
  const { requests } = pod.template
  switch (resource) {
    case 'pods':
      return 1
    case 'cpu':
      return requests.cpuMillis
    case 'memory':
      return requests.memoryBytes
    case 'ephemeral-storage':
      return requests.ephemeralStorageBytes
    default:
      return requests.extended[resource] ?? 0
  }
}

const allocatableOf = ({ allocatable }: NodeView, resource: string): number | undefined => {
  switch (resource) {
    case 'pods':
      return allocatable.pods
    case 'cpu':
      return allocatable.cpuMillis
    case 'memory':
      return allocatable.memoryBytes
    case 'ephemeral-storage':
      return allocatable.ephemeralStorageBytes
    default:
      return allocatable.extended[resource]
  }
}

/** Source: noderesources/fit.go, fitsRequest. Extended resources that the node does not know are not asked for. */
const shortagesOf = (pod: PodView, node: NodeView, others: readonly PodView[]): readonly Shortage[] => {
  const shortages: Shortage[] = []
  const resources = [
    'pods',
    'cpu',
    'memory',
    'ephemeral-storage',
    ...Object.keys(pod.template.requests.extended).sort(),
  ]
  for (const resource of resources) {
    const requested = requestOf(pod, resource)
    const capacity = allocatableOf(node, resource)
    if (requested === 0 || capacity === undefined) continue
    let used = 0
    for (const other of others) used += requestOf(other, resource)
    if (requested > capacity - used) shortages.push({ resource, requested, used, capacity })
  }
  return shortages
}

/** Predicates in their order, by name and what they say. */
const refusals = (pod: PodView, node: NodeView, others: readonly PodView[]): readonly Rejection[] => {
  const spec = podSpecOf(pod)
  const found: Rejection[] = []
  const refuse = (reason: string, text: string): void => {
    found.push({ reason, message: `Predicate ${reason} failed: ${text}` })
  }
  if (!matchesNodeAffinity(spec, node)) refuse('NodeAffinity', "node(s) didn't match Pod's node affinity/selector")
  const ports = hostPortsOf(pod)
  if (ports.length > 0 && others.some((other) => portsCollide(ports, other))) {
    refuse('NodePorts', "node(s) didn't have free ports for the requested pod ports")
  }
  const tolerations: readonly Toleration[] = spec.tolerations ?? []
  const isTolerated = node.taints.every(
    (taint) => taint.effect !== 'NoExecute' || tolerations.some((toleration) => toleratesTaint(toleration, taint)),
  )
  if (!isTolerated) refuse('TaintToleration', "node(s) had taints that the pod didn't tolerate")
  return found
}

const shortageText = ({ resource, requested, used, capacity }: Shortage): Rejection => ({
  reason: `OutOf${resource}`,
  message: `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`,
})

/**
 * Under pressure critical pods are taken; under that of memory alone, all that are not BestEffort, and those that tolerate
 * its taint. Source: pkg/kubelet/eviction/eviction_manager.go, Admit.
 */
export const refusedUnderPressure = (pod: PodView, { machine }: NodeView): Rejection | undefined => {
  const { pressures } = machine
  if (pressures.length === 0 || isCritical(pod)) return undefined
  const spec = podSpecOf(pod)
  if (pressures.length === 1 && pressures[0] === 'MemoryPressure') {
    if (qosClass(spec) !== 'BestEffort') return undefined
    const tolerations: readonly Toleration[] = spec.tolerations ?? []
    if (tolerations.some((toleration) => toleratesTaint(toleration, MEMORY_PRESSURE_TAINT))) return undefined
  }
  return { reason: 'Evicted', message: `The node had condition: [${pressures.join(' ')}]. ` }
}

/** @param others the pods that the kubelet has accepted and that have not ended, oldest first */
export const admit = (pod: PodView, node: NodeView, others: readonly PodView[]): Verdict => {
  const shortages = shortagesOf(pod, node, others)
  const refused = refusals(pod, node, others)
  if (isCritical(pod) && shortages.length > 0 && refused.length === 0) return preempt(pod, shortages, others)
  // A critical pod is not told of resources, which it would have been given.
  const first = isCritical(pod) || shortages.length === 0 ? refused[0] : shortageText(shortages[0]!)
  return first === undefined ? ADMITTED : { verdict: 'rejected', ...first }
}

// ── preemption by the kubelet ────────────────────────────────────────────────────────────────────────────────────

interface Requirement {
  readonly resource: string
  readonly quantity: number
}

const subtract = (requirements: readonly Requirement[], pods: readonly PodView[]): readonly Requirement[] =>
  requirements.flatMap(({ resource, quantity }) => {
    const left = pods.reduce((rest, pod) => rest - requestOf(pod, resource), quantity)
    return left > 0 ? [{ resource, quantity: left }] : []
  })

/** The share of each requirement that the pod would leave, squared and added. */
const distance = (requirements: readonly Requirement[], pod: PodView): number => {
  let sum = 0
  for (const { resource, quantity } of requirements) {
    const share = (quantity - requestOf(pod, resource)) / quantity
    if (share > 0) sum += share * share
  }
  return sum
}

const asksForLess = (a: PodView, b: PodView): boolean => {
  for (const resource of ['memory', 'cpu']) {
    const difference = requestOf(a, resource) - requestOf(b, resource)
    if (difference !== 0) return difference < 0
  }
  return true
}

const unreachable = (requirements: readonly Requirement[]): string =>
  `no set of running pods found to reclaim resources: [${requirements.map(({ resource, quantity }) => `(res: ${resource}, q: ${quantity}), `).join('')}]`

/** Pods one by one, each time the one that comes nearest to what is still missing; a text if there are too few. */
const byDistance = (
  candidates: readonly PodView[],
  requirements: readonly Requirement[],
): readonly PodView[] | string => {
  const pods = [...candidates]
  const chosen: PodView[] = []
  let missing = requirements
  while (missing.length > 0) {
    if (pods.length === 0) return unreachable(missing)
    let best = 0
    let bestDistance = missing.length + 1
    pods.forEach((pod, i) => {
      const here = distance(missing, pod)
      if (here < bestDistance || (here === bestDistance && asksForLess(pod, pods[best]!))) {
        bestDistance = here
        best = i
      }
    })
    const pod = pods[best]!
    missing = subtract(missing, [pod])
    chosen.push(pod)
    // The last one takes its place, as in Kubernetes: it is the order in which ties are met.
    pods[best] = pods[pods.length - 1]!
    pods.pop()
  }
  return chosen
}

const unexpected = (text: string): Verdict => ({
  verdict: 'rejected',
  reason: 'UnexpectedAdmissionError',
  message: `Unexpected error while attempting to recover from admission failure: preemption: error finding a set of pods to preempt: ${text}`,
})

/** Guaranteed pods are chosen as if all others were gone, then Burstable, then BestEffort. Source: getPodsToPreempt. */
const preempt = (pod: PodView, shortages: readonly Shortage[], others: readonly PodView[]): Verdict => {
  const requirements = shortages.map(({ resource, requested, used, capacity }) => ({
    resource,
    quantity: requested - (capacity - used),
  }))
  const preemptable = others.filter((other) => !isCritical(other) || priorityOf(pod) > priorityOf(other))
  const ofClass = (wanted: string) =>
    preemptable.filter(({ template }) => qosClass(template.spec as PodSpec) === wanted)
  const bestEffort = ofClass('BestEffort')
  const burstable = ofClass('Burstable')
  const guaranteed = ofClass('Guaranteed')
  const never = subtract(requirements, preemptable)
  if (never.length > 0) return unexpected(unreachable(never))
  const first = byDistance(guaranteed, subtract(requirements, [...bestEffort, ...burstable]))
  if (typeof first === 'string') return unexpected(first)
  const second = byDistance(burstable, subtract(requirements, [...bestEffort, ...first]))
  if (typeof second === 'string') return unexpected(second)
  const third = byDistance(bestEffort, subtract(requirements, [...second, ...first]))
  if (typeof third === 'string') return unexpected(third)
  return { verdict: 'preempts', victims: [...third, ...second, ...first] }
}
