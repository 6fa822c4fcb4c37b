import type { ClusterView } from '@wavetank/cluster'
import type { ChangeKind, ClusterChange } from '../changes.ts'
import type { PodView } from '../plugins/plugin.ts'
import type { BoundPlugin, Profile } from '../profile.ts'
import { type QueuedPod, type QueueSettings, requeue, type SchedulingQueue } from './queue.ts'

type Hint = (pod: PodView, change: ClusterChange, args: unknown, view: ClusterView) => boolean

const hintOf = ({ plugin }: BoundPlugin, kind: ChangeKind): Hint | undefined => plugin.hints?.[kind] as Hint | undefined

/** True if any pod in unschedulablePods was rejected by a plugin that listens to this kind of change. */
export const listensAny = (queue: SchedulingQueue, profiles: readonly Profile[], kind: ChangeKind): boolean => {
  if (queue.unschedulable.size === 0) return false
  for (const { bound } of profiles) {
    for (const plugin of bound.values()) {
      if (hintOf(plugin, kind) !== undefined && (queue.rejectedBy.get(plugin.plugin.name) ?? 0) > 0) return true
    }
  }
  return false
}

const isWoken = (
  queued: QueuedPod,
  pod: PodView,
  change: ClusterChange,
  profile: Profile,
  view: ClusterView,
): boolean => {
  for (const rejector of queued.rejectors) {
    const plugin = profile.bound.get(rejector)
    const hint = plugin === undefined ? undefined : hintOf(plugin, change.kind)
    if (hint?.(pod, change, plugin!.args, view) === true) return true
  }
  return false
}

/**
 * Moves the pods that a change may have made schedulable: only the plugins that rejected a pod are asked.
 *
 * Source: pkg/scheduler/backend/queue/scheduling_queue.go, movePodsToActiveOrBackoffQueue.
 *
 * @param mayMove pods for which it is false stay
 */
export const wakePods = (
  queue: SchedulingQueue,
  change: ClusterChange,
  at: number,
  settings: QueueSettings,
  view: ClusterView,
  profileOf: (pod: PodView) => Profile | undefined,
  mayMove: (pod: QueuedPod) => boolean,
): void => {
  for (const queued of [...queue.unschedulable.values()]) {
    const pod = view.pods.get(queued.key)
    const profile = pod === undefined ? undefined : profileOf(pod)
    if (pod === undefined || profile === undefined || !mayMove(queued)) continue
    if (isWoken(queued, pod, change, profile, view)) requeue(queue, queued, at, settings)
  }
}
