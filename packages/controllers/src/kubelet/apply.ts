import type {
  Container,
  ContainerBackedOff,
  ContainerExited,
  ContainerRefused,
  ContainerResumed,
  ContainerStarted,
  ContainerStartFailed,
  ContainerStatus,
  ContainerStopping,
  DeadContainersRemoved,
  DeepReadonly,
  EvictionThresholdMet,
  ImagePullBackedOff,
  ImagePulled,
  ImagePullFailed,
  ImagePullStarted,
  ImagesRemoved,
  PodKilledByKubelet,
  PodRejected,
  PodResumed,
  PostStartHookEnded,
  ProbeAnswered,
  VolumeMounted,
  VolumeMountFailed,
} from '@wavetank/cluster'
import {
  type ClusterView,
  type ControllerRef,
  environmentObjects,
  isMirror,
  type PodSpec,
  podAddress,
  volumeObjects,
} from '@wavetank/cluster'
import type { Entry, EventOf } from '@wavetank/kernel'
import type { ProbeKind } from './behavior.ts'
import type { EvictionObserved, PodStopping, ShutdownGroupDue } from './events.ts'
import { isCleared } from './eviction-signals.ts'
import { lookAt, NOTHING_OBSERVED, type Observed } from './eviction-thresholds.ts'
import { hookedIn } from './hooks.ts'
import { failedAgain } from './image-backoff.ts'
import { kubeletSince, lookAfter, lookBefore, recordsOf } from './image-collection.ts'
import {
  firstTick,
  isProbed,
  isStarted,
  type LocalContainer,
  type LocalPod,
  newLocalPod,
  PROBE_KINDS,
  probeOf,
  restartPolicyOf,
  restarts,
  specOf,
} from './local-pod.ts'
import { parseAnswer, succeeds } from './probe-answers.ts'
import { answered, count, isNew, type ProbeWorker, settle, spacingOf, termsOf } from './probe-worker.ts'

/** An image pull that waits for its turn on a node, or has it. */
export interface Pull {
  readonly pod: string
  readonly container: string
  readonly image: string
  readonly since: number
}

/** The memory of all kubelets. */
export interface KubeletState {
  readonly pods: Map<string, LocalPod>
  /** By node, in the order of asking. */
  readonly pulls: Map<string, readonly Pull[]>
  /** By node: pods of which a container has no image. */
  readonly imageWaits: Map<string, Set<string>>
  /** By ConfigMap or Secret: on whose waiting it has a say, as `pod subject`. */
  readonly objectWaits: Map<string, Set<string>>
  /** Since when nodes hang. */
  readonly frozen: Map<string, number>
  /** Nodes of which something is known that can run out. */
  readonly watches: Map<string, EvictionWatch>
  /** By node, where an image has come or gone out of use, or the kubelet has started again. */
  readonly images: Map<string, ImageRecords>
  /** Milliseconds of work by the claim and the container that keep it: what pods that are gone have done. */
  readonly work: Map<string, number>
  /** Static pods without a mirror, by the key that it had. */
  readonly unmirrored: Map<string, Unmirrored>
  /** By node: which group of pods a shutdown has come to. */
  readonly shutdowns: Map<string, { readonly group: number; readonly reboot: boolean }>
}

