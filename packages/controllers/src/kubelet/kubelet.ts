import {
  ContainerExited,
  ContainerResumed,
  type ContainerStarted,
  ContainerStopping,
  defineController,
  deletePod,
  firstAtLeast,
  type ImagePulled,
  type ImagesRemoved,
  isMirror,
  isReady,
  isTerminal,
  memoryCurvesOf,
  NodeFailed,
  NodeRebooted,
  NodeRecovered,
  type NodeShutdownRequested,
  NodeShutdownStarted,
  originOf,
  type PlacedCurve,
  type Pod,
  PodAccepted,
  PodDisruptionTargeted,
  PodFailed,
  PodRejected,
  PodStatusReported,
  quantityWhole,
} from '@wavetank/cluster'
import { cancel, type Emission, type Entry, type EventOf, emit, QUIET, timer } from '@wavetank/kernel'
import { hostPortsOf } from '../kube-scheduler/plugins/node-ports/node-ports.ts'
import { sample } from '../latency.ts'
import { relistNodes } from '../relist.ts'
import { admit, type Rejection, refusedUnderPressure } from './admission.ts'
import { applyKubelet, type KubeletState } from './apply.ts'
import type { ContainerBehavior } from './behavior.ts'
import {
  DiskLevelDue,
  EvictionObserved,
  EvictionSyncDue,
  ImageCollectionDue,
  MemoryExhaustedDue,
  MirrorPodDue,
  NodeBootDue,
  NodeStatusDue,
  PodRemovalDue,
  PodStoppedDue,
  PodStopping,
  PodSyncDue,
  ShutdownGroupDue,
  VolumeMountDue,
} from './events.ts'
import {
  evictionOver,
  forgetLooks,
  forgetNode,
  lookAtNode,
  memoryExhausted,
  nodeChanged,
  watchImages,
  watchNode,
} from './eviction-manager.ts'
import { kubeletFlags } from './flags.ts'
import { diskLevel, hasFullDisk, planWrites, planWritesOn } from './full-disk.ts'
import { type HookEntry, hookedIn, planPostStart, postStartCutOff } from './hooks.ts'
import { collectImages } from './image-collection.ts'
import {
  containerStatusesOf,
  type LocalContainer,
  type LocalPod,
  phaseOf,
  restartPolicyOf,
  restarts,
  sameStatuses,
} from './local-pod.ts'
import { makeMirror, mirrorGone, remirrorAll } from './mirror-pods.ts'
import { isMounting, mountAgain, mounted, mountFailed, mountsReconnected, objectWritten, prepare } from './mounting.ts'
import { activePods, kill } from './node-pods.ts'
import { postStatus, statusIfNew, statusKey, statusSoon, untilStatus } from './node-status.ts'
import { cancelProbes, dependencyChanged, planProbe, planProbes, probed } from './probing.ts'
import {
  behaviorOf,
  exitKey,
  find,
  hookKey,
  imageOf,
  isAtWork,
  isInTouch,
  type KubeletScene,
  latency,
  mountKey,
  type NodeEntry,
  type NodeView,
  type PodEntry,
  type PodView,
  seenAfter,
  settingsOf,
  stepKey,
  syncAfterRelist,
  syncAtRetry,
  syncIn,
  syncKey,
  syncSoon,
  writeKey,
} from './scene.ts'
import {
  SHUTDOWN_MESSAGE,
  SHUTDOWN_REASON,
  SHUTTING_DOWN,
  shutdownGrace,
  shutdownGroupOf,
  shutdownPeriods,
} from './shutdown.ts'
import {
  cutOffPulls,
  dropPull,
  endPulls,
  proceed,
  pullAsked,
  pulled,
  pullFailed,
  registryFailed,
  sandboxStarted,
  startFailed,
} from './starting.ts'
import { passTurn, planStop, stopAll } from './stopping.ts'
import { workOf } from './work.ts'

/**
 * The kubelets of all nodes. Each pod has a worker that does one thing after another:
 *
 *   PodBound ─▶ PodAccepted ─▶ PodSandboxStarted ─▶ (ImagePullStarted ─▶ ImagePulled)? ─▶ ContainerStarted …
 *                                                                   ▲                            │
 *                                                 PodSyncDue ───────┘◀── exit, probe, deletion ◀─┘
 *
 * 1. A sync first reports what changed, then does what is missing: so a crash is seen as `Error` before it is seen as
 *    `CrashLoopBackOff`, as on a real node.
 * 2. What the kubelet knows is its own (local-pod.ts); the API server knows what was reported (PodStatusReported).
 * 3. Everything waits in timers named after the pod, so that a dead node or a deleted pod leaves nothing behind.
 *
 * Source: pkg/kubelet (pod_workers.go, kuberuntime/kuberuntime_manager.go, prober), described in docs/fidelity.md.
 */

// ── arrival ──────────────────────────────────────────────────────────────────────────────────────────────────────

const podArrives = (scene: KubeletScene, { event, at }: PodEntry): readonly Emission[] => {
  const pod = scene.view.pods.get(event.pod)
  if (pod === undefined || !isInTouch(scene, pod.node)) return QUIET
  const wait = latency(scene, 'apiWrite', `bind ${pod.key}`) + latency(scene, 'watch', `kubelet ${pod.key} ${at}`)
  return [syncIn(scene, pod.key, at, wait)]
}

const podChanges = (scene: KubeletScene, { event, at }: PodEntry): readonly Emission[] => {
  const pod = scene.view.pods.get(event.pod)
  return pod === undefined || !isInTouch(scene, pod.node)
    ? QUIET
    : [syncIn(scene, pod.key, at, latency(scene, 'watch', `kubelet ${pod.key} ${at}`))]
}

