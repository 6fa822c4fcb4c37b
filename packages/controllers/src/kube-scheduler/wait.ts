import { type ClusterView, idleSince } from '@wavetank/cluster'
import type { ChangeKind } from './changes.ts'
import type { SchedulerConfiguration } from './configuration/configuration.ts'
import { claimOf, volumeNameOf } from './objects.ts'
import { type Own, profileFor } from './own.ts'
import { claimNamesOf } from './plugins/volume-binding/claims.ts'
import { DEFAULT_SCHEDULER_NAME } from './profile.ts'
import { backoffEndOf, flushTimeOf, type QueuedPod } from './queue/queue.ts'
import type { PodView } from './snapshot.ts'

/** What a pod without a node waits for, at some moment. */
export type PodWait =
  /** Nobody schedules: the scheduler is not at work, or there is no API server that it could ask. */
  | { readonly for: 'process'; readonly process: string; readonly since: number }
  /** No profile has the name that it asks for. */
  | { readonly for: 'scheduler'; readonly schedulerName: string; readonly known: readonly string[] }
  | { readonly for: 'gates'; readonly gates: readonly string[] }
  /** It is its turn. */
  | { readonly for: 'attempt' }
  | { readonly for: 'turn'; readonly ahead: number }
  /** Until that instant, unless nothing else is to be tried before. */
  | { readonly for: 'backoff'; readonly until: number; readonly isError: boolean }
  | {
      readonly for: 'change'
      /** What may make it schedulable, as the plugins that refused it have it. */
      readonly plugins: readonly { readonly plugin: string; readonly changes: readonly ChangeKind[] }[]
      /** When it is tried again whatever happens. */
      readonly until: number
      /** Room that is being made for it. */
      readonly nominatedNode: string
    }
  /** It has a node, and claims that are not bound yet. */
  | { readonly for: 'volumes'; readonly node: string; readonly claims: readonly string[] }
  /** It is on its way out, and is not tried any more. */
  | { readonly for: 'deletion' }

const comesBefore = (a: QueuedPod, b: QueuedPod): boolean =>
  a.priority !== b.priority
    ? a.priority > b.priority
    : a.timestamp !== b.timestamp
      ? a.timestamp < b.timestamp
      : a.ticket < b.ticket

/** `undefined` if the pod has a node. */
export const waitOf = (
  view: ClusterView,
  own: Own,
  pod: PodView,
  configuration: SchedulerConfiguration,
): PodWait | undefined => {
  if (pod.node !== '') return undefined
  if (pod.deletion !== undefined) return { for: 'deletion' }
  const profile = profileFor(pod, configuration)
  if (profile === undefined) {
    const known = configuration.profiles.map(({ schedulerName }) => schedulerName)
    return { for: 'scheduler', schedulerName: pod.template.spec.schedulerName ?? '', known }
  }
  const idle = idleSince(view, DEFAULT_SCHEDULER_NAME)
  if (idle !== undefined) return { for: 'process', ...idle }
  const node = own.binding.get(pod.key)
  if (node !== undefined) {
    const claims = claimNamesOf(pod).flatMap(({ name }) => {
      const claim = claimOf(view, pod.namespace, name)
      return claim !== undefined && volumeNameOf(claim) !== undefined ? [] : [name]
    })
    return { for: 'volumes', node, claims }
  }
  const queued = own.queue.pods.get(pod.key)
  switch (queued?.place) {
    case 'gated':
      return { for: 'gates', gates: pod.schedulingGates }
    case 'active': {
      let ahead = 0
      for (const other of own.queue.pods.values()) if (other.place === 'active' && comesBefore(other, queued)) ahead++
      return { for: 'turn', ahead }
    }
    case 'backoff':
    case 'error':
      return { for: 'backoff', until: backoffEndOf(queued), isError: queued.place === 'error' }
    case 'unschedulable':
      return {
        for: 'change',
        plugins: queued.rejectors.map((plugin) => ({
          plugin,
          changes: Object.keys(profile.bound.get(plugin)?.plugin.hints ?? {}) as ChangeKind[],
        })),
        until: flushTimeOf(queued.timestamp),
        nominatedNode: pod.nominatedNode,
      }
    default:
      return { for: 'attempt' }
  }
}
