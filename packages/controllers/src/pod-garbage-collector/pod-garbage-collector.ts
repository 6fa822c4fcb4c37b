import {
  type ClusterView,
  type DeepReadonly,
  defineController,
  deletePod,
  type FlagValues,
  isTerminal,
  type Node,
  NodeName,
  type Pod,
  PodDisruptionTargeted,
  PodFailed,
  readiness,
} from '@wavetank/cluster'
import {
  DECIDE,
  defineEvent,
  type Emission,
  type Entry,
  emit,
  QUIET,
  type Scene,
  type SimEvent,
  timer,
} from '@wavetank/kernel'
import { relistAll, relistNodes } from '../relist.ts'

/**
 * Pod garbage collection: force-deletes what no kubelet will ever confirm.
 *
 * Its loop runs every 20 s; the passes that would find nothing are not events.
 *
 * Source: pkg/controller/podgc/gc_controller.go (gcTerminated, gcTerminating, gcOrphaned, gcUnscheduledTerminating).
 */

const GC_PERIOD = 20_000
/** How long a node must have been gone. Source: quarantineTime. */
const QUARANTINE = 40_000

export const OrphanedPodsDue = defineEvent('OrphanedPodsDue', {
  doc: 'The pass that finds pods whose node has been gone for 40 s.',
  rank: DECIDE,
  data: { node: NodeName },
})

export const TerminatedPodsDue = defineEvent('TerminatedPodsDue', {
  doc: 'The pass that finds more terminated pods than the threshold.',
  rank: DECIDE,
  data: {},
})

export const OutOfServicePodsDue = defineEvent('OutOfServicePodsDue', {
  doc: 'The pass that finds terminating pods on a node that is out of service.',
  rank: DECIDE,
  data: { node: NodeName },
})

const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'

const flags = {
  'terminated-pod-gc-threshold': {
    type: 'integer',
    default: 12_500,
    doc: 'Terminated pods that may exist before the oldest are deleted; 0 or less: any number.',
  },
} as const

type GcScene = Scene<ClusterView, unknown, FlagValues<typeof flags>>
type PodView = DeepReadonly<Pod>

const untilPass = (at: number, earliest: number): number => Math.ceil(earliest / GC_PERIOD) * GC_PERIOD - at

/** Source: markFailedAndDeletePodWithCondition: phase and condition are set on pods that are not terminal. */
const failAndDelete = (pod: PodView, condition?: SimEvent): readonly Emission[] => {
  const events: SimEvent[] = []
  if (!isTerminal(pod as Pod)) {
    if (condition !== undefined) events.push(condition)
    events.push(PodFailed({ pod: pod.key }))
  }
  return [...events, ...deletePod(pod, 0)].map(emit)
}

const orphaned = (scene: GcScene, { event }: Entry<{ kind: string; node: string }>): readonly Emission[] => {
  if (scene.view.nodes.has(event.node)) return QUIET
  const emissions: Emission[] = []
  for (const pod of scene.view.pods.values()) {
    if (pod.node !== event.node) continue
    const condition = PodDisruptionTargeted({
      pod: pod.key,
      reason: 'DeletionByPodGC',
      message: 'PodGC: node no longer exists',
    })
    emissions.push(...failAndDelete(pod, condition))
  }
  return emissions
}

const terminated = (scene: GcScene): readonly Emission[] => {
  const threshold = scene.config['terminated-pod-gc-threshold']
  const pods = [...scene.view.pods.values()].filter((pod) => isTerminal(pod as Pod))
  if (threshold <= 0 || pods.length <= threshold) return QUIET
  const evictedFirst = (pod: PodView): number => (pod.reason === 'Evicted' ? 0 : 1)
  pods.sort(
    (a, b) =>
      evictedFirst(a) - evictedFirst(b) || a.createdAt - b.createdAt || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0),
  )
  return pods.slice(0, pods.length - threshold).flatMap((pod) => deletePod(pod, 0).map(emit))
}

const outOfService = (scene: GcScene, { event }: Entry<{ kind: string; node: string }>): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined || readiness(node as Node) === 'True') return QUIET
  if (!node.taints.some(({ key }) => key === OUT_OF_SERVICE)) return QUIET
  const emissions: Emission[] = []
  for (const pod of node.pods) if (pod.deletion !== undefined) emissions.push(...failAndDelete(pod))
  return emissions
}

const watchOutOfService = (
  scene: GcScene,
  { event, at }: Entry<{ kind: string; node: string }>,
): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined || !node.taints.some(({ key }) => key === OUT_OF_SERVICE)) return QUIET
  return [timer(`out-of-service ${event.node}`, untilPass(at, at + 1), OutOfServicePodsDue({ node: event.node }))]
}

const podMarked = (scene: GcScene, entry: Entry<{ kind: string; pod: string }>): readonly Emission[] => {
  const node = scene.view.pods.get(entry.event.pod)?.node
  return node === undefined || node === ''
    ? QUIET
    : watchOutOfService(scene, { ...entry, event: { kind: entry.event.kind, node } })
}

const countTerminated = (scene: GcScene, { at }: Entry): readonly Emission[] => {
  const threshold = scene.config['terminated-pod-gc-threshold']
  if (threshold <= 0 || scene.view.terminalPods <= threshold) return QUIET
  return [timer('terminated', untilPass(at, at + 1), TerminatedPodsDue({}))]
}

const quarantine = (node: string, at: number): Emission =>
  timer(node, untilPass(at, at + QUARANTINE), OrphanedPodsDue({ node }))

/** Since when their nodes are gone nobody remembers. Source: discoverDeletedNodes. */
const findOrphans = ({ view }: GcScene, { at }: Entry): readonly Emission[] => {
  const gone = new Set<string>()
  for (const { node } of view.pods.values()) if (node !== '' && !view.nodes.has(node)) gone.add(node)
  return [...gone].map((node) => quarantine(node, at))
}

export const podGarbageCollector = defineController<unknown, typeof flags>({
  name: 'pod-garbage-collector',
  doc: 'Deletes pods of vanished nodes, of nodes out of service, and terminated pods beyond a threshold.',
  component: 'kube-controller-manager',
  flags,
  events: [OrphanedPodsDue, TerminatedPodsDue, OutOfServicePodsDue],
  on: {
    NodeDeleted: (_scene, { event, at }) => [quarantine(event.node, at)],
    OrphanedPodsDue: orphaned,
    PodStatusReported: countTerminated,
    PodFailed: countTerminated,
    TerminatedPodsDue: terminated,
    NodeTainted: watchOutOfService,
    NodeMarkedUnknown: watchOutOfService,
    PodMarkedForDeletion: podMarked,
    OutOfServicePodsDue: outOfService,
  },
  restart: { relist: relistAll(relistNodes(watchOutOfService), countTerminated, findOrphans) },
})
