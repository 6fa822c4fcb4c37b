import {
  type ClusterView,
  type Container,
  type DeepReadonly,
  type FlagValues,
  isKubeletAtWork,
  type KubeletNodeFlags,
  type MachineSpec,
  type Node,
  nextRetry,
  ownerOf,
  type Pod,
  retryAt,
} from '@wavetank/cluster'
import { type Emission, type Entry, millis, QUIET, type Scene, timer } from '@wavetank/kernel'
import { sample } from '../latency.ts'
import type { KubeletState } from './apply.ts'
import type { BehaviorOf, ContainerBehavior } from './behavior.ts'
import { PodSyncDue } from './events.ts'
import type { kubeletFlags } from './flags.ts'
import { isRetrying, type LocalPod, specOf } from './local-pod.ts'

/** What all parts of the kubelet see, and the timers through which they wake it. */

export type KubeletConfig = FlagValues<typeof kubeletFlags> & {
  readonly behaviorOf: BehaviorOf
  /** The settings of the kubelet on a node, where they differ from those of all. */
  readonly kubeletOf?: (node: string) => KubeletNodeFlags
  /** What Node objects do not say of their machines. */
  readonly machineOf?: (node: string) => MachineSpec
}
export type KubeletScene = Scene<ClusterView, KubeletState, KubeletConfig>
export type PodView = DeepReadonly<Pod>
export type NodeView = DeepReadonly<Node>
export type NodeEntry = Entry<{ readonly kind: string; readonly node: string }>
export type PodEntry = Entry<{ readonly kind: string; readonly pod: string }>

export const syncKey = (pod: string): string => `sync ${pod}`
export const stepKey = (pod: string): string => `step ${pod}`
export const exitKey = (pod: string, container: string): string => `exit ${pod} ${container}`
export const writeKey = (pod: string, container: string): string => `write ${pod} ${container}`
export const mountKey = (pod: string): string => `mount ${pod}`
export const hookKey = (pod: string, container: string): string => `hook ${pod} ${container}`
export const probeKey = (pod: string, container: string, probe: string): string => `probe ${pod} ${container} ${probe}`

/** The pod as the kubelet has it, if that kubelet is at work. */
export const find = (
  scene: KubeletScene,
  key: string,
): { readonly pod: PodView; readonly local: LocalPod } | undefined => {
  const pod = scene.view.pods.get(key)
  const local = scene.own.pods.get(key)
  if (pod === undefined || local === undefined || local.uid !== pod.uid) return undefined
  return isAtWork(scene, local.node) ? { pod, local } : undefined
}

/** Whether the kubelet of the node acts, whoever hears of it. */
export const isAtWork = (scene: KubeletScene, node: string): boolean => {
  const machine = scene.view.nodes.get(node)?.machine
  return machine !== undefined && isKubeletAtWork(machine)
}

/** Whether it also sees what the API server has, and is heard by it. */
export const isInTouch = (scene: KubeletScene, node: string): boolean =>
  isAtWork(scene, node) && scene.view.nodes.get(node)!.machine.isConnected

/** The settings of the kubelet on a node. */
export const settingsOf = ({ config }: KubeletScene, node: string): KubeletNodeFlags =>
  config.kubeletOf?.(node) ?? config

const PLAIN_MACHINE: MachineSpec = {}

export const machineOf = ({ config }: KubeletScene, node: string): MachineSpec =>
  config.machineOf?.(node) ?? PLAIN_MACHINE

export const latency = (scene: KubeletScene, name: keyof ClusterView['settings']['latencies'], key: string): number =>
  sample(scene.view.settings.latencies[name] as never, scene.draw, name, key)

/** What takes this long on disks as they should be. */
export const slowed = ({ view }: KubeletScene, node: string, wait: number): number =>
  millis(wait * (view.nodes.get(node)?.machine.slowness ?? 1))

/**
 * A sync of the pod after `delay`, or at its next retry if that comes first: then the retry sees what has changed. The
 * retries that find nothing new are no events (sync-retry.ts), so they are counted through here.
 */
export const syncIn = (scene: KubeletScene, pod: string, at: number, delay: number): Emission => {
  const retry = untilRetry(scene, pod, at)
  return timer(syncKey(pod), retry === undefined ? delay : Math.min(delay, retry), PodSyncDue({ pod }))
}

/** The next retry of the pod, which will see what has changed; nothing, if its last sync did not fail. */
export const syncAtRetry = (scene: KubeletScene, pod: string, at: number): readonly Emission[] => {
  const retry = untilRetry(scene, pod, at)
  return retry === undefined ? QUIET : [timer(syncKey(pod), retry, PodSyncDue({ pod }))]
}

const untilRetry = (scene: KubeletScene, pod: string, at: number): number | undefined => {
  const local = scene.own.pods.get(pod)
  if (local === undefined || !isRetrying(local)) return undefined
  const due =
    local.syncedAt === at ? nextRetry(scene.draw, pod, at) : retryAt(scene.draw, pod, local.retryFrom ?? at, at)
  return due - at
}

/** A sync when the runtime’s relist has noticed something; the report reaches the API server with it. */
export const syncAfterRelist = (scene: KubeletScene, pod: string, at: number): Emission =>
  syncIn(
    scene,
    pod,
    at,
    latency(scene, 'plegRelist', `${pod} ${at}`) + latency(scene, 'apiWrite', `status ${pod} ${at}`),
  )

/** What is left until a start that the worker was too busy to see is seen. */
export const seenAfter = (scene: KubeletScene, pod: string, startedAt: number, at: number): number =>
  Math.max(0, latency(scene, 'plegRelist', `${pod} ${startedAt}`) - (at - startedAt)) +
  latency(scene, 'apiWrite', `status ${pod} ${at}`)

export const syncSoon = (scene: KubeletScene, pod: string, at: number): Emission =>
  syncIn(scene, pod, at, latency(scene, 'apiWrite', `status ${pod} ${at}`))

const ownersOf = (view: ClusterView, pod: PodView) => {
  if (pod.owner === undefined) return []
  const further = ownerOf(view, pod.namespace, pod.owner)?.owner
  return further === undefined ? [pod.owner] : [pod.owner, further]
}

const subjectOf = (view: ClusterView, pod: PodView, container: DeepReadonly<Container>) => ({
  namespace: pod.namespace,
  labels: pod.labels,
  owners: () => ownersOf(view, pod),
  image: container.image ?? '',
  container: container.name,
})

export const behaviorOf = (scene: KubeletScene, pod: PodView, name: string): ContainerBehavior =>
  scene.config.behaviorOf(subjectOf(scene.view, pod, imageOf(pod, name)))

export const imageOf = (pod: PodView, container: string): DeepReadonly<Container> =>
  specOf(pod.template.spec as never, container) as DeepReadonly<Container>
