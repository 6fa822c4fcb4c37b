import {
  nextMount,
  PodSandboxStarted,
  seenMounted,
  unmountableVolumes,
  VolumeMounted,
  VolumeMountFailed,
} from '@wavetank/cluster'
import { type Emission, type Entry, type EventOf, emit, QUIET, timer } from '@wavetank/kernel'
import { VolumeMountDue } from './events.ts'
import type { LocalPod } from './local-pod.ts'
import {
  find,
  isInTouch,
  type KubeletScene,
  latency,
  mountKey,
  type PodEntry,
  type PodView,
  slowed,
  stepKey,
  syncAtRetry,
} from './scene.ts'

/**
 * What comes before the containers of a pod: its volumes, then its sandbox. Volumes are tried one by one, again and again;
 * those that hold a ConfigMap or a Secret that is not there wait for it.
 *
 * Source: pkg/kubelet/volumemanager, pkg/volume/util/operationexecutor.
 */

export const prepare = (scene: KubeletScene, pod: PodView, at: number): readonly Emission[] => {
  const failing = unmountableVolumes(scene.view, pod)
  if (failing.length === 0) return [sandboxIn(scene, pod, 0)]
  return failing.map(({ volume, message, missing }) =>
    emit(VolumeMountFailed({ pod: pod.key, volume, message, objects: missing.map(({ object }) => object), since: at })),
  )
}

const sandboxIn = (scene: KubeletScene, pod: PodView, delay: number): Emission => {
  const sandbox = slowed(scene, pod.node, latency(scene, 'sandbox', `${pod.key} ${pod.uid}`))
  const wait = latency(scene, 'volumeWait', pod.key) + sandbox
  return timer(stepKey(pod.key), delay + wait, PodSandboxStarted({ pod: pod.key }))
}

/** True while a volume of the pod is waited for. */
export const isMounting = ({ unmounted }: LocalPod): boolean => unmounted.size > 0

const mountSoon = (local: LocalPod, at: number): Emission =>
  timer(mountKey(local.key), nextMount(local.mountingSince, at) - at, VolumeMountDue({ pod: local.key }))

export const mountFailed = (
  scene: KubeletScene,
  { event, at }: Entry<EventOf<typeof VolumeMountFailed>>,
): readonly Emission[] => {
  const found = find(scene, event.pod)
  return found === undefined || !scene.view.settings.everyTick ? QUIET : [mountSoon(found.local, at)]
}

/** One try. What fails for another reason than before is said; so is what succeeds. */
export const mountAgain = (scene: KubeletScene, { event, at }: PodEntry): readonly Emission[] => {
  const found = find(scene, event.pod)
  if (found === undefined || !isMounting(found.local)) return QUIET
  const { pod, local } = found
  const again = scene.view.settings.everyTick ? [mountSoon(local, at)] : QUIET
  // What has been made since is not seen by a kubelet that is cut off.
  if (!isInTouch(scene, local.node)) return again
  const emissions: Emission[] = []
  const failing = unmountableVolumes(scene.view, pod)
  for (const [volume, reason] of local.unmounted) {
    const still = failing.find((one) => one.volume === volume)
    if (still === undefined) {
      emissions.push(emit(VolumeMounted({ pod: pod.key, volume })))
      continue
    }
    const { message } = still
    if (message === reason) continue
    const objects = still.missing.map(({ object }) => object)
    emissions.push(emit(VolumeMountFailed({ pod: pod.key, volume, message, objects, since: local.mountingSince })))
  }
  return failing.length === 0 ? emissions : [...emissions, ...again]
}

export const mounted = (
  scene: KubeletScene,
  { event, at }: Entry<EventOf<typeof VolumeMounted>>,
): readonly Emission[] => {
  const found = find(scene, event.pod)
  if (found === undefined || isMounting(found.local)) return QUIET
  const { pod, local } = found
  return [sandboxIn(scene, pod, seenMounted(scene.draw, pod.key, local.mountingSince, at) - at)]
}

/** A ConfigMap or a Secret was written or is gone: those that it matters to see it at their next try. */
export const objectWritten = (
  scene: KubeletScene,
  { event, at }: Entry<{ readonly kind: string; readonly objectKind: string; readonly object: string }>,
): readonly Emission[] => {
  const waiters = scene.own.objectWaits.get(`${event.objectKind}/${event.object}`)
  if (waiters === undefined) return QUIET
  const keys = new Set([...waiters].map((waiter) => waiter.slice(0, waiter.indexOf(' '))))
  return [...keys].flatMap((key) => lookAgain(scene, key, at))
}

const lookAgain = (scene: KubeletScene, key: string, at: number): readonly Emission[] => {
  const local = find(scene, key)?.local
  if (local === undefined) return QUIET
  return isMounting(local) ? [mountSoon(local, at)] : syncAtRetry(scene, key, at)
}

/** What the pods of a node wait for may have been made while it was cut off. */
export const mountsReconnected = (scene: KubeletScene, pods: Iterable<PodView>, at: number): readonly Emission[] =>
  [...pods].flatMap(({ key }) => {
    const local = find(scene, key)?.local
    return local === undefined || !isMounting(local) ? QUIET : [mountSoon(local, at)]
  })
