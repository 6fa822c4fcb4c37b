import { type ClusterView, isMirror, PodAccepted, PodCreated } from '@wavetank/cluster'
import { type Emission, type Entry, type EventOf, emit, QUIET, timer, uuidOf } from '@wavetank/kernel'
import { MirrorPodDue } from './events.ts'
import { isInTouch, type KubeletScene, latency } from './scene.ts'

/**
 * Mirrors of static pods: whoever deletes one only makes the kubelet make it again. What runs does not notice.
 *
 * Unlike kubelet: while a node is cut off and the mirror is gone, the static pod runs on as it is; nobody restarts its
 * containers until it has a mirror again.
 *
 * Source: pkg/kubelet/kubelet.go, tryReconcileMirrorPods.
 */

const mirrorKey = (pod: string): string => `mirror ${pod}`

const remirror = (scene: KubeletScene, node: string, pod: string, at: number): Emission => {
  const wait = latency(scene, 'watch', `kubelet ${pod} ${at}`) + latency(scene, 'apiWrite', `mirror ${pod} ${at}`)
  return timer(mirrorKey(pod), wait, MirrorPodDue({ node, pod }))
}

/** A pod is gone that was only a mirror. */
export const mirrorGone = (scene: KubeletScene, at: number): readonly Emission[] => {
  const pod = scene.view.removedPod
  if (pod === undefined || !isMirror(pod) || !scene.own.unmirrored.has(pod.key)) return QUIET
  return isInTouch(scene, pod.node) ? [remirror(scene, pod.node, pod.key, at)] : QUIET
}

/** The kubelet of a node is back, and looks at all of its static pods. */
export const remirrorAll = (scene: KubeletScene, node: string, at: number): readonly Emission[] => {
  if (scene.own.unmirrored.size === 0) return QUIET
  return [...scene.own.unmirrored].filter((one) => one[1].node === node).map(([key]) => remirror(scene, node, key, at))
}

const isOpen = ({ namespaces }: ClusterView, key: string): boolean => {
  const namespace = namespaces.get(key.slice(0, key.indexOf('/')) as never)
  return namespace !== undefined && namespace.deletion === undefined
}

export const makeMirror = (
  scene: KubeletScene,
  { event, at }: Entry<EventOf<typeof MirrorPodDue>>,
): readonly Emission[] => {
  const { view, own } = scene
  const { pod: key, node } = event
  const missing = own.unmirrored.get(key)
  if (missing === undefined || !isInTouch(scene, node) || view.pods.has(key) || !isOpen(view, key)) return QUIET
  const { template, owner, labels, annotations } = missing
  const uid = uuidOf(view.settings.seed, `Pod ${key} ${at}`)
  const created = emit(PodCreated({ pod: key, uid, template, owner, labels, annotations, node }))
  // The kubelet has accepted it long ago.
  return own.pods.has(key) ? [created, emit(PodAccepted({ pod: key, node }))] : [created]
}
