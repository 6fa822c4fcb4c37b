import {
  type ClusterView,
  type DeepReadonly,
  defineController,
  deletePod,
  type NodeTainted,
  type NodeUntainted,
  type Pod,
  PodDisruptionTargeted,
  PodKey,
  type Taint,
  type Toleration,
  toleratesTaint,
} from '@wavetank/cluster'
import {
  cancel,
  DECIDE,
  defineEvent,
  type Emission,
  type Entry,
  emit,
  QUIET,
  type Scene,
  timer,
} from '@wavetank/kernel'
import * as t from 'io-ts'
import { relistNodes } from '../relist.ts'

/**
 * The taint eviction controller: pods leave a node with NoExecute taints when their tolerations say so.
 *
 * 1. The timer starts when this controller first sees the situation, not at the taint's `timeAdded`, and a later change
 *    of taints does not restart it.
 * 2. With the last NoExecute taint gone, or only such left as the pod tolerates for ever, what has not fired is cancelled.
 * 3. A taint that the pod does not tolerate at all does not wait for the timer of another.
 *
 * Source: pkg/controller/tainteviction/taint_eviction.go (processPodOnNode, getMinTolerationTime).
 */

export const TaintEvictionPlanned = defineEvent('TaintEvictionPlanned', {
  doc: 'The pod will be deleted in `millis` unless its node loses its NoExecute taints.',
  data: { pod: PodKey, millis: t.number },
})

export const TaintEvictionCancelled = defineEvent('TaintEvictionCancelled', {
  doc: 'The planned deletion is off: the node has no NoExecute taint any more, or only such as the pod tolerates for ever; or it is planned anew, for now.',
  data: { pod: PodKey },
})

export const TaintEvictionDue = defineEvent('TaintEvictionDue', {
  doc: 'The pod’s toleration of its node’s taints has run out.',
  rank: DECIDE,
  data: { pod: PodKey },
})

interface Own {
  readonly planned: Set<string>
}
type EvictionScene = Scene<ClusterView, Own, unknown>
type PodView = DeepReadonly<Pod>

const name = 'taint-eviction-controller'

const NEVER = Number.POSITIVE_INFINITY

/**
 * Milliseconds that the pod tolerates all of the taints; `NEVER` if for ever, `undefined` if it does not tolerate one of
 * them. The first toleration that fits a taint counts. Source: GetMatchingTolerations, getMinTolerationTime.
 */
const tolerationMillis = (tolerations: readonly Toleration[], taints: readonly Taint[]): number | undefined => {
  let least = NEVER
  for (const taint of taints) {
    const used = tolerations.find((toleration) => toleratesTaint(toleration, taint))
    if (used === undefined) return undefined
    const { tolerationSeconds } = used
    if (tolerationSeconds !== undefined) least = Math.min(least, Math.max(0, tolerationSeconds * 1_000))
  }
  return least
}

const noExecute = (taints: readonly Taint[]): readonly Taint[] => taints.filter(({ effect }) => effect === 'NoExecute')

/** What is planned stays, unless the taints now allow no time at all, or all of it. Source: processPodOnNode. */
const plan = (own: Own, pod: PodView, taints: readonly Taint[]): readonly Emission[] => {
  if (pod.deletion !== undefined) return QUIET
  const millis = tolerationMillis((pod.template.spec.tolerations ?? []) as readonly Toleration[], taints)
  const cancelled = own.planned.has(pod.key) ? [emit(TaintEvictionCancelled({ pod: pod.key }))] : QUIET
  if (millis === undefined) return [...cancelled, emit(TaintEvictionPlanned({ pod: pod.key, millis: 0 }))]
  if (millis === NEVER) return cancelled
  return cancelled.length > 0 ? QUIET : [emit(TaintEvictionPlanned({ pod: pod.key, millis }))]
}

const nodeChanged = (scene: EvictionScene, { event }: Entry<{ kind: string; node: string }>): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined) return QUIET
  const taints = noExecute(node.taints as readonly Taint[])
  const emissions: Emission[] = []
  for (const pod of node.pods) emissions.push(...plan(scene.own, pod, taints))
  return emissions
}

const isNoExecute = ({ effect }: { readonly effect?: string | undefined }): boolean =>
  effect === undefined || effect === 'NoExecute'

const nodeTainted = (scene: EvictionScene, entry: Entry<ReturnType<typeof NodeTainted>>): readonly Emission[] =>
  isNoExecute(entry.event.taint) ? nodeChanged(scene, entry) : QUIET

const nodeUntainted = (scene: EvictionScene, entry: Entry<ReturnType<typeof NodeUntainted>>): readonly Emission[] =>
  isNoExecute(entry.event) ? nodeChanged(scene, entry) : QUIET

const podBound = (scene: EvictionScene, { event }: Entry<{ kind: string; pod: string }>): readonly Emission[] => {
  const pod = scene.view.pods.get(event.pod)
  const node = pod === undefined ? undefined : scene.view.nodes.get(pod.node)
  return pod === undefined || node === undefined
    ? QUIET
    : plan(scene.own, pod, noExecute(node.taints as readonly Taint[]))
}

const podGone = (_scene: EvictionScene, { event }: Entry<{ kind: string; pod: string }>): readonly Emission[] => [
  cancel(event.pod),
]

const evict = (scene: EvictionScene, { event }: Entry<{ kind: string; pod: string }>): readonly Emission[] => {
  const pod = scene.view.pods.get(event.pod)
  if (pod === undefined || pod.deletion !== undefined) return QUIET
  const condition = PodDisruptionTargeted({
    pod: pod.key,
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
  })
  return [condition, ...deletePod(pod)].map(emit)
}

const forget = (own: Own, entry: Entry<never>): void => {
  own.planned.delete((entry as Entry<{ kind: string; pod: string }>).event.pod)
}

export const taintEviction = defineController<Own, Record<string, never>>({
  name,
  doc: 'Deletes pods from nodes whose NoExecute taints they do not tolerate (any longer).',
  component: 'kube-controller-manager',
  flags: {},
  events: [TaintEvictionPlanned, TaintEvictionCancelled, TaintEvictionDue],
  own: {
    initial: () => ({ planned: new Set() }),
    apply: {
      TaintEvictionPlanned: (own, entry: Entry<never>) => {
        own.planned.add((entry as Entry<{ kind: string; pod: string }>).event.pod)
      },
      TaintEvictionCancelled: forget,
      TaintEvictionDue: forget,
      PodDeleted: forget,
    },
  },
  on: {
    NodeTainted: nodeTainted,
    NodeUntainted: nodeUntainted,
    PodBound: podBound,
    PodCreated: podBound,
    PodDeleted: podGone,
    TaintEvictionPlanned: (_scene, { event }) => [timer(event.pod, event.millis, TaintEvictionDue({ pod: event.pod }))],
    TaintEvictionCancelled: podGone,
    TaintEvictionDue: evict,
  },
  // A toleration that has begun to run counts anew: when it did was in memory.
  restart: { relist: relistNodes(nodeChanged) },
})
