import {
  type ClusterView,
  type DeepReadonly,
  isActive,
  isReady,
  type ObjectKey,
  type Pod,
  type Selector,
  selects,
} from '@wavetank/cluster'
import { type Emission, type Entry, QUIET, type Scene, type SimEvent, timer } from '@wavetank/kernel'
import { reactionTime } from './latency.ts'

/**
 * When a controller that owns pods by a selector looks at one of its objects: the handlers that Kubernetes' controllers
 * have for their informers, the same in each of them.
 *
 * Source: pkg/controller/{replicaset/replica_set,daemon/daemon_controller,statefulset/stateful_set}.go
 * (addPod, updatePod, deletePod).
 */

type PodView = DeepReadonly<Pod>

/** An object that selects pods. */
export interface PodSelecting {
  readonly key: ObjectKey
  readonly namespace: string
  readonly matcher: Selector
  readonly minReadySeconds: number
}

export interface PodWatchOptions {
  /** Of the controller. */
  readonly name: string
  readonly kind: string
  readonly tableOf: (view: ClusterView) => ReadonlyMap<ObjectKey, PodSelecting>
  readonly syncDue: (object: ObjectKey) => SimEvent
}

type WatchScene = Scene<ClusterView, unknown, unknown>
type PodEntry = Entry<{ readonly kind: string; readonly pod: string }>
type ObjectEntry = Entry<{ readonly kind: string; readonly object: string }>

export const watchPods = ({ name, kind, tableOf, syncDue }: PodWatchOptions) => {
  const wake = (scene: WatchScene, key: ObjectKey, at: number): readonly Emission[] => [
    timer(key, reactionTime(scene.view, scene.draw, name, key, at), syncDue(key)),
  ]

  /** The delaying queue beside the queue: a wait that an earlier wake-up does not end. */
  const wakeLater = (key: ObjectKey, delay: number): Emission => timer(`later ${key}`, delay, syncDue(key))

  /** Every object that selects these labels. */
  const matching = function* (
    view: ClusterView,
    { namespace, labels }: Pick<PodView, 'namespace' | 'labels'>,
  ): Generator<PodSelecting> {
    for (const object of tableOf(view).values()) {
      if (object.namespace === namespace && selects(object.matcher, labels)) yield object
    }
  }

  const wakeMatching = (
    scene: WatchScene,
    labelled: Pick<PodView, 'namespace' | 'labels'>,
    at: number,
  ): readonly Emission[] => [...matching(scene.view, labelled)].flatMap(({ key }) => wake(scene, key, at))

  const ownerKeyOf = ({ owner, namespace }: PodView): ObjectKey | undefined =>
    owner?.kind === kind ? `${namespace}/${owner.name}` : undefined

  /** The owner of a pod, or for an orphan whoever might adopt it. */
  const wakeForPod = (scene: WatchScene, pod: PodView | undefined, at: number): readonly Emission[] => {
    if (pod === undefined) return QUIET
    const owner = ownerKeyOf(pod)
    if (owner !== undefined) return tableOf(scene.view).has(owner) ? wake(scene, owner, at) : QUIET
    return pod.owner !== undefined || !isActive(pod as Pod) ? QUIET : wakeMatching(scene, pod, at)
  }

  const objectChanged = (scene: WatchScene, { event, at }: ObjectEntry): readonly Emission[] =>
    wake(scene, event.object, at)

  const podChanged = (scene: WatchScene, { event, at }: PodEntry): readonly Emission[] =>
    wakeForPod(scene, scene.view.pods.get(event.pod), at)

  /** A pod that becomes Ready is available only after minReadySeconds; a second more, for skewed clocks. */
  const podReported = (scene: WatchScene, { event, at }: PodEntry): readonly Emission[] => {
    const pod = scene.view.pods.get(event.pod)
    const owner = pod === undefined ? undefined : ownerKeyOf(pod)
    const seconds = owner === undefined ? 0 : (tableOf(scene.view).get(owner)?.minReadySeconds ?? 0)
    const emissions = wakeForPod(scene, pod, at)
    if (owner === undefined || pod === undefined || seconds === 0 || !isReady(pod as Pod)) return emissions
    return [...emissions, wakeLater(owner, seconds * 1_000 + 1_000)]
  }

  const podGone = (scene: WatchScene, { at }: Entry): readonly Emission[] => {
    const pod = scene.view.removedPod
    return pod?.owner === undefined ? QUIET : wakeForPod(scene, pod, at)
  }

  const podReleased = (
    scene: WatchScene,
    { event, at }: Entry<{ kind: string; pod: string; owner: string }>,
  ): readonly Emission[] => {
    const orphan = wakeForPod(scene, scene.view.pods.get(event.pod), at)
    return tableOf(scene.view).has(event.owner) ? [...wake(scene, event.owner, at), ...orphan] : orphan
  }

  return {
    wake,
    wakeLater,
    wakeMatching,
    matching,
    ownerKeyOf,
    on: { objectChanged, podChanged, podReported, podGone, podReleased },
  }
}
