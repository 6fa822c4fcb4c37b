import {
  ContainerExited,
  type EvictionSignal,
  EvictionThresholdMet,
  NodeOutOfMemory,
  NodePressureChanged,
} from '@wavetank/cluster'
import { cancel, type Emission, type Entry, type EventOf, emit, QUIET, timer } from '@wavetank/kernel'
import { isCritical } from './admission.ts'
import { type EvictionWatch, type KubeletState, newWatch } from './apply.ts'
import { DiskLevelDue, EvictionObserved, EvictionSyncDue, ImageCollectionDue, MemoryExhaustedDue } from './events.ts'
import { amountAt, type Candidate, evictionMessage, oomVictim, rankFor } from './eviction-ranking.ts'
import {
  availableAt,
  capacitiesOf,
  containerUses,
  fallsBelow,
  type Gauges,
  gaugesOf,
  imagesDiskOf,
  layersDiskOf,
  logLimitOf,
  reaches,
  usagesOf,
  usedAt,
} from './eviction-signals.ts'
import {
  type Condition,
  conditionsMet,
  isUnder,
  lookAt,
  metBelow,
  type Observed,
  observe,
  SIGNALS,
  type Threshold,
  thresholdsOf,
} from './eviction-thresholds.ts'
import { nextDiskLevel } from './full-disk.ts'
import {
  endedPods,
  kubeletSince,
  nextCollection,
  nextCollectionTick,
  nextRemovable,
  removableImages,
  removed,
} from './image-collection.ts'
import { activePods, kill } from './node-pods.ts'
import { statusAtNextTick } from './node-status.ts'
import {
  isAtWork,
  type KubeletScene,
  latency,
  machineOf,
  type NodeEntry,
  type NodeView,
  type PodView,
  settingsOf,
} from './scene.ts'
import { storageLimitsOf } from './storage-limits.ts'

/**
 * What runs out on nodes: the eviction manager of each kubelet, its garbage collection, and the kernel when that was too
 * late.
 *
 *   use changes ─▶ when does which sum cross what? ─▶ EvictionSyncDue, at the manager's next look ─▶ a pod is evicted
 *                                                 ├▶ ImageCollectionDue, at the next look ─▶ images are removed
 *                                                 ├▶ MemoryExhaustedDue, at once ─▶ a container is killed
 *                                                 └▶ DiskLevelDue, at once ─▶ nothing more is written (full-disk.ts)
 *
 * 1. The manager looks every 10 s; looks that find nothing new are no events.
 * 2. It evicts one pod, waits until nothing of it is left, and looks again.
 * 3. Only nodes of which something is known to be used are watched.
 */

const CONDITIONS: readonly Condition[] = ['MemoryPressure', 'DiskPressure', 'PIDPressure']
/** Source: eviction_manager.go, podCleanupPollFreq. */
const CLEANUP_POLL = 1_000
const NEVER = Number.POSITIVE_INFINITY

const lookKey = (node: string): string => `eviction ${node}`
const collectKey = (node: string): string => `images ${node}`
const exhaustedKey = (node: string): string => `memory ${node}`
const levelKey = (node: string): string => `full ${node}`

/** Without its kubelet nobody looks at a node; its kernel is still there. */
export const forgetLooks = (node: string): readonly Emission[] => [cancel(lookKey(node)), cancel(collectKey(node))]

/** Of a machine that is down nothing is watched. */
export const forgetNode = (node: string): readonly Emission[] => [
  ...forgetLooks(node),
  cancel(exhaustedKey(node)),
  cancel(levelKey(node)),
]

/** Whether processes get on there, with a kubelet or without. */
export const runs = ({ machine }: NodeView): boolean => machine.power === 'on' && machine.frozenSince === undefined

const watchOf = (own: KubeletState, node: NodeView): EvictionWatch =>
  own.watches.get(node.name) ?? newWatch(kubeletSince(own, node))

const victims = (scene: KubeletScene, node: NodeView): readonly PodView[] =>
  activePods(scene, node).filter((pod) => !isCritical(pod))