/** True if even all the pods that are bound to the node fit: then there is nothing to look for. */
const fitsEasily = ({ requested, allocatable }: NodeView): boolean => {
  for (const resource in requested.extended) {
    if (requested.extended[resource]! > (allocatable.extended[resource] ?? Number.POSITIVE_INFINITY)) return false
  }
  return (
    requested.pods <= allocatable.pods &&
    requested.cpuMillis <= allocatable.cpuMillis &&
    requested.memoryBytes <= allocatable.memoryBytes &&
    requested.ephemeralStorageBytes <= allocatable.ephemeralStorageBytes
  )
}

const reject = (pod: PodView, { reason, message }: Rejection): readonly Emission[] => [
  emit(PodRejected({ pod: pod.key, reason, message })),
  emit(PodFailed({ pod: pod.key, reason, message: `Pod was rejected: ${message}` })),
]

const PREEMPTING = {
  reason: 'Preempting',
  message: 'Preempted in order to admit critical pod',
  disruption: 'Pod was preempted by Kubelet to accommodate a critical pod.',
} as const

/** The first look at a pod: it is accepted, or refused, or waits until others have made room for it. */
const arrive = (scene: KubeletScene, pod: PodView, node: NodeView, at: number): readonly Emission[] => {
  const refused = refusedUnderPressure(pod, node)
  if (refused !== undefined) return reject(pod, refused)
  const others = fitsEasily(node) && hostPortsOf(pod).length === 0 ? [] : activePods(scene, node)
  const verdict = admit(pod, node, others)
  if (verdict.verdict === 'rejected') return reject(pod, verdict)
  if (node.machine.shuttingDown) return reject(pod, SHUTTING_DOWN)
  if (verdict.verdict === 'preempts') {
    return verdict.victims
      .filter(({ key }) => scene.own.pods.get(key)?.stage !== 'stopping')
      .flatMap((victim) => kill(scene, victim, PREEMPTING, victim.template.spec.terminationGracePeriodSeconds ?? 30))
  }
  return [emit(PodAccepted({ pod: pod.key, node: node.name })), ...deadlineOf(pod, at), ...prepare(scene, pod, at)]
}

/** Source: pkg/kubelet/active_deadline.go. */
const DEADLINE_EXCEEDED = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
} as const

const deadlineOf = (pod: PodView, at: number): readonly Emission[] => {
  const { activeDeadlineSeconds } = pod.template.spec
  if (activeDeadlineSeconds === undefined) return QUIET
  return [
    timer(
      `deadline ${pod.key}`,
      Math.max(0, activeDeadlineSeconds * 1_000 - (at - (pod.startedAt ?? at))),
      PodSyncDue({ pod: pod.key }),
    ),
  ]
}

const isPastDeadline = ({ startedAt, template }: PodView, at: number): boolean => {
  const { activeDeadlineSeconds } = template.spec
  return (
    activeDeadlineSeconds !== undefined && startedAt !== undefined && at - startedAt >= activeDeadlineSeconds * 1_000
  )
}

/** A kubelet that has started looks at all of its pods as if they were new. Source: kubelet.go, HandlePodAdditions. */
const readmit = (scene: KubeletScene, { event }: NodeEntry): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  // Cut off, it could tell nobody that it refuses one.
  if (node === undefined || !node.machine.isConnected) return QUIET
  const emissions: Emission[] = []
  const admitted: PodView[] = []
  for (const pod of activePods(scene, node)) {
    const verdict = admit(pod, node, admitted)
    if (verdict.verdict !== 'rejected') admitted.push(pod)
    // What still runs of it belongs to no pod then, and is killed in a second. Source: SyncTerminatingRuntimePod.
    else emissions.push(...reject(pod, verdict), emit(PodStopping({ pod: pod.key, graceSeconds: 1 })))
  }
  return emissions
}

/** What is on its disks is still there. */
const rebooted = (scene: KubeletScene, entry: NodeEntry): readonly Emission[] => {
  const node = scene.view.nodes.get(entry.event.node)
  if (node === undefined) return QUIET
  return [
    ...readmit(scene, entry),
    ...deadlinesOn(scene, node, entry.at),
    ...watchImages(scene, node.name, entry.at),
    ...remirrorAll(scene, node.name, entry.at),
  ]
}

/** Deadlines count from the start of the pod all the same; of those that are over, the first sync says so. */
const deadlinesOn = (scene: KubeletScene, node: NodeView, at: number): readonly Emission[] =>
  activePods(scene, node).flatMap((pod) => (isPastDeadline(pod, at) ? QUIET : deadlineOf(pod, at)))

// ── running containers ───────────────────────────────────────────────────────────────────────────────────────────

/** The memory of a process that has started, and what the container keeps in directories that are memory. */
const memoryCurves = (
  { view }: KubeletScene,
  pod: PodView,
  { name, startedAt, pausedMillis }: LocalContainer,
  { memory }: ContainerBehavior,
): readonly PlacedCurve[] => {
  const running = view.usage.get(pod.key)?.find((one) => one.container === name && one.startedAt === startedAt)
  if (running !== undefined) return memoryCurvesOf(running)
  if (memory === undefined) return []
  return [{ curve: memory, origin: originOf(memory, startedAt + pausedMillis, view.settings.start) }]
}

