import {
  ContainerBackedOff,
  ContainerRefused,
  ContainerStarted,
  ContainerStartFailed,
  ImagePullBackedOff,
  ImagePulled,
  ImagePullFailed,
  ImagePullStarted,
  imageNameProblem,
  isDown,
  missingFromEnvironment,
  nextRetry,
  registryKey,
  registryOf,
  retryAt,
  rootRefused,
} from '@wavetank/cluster'
import {
  cancel,
  type Emission,
  type Entry,
  type EventOf,
  emit,
  millis,
  QUIET,
  samplerOf,
  timer,
} from '@wavetank/kernel'
import type { Pull } from './apply.ts'
import { PodSyncDue } from './events.ts'
import { availableAt, gaugesOf, imagesDiskOf } from './eviction-signals.ts'
import { hookedIn } from './hooks.ts'
import { BACKOFF_INITIAL, BACKOFF_MAX, BACKOFF_RESET, isInBackoff } from './image-backoff.ts'
import {
  isOnRetry,
  isPurged,
  isStarted,
  type LocalContainer,
  type LocalPod,
  restartPolicyOf,
  restarts,
} from './local-pod.ts'
import {
  behaviorOf,
  find,
  imageOf,
  isInTouch,
  type KubeletScene,
  latency,
  machineOf,
  type PodEntry,
  type PodView,
  slowed,
  stepKey,
  syncAfterRelist,
  syncAtRetry,
  syncKey,
} from './scene.ts'
import { keptIn, progressOf } from './work.ts'

/**
 * What a sync starts: containers in their order, each once its image is there. What cannot be started now is said, and
 * tried again by the retries of the sync.
 *
 * Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go, pkg/kubelet/images/image_manager.go.
 */

/** What a sync does about one container that is not running. */
type Verdict =
  | { readonly does: 'start'; readonly container: LocalContainer; readonly backoffMillis: number | undefined }
  | { readonly does: 'pull'; readonly container: LocalContainer; readonly image: string }
  | {
      readonly does: 'nothing'
      readonly container: LocalContainer
      /** When this will be judged otherwise, if nothing else changes. */
      readonly until: number
      /** What the API server is told; nothing if it was found in this very sync. */
      readonly refusal: Emission | undefined
      /** It is what was found before. */
      readonly isKnown: boolean
    }

/** Source: kuberuntime_manager.go, doBackOff. */
const judge = (scene: KubeletScene, pod: PodView, local: LocalPod, container: LocalContainer, at: number): Verdict => {
  if (container.failedIn === local.syncs) {
    const failed = local.imageBackoffs.get(imageOf(pod, container.name).image ?? '')
    const until = failed === undefined ? at : failed.failedAt + failed.millis
    return { does: 'nothing', container, until, refusal: undefined, isKnown: false }
  }
  // A container killed for its probe is judged by the end of the instance before it: that is what the sync has seen.
  const ended = container.stopping === 'probe' ? container.previous : container.exit
  if (ended === undefined || isPurged(local, container)) return judgeImage(scene, pod, local, container, undefined, at)
  const { backoff } = container
  const { finishedAt } = ended
  const fresh = backoff === undefined || finishedAt - backoff.updatedAt > BACKOFF_RESET
  if (!fresh && at - finishedAt < backoff.millis) {
    // Later syncs will have seen the end of the newest instance.
    const until = (container.exit?.finishedAt ?? finishedAt) + backoff.millis
    const { millis: backoffMillis } = backoff
    const refusal = emit(ContainerBackedOff({ pod: pod.key, container: container.name, backoffMillis, until }))
    return { does: 'nothing', container, until, refusal, isKnown: container.waiting?.backoffMillis === backoffMillis }
  }
  const next = fresh ? BACKOFF_INITIAL : Math.min(2 * backoff.millis, BACKOFF_MAX)
  return judgeImage(scene, pod, local, container, next, at)
}

/**
 * It cannot be started as things are. Each try after an end counts for the back-off, and is said.
 *
 * @param isAsked whether its image is asked for at each try, so that none is like the one before
 */
