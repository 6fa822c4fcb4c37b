import {
  type ClusterView,
  type horizontalPodAutoscalerEvents,
  type ObjectKey,
  type PodCreated,
  type PodKey,
  type Selector,
  selects,
} from '@wavetank/cluster'
import type { Entry, EventOf } from '@wavetank/kernel'
import type { HorizontalPodAutoscalerRecommended } from './events.ts'
import type { AutoscalerConfig } from './flags.ts'
import { scaleOf } from './scale.ts'

/** Syncs in a row that recommended the same. */
export interface Recommendation {
  readonly replicas: number
  readonly from: number
  /** The last sync that did; infinite while they go on. */
  to: number
}

/** A change that this autoscaler made; source: timestampedScaleEvent. */
export interface ScaleChange {
  readonly at: number
  /** Always positive. */
  readonly by: number
}

/** What the controller remembers of one autoscaler. */
export interface AutoscalerMemory {
  readonly recommendations: Recommendation[]
  readonly ups: ScaleChange[]
  readonly downs: ScaleChange[]
  /** The selector of the target as it was at the last sync, compiled; undefined before the first. */
  selector: { readonly text: string; readonly matcher: Selector } | undefined
  /** Pods of the namespace that it selects. */
  readonly pods: Set<PodKey>
}

/** By namespace, then by key. */
export interface Memory {
  readonly namespaces: Map<string, Map<ObjectKey, AutoscalerMemory>>
}

const namespaceIn = (key: ObjectKey): string => key.slice(0, key.indexOf('/'))

export const memoryOf = (memory: Memory, key: ObjectKey): AutoscalerMemory | undefined =>
  memory.namespaces.get(namespaceIn(key))?.get(key)

/** Nothing older is ever asked for. Source: MaxStabilizationWindowSeconds and MaxPeriodSeconds of the API’s validation. */
const WINDOW_MAX = 3_600_000

const forget = <T>(list: T[], isOld: (item: T) => boolean): void => {
  let old = 0
  while (old < list.length && isOld(list[old]!)) old++
  if (old > 0) list.splice(0, old)
}

const select = (own: AutoscalerMemory, view: ClusterView, namespace: string): void => {
  own.pods.clear()
  if (own.selector === undefined) return
  for (const pod of view.pods.values()) {
    if (pod.namespace === namespace && selects(own.selector.matcher, pod.labels)) own.pods.add(pod.key)
  }
}

/** Nothing is known of an autoscaler yet. */
export const newMemory = (memory: Memory, object: ObjectKey): void => {
  const namespace = namespaceIn(object)
  let keys = memory.namespaces.get(namespace)
  if (keys === undefined) {
    keys = new Map()
    memory.namespaces.set(namespace, keys)
  }
  keys.set(object, { recommendations: [], ups: [], downs: [], selector: undefined, pods: new Set() })
}

type OfObject = Entry<{ readonly kind: string; readonly object: ObjectKey }>

export const applyMemory = {
  HorizontalPodAutoscalerCreated: (memory: Memory, entry: Entry<never>): void => {
    newMemory(memory, (entry as OfObject).event.object)
  },
  HorizontalPodAutoscalerDeleted: (memory: Memory, entry: Entry<never>): void => {
    const { object } = (entry as OfObject).event
    const namespace = namespaceIn(object)
    memory.namespaces.get(namespace)?.delete(object)
    if (memory.namespaces.get(namespace)?.size === 0) memory.namespaces.delete(namespace)
  },
  /** The selector of the target is read anew with every sync; only when it is another one are the pods looked through. */
  HorizontalPodAutoscalerSyncDue: (memory: Memory, entry: Entry<never>, view: ClusterView): void => {
    const { object } = (entry as OfObject).event
    const own = memoryOf(memory, object)
    const autoscaler = view.horizontalPodAutoscalers.get(object)
    if (own === undefined || autoscaler === undefined) return
    const scale = scaleOf(view, autoscaler)
    if ('failure' in scale || scale.selector === own.selector?.text) return
    own.selector = { text: scale.selector, matcher: scale.matcher }
    select(own, view, autoscaler.namespace)
  },
  HorizontalPodAutoscalerRecommended: (
    memory: Memory,
    entry: Entry<never>,
    _view: ClusterView,
    config: AutoscalerConfig,
  ): void => {
    const { event, at } = entry as Entry<EventOf<typeof HorizontalPodAutoscalerRecommended>>
    const own = memoryOf(memory, event.object)
    if (own === undefined) return
    const { recommendations } = own
    const last = recommendations[recommendations.length - 1]
    const period = config['horizontal-pod-autoscaler-sync-period']
    if (last?.to === Number.POSITIVE_INFINITY) last.to = Math.max(last.from, at - period)
    forget(recommendations, ({ to }) => to < at - WINDOW_MAX)
    if (event.replicas !== undefined) {
      recommendations.push({ replicas: event.replicas, from: at, to: Number.POSITIVE_INFINITY })
    }
  },
  HorizontalPodAutoscalerRescaled: (memory: Memory, entry: Entry<never>): void => {
    const { event, at } = entry as Entry<EventOf<typeof horizontalPodAutoscalerEvents.Rescaled>>
    const own = memoryOf(memory, event.object)
    if (own === undefined) return
    const changes = event.to > event.from ? own.ups : own.downs
    forget(changes, (change) => change.at < at - WINDOW_MAX)
    changes.push({ at, by: Math.abs(event.to - event.from) })
  },
  /** And when its labels change. Hot path when there are autoscalers, nothing without. */
  PodCreated: (memory: Memory, entry: Entry<never>, view: ClusterView): void => {
    if (memory.namespaces.size === 0) return
    const pod = view.pods.get((entry as Entry<EventOf<typeof PodCreated>>).event.pod)
    if (pod === undefined) return
    for (const own of memory.namespaces.get(pod.namespace)?.values() ?? []) {
      if (own.selector !== undefined && selects(own.selector.matcher, pod.labels)) own.pods.add(pod.key)
      else own.pods.delete(pod.key)
    }
  },
  PodDeleted: (memory: Memory, entry: Entry<never>): void => {
    if (memory.namespaces.size === 0) return
    const { pod } = (entry as Entry<EventOf<typeof PodCreated>>).event
    for (const own of memory.namespaces.get(namespaceIn(pod))?.values() ?? []) own.pods.delete(pod)
  },
}
