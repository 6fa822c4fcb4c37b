import { isSidecar } from '../api/core/container.ts'
import type { PodResources } from '../api/core/pod-resources.ts'
import type { PodSpec } from '../api/core/pod-spec.ts'
import type { NodeName, PodKey } from '../ids.ts'
import type { Labels, ObjectMeta } from '../object/meta.ts'
import type { ContainerStatus, PodPhase } from './events.ts'

/** A pod template as it is once defaulted and admitted; shared by all pods made from it. */
export interface PodTemplate {
  readonly hash: string
  readonly labels: Labels
  readonly annotations: Labels
  readonly finalizers: readonly string[]
  readonly spec: PodSpec
  /** Effective requests, for the scheduler and the node (semantics: PodRequests of component-helpers). */
  readonly requests: PodResources
  /** The same with 100m and 200 MiB for containers that ask for nothing: what the scheduler scores by. */
  readonly nonZeroRequests: PodResources
}

export type PodConditionType =
  | 'PodReadyToStartContainers'
  | 'Initialized'
  | 'Ready'
  | 'ContainersReady'
  | 'PodScheduled'
  | 'DisruptionTarget'

export interface PodCondition {
  readonly type: PodConditionType
  readonly status: 'True' | 'False'
  readonly reason?: string | undefined
  readonly message?: string | undefined
  readonly lastTransitionAt: number
}

/** A pod object as the API server has it: what the kubelet knows of it is in the kubelet's own memory until reported. */
export interface Pod extends ObjectMeta {
  readonly key: PodKey
  readonly template: PodTemplate
  readonly hostname: string | undefined
  readonly subdomain: string | undefined
  /** Required node affinity for one node by name, in place of the template's: how a DaemonSet pins its pods. */
  readonly affinityNode: NodeName | undefined
  /** Claim by volume, in front of the template's volumes and in place of those of the same name: a StatefulSet's. */
  readonly claims: Readonly<Record<string, string>> | undefined
  /** Empty while unscheduled. */
  node: string
  /** `status.nominatedNodeName`: where preemption makes room for the pod; empty if nowhere. */
  nominatedNode: string
  /** Names of the scheduling gates that are left. */
  schedulingGates: readonly string[]
  phase: PodPhase
  reason: string | undefined
  message: string | undefined
  ip: string | undefined
  /** `status.startTime`: the kubelet's first word about the pod. */
  startedAt: number | undefined
  conditions: readonly PodCondition[]
  initContainers: readonly ContainerStatus[]
  containers: readonly ContainerStatus[]
}

export const podConditionOf = (pod: Pod, type: PodConditionType): PodCondition | undefined => {
  for (const condition of pod.conditions) if (condition.type === type) return condition
  return undefined
}

/** Phase Succeeded or Failed: it will not run again. */
export const isTerminal = (pod: Pod): boolean => pod.phase === 'Succeeded' || pod.phase === 'Failed'

/** Source: pkg/controller/controller_utils.go, IsPodActive. */
export const isActive = (pod: Pod): boolean => !isTerminal(pod) && pod.deletion === undefined

/** Source: pkg/controller/controller_utils.go, IsPodTerminating. */
export const isTerminating = (pod: Pod): boolean => !isTerminal(pod) && pod.deletion !== undefined

/** Source: pkg/api/v1/pod/util.go, IsPodReady: the condition alone decides, not the phase. */
export const isReady = (pod: Pod): boolean => podConditionOf(pod, 'Ready')?.status === 'True'

/** When the pod became Ready; `undefined` while it is not. */
export const readySince = (pod: Pod): number | undefined => {
  const ready = podConditionOf(pod, 'Ready')
  return ready?.status === 'True' ? ready.lastTransitionAt : undefined
}

/** Ready for at least `minReadySeconds`. Source: pkg/api/v1/pod/util.go, IsPodAvailable. */
export const isAvailable = (pod: Pod, minReadySeconds: number, at: number): boolean => {
  const since = readySince(pod)
  return since !== undefined && (minReadySeconds === 0 || since + minReadySeconds * 1_000 <= at)
}

const mostRestarts = (containers: readonly ContainerStatus[]): number => {
  let most = 0
  for (const { restartCount } of containers) most = Math.max(most, restartCount)
  return most
}

/** The statuses of the init containers that keep running; the others' restarts count for nothing. */
const sidecarsOf = ({ template, initContainers }: Pod): readonly ContainerStatus[] =>
  initContainers.filter(({ name }) =>
    template.spec.initContainers?.some((container) => container.name === name && isSidecar(container)),
  )

/**
 * More restarts of any one container come first, of its sidecars where the others are equal; 0: no difference.
 *
 * Source: pkg/controller/controller_utils.go, compareMaxContainerRestarts.
 */
export const byRestarts = (a: Pod, b: Pod): number =>
  mostRestarts(b.containers) - mostRestarts(a.containers) || mostRestarts(sidecarsOf(b)) - mostRestarts(sidecarsOf(a))