const isOfDisk = ({ signal }: Threshold): boolean => SIGNALS[signal].condition === 'DiskPressure'

/** The look that does something about what was found before, if nothing else changes. */
const nextAction = (scene: KubeletScene, node: NodeView, acted: readonly Threshold[], at: number): number => {
  if (acted.length === 0) return NEVER
  if (victims(scene, node).length > 0) return at
  // Memory and processes come first, and then nobody looks at disks.
  const [first] = acted
  if (!isOfDisk(first!)) return NEVER
  const { containers, images } = reclaims(scene, node, first!.signal)
  if (containers && endedPods(scene, node).length > 0) return at
  return images ? Math.max(at, nextRemovable(scene, node)) : NEVER
}

/** The next look that will find something new, or do something. */
const nextLook = (scene: KubeletScene, node: NodeView, watch: EvictionWatch, gauges: Gauges, at: number): number => {
  const flags = settingsOf(scene, node.name)
  const { observed } = watch
  const thresholds = thresholdsOf(flags, capacitiesOf(scene, node))
  let next = NEVER
  for (const threshold of thresholds) {
    const gauge = gauges[threshold.signal]
    const since = observed.since[threshold.id]
    const acted = observed.acted.includes(threshold.id)
    // In use, when there is just not enough.
    const limit = gauge.capacity - metBelow(threshold, acted) + 1
    next = Math.min(next, since === undefined ? reaches(gauge, limit, at) : fallsBelow(gauge, limit, at))
    if (since !== undefined && !acted) next = Math.min(next, Math.max(at, since + threshold.graceMillis))
  }
  const met = conditionsMet(observed)
  for (const condition of CONDITIONS) {
    if (met.has(condition) || !node.machine.pressures.includes(condition)) continue
    next = Math.min(next, (observed.pressureAt[condition] ?? at) + flags.evictionPressureTransitionPeriod)
  }
  const acted = thresholds.filter(({ id }) => observed.acted.includes(id))
  next = Math.min(next, nextAction(scene, node, acted, at))
  if (scene.view.usage.size === 0) return next
  const logLimit = logLimitOf(scene, node.name)
  for (const pod of victims(scene, node)) {
    for (const { amount, limit } of storageLimitsOf(scene, pod, logLimit)) {
      next = Math.min(next, reaches(amount, limit + 1, at))
    }
  }
  return next
}

/** Whether anything is known of the node that can run out. */
export const isWatched = ({ own, config, view }: KubeletScene, node: string): boolean =>
  own.watches.has(node) || view.settings.everyTick || (config.kubeletOf?.(node) ?? config).imageMaximumGCAge > 0

/** Plans the next looks that will find something, and the instant at which no memory is left. */
export const watchNode = (scene: KubeletScene, name: string, at: number): readonly Emission[] => {
  const node = scene.view.nodes.get(name)
  if (node === undefined || !isWatched(scene, name) || !runs(node)) return QUIET
  return plan(scene, node, at)
}

/** The same where an image has come: a node of which nothing else is known may be full of images. */
export const watchImages = (scene: KubeletScene, name: string, at: number): readonly Emission[] => {
  const node = scene.view.nodes.get(name)
  if (node === undefined || !runs(node)) return QUIET
  return plan(scene, node, at)
}