/** When there is more than the limit, searched for a day where something repeats. */
const passesLimit = (curves: readonly PlacedCurve[], limit: number, from: number): number | undefined => {
  if (curves.length === 0) return undefined
  const isOne = curves.length === 1 || curves.every(({ curve }) => curve.period === undefined)
  return firstAtLeast(curves, limit + 1, from, isOne ? undefined : from + DAY)
}

const DAY = 86_400_000

/** How long the process has got on. */
const ageOf = ({ startedAt, pausedMillis }: LocalContainer, at: number): number => at - startedAt - pausedMillis

/** When and how the process ends by itself, from now on: its run time, or memory over its limit. */
const planExit = (
  scene: KubeletScene,
  pod: PodView,
  container: LocalContainer,
  behavior: ContainerBehavior,
  at: number,
): readonly Emission[] => {
  const age = ageOf(container, at)
  const id = `${pod.key} ${container.name}#${container.instance}`
  const exit = (wait: number, exitCode: number, reason: string): Emission =>
    timer(
      exitKey(pod.key, container.name),
      Math.max(0, wait),
      ContainerExited({ pod: pod.key, container: container.name, restart: container.instance, exitCode, reason }),
    )
  const emissions: Emission[] = []
  const limit = imageOf(pod, container.name).resources?.limits?.memory
  if (limit !== undefined) {
    const over = passesLimit(memoryCurves(scene, pod, container, behavior), quantityWhole(String(limit)), at)
    if (over !== undefined) emissions.push(exit(over - at, 137, 'OOMKilled'))
  }
  const ends = (wait: number, exitCode: number): Emission =>
    exit(wait, exitCode, exitCode === 0 ? 'Completed' : 'Error')
  if (behavior.run !== undefined) {
    const { exitCode, exitCodes } = behavior.run
    const code = exitCodes?.[Math.min(container.instance, exitCodes.length - 1)] ?? exitCode
    emissions.push(ends(workOf(scene, pod, container, behavior.run) - container.progress - age, code))
  }
  if (behavior.crash !== undefined) {
    const { after: span, exitCode } = behavior.crash
    emissions.push(ends(sample(span, scene.draw, 'crash', id) - age, exitCode))
  }
  return emissions
}

/** One more process that uses something of its node. */
const usageStarted = (scene: KubeletScene, pod: PodView, container: string, at: number): readonly Emission[] => {
  const planned = watchNode(scene, pod.node, at)
  return hasFullDisk(scene.view.nodes.get(pod.node)!) ? [...planWrites(scene, pod, container, at), ...planned] : planned
}

const containerStarted = (
  scene: KubeletScene,
  { event, at }: Entry<EventOf<typeof ContainerStarted>>,
): readonly Emission[] => {
  const found = find(scene, event.pod)
  if (found === undefined) return QUIET
  const { pod, local } = found
  const container = local.containers.find(({ name }) => name === event.container)
  if (container === undefined) return QUIET
  const behavior = behaviorOf(scene, pod, container.name)
  const emissions: Emission[] = [...planExit(scene, pod, container, behavior, at)]
  if (container.isHooked) {
    if (event.usage !== undefined) emissions.push(...usageStarted(scene, pod, container.name, at))
    return [...emissions, ...planPostStart(scene, pod, container, at)]
  }
  emissions.push(...planProbes(scene, pod, local, container, at))
  const next = proceed(scene, pod, local, at)
  if (event.usage !== undefined) emissions.push(...usageStarted(scene, pod, container.name, at))
  return next.length > 0 ? [...emissions, ...next] : [...emissions, syncAfterRelist(scene, pod.key, at)]
}

/** The worker goes on where the hook held it up, or kills the container for it. */
const hookEnded = (scene: KubeletScene, { event, at }: HookEntry): readonly Emission[] => {
  const found = find(scene, event.pod)
  if (found === undefined) return QUIET
  const { pod, local } = found
  const container = local.containers.find(({ name }) => name === event.container)
  if (container === undefined) return QUIET
  if (local.stage === 'stopping') {
    return local.containers.some(({ running }) => running) ? stopAll(pod, local) : [stopSandbox(scene, pod.key, at)]
  }
  if (container.isHooked) {
    const graceSeconds = pod.template.spec.terminationGracePeriodSeconds ?? 30
    const { name } = container
    return [emit(ContainerStopping({ pod: pod.key, container: name, reason: 'PostStartHook', graceSeconds }))]
  }
  // What has started meanwhile is seen as soon as the worker is free.
  const seen = syncIn(scene, pod.key, at, seenAfter(scene, pod.key, container.startedAt, at))
  return [...planProbes(scene, pod, local, container, at), ...proceed(scene, pod, local, at), seen]
}

/** What runs is watched from now on. */
const containerResumed = (
  scene: KubeletScene,
  { event, at }: Entry<EventOf<typeof ContainerResumed>>,
): readonly Emission[] => {
  const local = scene.own.pods.get(event.pod)
  return local === undefined ? QUIET : watchNode(scene, local.node, at)
}

/** The containers that a pod had before the run go on. */
const podResumed = (scene: KubeletScene, { event, at }: PodEntry): readonly Emission[] => {
  const found = find(scene, event.pod)
  if (found === undefined) return QUIET
  const { pod, local } = found
  const resumed = local.containers
    .filter(({ running }) => running)
    .flatMap((container) => {
      const behavior = behaviorOf(scene, pod, container.name)
      const { usage } = behavior
      return [
        ...(usage === undefined ? QUIET : [emit(ContainerResumed({ pod: pod.key, container: container.name, usage }))]),
        ...planExit(scene, pod, container, behavior, at),
        ...planProbes(scene, pod, local, container, at),
      ]
    })
  return [...deadlineOf(pod, at), ...resumed]
}