/** A static pod of which the API server has nothing, with what its mirror was. */
export interface Unmirrored {
  readonly node: string
  readonly template: string
  readonly owner: ControllerRef | undefined
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** What the eviction manager of a node remembers. */
export interface EvictionWatch {
  observed: Observed
  /** From when its looks, 10 s apart, count. */
  origin: number
  /** The pods that it has evicted and waits for. */
  evicting: readonly string[]
  /** Before its last look it has waited so. */
  waited: boolean
}

/** What the garbage collector of a node knows of images. */
export interface ImageRecords {
  /** When its kubelet started. */
  readonly since: number
  /** The look at which it first sees each image; for those that are not here it was the first look. */
  readonly seen: Map<string, number>
  /** The last look at which each image that is not used any more was. */
  readonly used: Map<string, number>
  collectedAt: number | undefined
  failedAt: number | undefined
}

type NodeEvent = { readonly kind: string; readonly node: string }
type PodEvent = { readonly kind: string; readonly pod: string }

const containerIn = (own: KubeletState, pod: string, name: string): LocalContainer | undefined =>
  own.pods.get(pod)?.containers.find((container) => container.name === name)

const forgetPulls = (own: KubeletState, node: string, pod: string): void => {
  const pulls = own.pulls.get(node)
  if (pulls?.some((pull) => pull.pod === pod))
    own.pulls.set(
      node,
      pulls.filter((pull) => pull.pod !== pod),
    )
}

/** What a worker begins a new instance with; its count of equal outcomes goes on. */
const newInstance = (worker: ProbeWorker | undefined, result: ProbeWorker['result'], at: number): ProbeWorker => ({
  result,
  resultAt: -1,
  origin: undefined,
  since: at,
  asked: 0,
  askedBefore: 0,
  at: 0,
  answer: 200,
  failedAt: 0,
  ok: worker?.ok,
  run: worker?.run ?? 0,
  onHold: false,
})

/** A container’s probes are asked no more; what they were answered until now counts for its next instance. */
const settleProbes = (
  own: KubeletState,
  view: ClusterView,
  pod: string,
  container: LocalContainer,
  at: number,
  inclusive: boolean,
  kinds: readonly ProbeKind[],
): void => {
  for (const kind of kinds) {
    const worker = container.probes[kind]
    const local = own.pods.get(pod)
    if (worker === undefined || local === undefined || !isProbed(container, kind)) continue
    const probe = probeOf(specOf(view.pods.get(pod)?.template.spec as PodSpec, container.name), kind)
    if (probe === undefined) continue
    settle(worker, termsOf(probe), firstTick(worker, local, container, probe), at, inclusive)
  }
}

const waitForImage = (own: KubeletState, { key, node }: LocalPod): void => {
  const waits = own.imageWaits.get(node)
  if (waits === undefined) own.imageWaits.set(node, new Set([key]))
  else waits.add(key)
}

const leaveWaits = (own: KubeletState, { key, node }: LocalPod): void => {
  const waits = own.imageWaits.get(node)
  waits?.delete(key)
  if (waits?.size === 0) own.imageWaits.delete(node)
}

/** On these objects it depends, and on no others, whether a container or a volume of the pod goes on waiting. */
const need = (own: KubeletState, local: LocalPod, subject: string, objects: readonly string[]): void => {
  const waiter = `${local.key} ${subject}`
  for (const object of local.needs.get(subject) ?? []) {
    const waiters = own.objectWaits.get(object)
    waiters?.delete(waiter)
    if (waiters?.size === 0) own.objectWaits.delete(object)
  }
  if (objects.length === 0) local.needs.delete(subject)
  else local.needs.set(subject, objects)
  for (const object of objects) {
    const waiters = own.objectWaits.get(object)
    if (waiters === undefined) own.objectWaits.set(object, new Set([waiter]))
    else waiters.add(waiter)
  }
}

const needNothing = (own: KubeletState, local: LocalPod): void => {
  for (const subject of [...local.needs.keys()]) need(own, local, subject, [])
}

/** Mounting begins anew when somebody looks at the pod again. */
const forgetMounts = (own: KubeletState, local: LocalPod): void => {
  for (const volume of local.unmounted.keys()) need(own, local, `volume ${volume}`, [])
  local.unmounted.clear()
  local.mountingSince = -1
}

const startedAgain = (container: LocalContainer, at: number, restart: number): void => {
  container.previous = container.exit ?? container.previous
  if (container.isOfLostSandbox && container.role !== 'regular') container.previous = undefined
  container.isOfLostSandbox = false
  container.exit = undefined
  container.waiting = undefined
  container.stopping = 'no'
  container.instance = restart
  container.running = true
  container.startedAt = at
  container.warm = false
  container.isHooked = false
  container.hookFailure = undefined
  container.pausedMillis = 0
}

/** What each restart waits longer. Source: pkg/kubelet/kubelet.go, backOffPeriod, MaxContainerBackOff. */
const backoffAfter = (restarts: number): number => Math.min(10_000 * 2 ** Math.min(restarts - 1, 5), 300_000)

/** The container as its status has it. */
const resume = (container: LocalContainer, status: ContainerStatus, spec: Container, at: number): void => {
  const { running, waiting, terminated, lastTermination, restartCount } = status
  container.running = running !== undefined
  container.startedAt = at
  container.exit = terminated ?? (running === undefined ? lastTermination : undefined)
  container.previous = running !== undefined || terminated !== undefined ? lastTermination : undefined
  if (container.exit !== undefined && terminated === undefined) container.waiting = waiting
  if (container.running || container.exit !== undefined) container.instance = restartCount
  if (restartCount > 0) container.backoff = { millis: backoffAfter(restartCount), updatedAt: at }
  if (!container.running || container.role === 'init') return
  container.warm = true
  const { probes } = container
  if (spec.livenessProbe !== undefined) probes.liveness = newInstance(undefined, 'success', at)
  if (spec.readinessProbe !== undefined) {
    probes.readiness = newInstance(undefined, status.ready ? 'success' : 'failure', at)
    probes.readiness.origin = at
  }
  if (spec.startupProbe !== undefined) {
    probes.startup = newInstance(undefined, status.started === true ? 'success' : 'unknown', at)
  }
}

/** The worker of the pod goes on: its container has a hook behind it, or has been killed for its failure. */
const unhook = (own: KubeletState, view: ClusterView, pod: string, container: LocalContainer, at: number): void => {
  const local = own.pods.get(pod)!
  const { hookFailure } = container
  container.isHooked = false
  container.hookFailure = undefined
  for (const kind of PROBE_KINDS) {
    const worker = container.probes[kind]
    if (worker !== undefined) worker.since = at
  }
  local.unseen = true
  const spec = view.pods.get(pod)?.template.spec
  if (hookFailure === undefined || container.running || local.stage !== 'active' || spec === undefined) return
  local.retryFrom = at
  container.failedIn = local.syncs
  if (restarts(container, restartPolicyOf(spec)))
    container.waiting = { reason: 'PostStartHookError', message: hookFailure }
}

/** The work of an instance that ends is there for the next pod, if a claim keeps it. */
const keepWork = (own: KubeletState, { node }: LocalPod, container: LocalContainer, at: number): void => {
  const { keptIn, running, progress, startedAt, pausedMillis } = container
  if (keptIn === undefined || !running) return
  own.work.set(keptIn, progress + Math.max(0, (own.frozen.get(node) ?? at) - startedAt - pausedMillis))
  container.keptIn = undefined
}

export const newWatch = (origin: number): EvictionWatch => ({
  observed: NOTHING_OBSERVED,
  origin,
  evicting: [],
  waited: false,
})

/** What ran of static pods without a mirror is gone; with their node, they are as well. */
const forgetUnmirrored = (own: KubeletState, node: string, forGood: boolean): void => {
  for (const [key, pod] of own.unmirrored) {
    if (pod.node !== node) continue
    own.pods.delete(key)
    if (forGood) own.unmirrored.delete(key)
  }
}

/** What is under way on the node is not gone on with. */
const forgetWork = (own: KubeletState, view: ClusterView, node: string, at: number): void => {
  own.pulls.delete(node)
  own.shutdowns.delete(node)
  for (const { key } of view.nodes.get(node)?.pods ?? []) {
    const local = own.pods.get(key)
    if (local === undefined) continue
    local.pulling = undefined
    forgetMounts(own, local)
    for (const container of local.containers) countRequests(view, local, container, at)
  }
}

/** What a probe is taken to say before it is first asked. Source: pkg/kubelet/prober/worker.go, newWorker. */
const FIRST_RESULTS = { liveness: 'success', readiness: 'failure', startup: 'unknown' } as const

/** Requests that were no events are counted now, because the ticks stop here. */
const countRequests = (view: ClusterView, local: LocalPod, container: LocalContainer, at: number): void => {
  for (const kind of PROBE_KINDS) {
    const worker = container.probes[kind]
    const probe = probeOf(specOf(view.pods.get(local.key)?.template.spec as PodSpec, container.name), kind)
    if (worker === undefined || probe === undefined || worker.onHold || !isProbed(container, kind)) continue
    const spacing = spacingOf(worker.answer, termsOf(probe))
    const next = isNew(worker) ? firstTick(worker, local, container, probe) : worker.at + spacing
    const times = Math.max(0, Math.floor((at - next) / spacing) + 1)
    if (times === 0) continue
    worker.asked += times
    worker.at = next + (times - 1) * spacing
    count(worker, succeeds(worker.answer), times)
  }
}

const watchFrom = (own: KubeletState, name: string, usage: number | undefined, view: ClusterView): void => {
  if (usage === undefined || own.watches.has(name)) return
  const { memory, disk, inodes, logs, processes, volumes } = view.settings.usage[usage] ?? {}
  if ((memory ?? disk ?? inodes ?? logs ?? processes ?? volumes) === undefined) return
  watchAt(own, name, view)
}

const watchAt = (own: KubeletState, name: string, view: ClusterView): EvictionWatch => {
  let watch = own.watches.get(name)
  if (watch === undefined) {
    watch = newWatch(sinceOf(own, view, name))
    own.watches.set(name, watch)
  }
  return watch
}

const sinceOf = (own: KubeletState, view: ClusterView, name: string): number => {
  const node = view.nodes.get(name)
  return node === undefined ? 0 : kubeletSince(own, node)
}

/** The images of a pod’s containers are used by them no more. */
const releaseImages = (
  own: KubeletState,
  spec: DeepReadonly<PodSpec>,
  local: LocalPod,
  start: number,
  at: number,
): void => {
  const last = lookBefore(start, at)
  // No look has seen it.
  if (last < local.workersSince) return
  for (const { name, instance } of local.containers) {
    const image = instance < 0 ? undefined : specOf(spec, name)?.image
    if (image !== undefined) recordsOf(own, local.node, start).used.set(image, last)
  }
}

/** The look at which an image that has come now is first seen: one of the garbage collector’s, or of an eviction manager that makes room. */
const nextSight = (own: KubeletState, node: string, start: number, at: number): number => {
  const next = lookAfter(start, at)
  const watch = own.watches.get(node)
  const isMakingRoom = watch?.observed.acted.some((id) => id.includes('fs.')) === true
  return isMakingRoom ? Math.min(next, lookAt(watch.origin, at)) : next
}

/** A kubelet that has started knows nothing of what was before. */
const startAgain = (own: KubeletState, node: string, at: number): void => {
  if (own.watches.has(node)) own.watches.set(node, newWatch(at))
  own.images.delete(node)
  recordsOf(own, node, at)
}

export const applyKubelet = {
  PodCreated: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    if (own.unmirrored.size === 0) return
    const { pod: key } = (entry as Entry<PodEvent>).event
    const pod = view.pods.get(key)
    const local = own.pods.get(key)
    if (!own.unmirrored.delete(key) || pod === undefined || local === undefined) return
    if (isMirror(pod) && pod.node === local.node) own.pods.set(key, { ...local, uid: pod.uid })
    else own.pods.delete(key)
  },
  NodeDeleted: (own: KubeletState, entry: Entry<never>): void => {
    forgetUnmirrored(own, (entry as Entry<NodeEvent>).event.node, true)
  },
  PodAccepted: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event } = entry as Entry<PodEvent>
    const pod = view.pods.get(event.pod)
    if (pod === undefined) return
    // A static pod whose mirror was made again runs on.
    if (own.pods.get(pod.key)?.uid === pod.uid) return
    own.pods.set(pod.key, newLocalPod(pod.key, pod.uid, pod.node, pod.template.spec as PodSpec))
  },
  PodRejected: (own: KubeletState, entry: Entry<never>): void => {
    const { event } = entry as Entry<EventOf<typeof PodRejected>>
    const local = own.pods.get(event.pod)
    const { reason, message } = event
    if (local !== undefined) local.killed = { reason, message, disruption: undefined, isSaid: true }
  },
  PodKilledByKubelet: (own: KubeletState, entry: Entry<never>): void => {
    const { event } = entry as Entry<EventOf<typeof PodKilledByKubelet>>
    const { reason, message, disruption } = event
    const local = own.pods.get(event.pod)
    if (local === undefined) return
    local.killed = { reason, message, disruption, isSaid: false }
    const watch = own.watches.get(local.node)
    if (watch !== undefined && reason === 'Evicted') watch.evicting = [...watch.evicting, local.key]
  },
  ShutdownGroupDue: (own: KubeletState, entry: Entry<never>): void => {
    const { node, group, reboot } = (entry as Entry<EventOf<typeof ShutdownGroupDue>>).event
    own.shutdowns.set(node, { group, reboot })
  },
  ContainerResumed: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { pod, usage } = (entry as Entry<EventOf<typeof ContainerResumed>>).event
    const local = own.pods.get(pod)
    if (local !== undefined) watchFrom(own, local.node, usage, view)
  },
  DiskRanFull: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    watchAt(own, (entry as Entry<NodeEvent>).event.node, view)
  },
  DiskFilled: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    watchAt(own, (entry as Entry<NodeEvent>).event.node, view)
  },
  PodResumed: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<EventOf<typeof PodResumed>>
    const pod = view.pods.get(event.pod)
    const node = view.nodes.get(pod?.node ?? '')
    if (pod === undefined || node === undefined || event.ip === undefined) return
    const local = newLocalPod(pod.key, pod.uid, pod.node, pod.template.spec as PodSpec)
    local.stage = 'active'
    local.ip = event.ip
    local.workersSince = at
    for (const container of local.containers) {
      const status = [...(event.initContainers ?? []), ...event.containers].find(({ name }) => name === container.name)
      const spec = specOf(pod.template.spec as PodSpec, container.name)
      if (status !== undefined && spec !== undefined) resume(container, status, spec as Container, at)
    }
    own.pods.set(pod.key, local)
  },
  PodSyncDue: (own: KubeletState, entry: Entry<never>): void => {
    const { event, at } = entry as Entry<PodEvent>
    const local = own.pods.get(event.pod)
    // The worker waits for a hook, and syncs when that has ended.
    if (local === undefined || hookedIn(local) !== undefined) return
    local.syncedAt = at
    local.syncs++
    local.unseen = false
    // The first look at a started container that is not ready probes it at once. Source: UpdatePodStatus.
    for (const container of local.containers) {
      const { readiness } = container.probes
      if (readiness !== undefined && readiness.origin === undefined && isStarted(container)) readiness.origin = at
    }
  },
  EvictionSyncDue: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<NodeEvent>
    const watch = watchAt(own, event.node, view)
    watch.waited = watch.evicting.length > 0
    watch.evicting = []
    watch.origin = at
  },
  EvictionObserved: (own: KubeletState, entry: Entry<never>): void => {
    const { event, at } = entry as Entry<EventOf<typeof EvictionObserved>>
    const watch = own.watches.get(event.node)
    if (watch === undefined) return
    const { since, acted, pressureAt } = event
    watch.observed = { at, since, acted, pressureAt }
  },
  /** Looking for what can be removed, the kubelet sees every image. */
  EvictionThresholdMet: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<EventOf<typeof EvictionThresholdMet>>
    if (event.resource === 'memory' || event.resource === 'pids') return
    const records = recordsOf(own, event.node, sinceOf(own, view, event.node))
    for (const [image, seenAt] of records.seen) if (seenAt > at) records.seen.set(image, at)
  },
  ImageCollectionDue: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<NodeEvent>
    watchAt(own, event.node, view)
    recordsOf(own, event.node, sinceOf(own, view, event.node)).collectedAt = at
  },
  ImageCollectionFailed: (own: KubeletState, entry: Entry<never>): void => {
    const { event, at } = entry as Entry<NodeEvent>
    const records = own.images.get(event.node)
    if (records !== undefined) records.failedAt = at
  },
  ImagesRemoved: (own: KubeletState, entry: Entry<never>): void => {
    const { node, images } = (entry as Entry<EventOf<typeof ImagesRemoved>>).event
    const records = own.images.get(node)
    for (const image of images) {
      records?.seen.delete(image)
      records?.used.delete(image)
    }
  },
  DeadContainersRemoved: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<EventOf<typeof DeadContainersRemoved>>
    for (const key of event.pods) {
      const local = own.pods.get(key)
      const pod = view.pods.get(key)
      if (local === undefined || pod === undefined) continue
      local.removed = true
      releaseImages(own, pod.template.spec as PodSpec, local, sinceOf(own, view, event.node), at)
    }
  },
  PodSandboxStarted: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<PodEvent>
    const local = own.pods.get(event.pod)
    const node = view.nodes.get(local?.node ?? '')
    if (local === undefined || node === undefined) return
    local.stage = 'active'
    local.ip = podAddress(node.index, node.sandboxes - 1)
    local.workersSince = at
    local.unseen = true
  },
  ImagePullStarted: (own: KubeletState, entry: Entry<never>): void => {
    const { event, at } = entry as Entry<EventOf<typeof ImagePullStarted>>
    const { pod, container, image, node } = event
    const local = own.pods.get(pod)
    if (local !== undefined) local.pulling = container
    own.pulls.set(node, [...(own.pulls.get(node) ?? []), { pod, container, image, since: at }])
  },
  ImagePulled: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<EventOf<typeof ImagePulled>>
    const local = own.pods.get(event.pod)
    const container = containerIn(own, event.pod, event.container)
    if (local !== undefined) local.pulling = undefined
    if (container !== undefined) container.imageFor = container.instance + 1
    forgetPulls(own, event.node, event.pod)
    const start = sinceOf(own, view, event.node)
    const records = recordsOf(own, event.node, start)
    if (!records.seen.has(event.image)) records.seen.set(event.image, nextSight(own, event.node, start, at))
  },
  ImagePullFailed: (own: KubeletState, entry: Entry<never>): void => {
    const { event, at } = entry as Entry<EventOf<typeof ImagePullFailed>>
    const { pod, image, node, error } = event
    const local = own.pods.get(pod)
    const container = containerIn(own, pod, event.container)
    forgetPulls(own, node, pod)
    if (local === undefined || container === undefined) return
    local.pulling = undefined
    local.retryFrom = at
    local.imageBackoffs.set(image, failedAgain(local.imageBackoffs.get(image), error, at))
    container.failedIn = local.syncs
    container.waiting = { reason: 'ErrImagePull', error }
    waitForImage(own, local)
  },
  ImagePullBackedOff: (own: KubeletState, entry: Entry<never>): void => {
    const { event, at } = entry as Entry<EventOf<typeof ImagePullBackedOff>>
    const local = own.pods.get(event.pod)
    const container = containerIn(own, event.pod, event.container)
    if (local === undefined || container === undefined) return
    local.retryFrom = at
    container.waiting = { reason: 'ImagePullBackOff', error: event.error }
  },
  ContainerRefused: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<EventOf<typeof ContainerRefused>>
    const local = own.pods.get(event.pod)
    const container = containerIn(own, event.pod, event.container)
    if (local === undefined || container === undefined) return
    const { reason, message, backoffMillis } = event
    local.retryFrom = at
    container.failedIn = local.syncs
    container.imageFor = -1
    container.stopping = 'no'
    container.waiting = message === undefined ? { reason } : { reason, message }
    if (backoffMillis !== undefined) container.backoff = { millis: backoffMillis, updatedAt: at }
    const pod = view.pods.get(event.pod)
    const spec = pod === undefined ? undefined : specOf(pod.template.spec as PodSpec, event.container)
    if (pod !== undefined && spec !== undefined)
      need(own, local, container.name, environmentObjects(pod.namespace, spec))
    if (reason === 'ErrImageNeverPull') waitForImage(own, local)
  },
  ContainerStartFailed: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<EventOf<typeof ContainerStartFailed>>
    const local = own.pods.get(event.pod)
    const container = containerIn(own, event.pod, event.container)
    const pod = view.pods.get(event.pod)
    if (local === undefined || container === undefined || pod === undefined) return
    const { restart, message, backoffMillis } = event
    need(own, local, container.name, [])
    startedAgain(container, at, restart)
    container.running = false
    // It was never started: the runtime has no time for that. Source: containerd, internal/cri/server/container_start.go.
    const startedAt = -view.settings.start
    container.exit = { exitCode: 128, reason: 'StartError', message, startedAt, finishedAt: at }
    container.failedIn = local.syncs
    if (backoffMillis !== undefined) container.backoff = { millis: backoffMillis, updatedAt: at }
    local.unseen = true
    local.retryFrom = at
    if (restarts(container, restartPolicyOf(pod.template.spec as PodSpec)))
      container.waiting = { reason: 'RunContainerError', message }
  },
  VolumeMountFailed: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { pod: key, volume, message, since } = (entry as Entry<EventOf<typeof VolumeMountFailed>>).event
    const local = own.pods.get(key)
    const pod = view.pods.get(key)
    if (local === undefined || pod === undefined) return
    local.unmounted.set(volume, message)
    local.mountingSince = since
    need(own, local, `volume ${volume}`, volumeObjects(pod, volume))
  },
  VolumeMounted: (own: KubeletState, entry: Entry<never>): void => {
    const { pod, volume } = (entry as Entry<EventOf<typeof VolumeMounted>>).event
    const local = own.pods.get(pod)
    if (local === undefined) return
    local.unmounted.delete(volume)
    need(own, local, `volume ${volume}`, [])
  },
  ContainerStarted: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<EventOf<typeof ContainerStarted>>
    const container = containerIn(own, event.pod, event.container)
    const pod = view.pods.get(event.pod)
    if (container === undefined || pod === undefined) return
    startedAgain(container, at, event.restart)
    if (own.objectWaits.size > 0) need(own, own.pods.get(event.pod)!, container.name, [])
    container.progress = event.progress ?? 0
    container.keptIn = event.keptIn
    const local = own.pods.get(event.pod)!
    local.unseen = true
    if (local.containers.every(({ waiting }) => waiting === undefined)) leaveWaits(own, local)
    watchFrom(own, own.pods.get(event.pod)!.node, event.usage, view)
    if (event.backoffMillis !== undefined) container.backoff = { millis: event.backoffMillis, updatedAt: at }
    const spec = specOf(pod.template.spec as PodSpec, event.container)
    if (spec === undefined || container.role === 'init') return
    container.isHooked = spec.lifecycle?.postStart !== undefined
    const { probes } = container
    // Initial values. Source: pkg/kubelet/prober/worker.go, newWorker.
    if (spec.livenessProbe !== undefined) probes.liveness = newInstance(probes.liveness, 'success', at)
    if (spec.readinessProbe !== undefined) probes.readiness = newInstance(probes.readiness, 'failure', at)
    if (spec.startupProbe !== undefined) probes.startup = newInstance(probes.startup, 'unknown', at)
  },
  ContainerStopping: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<EventOf<typeof ContainerStopping>>
    const container = containerIn(own, event.pod, event.container)
    if (container === undefined) return
    settleProbes(own, view, event.pod, container, at, true, ['liveness', 'startup'])
    const isActive = own.pods.get(event.pod)?.stage === 'active'
    container.stopping = !isActive ? 'pod' : event.reason === 'PostStartHook' ? 'hook' : 'probe'
    container.stoppingAt = at
    container.stopGraceSeconds = event.graceSeconds
  },
  ContainerExited: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<EventOf<typeof ContainerExited>>
    const container = containerIn(own, event.pod, event.container)
    if (container === undefined) return
    const asked: readonly ProbeKind[] = container.stopping === 'no' ? PROBE_KINDS : ['readiness']
    settleProbes(own, view, event.pod, container, at, false, asked)
    keepWork(own, own.pods.get(event.pod)!, container, at)
    container.running = false
    container.exit = {
      exitCode: event.exitCode,
      reason: event.reason,
      startedAt: container.startedAt,
      finishedAt: at,
    }
    if (container.isHooked && container.stopping !== 'no') unhook(own, view, event.pod, container, at)
  },
  PostStartHookEnded: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<EventOf<typeof PostStartHookEnded>>
    const container = containerIn(own, event.pod, event.container)
    if (container === undefined) return
    container.hookFailure = event.failure
    const isKilled = event.failure !== undefined && container.running && own.pods.get(event.pod)?.stage === 'active'
    if (!isKilled) unhook(own, view, event.pod, container, at)
  },
  ContainerBackedOff: (own: KubeletState, entry: Entry<never>): void => {
    const { event, at } = entry as Entry<EventOf<typeof ContainerBackedOff>>
    const local = own.pods.get(event.pod)
    const container = containerIn(own, event.pod, event.container)
    if (local === undefined || container === undefined) return
    local.retryFrom = at
    container.stopping = 'no'
    container.waiting = { reason: 'CrashLoopBackOff', backoffMillis: event.backoffMillis }
  },
  ProbeAnswered: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<EventOf<typeof ProbeAnswered>>
    const container = containerIn(own, event.pod, event.container)
    const kind = event.probe as ProbeKind
    const worker = container?.probes[kind]
    const probe = specOf(view.pods.get(event.pod)?.template.spec as PodSpec, event.container)?.[`${kind}Probe`]
    if (container === undefined || worker === undefined || probe === undefined) return
    answered(worker, kind, termsOf(probe), parseAnswer(event.answer), event.asked, at)
    if (kind !== 'startup' || worker.result !== 'success') return
    const { liveness, readiness } = container.probes
    if (liveness !== undefined) liveness.since = at
    if (readiness !== undefined) {
      readiness.since = at
      readiness.origin = at
    }
  },
  PodStopping: (own: KubeletState, entry: Entry<never>): void => {
    const { event } = entry as Entry<EventOf<typeof PodStopping>>
    const local = own.pods.get(event.pod)
    if (local === undefined) return
    local.stage = 'stopping'
    local.graceSeconds = event.graceSeconds
    local.pulling = undefined
    forgetMounts(own, local)
    needNothing(own, local)
    forgetPulls(own, local.node, local.key)
  },
  PodStoppedDue: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<PodEvent>
    const local = own.pods.get(event.pod)
    if (local === undefined) return
    local.stage = 'finished'
    const pod = view.pods.get(event.pod)
    if (pod === undefined || local.killed?.reason !== 'Evicted') return
    releaseImages(own, pod.template.spec as PodSpec, local, sinceOf(own, view, local.node), at)
  },
  PodDeleted: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { pod } = (entry as Entry<PodEvent>).event
    const local = own.pods.get(pod)
    const removed = view.removedPod
    if (removed !== undefined && isMirror(removed) && local?.stage !== 'finished') {
      const { node, owner, labels, annotations } = removed
      own.unmirrored.set(pod, { node, template: removed.template.hash, owner, labels, annotations })
      // Its kubelet goes on with it.
      if (view.nodes.get(node)?.machine.power === 'on') return
    }
    if (local === undefined) return
    const spec = view.removedPod?.template.spec
    if (spec !== undefined && !isCleared(local)) {
      releaseImages(own, spec as PodSpec, local, sinceOf(own, view, local.node), entry.at)
    }
    forgetPulls(own, local.node, pod)
    leaveWaits(own, local)
    needNothing(own, local)
    for (const container of local.containers) keepWork(own, local, container, entry.at)
    own.pods.delete(pod)
  },
  NodeFailed: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { node } = (entry as Entry<{ kind: string; node: string }>).event
    for (const { key } of view.nodes.get(node)?.pods ?? []) {
      const local = own.pods.get(key)
      for (const container of local?.containers ?? []) keepWork(own, local!, container, entry.at)
    }
    forgetUnmirrored(own, node, false)
    own.pulls.delete(node)
    own.imageWaits.delete(node)
    own.shutdowns.delete(node)
    if (own.watches.has(node)) own.watches.set(node, newWatch(entry.at))
    own.frozen.delete(node)
  },
  KubeletStopped: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    forgetWork(own, view, (entry as Entry<NodeEvent>).event.node, entry.at)
  },
  /** Back-off, probe results, and what it was about to do to a pod are in a kubelet’s memory alone. */
  KubeletStarted: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<NodeEvent>
    startAgain(own, event.node, at)
    for (const { key, phase } of view.nodes.get(event.node)?.pods ?? []) {
      const local = own.pods.get(key)
      if (local === undefined || local.stage === 'finished') continue
      local.killed = undefined
      local.workersSince = at
      local.retryFrom = undefined
      if (phase === 'Succeeded' || phase === 'Failed') local.stage = 'finished'
      else if (local.stage === 'stopping') local.stage = local.ip === undefined ? 'preparing' : 'active'
      needNothing(own, local)
      for (const container of local.containers) {
        container.isHooked = false
        container.backoff = undefined
        container.waiting = undefined
        for (const kind of PROBE_KINDS) {
          const worker = container.probes[kind]
          if (worker === undefined) continue
          const { asked, answer, failedAt } = worker
          // The container counts its requests, whoever sends them.
          const fresh = newInstance(undefined, FIRST_RESULTS[kind], at)
          container.probes[kind] = { ...fresh, asked, askedBefore: asked, answer, failedAt }
        }
      }
    }
  },
  NodeFrozen: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<NodeEvent>
    own.frozen.set(event.node, at)
    forgetWork(own, view, event.node, at)
  },
  NodeThawed: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<NodeEvent>
    const span = at - (own.frozen.get(event.node) ?? at)
    own.frozen.delete(event.node)
    for (const { key } of view.nodes.get(event.node)?.pods ?? []) {
      const local = own.pods.get(key)
      if (local === undefined) continue
      // The clocks of the workers stood as well.
      local.workersSince += span
      for (const container of local.containers) {
        if (container.running) container.pausedMillis += span
        for (const kind of PROBE_KINDS) {
          const worker = container.probes[kind]
          if (worker === undefined) continue
          worker.at += span
          worker.since += span
          if (worker.origin !== undefined) worker.origin += span
        }
      }
    }
  },
  /** Sandboxes and containers of before the crash are gone; pods that were running start again from a new sandbox. */
  NodeRebooted: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<{ kind: string; node: string }>
    const node = view.nodes.get(event.node)
    startAgain(own, event.node, at)
    for (const pod of node?.pods ?? []) {
      const local = own.pods.get(pod.key)
      if (local === undefined || local.stage === 'finished') continue
      // What the kubelet was about to say is forgotten; what it has said stays.
      local.killed = undefined
      if (pod.phase === 'Succeeded' || pod.phase === 'Failed') {
        local.stage = 'finished'
        continue
      }
      local.pulling = undefined
      forgetMounts(own, local)
      needNothing(own, local)
      local.imageBackoffs.clear()
      for (const container of local.containers) {
        if (!container.running) continue
        container.running = false
        container.isHooked = false
        container.stopping = 'no'
        // What containerd says of a task that it lost.
        container.exit = { exitCode: 255, reason: 'Unknown', startedAt: container.startedAt, finishedAt: at }
      }
      // Back-off and what probes have counted are in the kubelet's memory alone.
      for (const container of local.containers) {
        container.isOfLostSandbox = container.instance >= 0
        container.imageFor = -1
        container.backoff = undefined
        container.waiting = undefined
        for (const kind of PROBE_KINDS) delete container.probes[kind]
      }
      local.stage = 'preparing'
      local.ip = undefined
    }
  },
}