const plan = (scene: KubeletScene, node: NodeView, at: number): readonly Emission[] => {
  const { name } = node
  const watch = watchOf(scene.own, node)
  const gauges = gaugesOf(scene, node)
  const emissions: Emission[] = []
  // Only that which was planned has to be taken back.
  const isKnown = scene.own.watches.has(name)
  const schedule = (key: string, when: number, event: Parameters<typeof timer>[2]): void => {
    if (isKnown || isWatched(scene, name)) emissions.push(cancel(key))
    if (when !== NEVER) emissions.push(timer(key, when - at, event))
  }
  const memory = gauges['memory.available']
  const exhausted = memory.curves.length === 0 ? NEVER : reaches(memory, memory.capacity, at)
  const isEnd = exhausted === NEVER || usedAt(memory, exhausted) < memory.capacity
  schedule(exhaustedKey(name), isEnd ? NEVER : exhausted, MemoryExhaustedDue({ node: name }))
  const level = nextDiskLevel(scene, node, gauges, at)
  schedule(levelKey(name), level.at, DiskLevelDue({ node: name, what: level.what }))
  if (!isAtWork(scene, name)) return emissions
  const images = gauges['imagefs.available']
  const collection = scene.view.settings.everyTick
    ? nextCollectionTick(scene, node, at)
    : nextCollection(scene, node, (limit) => reaches(images, limit, at), images, at)
  schedule(collectKey(name), collection, ImageCollectionDue({ node: name }))
  // The manager waits for the pods that it has evicted.
  if (watch.evicting.length > 0) return emissions
  const next = scene.view.settings.everyTick ? at : nextLook(scene, node, watch, gauges, at)
  // What was due while the machine hung is due at the next look.
  const look = next === NEVER ? NEVER : lookAt(watch.origin, Math.max(next, at))
  schedule(lookKey(name), look, EvictionSyncDue({ node: name }))
  return emissions
}

const candidatesOn = (scene: KubeletScene, pods: readonly PodView[]): readonly Candidate[] =>
  pods.map((pod) => ({
    pod,
    uses: containerUses(usagesOf(scene.view, pod.key)),
    hasStats: scene.own.pods.get(pod.key)?.containers.some(({ running }) => running) === true,
  }))

/** What the kubelet can remove for a signal before it evicts pods. Source: eviction/helpers.go, buildSignalToNodeReclaimFuncs. */
const reclaims = (
  scene: KubeletScene,
  node: NodeView,
  signal: EvictionSignal,
): { readonly containers: boolean; readonly images: boolean } => {
  if (SIGNALS[signal].condition !== 'DiskPressure') return { containers: false, images: false }
  const spec = machineOf(scene, node.name)
  if (imagesDiskOf(spec) === 'nodefs') return { containers: true, images: true }
  const isNodefs = signal.startsWith('nodefs')
  return { containers: layersDiskOf(spec) === (isNodefs ? 'nodefs' : 'imagefs'), images: !isNodefs }
}

const conditionChanges = (scene: KubeletScene, node: NodeView, found: Observed, at: number): readonly Emission[] => {
  const { evictionPressureTransitionPeriod } = settingsOf(scene, node.name)
  const emissions: Emission[] = []
  for (const condition of CONDITIONS) {
    const under = isUnder(found, condition, evictionPressureTransitionPeriod)
    if (under === node.machine.pressures.includes(condition)) continue
    emissions.push(emit(NodePressureChanged({ node: node.name, condition, under })))
  }
  return emissions.length === 0 ? QUIET : [...emissions, statusAtNextTick(scene, node, at)]
}

const EVICTED = 'Evicted'

/** Pods that have more than they may have, all at once. Source: localStorageEviction. */
const evictOverLimit = (scene: KubeletScene, node: NodeView, at: number): readonly Emission[] => {
  if (scene.view.usage.size === 0) return QUIET
  const logLimit = logLimitOf(scene, node.name)
  return victims(scene, node).flatMap((pod) => {
    const over = storageLimitsOf(scene, pod, logLimit).find(({ amount, limit }) => amountAt(amount, at) > limit)
    return over === undefined ? [] : kill(scene, pod, { reason: EVICTED, message: over.message }, 1)
  })
}