// ── stopping ─────────────────────────────────────────────────────────────────────────────────────────────────────

const containerStopping = (
  scene: KubeletScene,
  { event, at }: Entry<EventOf<typeof ContainerStopping>>,
): readonly Emission[] => {
  const found = find(scene, event.pod)
  if (found === undefined) return QUIET
  const { pod, local } = found
  const container = local.containers.find(({ name }) => name === event.container)
  if (container === undefined || !container.running) return QUIET
  return planStop(scene, pod, local, container, event.graceSeconds, at)
}

const stopSandbox = (scene: KubeletScene, pod: string, at: number): Emission =>
  timer(
    stepKey(pod),
    latency(scene, 'stopSandbox', `${pod} ${at}`) +
      latency(scene, 'plegRelist', `${pod} ${at}`) +
      latency(scene, 'apiWrite', `status ${pod} ${at}`),
    PodStoppedDue({ pod }),
  )

const podStopping = (scene: KubeletScene, { event, at }: PodEntry): readonly Emission[] => {
  const found = find(scene, event.pod)
  if (found === undefined) return QUIET
  const { pod, local } = found
  const emissions: Emission[] = [
    cancel(stepKey(pod.key)),
    cancel(mountKey(pod.key)),
    // Whoever stops a pod does not go on starting it.
    ...(pod.deletion === undefined ? [cancel(syncKey(pod.key))] : QUIET),
    ...dropPull(scene, local.node, at),
  ]
  // The kill waits for a hook: the worker does one thing after another.
  if (hookedIn(local) !== undefined) return emissions
  if (local.containers.some(({ running }) => running)) return [...emissions, ...stopAll(pod, local)]
  return [...emissions, stopSandbox(scene, pod.key, at)]
}

const containerExited = (
  scene: KubeletScene,
  { event, at }: Entry<EventOf<typeof ContainerExited>>,
): readonly Emission[] => {
  const found = find(scene, event.pod)
  if (found === undefined) return QUIET
  const { pod, local } = found
  const emissions: Emission[] = [
    cancel(exitKey(pod.key, event.container)),
    ...(hasFullDisk(scene.view.nodes.get(local.node)!) ? [cancel(writeKey(pod.key, event.container))] : QUIET),
    ...cancelProbes(pod.key, event.container),
    ...watchNode(scene, local.node, at),
  ]
  const container = local.containers.find(({ name }) => name === event.container)
  if (container?.isHooked) return [...emissions, ...postStartCutOff(scene, pod, container)]
  emissions.push(cancel(hookKey(pod.key, event.container)))
  if (local.stage === 'stopping') {
    const rest = (one: LocalContainer) => planExit(scene, pod, one, behaviorOf(scene, pod, one.name), at)
    if (local.containers.some(({ running }) => running)) {
      return [...emissions, ...passTurn(scene, pod, local, event.container, rest, at)]
    }
    return [...emissions, stopSandbox(scene, pod.key, at)]
  }
  // Killed for its hook: the sync goes on with the next container.
  if (container?.stopping === 'hook')
    return [...emissions, ...proceed(scene, pod, local, at), syncSoon(scene, pod.key, at)]
  // Killed for its probe: the sync that killed it goes on and starts it again, without waiting for a relist.
  if (container?.stopping === 'probe') return [...emissions, syncSoon(scene, pod.key, at)]
  return [...emissions, syncAfterRelist(scene, pod.key, at)]
}

const podStopped = (scene: KubeletScene, { event, at }: PodEntry): readonly Emission[] => {
  const found = find(scene, event.pod)
  if (found === undefined) return QUIET
  const { pod, local } = found
  const node = scene.view.nodes.get(local.node)!
  const { killed } = local
  const emissions: Emission[] = []
  if (node.machine.isConnected) {
    emissions.push(...lastReport(pod, local))
    if (pod.deletion !== undefined) emissions.push(removeLater(scene, pod.key, at))
  }
  emissions.push(...watchNode(scene, local.node, at), ...evictionOver(scene, local.node, pod.key))
  if (killed?.reason === PREEMPTING.reason) emissions.push(...lookAgain(scene, node, at))
  return node.machine.shuttingDown ? [...emissions, ...nextGroup(scene, node)] : emissions
}

/** What is said of a pod of which nothing runs any more. */
const lastReport = (pod: PodView, local: LocalPod): readonly Emission[] => {
  if (isRejected(local)) return QUIET
  const report = emit(statusReport(pod, local, true))
  const message = local.killed?.disruption
  if (message === undefined) return [report]
  return [emit(PodDisruptionTargeted({ pod: pod.key, reason: 'TerminationByKubelet', message })), report]
}

/** Pods that have waited for room. */
const lookAgain = (scene: KubeletScene, node: NodeView, at: number): readonly Emission[] =>
  [...node.pods]
    .filter(({ key, phase }) => phase === 'Pending' && !scene.own.pods.has(key))
    .map(({ key }) => syncSoon(scene, key, at))

const removeLater = (scene: KubeletScene, pod: string, at: number): Emission =>
  timer(
    stepKey(pod),
    latency(scene, 'podCleanup', pod) + latency(scene, 'apiWrite', `delete ${pod} ${at}`),
    PodRemovalDue({ pod }),
  )

const remove = (scene: KubeletScene, { event }: PodEntry): readonly Emission[] => {
  const found = find(scene, event.pod)
  return found === undefined || !isInTouch(scene, found.local.node) ? QUIET : deletePod(found.pod, 0).map(emit)
}