const refuse = (
  pod: PodView,
  container: LocalContainer,
  why: { readonly reason: string; readonly message?: string | undefined; readonly object?: string | undefined },
  backoffMillis: number | undefined,
  isAsked: boolean,
): Verdict => ({
  does: 'nothing',
  container,
  until: Number.POSITIVE_INFINITY,
  refusal: emit(ContainerRefused({ pod: pod.key, container: container.name, ...why, backoffMillis })),
  isKnown:
    !isAsked &&
    backoffMillis === undefined &&
    container.waiting?.reason === why.reason &&
    container.waiting.message === why.message,
})

/** What stands in the way of a container whose image is there. Source: kuberuntime_container.go, startContainer. */
const judgeConfiguration = (
  scene: KubeletScene,
  pod: PodView,
  local: LocalPod,
  container: LocalContainer,
  backoffMillis: number | undefined,
): Verdict => {
  const spec = imageOf(pod, container.name)
  const isAsked = spec.imagePullPolicy === 'Always'
  const reason = 'CreateContainerConfigError'
  const { waiting } = container
  // Cut off, the kubelet does not see what has been made since.
  if (waiting?.reason === reason && !isInTouch(scene, local.node)) {
    return refuse(pod, container, { reason, message: waiting.message }, backoffMillis, isAsked)
  }
  const missing = missingFromEnvironment(scene.view, pod, spec)
  if (missing !== undefined) return refuse(pod, container, { reason, ...missing }, backoffMillis, isAsked)
  const refused = rootRefused(pod, spec, (image) => isListed(scene.view.settings.rootImages, image))
  if (refused !== undefined) return refuse(pod, container, { reason, message: refused }, backoffMillis, isAsked)
  const { startError } = behaviorOf(scene, pod, container.name)
  return startError?.reason === 'CreateContainerError'
    ? refuse(pod, container, startError, backoffMillis, isAsked)
    : { does: 'start', container, backoffMillis }
}

/** Source: image_manager.go, EnsureImageExists. */
const judgeImage = (
  scene: KubeletScene,
  pod: PodView,
  local: LocalPod,
  container: LocalContainer,
  backoffMillis: number | undefined,
  at: number,
): Verdict => {
  const { image = '', imagePullPolicy } = imageOf(pod, container.name)
  const unreadable = imageNameProblem(image)
  if (unreadable !== undefined) {
    const message = `Failed to apply default image tag "${image}": ${unreadable}`
    return refuse(pod, container, { reason: 'InvalidImageName', message }, backoffMillis, false)
  }
  const ready = (): Verdict => judgeConfiguration(scene, pod, local, container, backoffMillis)
  const isPresent = scene.view.nodes.get(local.node)!.images.has(image)
  if (isPresent && container.imageFor === container.instance + 1) return ready()
  if (isPresent && imagePullPolicy !== 'Always') return ready()
  const subject = { pod: pod.key, container: container.name }
  const backoff = local.imageBackoffs.get(image)
  const until = backoff === undefined ? at : backoff.failedAt + backoff.millis
  if (imagePullPolicy === 'Never') return refuse(pod, container, { reason: 'ErrImageNeverPull' }, backoffMillis, false)
  if (backoff !== undefined && isInBackoff(backoff, at)) {
    const refusal = emit(ImagePullBackedOff({ ...subject, until, error: backoff.error }))
    return { does: 'nothing', container, until, refusal, isKnown: container.waiting?.reason === 'ImagePullBackOff' }
  }
  return { does: 'pull', container, image }
}

/**
 * The containers to start now, in order: at most one that starts, and every one that is refused before it.
 * Source: kuberuntime_manager.go, computePodActions, and kuberuntime_container.go, computeInitContainerActions.
 */
