import { DeadContainersRemoved, ImageCollectionFailed, ImagesRemoved } from '@wavetank/cluster'
import { type Emission, emit, QUIET } from '@wavetank/kernel'
import type { ImageRecords, KubeletState } from './apply.ts'
import { availableAt, type Gauge, gaugesOf, isCleared, NOTHING_GONE } from './eviction-signals.ts'
import { specOf } from './local-pod.ts'
import { isAtWork, type KubeletScene, type NodeEntry, type NodeView, settingsOf } from './scene.ts'

/**
 * The kubelet’s garbage collection: images that nobody uses, when their disk gets full or they get old, and containers that
 * have ended.
 *
 * 1. It looks every 5 minutes, and knows of an image from the look after it came: its age, and when it was used last, are
 *    counted by these looks.
 * 2. Under pressure of a disk the eviction manager removes what it can before it evicts a pod.
 *
 * Source: pkg/kubelet/images/image_gc_manager.go, pkg/kubelet/kubelet.go (StartGarbageCollection),
 * pkg/kubelet/kuberuntime/kuberuntime_gc.go.
 */

/** Source: kubelet.go, ImageGCPeriod; the images are looked through as often. */
export const COLLECTION_PERIOD = 300_000

/** Before any look. */
const NEVER_USED = Number.NEGATIVE_INFINITY

/** When the kubelet of the node started, from which its looks count. */
export const kubeletSince = (own: KubeletState, node: NodeView): number =>
  own.images.get(node.name)?.since ?? node.machine.upSince

/** The first look at or after `at`. */
export const lookAfter = (start: number, at: number): number =>
  start + Math.max(0, Math.ceil((at - start) / COLLECTION_PERIOD)) * COLLECTION_PERIOD

/** The last look at or before `at`. */
export const lookBefore = (start: number, at: number): number =>
  start + Math.floor((at - start) / COLLECTION_PERIOD) * COLLECTION_PERIOD

/** Images of containers that are there, running or not. */
const imagesInUse = (
  { own, view }: KubeletScene,
  node: NodeView,
  without: ReadonlySet<string>,
): ReadonlySet<string> => {
  const used = new Set<string>()
  for (const pod of node.pods) {
    const local = own.pods.get(pod.key)
    if (local === undefined || local.uid !== pod.uid || isCleared(local) || without.has(pod.key)) continue
    for (const { name, instance } of local.containers) {
      const image = instance < 0 ? undefined : specOf(view.pods.get(pod.key)!.template.spec as never, name)?.image
      if (image !== undefined) used.add(node.imageAliases.get(image) ?? image)
    }
  }
  return used
}

interface Unused {
  readonly image: string
  readonly bytes: number
  /** Since when the kubelet knows of it. */
  readonly seenAt: number
  readonly usedAt: number
}

/** Images that nobody uses, least recently used first. Source: image_gc_manager.go, imagesInEvictionOrder. */
export const unusedImages = (
  scene: KubeletScene,
  node: NodeView,
  without: ReadonlySet<string> = NOTHING_GONE.pods,
): readonly Unused[] => {
  const records = scene.own.images.get(node.name)
  const start = kubeletSince(scene.own, node)
  const used = imagesInUse(scene, node, without)
  const found: Unused[] = []
  for (const [image, bytes] of node.images) {
    if (used.has(image) || node.imageAliases.has(image)) continue
    const seenAt = records?.seen.get(image) ?? start
    found.push({ image, bytes, seenAt, usedAt: records?.used.get(image) ?? NEVER_USED })
  }
  return found.sort((a, b) => {
    if (a.usedAt !== b.usedAt) return a.usedAt < b.usedAt ? -1 : 1
    return a.seenAt - b.seenAt || (a.image < b.image ? -1 : 1)
  })
}

/** Known for long enough: a younger one may be about to be used. */
const isOldEnough = (scene: KubeletScene, node: NodeView, { seenAt }: Unused, at: number): boolean =>
  at - seenAt >= settingsOf(scene, node.name).imageMinimumGCAge

/** What a look under pressure of a disk can remove. Source: image_gc_manager.go, DeleteUnusedImages. */
export const removableImages = (
  scene: KubeletScene,
  node: NodeView,
  without: ReadonlySet<string>,
  at: number,
): readonly string[] =>
  unusedImages(scene, node, without)
    .filter((image) => isOldEnough(scene, node, image, at))
    .map(({ image }) => image)

/** When one of the unused images will be old enough, if none is. */
export const nextRemovable = (scene: KubeletScene, node: NodeView): number => {
  const age = settingsOf(scene, node.name).imageMinimumGCAge
  let next = Number.POSITIVE_INFINITY
  for (const { seenAt } of unusedImages(scene, node)) next = Math.min(next, seenAt + age)
  return next
}

/** Pods that have ended and of whose containers something is left. Source: kuberuntime_gc.go, evictContainers. */
export const endedPods = ({ own }: KubeletScene, node: NodeView): readonly string[] =>
  [...node.pods]
    .filter(({ key, uid }) => {
      const local = own.pods.get(key)
      return local !== undefined && local.uid === uid && local.stage === 'finished' && !isCleared(local)
    })
    .map(({ key }) => key)
    .sort()