// ── the sync ─────────────────────────────────────────────────────────────────────────────────────────────────────

const statusReport = (pod: PodView, local: LocalPod, terminal: boolean): EventOf<typeof PodStatusReported> => {
  const { initContainers, containers, ready } = containerStatusesOf(local)
  const computed = phaseOf(local, restartPolicyOf(pod.template.spec as never), terminal)
  // While something could still run, a terminal phase is held back. Source: status_manager.go, mergePodStatus.
  const { killed } = local
  const phase = !terminal
    ? computed === 'Succeeded' || computed === 'Failed'
      ? pod.phase
      : computed
    : // A pod that ends well in a shutdown has succeeded all the same. Source: nodeshutdown, processShutdownEvent.
      killed === undefined || (killed.reason === SHUTDOWN_REASON && computed === 'Succeeded')
      ? computed
      : 'Failed'
  return PodStatusReported({
    pod: pod.key,
    phase,
    ready: ready && !terminal,
    ip: local.ip,
    sandboxReady: terminal || local.stage === 'preparing' ? false : undefined,
    reason: terminal && killed !== undefined ? killed.reason : pod.reason,
    message: terminal && killed !== undefined ? killed.message : pod.message,
    initContainers: initContainers.length > 0 ? initContainers : undefined,
    containers,
  })
}

/** Refused after it had run: what its status says is the last word. */
const isRejected = ({ killed }: LocalPod): boolean => killed?.isSaid === true

/** The report, if it says anything that the API server does not know. */
const reportChange = (pod: PodView, local: LocalPod): readonly Emission[] => {
  if (isRejected(local)) return QUIET
  if (local.stage === 'finished') return isTerminal(pod as Pod) ? QUIET : lastReport(pod, local)
  const report = statusReport(pod, local, false)
  const known =
    report.phase === pod.phase &&
    report.ip === pod.ip &&
    report.ready === isReady(pod) &&
    sameStatuses(report.containers, pod.containers) &&
    sameStatuses(report.initContainers ?? [], pod.initContainers)
  return known ? QUIET : [emit(report)]
}

/** Nothing runs and nothing will: the pod is done. Source: computePodActions, keepCount == 0. */
const isDone = (pod: PodView, local: LocalPod): boolean => {
  const policy = restartPolicyOf(pod.template.spec as never)
  if (
    local.containers.some(({ role, exit }) => role === 'init' && exit !== undefined && exit.exitCode !== 0) &&
    policy === 'Never'
  ) {
    return true
  }
  return local.containers.every(
    (container) => container.role !== 'regular' || (!container.running && !restarts(container, policy)),
  )
}

/** A pod that is never restarted gets no second sandbox, whatever it had not come to yet. Source: computePodActions. */
const isAbandoned = (pod: PodView, { containers }: LocalPod): boolean =>
  restartPolicyOf(pod.template.spec as never) === 'Never' && containers.some(({ instance }) => instance >= 0)

const sync = (scene: KubeletScene, { event, at }: PodEntry): readonly Emission[] => {
  const pod = scene.view.pods.get(event.pod)
  if (pod === undefined) return QUIET
  const node = scene.view.nodes.get(pod.node)
  if (node === undefined || !isAtWork(scene, node.name)) return QUIET
  // Cut off, the kubelet goes on with what it knows, and knows nothing of deletions and of pods that are new.
  const isConnected = node.machine.isConnected
  const local = scene.own.pods.get(pod.key)
  if (local === undefined || local.uid !== pod.uid) {
    if (!isConnected) return QUIET
    if (pod.phase === 'Succeeded' || pod.phase === 'Failed') return QUIET
    // Deleted before anything of it ran.
    if (pod.deletion !== undefined) return deletePod(pod, 0).map(emit)
    return arrive(scene, pod, node, at)
  }
  // The worker waits for a hook, and syncs when that has ended.
  if (hookedIn(local) !== undefined) return QUIET
  const emissions: Emission[] = isConnected ? [...reportChange(pod, local)] : []
  if (pod.deletion !== undefined && isConnected) {
    // It is only the mirror that goes.
    if (isMirror(pod) && local.stage !== 'finished') return [...emissions, ...deletePod(pod, 0).map(emit)]
    const grace = Math.max(1, pod.deletion.graceSeconds)
    if (local.stage === 'finished') emissions.push(removeLater(scene, pod.key, at))
    else if (local.stage !== 'stopping' || grace < local.graceSeconds) {
      emissions.push(emit(PodStopping({ pod: pod.key, graceSeconds: grace })))
    }
    return emissions
  }
  if (local.stage !== 'preparing' && local.stage !== 'active') return emissions
  if (isPastDeadline(pod, at)) {
    return [...emissions, ...kill(scene, pod, DEADLINE_EXCEEDED, pod.template.spec.terminationGracePeriodSeconds ?? 30)]
  }
  if (isDone(pod, local)) {
    const graceSeconds = pod.template.spec.terminationGracePeriodSeconds ?? 30
    return [...emissions, emit(PodStopping({ pod: pod.key, graceSeconds }))]
  }
  if (local.stage === 'preparing' && isAbandoned(pod, local)) return emissions
  if (local.stage === 'preparing') return isMounting(local) ? emissions : [...emissions, ...prepare(scene, pod, at)]
  for (const container of local.containers) {
    if (container.probes.readiness?.origin === at)
      emissions.push(...planProbe(scene, pod, local, container, 'readiness', at))
  }
  return [...emissions, ...proceed(scene, pod, local, at)]
}