/** What a threshold that was met for long enough makes the kubelet do. */
const reclaim = (
  scene: KubeletScene,
  node: NodeView,
  thresholds: readonly Threshold[],
  threshold: Threshold,
  gauges: Gauges,
  at: number,
): readonly Emission[] => {
  const { containers, images } = reclaims(scene, node, threshold.signal)
  const pods = containers ? endedPods(scene, node) : []
  const gone = new Set(pods)
  const unused = images ? removableImages(scene, node, gone, at) : []
  const emissions = removed(node.name, pods, unused)
  if (containers || images) {
    const after = emissions.length === 0 ? gauges : gaugesOf(scene, node, { images: new Set(unused), pods: gone })
    const isEnough = thresholds.every((one) => availableAt(after[one.signal], at) >= metBelow(one, true))
    if (isEnough) return emissions
  }
  const flags = settingsOf(scene, node.name)
  const logLimit = logLimitOf(scene, node.name)
  const candidates = candidatesOn(scene, victims(scene, node))
  const [victim] = rankFor(threshold.signal, candidates, machineOf(scene, node.name), logLimit, at)
  if (victim === undefined) return emissions
  const available = Math.max(0, availableAt(gauges[threshold.signal], at))
  const measured = victim.hasStats ? victim : { ...victim, uses: [] }
  const message = evictionMessage(measured, threshold.signal, threshold.text, available, logLimit, at)
  const own = victim.pod.template.spec.terminationGracePeriodSeconds ?? 30
  const grace = threshold.isHard ? 1 : Math.min(flags.evictionMaxPodGracePeriod, own)
  return [...emissions, ...kill(scene, victim.pod, { reason: EVICTED, message, disruption: message }, grace)]
}

export const lookAtNode = (scene: KubeletScene, { event, at }: NodeEntry): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined || !isAtWork(scene, node.name)) return QUIET
  const watch = watchOf(scene.own, node)
  const gauges = gaugesOf(scene, node)
  const thresholds = thresholdsOf(settingsOf(scene, node.name), capacitiesOf(scene, node))
  const found = observe(watch.observed, thresholds, (signal) => availableAt(gauges[signal], at), at, watch.waited)
  const emissions: Emission[] = [...conditionChanges(scene, node, found, at)]
  const overLimit = evictOverLimit(scene, node, at)
  const threshold = thresholds.find(({ id }) => found.acted.includes(id))
  if (overLimit.length > 0) emissions.push(...overLimit)
  else if (threshold !== undefined) {
    const done = reclaim(scene, node, thresholds, threshold, gauges, at)
    const { resource } = SIGNALS[threshold.signal]
    // That it tries again every 10 s, and can do nothing, is not said again.
    if (done.length > 0 || !watch.observed.acted.includes(threshold.id)) {
      emissions.push(emit(EvictionThresholdMet({ node: node.name, resource })))
    }
    emissions.push(...done)
  }
  const { since, acted, pressureAt } = found
  return [...emissions, emit(EvictionObserved({ node: node.name, since, acted, pressureAt }))]
}

export const nodeChanged = (scene: KubeletScene, { event, at }: NodeEntry): readonly Emission[] =>
  watchNode(scene, event.node, at)

/** Nothing is left of the pods that were evicted, as the manager sees by asking every second: it looks again. */
export const evictionOver = (scene: KubeletScene, node: string, pod: string): readonly Emission[] => {
  const evicting = scene.own.watches.get(node)?.evicting ?? []
  if (!evicting.includes(pod)) return QUIET
  const isBusy = evicting.some((key) => (scene.own.pods.get(key)?.stage ?? 'finished') !== 'finished')
  if (isBusy) return QUIET
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
  const victim = oomVictim(candidatesOn(scene, activePods(scene, node)), node.capacity.memoryBytes, at)
  if (victim === undefined) return QUIET
  const { pod, container } = victim
  const restart = scene.own.pods.get(pod.key)?.containers.find(({ name }) => name === container)?.instance ?? 0
  const pid = 1_000 + Math.floor(scene.draw('pid', `${pod.key} ${container}#${restart}`) * 30_000)
  return [
    emit(NodeOutOfMemory({ node: node.name, pod: pod.key, container, pid })),
    emit(ContainerExited({ pod: pod.key, container, restart, exitCode: 137, reason: 'OOMKilled' })),
  ]
}