export const removed = (node: string, pods: readonly string[], images: readonly string[]): readonly Emission[] => [
  ...(pods.length === 0 ? QUIET : [emit(DeadContainersRemoved({ node, pods }))]),
  ...(images.length === 0 ? QUIET : [emit(ImagesRemoved({ node, images }))]),
]

/** Source: kubelet.go, StartGarbageCollection. */
const isCollecting = (scene: KubeletScene, node: string): boolean => {
  const { imageGCHighThresholdPercent, imageMaximumGCAge } = settingsOf(scene, node)
  return imageGCHighThresholdPercent !== 100 || imageMaximumGCAge > 0
}

/** In whole percent, of what is free rounded down: 84.1 % in use are 85. Source: image_gc_manager.go, GarbageCollect. */
const usagePercent = (available: number, capacity: number): number => 100 - Math.floor((available * 100) / capacity)

/** More than this in use, and images are removed. */
export const collectionLimit = ({ capacity }: Gauge, highPercent: number): number => {
  // The largest amount available at which `usagePercent` is not below the threshold.
  const available = Math.ceil(((101 - highPercent) * capacity) / 100) - 1
  return capacity - available
}

/** When images will be removed because of their age: the look, or never. */
const oldestDue = (scene: KubeletScene, node: NodeView): number => {
  const { imageMaximumGCAge: most } = settingsOf(scene, node.name)
  if (most === 0) return Number.POSITIVE_INFINITY
  const start = kubeletSince(scene.own, node)
  let due = Number.POSITIVE_INFINITY
  for (const { usedAt } of unusedImages(scene, node)) due = Math.min(due, Math.max(usedAt, start) + most + 1)
  return due
}

/**
 * The next look that will remove something, or will find that it cannot.
 *
 * @param crossing when the disk of the images is first fuller than it may be
 */
export const nextCollection = (
  scene: KubeletScene,
  node: NodeView,
  crossing: (limit: number) => number,
  gauge: Gauge,
  at: number,
): number => {
  if (!isCollecting(scene, node.name) || gauge.capacity === 0) return Number.POSITIVE_INFINITY
  const records = scene.own.images.get(node.name)
  const start = kubeletSince(scene.own, node)
  const { imageGCHighThresholdPercent } = settingsOf(scene, node.name)
  const due = Math.min(crossing(collectionLimit(gauge, imageGCHighThresholdPercent)), oldestDue(scene, node))
  if (due === Number.POSITIVE_INFINITY) return due
  // The first look of all is at the start of the kubelet, which has measured nothing yet.
  return Math.max(lookAfter(start, Math.max(due, at)), (records?.collectedAt ?? start) + COLLECTION_PERIOD)
}

/** The next look, whatever it finds. */
export const nextCollectionTick = ({ own }: KubeletScene, node: NodeView, at: number): number => {
  const records = own.images.get(node.name)
  const start = kubeletSince(own, node)
  return Math.max(lookAfter(start, at), (records?.collectedAt ?? start) + COLLECTION_PERIOD)
}

export const collectImages = (scene: KubeletScene, { event, at }: NodeEntry): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined || !isAtWork(scene, node.name) || !isCollecting(scene, node.name)) return QUIET
  const { imageGCHighThresholdPercent, imageGCLowThresholdPercent, imageMaximumGCAge } = settingsOf(scene, node.name)
  const records = scene.own.images.get(node.name)
  const gone: string[] = []
  const left: Unused[] = []
  const isAged = imageMaximumGCAge > 0 && at - kubeletSince(scene.own, node) > imageMaximumGCAge
  for (const image of unusedImages(scene, node)) {
    if (isAged && at - image.usedAt > imageMaximumGCAge) gone.push(image.image)
    else left.push(image)
  }
  const gauge = gaugesOf(scene, node, { images: new Set(gone), pods: NOTHING_GONE.pods })['imagefs.available']
  const available = Math.max(0, availableAt(gauge, at))
  if (gauge.capacity === 0 || usagePercent(available, gauge.capacity) < imageGCHighThresholdPercent) {
    return removed(node.name, [], gone)
  }
  const wantedBytes = Math.floor((gauge.capacity * (100 - imageGCLowThresholdPercent)) / 100) - available
  let freedBytes = 0
  for (const image of left) {
    if (!isOldEnough(scene, node, image, at)) continue
    gone.push(image.image)
    freedBytes += image.bytes
    if (freedBytes >= wantedBytes) break
  }
  const emissions = removed(node.name, [], gone)
  if (freedBytes >= wantedBytes) return emissions
  const isRepeated = records?.failedAt === at - COLLECTION_PERIOD
  return [...emissions, emit(ImageCollectionFailed({ node: node.name, wantedBytes, freedBytes, isRepeated }))]
}

// ── what the kubelet remembers of images ─────────────────────────────────────────────────────────────────────────

export const recordsOf = (own: KubeletState, node: string, start: number): ImageRecords => {
  let records = own.images.get(node)
  if (records === undefined) {
    records = { since: start, seen: new Map(), used: new Map(), collectedAt: undefined, failedAt: undefined }
    own.images.set(node, records)
  }
  return records
}