/** Images fill disks. */
const imagePulled = (scene: KubeletScene, entry: Entry<EventOf<typeof ImagePulled>>): readonly Emission[] => [
  ...pulled(scene, entry),
  ...watchImages(scene, entry.event.node, entry.at),
]

const imagesLookedAt = (scene: KubeletScene, entry: NodeEntry): readonly Emission[] => {
  const found = collectImages(scene, entry)
  return found.length === 0 ? nodeChanged(scene, entry) : [...found, ...nodeChanged(scene, entry)]
}

/** Containers that wait for something else have to pull their images again, with their next try. */
const imagesRemoved = (
  scene: KubeletScene,
  { event, at }: Entry<EventOf<typeof ImagesRemoved>>,
): readonly Emission[] => {
  const removed = new Set(event.images)
  const waiting = [...(scene.view.nodes.get(event.node)?.pods ?? [])].filter((pod) =>
    scene.own.pods
      .get(pod.key)
      ?.containers.some(({ name, waiting }) => waiting !== undefined && removed.has(imageOf(pod, name).image ?? '')),
  )
  return [...waiting.flatMap(({ key }) => syncAtRetry(scene, key, at)), ...watchNode(scene, event.node, at)]
}

/** Pulls that have no room any more break off. */
const diskFilled = (scene: KubeletScene, entry: NodeEntry): readonly Emission[] => [
  ...cutOffPulls(scene, entry.event.node, entry.at),
  ...nodeChanged(scene, entry),
]

const diskLevelDue = (scene: KubeletScene, entry: Entry<EventOf<typeof DiskLevelDue>>): readonly Emission[] =>
  diskLevel(scene, entry) ?? nodeChanged(scene, entry)

const diskRanFull = (scene: KubeletScene, entry: NodeEntry): readonly Emission[] => {
  const node = scene.view.nodes.get(entry.event.node)
  return node === undefined ? QUIET : [...planWritesOn(scene, node, entry.at), ...diskFilled(scene, entry)]
}

const diskGotRoom = (scene: KubeletScene, entry: NodeEntry): readonly Emission[] => {
  const node = scene.view.nodes.get(entry.event.node)
  return node === undefined ? QUIET : [...planWritesOn(scene, node, entry.at), ...nodeChanged(scene, entry)]
}

/** Where every look is an event, they begin with the node. */
const nodeCreated = (scene: KubeletScene, entry: NodeEntry): readonly Emission[] =>
  scene.view.settings.everyTick ? nodeChanged(scene, entry) : QUIET

/** One more whom a node under pressure can evict. */
const podAccepted = (scene: KubeletScene, { event, at }: Entry<{ kind: string; pod: string; node: string }>) =>
  (scene.own.watches.get(event.node)?.observed.acted.length ?? 0) > 0 ? watchNode(scene, event.node, at) : QUIET

// ── machines ─────────────────────────────────────────────────────────────────────────────────────────────────────

const silence = (scene: KubeletScene, { event }: Entry<{ kind: string; node: string }>): readonly Emission[] => {
  const emissions: Emission[] = [
    cancel(`boot ${event.node}`),
    cancel(`pull ${event.node}`),
    cancel(shutdownKey(event.node)),
    ...forgetNode(event.node),
    cancel(statusKey(event.node)),
  ]
  const node = scene.view.nodes.get(event.node)
  for (const pod of node?.pods ?? []) emissions.push(...forgetTimers(scene, pod))
  return emissions
}

const forgetTimers = (scene: KubeletScene, pod: PodView): readonly Emission[] => {
  const emissions: Emission[] = [cancel(syncKey(pod.key)), cancel(stepKey(pod.key)), cancel(mountKey(pod.key))]
  const { spec } = pod.template
  if (spec.activeDeadlineSeconds !== undefined) emissions.push(cancel(`deadline ${pod.key}`))
  const node = scene.view.nodes.get(pod.node)
  const isFull = node !== undefined && hasFullDisk(node)
  for (const { name } of [...(spec.initContainers ?? []), ...spec.containers]) {
    if (isFull) emissions.push(cancel(writeKey(pod.key, name)))
    emissions.push(cancel(exitKey(pod.key, name)), cancel(hookKey(pod.key, name)), ...cancelProbes(pod.key, name))
    if (!scene.config.serializeImagePulls) emissions.push(cancel(`pull ${pod.node} ${pod.key} ${name}`))
  }
  return emissions
}

const podGone = (scene: KubeletScene, { at }: Entry): readonly Emission[] => {
  const pod = scene.view.removedPod
  if (pod === undefined || pod.node === '') return QUIET
  const mirrored = mirrorGone(scene, at)
  // Without its mirror a static pod runs on.
  if (scene.own.pods.has(pod.key)) return mirrored
  return [
    ...mirrored,
    ...forgetTimers(scene, pod),
    ...endPulls(scene, pod.node, at),
    ...watchNode(scene, pod.node, at),
    ...evictionOver(scene, pod.node, pod.key),
  ]
}

const boot = (scene: KubeletScene, { event, at }: Entry<{ kind: string; node: string }>): readonly Emission[] => [
  timer(`boot ${event.node}`, latency(scene, 'nodeBoot', `${event.node} ${at}`), NodeBootDue({ node: event.node })),
]

const booted = (scene: KubeletScene, { event, at }: Entry<{ kind: string; node: string }>): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined || node.machine.power !== 'booting') return QUIET
  return [
    emit(NodeRebooted({ node: node.name })),
    statusSoon(scene, node, at),
    ...[...node.pods].map((pod) =>
      timer(syncKey(pod.key), latency(scene, 'watch', `kubelet ${pod.key} ${at}`), PodSyncDue({ pod: pod.key })),
    ),
  ]
}