const verdictsOf = (scene: KubeletScene, local: LocalPod, pod: PodView, at: number): readonly Verdict[] => {
  const policy = restartPolicyOf(pod.template.spec as never)
  const initialised = local.containers.some(
    ({ role, instance, isOfLostSandbox }) => role === 'regular' && instance >= 0 && !isOfLostSandbox,
  )
  const verdicts: Verdict[] = []
  for (const container of local.containers) {
    if (container.role !== 'regular') {
      if (container.role === 'init' && initialised) continue
      if (container.running) {
        if (container.role === 'sidecar' && (initialised || isStarted(container))) continue
        return verdicts
      }
      if (!container.isOfLostSandbox) {
        if (container.role === 'init' && container.exit?.exitCode === 0) continue
        if (!restarts(container, policy)) return verdicts
      }
      const verdict = judge(scene, pod, local, container, at)
      verdicts.push(verdict)
      if (initialised && verdict.does === 'nothing') continue
      return verdicts
    }
    if (container.running || !restarts(container, policy)) continue
    const verdict = judge(scene, pod, local, container, at)
    verdicts.push(verdict)
    if (verdict.does !== 'nothing') return verdicts
  }
  return verdicts
}

const start = (
  scene: KubeletScene,
  pod: PodView,
  local: LocalPod,
  container: LocalContainer,
  backoffMillis: number | undefined,
): Emission => {
  const restart = isPurged(local, container) ? 0 : container.instance + 1
  const { name } = container
  const { usage, run, startError } = behaviorOf(scene, pod, name)
  const wait = slowed(scene, pod.node, latency(scene, 'containerStart', `${pod.key} ${name}#${restart}`))
  if (startError !== undefined) {
    const { message } = startError
    const failed = ContainerStartFailed({ pod: pod.key, container: name, restart, backoffMillis, message })
    return timer(stepKey(pod.key), wait, failed)
  }
  return timer(
    stepKey(pod.key),
    wait,
    ContainerStarted({
      pod: pod.key,
      container: name,
      restart,
      backoffMillis,
      usage,
      progress: progressOf(scene, pod, container, run),
      keptIn: keptIn(pod, name, run),
    }),
  )
}

/** Starts the next container, or says that it must wait; the rest of the sync follows when that one has started. */
export const proceed = (scene: KubeletScene, pod: PodView, local: LocalPod, at: number): readonly Emission[] => {
  if (local.stage !== 'active' || local.pulling !== undefined || hookedIn(local) !== undefined) return QUIET
  const emissions: Emission[] = []
  let isNews = !isOnRetry(scene.draw, local, at)
  let until: number | undefined
  for (const verdict of verdictsOf(scene, local, pod, at)) {
    const { container } = verdict
    if (verdict.does === 'start') return [...emissions, start(scene, pod, local, container, verdict.backoffMillis)]
    if (verdict.does === 'pull') {
      const { image } = verdict
      return [
        ...emissions,
        emit(ImagePullStarted({ pod: pod.key, container: container.name, image, node: local.node })),
      ]
    }
    if (isNews || !verdict.isKnown) {
      isNews = true
      if (verdict.refusal !== undefined) emissions.push(verdict.refusal)
    }
    until = Math.min(until ?? verdict.until, verdict.until)
  }
  // The runtime has seen something start meanwhile: that is looked at next, whatever failed after it.
  if (local.unseen) emissions.push(syncAfterRelist(scene, pod.key, at))
  if (until === undefined) return emissions
  // The next retry reports what is new; the further ones find nothing, until one of the containers may start.
  const next = nextRetry(scene.draw, pod.key, at)
  if (isNews || scene.view.settings.everyTick) return [...emissions, retry(pod, next - at)]
  if (until === Number.POSITIVE_INFINITY) return emissions
  return [...emissions, retry(pod, retryAt(scene.draw, pod.key, next, until) - at)]
}

const retry = (pod: PodView, delay: number): Emission => timer(syncKey(pod.key), delay, PodSyncDue({ pod: pod.key }))

/** The rest of the pod is started all the same; the next sync sees that this container has ended. */
export const startFailed = (
  scene: KubeletScene,
  { event, at }: Entry<EventOf<typeof ContainerStartFailed>>,
): readonly Emission[] => {
  const found = find(scene, event.pod)
  if (found === undefined) return QUIET
  const next = proceed(scene, found.pod, found.local, at)
  return next.length > 0 ? next : [syncAfterRelist(scene, event.pod, at)]
}

