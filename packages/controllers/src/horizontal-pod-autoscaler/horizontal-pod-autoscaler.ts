import {
  type ClusterView,
  defineController,
  horizontalPodAutoscalerEvents,
  type ObjectKey,
  PodCreated,
  PodDeleted,
  PodLabelled,
} from '@wavetank/cluster'
import { cancel, type Emission, type Entry, emit, QUIET, type Scene, timer } from '@wavetank/kernel'
import { reactionTime } from '../latency.ts'
import { relistObjects } from '../relist.ts'
import { HorizontalPodAutoscalerRecommended, HorizontalPodAutoscalerSyncDue } from './events.ts'
import { type AutoscalerConfig, autoscalerFlags } from './flags.ts'
import { type AutoscalerMemory, applyMemory, type Memory, memoryOf, newMemory } from './memory.ts'
import { syncAutoscaler } from './sync.ts'

/**
 * The HorizontalPodAutoscaler controller: each object is looked at once in a sync period, from when it was created;
 * nothing makes it sooner.
 *
 * Source: pkg/controller/podautoscaler/horizontal.go, rate_limiters.go.
 */

const name = 'horizontal-pod-autoscaler'

type AutoscalerScene = Scene<ClusterView, Memory, AutoscalerConfig>
type ObjectEntry = Entry<{ readonly kind: string; readonly object: ObjectKey }>

const period = ({ config }: AutoscalerScene): number => config['horizontal-pod-autoscaler-sync-period']

const created = (scene: AutoscalerScene, { event, at }: ObjectEntry): readonly Emission[] => {
  const { object } = event
  const seen = reactionTime(scene.view, scene.draw, name, object, at)
  return [timer(object, seen + period(scene), HorizontalPodAutoscalerSyncDue({ object }))]
}

const deleted = (_scene: AutoscalerScene, { event }: ObjectEntry): readonly Emission[] => [cancel(event.object)]

const share = (a: AutoscalerMemory, b: AutoscalerMemory): boolean => {
  const [few, many] = a.pods.size < b.pods.size ? [a.pods, b.pods] : [b.pods, a.pods]
  for (const pod of few) if (many.has(pod)) return true
  return false
}

/** Others whose selectors choose pods of this one. Source: hpasControllingPodsUnderSelector. */
const rivalsOf = (memory: Memory, namespace: string, object: ObjectKey, own: AutoscalerMemory): ObjectKey[] => {
  const rivals: ObjectKey[] = []
  for (const [key, other] of memory.namespaces.get(namespace) ?? []) {
    if (key !== object && share(own, other)) rivals.push(key)
  }
  return rivals
}

const sync = (scene: AutoscalerScene, { event, at }: ObjectEntry): readonly Emission[] => {
  const { view, config } = scene
  const { object } = event
  const autoscaler = view.horizontalPodAutoscalers.get(object)
  const own = memoryOf(scene.own, object)
  if (autoscaler === undefined || own === undefined) return QUIET
  const rivals = rivalsOf(scene.own, autoscaler.namespace, object, own)
  const events = syncAutoscaler({ view, autoscaler, own, rivals, config, at })
  return [...events.map(emit), timer(object, period(scene), HorizontalPodAutoscalerSyncDue({ object }))]
}

const { Created, Deleted, Rescaled } = horizontalPodAutoscalerEvents

export const horizontalPodAutoscaler = defineController<Memory, typeof autoscalerFlags>({
  name,
  doc: 'Sets the replicas of its target so that metrics of the pods come near to what is wanted.',
  component: 'kube-controller-manager',
  flags: autoscalerFlags,
  events: [HorizontalPodAutoscalerSyncDue, HorizontalPodAutoscalerRecommended],
  own: {
    initial: () => ({ namespaces: new Map() }),
    apply: {
      [Created.kind]: applyMemory.HorizontalPodAutoscalerCreated,
      [Deleted.kind]: applyMemory.HorizontalPodAutoscalerDeleted,
      HorizontalPodAutoscalerSyncDue: applyMemory.HorizontalPodAutoscalerSyncDue,
      HorizontalPodAutoscalerRecommended: applyMemory.HorizontalPodAutoscalerRecommended,
      [Rescaled.kind]: applyMemory.HorizontalPodAutoscalerRescaled,
      [PodCreated.kind]: applyMemory.PodCreated,
      [PodLabelled.kind]: applyMemory.PodCreated,
      [PodDeleted.kind]: applyMemory.PodDeleted,
    },
  },
  on: {
    [Created.kind]: created,
    [Deleted.kind]: deleted,
    HorizontalPodAutoscalerSyncDue: sync,
  },
  restart: {
    relist: relistObjects((view) => view.horizontalPodAutoscalers, created),
    remember: (own, view) => {
      for (const object of view.horizontalPodAutoscalers.keys()) newMemory(own, object)
    },
  },
})