/** Someone shuts the machine down: at once, or after the pods if the kubelet is told to wait for them. */
const shutdownRequested = (
  scene: KubeletScene,
  { event, at }: Entry<EventOf<typeof NodeShutdownRequested>>,
): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined) return QUIET
  const { name } = node
  if (!isAtWork(scene, name) || shutdownPeriods(settingsOf(scene, name)).length === 0)
    return powerOff(name, event.reboot)
  return [
    emit(NodeShutdownStarted({ node: name })),
    statusSoon(scene, node, at),
    timer(shutdownKey(name), 0, ShutdownGroupDue({ node: name, group: 0, reboot: event.reboot })),
  ]
}

const shutdownKey = (node: string): string => `shutdown ${node}`

const powerOff = (node: string, reboot: boolean): readonly Emission[] =>
  reboot ? [emit(NodeFailed({ node })), emit(NodeRecovered({ node }))] : [emit(NodeFailed({ node }))]

/** The pods of one group are killed; the next has its turn when they have ended, or when their time is over. */
const shutDownGroup = (
  scene: KubeletScene,
  { event }: Entry<EventOf<typeof ShutdownGroupDue>>,
): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined || !isAtWork(scene, node.name)) return QUIET
  const periods = shutdownPeriods(settingsOf(scene, node.name))
  const active = activePods(scene, node)
  // Nobody waits for an empty group.
  let { group } = event
  let due: readonly PodView[] = []
  for (; group < periods.length && due.length === 0; group++) {
    due = active.filter((pod) => shutdownGroupOf(periods, pod) === group)
  }
  if (due.length === 0) return powerOff(node.name, event.reboot)
  const period = periods[group - 1]!
  return [
    ...due.flatMap((pod) =>
      kill(
        scene,
        pod,
        { reason: SHUTDOWN_REASON, message: SHUTDOWN_MESSAGE, disruption: SHUTDOWN_MESSAGE },
        shutdownGrace(period, pod),
      ),
    ),
    timer(
      shutdownKey(node.name),
      period.shutdownGracePeriodSeconds * 1_000,
      ShutdownGroupDue({ node: node.name, group, reboot: event.reboot }),
    ),
  ]
}

/** A pod has ended in a shutdown: if it was the last of its group, the next need not wait. */
const nextGroup = (scene: KubeletScene, node: NodeView): readonly Emission[] => {
  const running = scene.own.shutdowns.get(node.name)
  if (running === undefined) return QUIET
  const periods = shutdownPeriods(settingsOf(scene, node.name))
  const isBusy = activePods(scene, node).some((pod) => scene.own.pods.get(pod.key)?.killed?.reason === SHUTDOWN_REASON)
  if (isBusy) return QUIET
  const { group, reboot } = running
  const next = ShutdownGroupDue({ node: node.name, group: Math.min(group + 1, periods.length), reboot })
  return [cancel(shutdownKey(node.name)), timer(shutdownKey(node.name), 0, next)]
}

/** What a kubelet has begun, and what goes on without it: the processes that run, and their end. */
const forgetSteps = (scene: KubeletScene, pod: PodView): readonly Emission[] => {
  const emissions: Emission[] = [cancel(syncKey(pod.key)), cancel(stepKey(pod.key)), cancel(mountKey(pod.key))]
  const { spec } = pod.template
  if (spec.activeDeadlineSeconds !== undefined) emissions.push(cancel(`deadline ${pod.key}`))
  for (const { name } of [...(spec.initContainers ?? []), ...spec.containers]) {
    emissions.push(cancel(hookKey(pod.key, name)), ...cancelProbes(pod.key, name))
    if (!scene.config.serializeImagePulls) emissions.push(cancel(`pull ${pod.node} ${pod.key} ${name}`))
  }
  return emissions
}

const kubeletStopped = (scene: KubeletScene, { event }: NodeEntry): readonly Emission[] => {
  const { node: name } = event
  const pods = scene.view.nodes.get(name)?.pods ?? []
  return [
    cancel(`pull ${name}`),
    cancel(shutdownKey(name)),
    cancel(statusKey(name)),
    ...forgetLooks(name),
    ...[...pods].flatMap((pod) => forgetSteps(scene, pod)),
  ]
}

/** Probes and syncs begin anew; containers that have ended meanwhile are found by the first sync. */
const takeUp = (scene: KubeletScene, node: NodeView, at: number): readonly Emission[] => {
  const emissions: Emission[] = [
    ...deadlinesOn(scene, node, at),
    ...watchImages(scene, node.name, at),
    ...remirrorAll(scene, node.name, at),
  ]
  for (const pod of node.pods) {
    const local = scene.own.pods.get(pod.key)
    for (const container of local?.containers ?? []) {
      if (container.running && local?.stage === 'active')
        emissions.push(...planProbes(scene, pod, local, container, at))
    }
    emissions.push(syncIn(scene, pod.key, at, latency(scene, 'watch', `kubelet ${pod.key} ${at}`)))
  }
  return emissions
}

const kubeletStarted = (scene: KubeletScene, entry: NodeEntry): readonly Emission[] => {
  const node = scene.view.nodes.get(entry.event.node)
  if (node === undefined || !isAtWork(scene, node.name)) return QUIET
  return [...readmit(scene, entry), statusSoon(scene, node, entry.at), ...takeUp(scene, node, entry.at)]
}