export const sandboxStarted = (scene: KubeletScene, { event, at }: PodEntry): readonly Emission[] => {
  const found = find(scene, event.pod)
  return found === undefined ? QUIET : proceed(scene, found.pod, found.local, at)
}

// ── images ───────────────────────────────────────────────────────────────────────────────────────────────────────

const imageBytes = ({ view: { settings } }: KubeletScene, image: string): number =>
  settings.imageSizes[image] ?? settings.imageBytes

const patterns = new WeakMap<readonly string[], readonly RegExp[]>()

/** Whether one of the patterns means the image. `*` stands for anything. */
const isListed = (images: readonly string[], image: string): boolean => {
  let compiled = patterns.get(images)
  if (compiled === undefined) {
    compiled = images.map(
      (pattern) => new RegExp(`^${pattern.replace(/[\\^$.+?()[\]{}|]/g, '\\$&').replaceAll('*', '.*')}$`),
    )
    patterns.set(images, compiled)
  }
  return compiled.some((pattern) => pattern.test(image))
}

const isThere = ({ view }: KubeletScene, node: string, { image }: Pull): boolean =>
  view.nodes.get(node)?.images.has(image) === true

const pullMillis = (scene: KubeletScene, node: string, pull: Pull, bytes: number): number => {
  const { view, draw } = scene
  if (isThere(scene, node, pull)) return latency(scene, 'imageCheck', `${pull.pod} ${pull.container}`)
  const rate = samplerOf(view.settings.latencies.imagePullRate as never)(draw('imagePullRate', node))
  const transfer = (bytes / rate) * 1_000
  return slowed(scene, node, latency(scene, 'imagePullOverhead', `${node} ${pull.image}`) + millis(transfer))
}

/** Bytes that an image may take on its disk, now and after a span. */
const roomForImages = (scene: KubeletScene, name: string, at: number, span: number): number => {
  const node = scene.view.nodes.get(name)!
  const capacity = machineOf(scene, name).imagefs ?? node.capacity.ephemeralStorageBytes
  if (capacity === 0) return Number.POSITIVE_INFINITY
  // Hot path: of most nodes nothing else is known.
  if (!scene.own.watches.has(name)) return capacity - node.imageBytes
  if (node.machine.full[`${imagesDiskOf(machineOf(scene, name))}.inodesFree`] !== undefined) return 0
  const gauge = gaugesOf(scene, node)['imagefs.available']
  return Math.max(0, Math.min(availableAt(gauge, at), availableAt(gauge, at + span)))
}

/** How many pulls a node makes at a time. Source: pkg/kubelet/images/puller.go. */
const pullsAtOnce = ({ config: { serializeImagePulls, maxParallelImagePulls } }: KubeletScene): number =>
  serializeImagePulls ? 1 : maxParallelImagePulls || Number.POSITIVE_INFINITY

const pullKey = (node: string, pull: Pull, serial: boolean): string =>
  serial ? `pull ${node}` : `pull ${node} ${pull.pod} ${pull.container}`

/** How the pull whose turn it is ends. A registry that does not answer, or has no such image, says so soon. */
const pullNow = (scene: KubeletScene, node: string, pull: Pull, at: number): Emission => {
  const key = pullKey(node, pull, scene.config.serializeImagePulls)
  const { pod, container, image } = pull
  const error = isDown(scene.view, registryKey(registryOf(image)))
    ? 'Unavailable'
    : isListed(scene.view.settings.missingImages, image)
      ? 'NotFound'
      : undefined
  if (error !== undefined) {
    const wait = latency(scene, 'imageCheck', `${pod} ${container} ${at}`)
    return timer(key, wait, ImagePullFailed({ pod, container, image, node, error }))
  }
  const bytes = imageBytes(scene, image)
  const span = pullMillis(scene, node, pull, bytes)
  if (!isThere(scene, node, pull)) {
    // It breaks off when there is no more room.
    const room = roomForImages(scene, node, at, span)
    if (room < bytes) {
      const failed = ImagePullFailed({ pod, container, image, node, error: 'NoSpace' })
      return timer(key, pullMillis(scene, node, pull, room), failed)
    }
  }
  return timer(
    key,
    span,
    ImagePulled({
      pod,
      container,
      image,
      node,
      bytes,
      millis: span,
      waitedMillis: at - pull.since + span,
    }),
  )
}

