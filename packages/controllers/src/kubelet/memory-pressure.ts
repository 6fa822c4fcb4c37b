import {
  type ClusterView,
  ContainerExited,
  EvictionThresholdMet,
  firstAtLeast,
  firstBelow,
  NodeOutOfMemory,
  NodePressureChanged,
  type PlacedCurve,
  totalUsageAt,
  usageOfPods,
} from '@wavetank/cluster'
import { cancel, type Emission, type Entry, type EventOf, emit, QUIET, timer } from '@wavetank/kernel'
import { isCritical } from './admission.ts'
import { EvictionObserved, EvictionSyncDue, MemoryExhaustedDue } from './events.ts'
import {
  isUnderPressure,
  MONITORING_PERIOD,
  memoryForPods,
  memoryThresholds,
  metAbove,
  observe,
} from './eviction-thresholds.ts'
import { type Candidate, evictionMessage, oomVictim, rankByMemory } from './memory-ranking.ts'
import { activePods, kill } from './node-pods.ts'
import { statusAtNextTick } from './node-status.ts'
import { isAtWork, type KubeletScene, latency, type NodeEntry, type NodeView, settingsOf } from './scene.ts'

/**
 * The memory of nodes: the eviction manager of each kubelet, and the kernel when that was too late.
 *
 *   usage changes ─▶ when does the sum cross what? ─▶ EvictionSyncDue, at the manager's next look ─▶ a pod is evicted
 *                                                  └▶ MemoryExhaustedDue, at once ─▶ a container is killed
 *
 * 1. The manager looks every 10 s; looks that find nothing new are no events.
 * 2. It evicts one pod, waits until nothing of it is left, and looks again.
 * 3. Only nodes with containers whose use of memory is known are watched.
 */

const MEMORY_PRESSURE = 'MemoryPressure'
/** How far ahead curves that repeat are searched. */
const WINDOW = 86_400_000
/** Source: eviction_manager.go, podCleanupPollFreq. */
const CLEANUP_POLL = 1_000

const lookKey = (node: string): string => `eviction ${node}`
const exhaustedKey = (node: string): string => `memory ${node}`

/** Without its kubelet nobody looks at a node; its kernel is still there. */
export const forgetLooks = (node: string): readonly Emission[] => [cancel(lookKey(node))]

/** Of a machine that is down nothing is watched. */
export const forgetMemory = (node: string): readonly Emission[] => [...forgetLooks(node), cancel(exhaustedKey(node))]

/** The manager’s first look at or after `at`, and after the last one. */
const lookAt = (origin: number, at: number): number =>
  origin + Math.max(1, Math.ceil((at - origin) / MONITORING_PERIOD)) * MONITORING_PERIOD

const curvesOn = (view: ClusterView, node: NodeView): readonly PlacedCurve[] => usageOfPods(view, node.pods, 'memory')

/** Whether processes get on there, with a kubelet or without. */
const runs = ({ machine }: NodeView): boolean => machine.power === 'on' && machine.frozenSince === undefined

/** Plans the next look that will find something, and the instant at which nothing is left. */
export const watchMemory = (scene: KubeletScene, name: string, at: number): readonly Emission[] => {
  const watch = scene.own.memory.get(name)
  const node = scene.view.nodes.get(name)
  if (watch === undefined || node === undefined || !runs(node)) return QUIET
  const flags = settingsOf(scene, name)
  const forPods = memoryForPods(node, flags)
  const curves = curvesOn(scene.view, node)
  const until = curves.some(({ curve }) => curve.period !== undefined) ? at + WINDOW : Number.POSITIVE_INFINITY
  const exhausted = firstAtLeast(curves, forPods, at, until)
  const emissions: Emission[] = [cancel(exhaustedKey(name))]
  if (exhausted !== undefined) {
    emissions.push(timer(exhaustedKey(name), exhausted - at, MemoryExhaustedDue({ node: name })))
  }
  // The manager waits for the pod that it has evicted.
  if (watch.evicting !== undefined || !isAtWork(scene, name)) return emissions
  const { observed } = watch
  let next = until
  for (const threshold of memoryThresholds(flags, node.capacity.memoryBytes)) {
    const since = observed.since[threshold.name]
    const acted = observed.acted.includes(threshold.name)
    const limit = metAbove(threshold, acted, forPods) + 1
    const crossing = since === undefined ? firstAtLeast(curves, limit, at, until) : firstBelow(curves, limit, at, until)
    next = Math.min(next, crossing ?? next)
    if (since !== undefined && !acted) next = Math.min(next, Math.max(at, since + threshold.graceMillis))
  }
  if (Object.keys(observed.since).length === 0 && node.machine.pressures.includes(MEMORY_PRESSURE)) {
    next = Math.min(next, (observed.pressureAt ?? at) + flags.evictionPressureTransitionPeriod)
  }
  emissions.push(cancel(lookKey(name)))
  if (next !== Number.POSITIVE_INFINITY) {
    emissions.push(timer(lookKey(name), lookAt(watch.origin, next) - at, EvictionSyncDue({ node: name })))
  }
  return emissions
}