/** The kubelet is heard again: with its next status it says what has changed, and sees what it has missed. */
const reconnected = (scene: KubeletScene, { event, at }: NodeEntry): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined || !isInTouch(scene, node.name)) return QUIET
  const wait = untilStatus(scene, node, at)
  return [
    ...statusIfNew(scene, node, at),
    ...mountsReconnected(scene, node.pods, at),
    ...remirrorAll(scene, node.name, at),
    ...[...node.pods].map(({ key }) => syncIn(scene, key, at, wait + latency(scene, 'watch', `kubelet ${key} ${at}`))),
  ]
}

/** Every kubelet is heard again. */
const apiServerBack = (scene: KubeletScene, entry: Entry): readonly Emission[] =>
  relistNodes(reconnected as never)(scene as never, entry)

const frozen = (scene: KubeletScene, entry: NodeEntry): readonly Emission[] => [
  ...kubeletStopped(scene, entry),
  ...silence(scene, entry),
]

/** Everything goes on: what was under way is begun again, and processes live as much longer as they have stood. */
const thawed = (scene: KubeletScene, { event, at }: NodeEntry): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined || node.machine.power !== 'on') return QUIET
  const emissions: Emission[] = []
  for (const pod of node.pods) {
    const local = scene.own.pods.get(pod.key)
    if (local === undefined) continue
    for (const container of local.containers) {
      if (!container.running) continue
      emissions.push(
        ...(container.stopping === 'no'
          ? planExit(scene, pod, container, behaviorOf(scene, pod, container.name), at)
          : planStop(scene, pod, local, container, local.graceSeconds, at)),
        ...(container.isHooked && container.stopping === 'no' ? planPostStart(scene, pod, container, at) : []),
      )
    }
    if (local.stage === 'stopping' && !local.containers.some(({ running }) => running)) {
      emissions.push(stopSandbox(scene, pod.key, at))
    }
  }
  if (hasFullDisk(node)) emissions.push(...planWritesOn(scene, node, at))
  if (!isAtWork(scene, node.name)) return emissions
  return [...emissions, ...statusIfNew(scene, node, at), ...takeUp(scene, node, at)]
}

export const kubelet = defineController<KubeletState, typeof kubeletFlags>({
  name: 'kubelet',
  doc: 'Starts, probes, restarts and stops the containers of the pods on each node, and reports their status.',
  component: 'kubelet',
  flags: kubeletFlags,
  events: [
    PodSyncDue,
    VolumeMountDue,
    PodStopping,
    PodStoppedDue,
    PodRemovalDue,
    ShutdownGroupDue,
    NodeStatusDue,
    EvictionSyncDue,
    EvictionObserved,
    ImageCollectionDue,
    MemoryExhaustedDue,
    DiskLevelDue,
    MirrorPodDue,
    NodeBootDue,
  ],
  own: {
    initial: () => ({
      pods: new Map(),
      pulls: new Map(),
      imageWaits: new Map(),
      objectWaits: new Map(),
      unmirrored: new Map(),
      work: new Map(),
      shutdowns: new Map(),
      watches: new Map(),
      images: new Map(),
      frozen: new Map(),
    }),
    apply: applyKubelet,
  },
  on: {
    PodCreated: podArrives,
    PodBound: podArrives,
    PodMarkedForDeletion: podChanges,
    PodSyncDue: sync,
    PodResumed: podResumed,
    PodSandboxStarted: sandboxStarted,
    ImagePullStarted: pullAsked,
    ImagePulled: imagePulled,
    ImagePullFailed: pullFailed,
    RegistryWentDown: registryFailed,
    ContainerStarted: containerStarted,
    ContainerStartFailed: startFailed,
    VolumeMountFailed: mountFailed,
    VolumeMountDue: mountAgain,
    VolumeMounted: mounted,
    InertObjectCreated: objectWritten,
    InertObjectChanged: objectWritten,
    InertObjectDeleted: objectWritten,
    PostStartHookEnded: hookEnded,
    ContainerStopping: containerStopping,
    ContainerExited: containerExited,
    ProbeAnswered: probed,
    DependencyWentDown: dependencyChanged,
    DependencyCameBack: dependencyChanged,
    PodStopping: podStopping,
    PodStoppedDue: podStopped,
    PodRemovalDue: remove,
    PodDeleted: podGone,
    NodeFailed: silence,
    NodeShutdownRequested: shutdownRequested,
    ShutdownGroupDue: shutDownGroup,
    NodeStatusDue: postStatus,
    EvictionSyncDue: lookAtNode,
    EvictionObserved: nodeChanged,
    ImageCollectionDue: imagesLookedAt,
    ImagesRemoved: imagesRemoved,
    DeadContainersRemoved: nodeChanged,
    DiskFilled: diskFilled,
    DiskLevelDue: diskLevelDue,
    MirrorPodDue: makeMirror,
    DiskRanFull: diskRanFull,
    DiskGotRoom: diskGotRoom,
    DiskFreed: nodeChanged,
    ContainerResumed: containerResumed,
    NodeCreated: nodeCreated,
    PodAccepted: podAccepted,
    MemoryExhaustedDue: memoryExhausted,
    NodeRecovered: boot,
    NodeRebooted: rebooted,
    KubeletStopped: kubeletStopped,
    KubeletStarted: kubeletStarted,
    NodeReconnected: reconnected,
    ApiServerCameBack: apiServerBack,
    NodeFrozen: frozen,
    NodeThawed: thawed,
    NodeBootDue: booted,
  } as never,
})