/** Something else has taken the room: pulls that have none left break off. */
export const cutOffPulls = (scene: KubeletScene, node: string, at: number): readonly Emission[] => {
  const { serializeImagePulls: isSerial } = scene.config
  const emissions: Emission[] = []
  for (const pull of (scene.own.pulls.get(node) ?? []).slice(0, pullsAtOnce(scene))) {
    const { pod, container, image } = pull
    if (isThere(scene, node, pull) || roomForImages(scene, node, at, 0) >= imageBytes(scene, image)) continue
    const key = pullKey(node, pull, isSerial)
    emissions.push(cancel(key), timer(key, 0, ImagePullFailed({ pod, container, image, node, error: 'NoSpace' })))
  }
  return emissions
}

export const pullAsked = (
  scene: KubeletScene,
  { event, at }: Entry<EventOf<typeof ImagePullStarted>>,
): readonly Emission[] => {
  const pulls = scene.own.pulls.get(event.node) ?? []
  const mine = pulls[pulls.length - 1]
  if (mine === undefined || pulls.length > pullsAtOnce(scene)) return QUIET
  return [pullNow(scene, event.node, mine, at)]
}

/** The next in the queue has its turn; the pod goes on with what it has, or without. */
const pullEnded = (
  scene: KubeletScene,
  { event, at }: Entry<{ readonly kind: string; readonly pod: string; readonly node: string }>,
): readonly Emission[] => {
  const emissions: Emission[] = []
  const next = scene.own.pulls.get(event.node)?.[pullsAtOnce(scene) - 1]
  if (next !== undefined) emissions.push(pullNow(scene, event.node, next, at))
  const found = find(scene, event.pod)
  if (found !== undefined) emissions.push(...proceed(scene, found.pod, found.local, at))
  return emissions
}

export const pulled = (scene: KubeletScene, entry: Entry<EventOf<typeof ImagePulled>>): readonly Emission[] => {
  const { event, at } = entry
  // Others on the node have waited for it: their next retry finds it.
  const waiting = [...(scene.own.imageWaits.get(event.node) ?? [])].filter((key) => key !== event.pod)
  const others = scene.config.serializeImagePulls ? QUIET : cutOffPulls(scene, event.node, at)
  return [...others, ...pullEnded(scene, entry), ...waiting.flatMap((key) => syncAtRetry(scene, key, at))]
}

export const pullFailed = pullEnded

/** Pulls from it that are under way break off. */
export const registryFailed = (
  scene: KubeletScene,
  { event, at }: Entry<{ readonly kind: string; readonly registry: string }>,
): readonly Emission[] => {
  const { serializeImagePulls: isSerial } = scene.config
  const emissions: Emission[] = []
  for (const [node, pulls] of scene.own.pulls) {
    for (const pull of pulls.slice(0, pullsAtOnce(scene))) {
      if (registryOf(pull.image) !== event.registry) continue
      emissions.push(cancel(pullKey(node, pull, isSerial)), pullNow(scene, node, pull, at))
    }
  }
  return emissions
}

/** A pod that is being stopped leaves the queue; the next one has its turn. */
export const dropPull = (scene: KubeletScene, node: string, at: number): readonly Emission[] => {
  // Of several pulls at a time each comes to its end.
  if (!scene.config.serializeImagePulls) return QUIET
  const [next] = scene.own.pulls.get(node) ?? []
  if (next === undefined) return [cancel(`pull ${node}`)]
  return [pullNow(scene, node, next, at)]
}

/** A pod is gone, and its pulls with it. */
export const endPulls = (scene: KubeletScene, node: string, at: number): readonly Emission[] => {
  if (scene.config.serializeImagePulls) return dropPull(scene, node, at)
  const next = scene.own.pulls.get(node)?.[pullsAtOnce(scene) - 1]
  return next === undefined ? QUIET : [pullNow(scene, node, next, at)]
}