const candidatesOn = (scene: KubeletScene, node: NodeView): readonly Candidate[] =>
  activePods(scene, node).map((pod) => ({
    pod,
    running: (scene.view.usage.get(pod.key) ?? []).filter(({ endedAt }) => endedAt === Number.POSITIVE_INFINITY),
  }))

export const lookAtMemory = (scene: KubeletScene, { event, at }: NodeEntry): readonly Emission[] => {
  const watch = scene.own.memory.get(event.node)
  const node = scene.view.nodes.get(event.node)
  if (watch === undefined || node === undefined || !isAtWork(scene, node.name)) return QUIET
  const flags = settingsOf(scene, node.name)
  const forPods = memoryForPods(node, flags)
  const used = Math.floor(totalUsageAt(curvesOn(scene.view, node), at))
  const thresholds = memoryThresholds(flags, node.capacity.memoryBytes)
  const found = observe(watch.observed, thresholds, forPods, used, at)
  const emissions: Emission[] = []
  const under = isUnderPressure(found, flags.evictionPressureTransitionPeriod)
  if (under !== node.machine.pressures.includes(MEMORY_PRESSURE)) {
    emissions.push(
      emit(NodePressureChanged({ node: node.name, condition: MEMORY_PRESSURE, under })),
      statusAtNextTick(scene, node, at),
    )
  }
  const threshold = thresholds.find(({ name }) => found.acted.includes(name))
  if (threshold !== undefined) {
    emissions.push(emit(EvictionThresholdMet({ node: node.name, resource: 'memory' })))
    const victim = rankByMemory(candidatesOn(scene, node), at).find(({ pod }) => !isCritical(pod))
    if (victim !== undefined) {
      const message = evictionMessage(victim, threshold.bytes, Math.max(0, forPods - used), at)
      const own = victim.pod.template.spec.terminationGracePeriodSeconds ?? 30
      const grace = threshold.name === 'hard' ? 1 : Math.min(flags.evictionMaxPodGracePeriod, own)
      emissions.push(...kill(scene, victim.pod, { reason: 'Evicted', message, disruption: message }, grace))
    }
  }
  const { since, acted, pressureAt } = found
  return [...emissions, emit(EvictionObserved({ node: node.name, since, acted, pressureAt }))]
}

export const memoryLookedAt = (scene: KubeletScene, { event, at }: NodeEntry): readonly Emission[] =>
  watchMemory(scene, event.node, at)

/** Nothing is left of a pod that was evicted, as the manager sees by asking every second: it looks again. */
export const evictionOver = (scene: KubeletScene, node: string, pod: string): readonly Emission[] => {
  if (scene.own.memory.get(node)?.evicting !== pod) return QUIET
  const polls = Math.max(1, Math.ceil(latency(scene, 'podCleanup', pod) / CLEANUP_POLL))
  return [cancel(lookKey(node)), timer(lookKey(node), polls * CLEANUP_POLL, EvictionSyncDue({ node }))]
}

/** The kernel’s OOM killer, which waits for nobody. */
export const memoryExhausted = (
  scene: KubeletScene,
  { event, at }: Entry<EventOf<typeof MemoryExhaustedDue>>,
): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined || !runs(node)) return QUIET
  const victim = oomVictim(candidatesOn(scene, node), node.capacity.memoryBytes, at)
  if (victim === undefined) return QUIET
  const { pod, container } = victim
  const restart = scene.own.pods.get(pod.key)?.containers.find(({ name }) => name === container)?.instance ?? 0
  const pid = 1_000 + Math.floor(scene.draw('pid', `${pod.key} ${container}#${restart}`) * 30_000)
  return [
    emit(NodeOutOfMemory({ node: node.name, pod: pod.key, container, pid })),
    emit(ContainerExited({ pod: pod.key, container, restart, exitCode: 137, reason: 'OOMKilled' })),
  ]
}
