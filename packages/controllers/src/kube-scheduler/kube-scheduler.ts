import {
  type ClusterView,
  defineController,
  type FlagValues,
  isTerminal,
  type Pod,
  PodBound,
  PodKey,
  PodUnschedulable,
} from '@wavetank/cluster'
import { DECIDE, defineEvent, type Emission, type Entry, emit, QUIET, type Scene, timer } from '@wavetank/kernel'
import { sample } from '../latency.ts'
import { fullBucket, type Rate, spend, type TokenBucket, waitFor } from '../rate-limiter.ts'
import { findNode } from './find-node.ts'
import type { PodView } from './plugins/plugin.ts'
import { plugins } from './plugins/registry.ts'

/**
 * kube-scheduler: one pod at a time, in the order of its queue.
 *
 *   PodCreated ─▶ activeQ ──cycle──▶ PodBound
 *                    ▲          └──▶ PodUnschedulable ─▶ unschedulablePods
 *                    └── a node or a deletion that may help ◀──┘   (or 5 minutes)
 *
 * 1. activeQ: higher priority first, then who has waited longer.
 * 2. A cycle takes the time that the latency model says, and binding at most the client's rate.
 *
 * Source: pkg/scheduler/schedule_one.go, pkg/scheduler/backend/queue.
 */

export const SchedulingCycleDue = defineEvent('SchedulingCycleDue', {
  doc: 'The scheduler takes the next pod of activeQ.',
  rank: DECIDE,
  data: {},
})

export const UnschedulableFlushDue = defineEvent('UnschedulableFlushDue', {
  doc: 'A pod has been unschedulable for five minutes and is tried again.',
  rank: DECIDE,
  data: { pod: PodKey },
})

const name = 'default-scheduler'

/** Longest stay in unschedulablePods, and how often that is looked at. */
const MAX_UNSCHEDULABLE = 300_000
const FLUSH_PERIOD = 30_000

const flags = {
  'client-connection-qps': {
    type: 'number',
    default: 50,
    min: 0.001,
    doc: 'KubeSchedulerConfiguration clientConnection.qps: bindings a second.',
  },
  'client-connection-burst': {
    type: 'integer',
    default: 100,
    min: 1,
    doc: 'KubeSchedulerConfiguration clientConnection.burst: bindings at once.',
  },
} as const
type Config = FlagValues<typeof flags>
const rateOf = (config: Config): Rate => ({
  qps: config['client-connection-qps'],
  burst: config['client-connection-burst'],
})

interface QueuedPod {
  readonly key: string
  readonly uid: string
  readonly priority: number
  /** When it joined the queue, or last failed. */
  readonly since: number
}

interface Own {
  /** activeQ, from `head` on. */
  active: QueuedPod[]
  head: number
  /** The pod of the cycle under way. */
  current: QueuedPod | undefined
  readonly unschedulable: Map<string, QueuedPod>
  readonly bucket: TokenBucket
}
type SchedulerScene = Scene<ClusterView, Own, Config>

const priorityOf = (pod: PodView): number => pod.template.spec.priority ?? 0

const isOurs = (pod: PodView): boolean =>
  pod.node === '' &&
  (pod.template.spec.schedulerName ?? name) === name &&
  (pod.template.spec.schedulingGates ?? []).length === 0

/** In order of priority, then time; new pods go to the end of their priority. */
const enqueue = (own: Own, pod: QueuedPod): void => {
  const { active } = own
  let low = own.head
  let high = active.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = active[middle]!
    if (other.priority > pod.priority || (other.priority === pod.priority && other.since <= pod.since)) low = middle + 1
    else high = middle
  }
  if (low === active.length) active.push(pod)
  else active.splice(low, 0, pod)
}

const waiting = (own: Own): boolean => own.head < own.active.length

const takeNext = (own: Own, view: ClusterView): QueuedPod | undefined => {
  while (waiting(own)) {
    const queued = own.active[own.head]!
    own.head++
    if (own.head > 1_000 && own.head * 2 > own.active.length) {
      own.active = own.active.slice(own.head)
      own.head = 0
    }
    const pod = view.pods.get(queued.key)
    if (pod !== undefined && pod.uid === queued.uid && pod.node === '' && pod.deletion === undefined) return queued
  }
  return undefined
}

const cycle = (
  { view, draw, own, config }: SchedulerScene,
  wait: number,
  key: string,
  at: number,
): readonly Emission[] => {
  const span = sample(view.settings.latencies.schedulingCycle, draw, 'scheduling-cycle', key)
  return [timer('cycle', Math.max(wait + span, waitFor(own.bucket, rateOf(config), at)), SchedulingCycleDue({}))]
}

const watchDelay = ({ view, draw }: SchedulerScene, key: string, at: number): number =>
  sample(view.settings.latencies.watch, draw, 'watch', `${name} ${key} ${at}`)

const podCreated = (
  scene: SchedulerScene,
  { event, at }: Entry<{ kind: string; pod: string }>,
): readonly Emission[] => {
  const pod = scene.view.pods.get(event.pod)
  return pod === undefined || !isOurs(pod) ? QUIET : cycle(scene, watchDelay(scene, pod.key, at), pod.key, at)
}

const schedule = (scene: SchedulerScene, { at }: Entry): readonly Emission[] => {
  const { view, own, draw } = scene
  const { current } = own
  const pod = current === undefined ? undefined : view.pods.get(current.key)
  const emissions: Emission[] = []
  if (pod !== undefined) {
    const placement = findNode(view, pod, plugins, draw)
    if ('node' in placement) emissions.push(emit(PodBound({ pod: pod.key, node: placement.node })))
    else {
      emissions.push(emit(PodUnschedulable({ pod: pod.key, message: placement.message })))
      const flush = Math.ceil((at + MAX_UNSCHEDULABLE) / FLUSH_PERIOD) * FLUSH_PERIOD
      emissions.push(timer(pod.key, flush - at, UnschedulableFlushDue({ pod: pod.key })))
    }
  }
  if (waiting(own)) emissions.push(...cycle(scene, 0, own.active[own.head]!.key, at))
  return emissions
}

const moved = (scene: SchedulerScene, { at }: Entry): readonly Emission[] =>
  waiting(scene.own) ? cycle(scene, watchDelay(scene, 'wake', at), 'wake', at) : QUIET

/** Events that may make room for a pod that found none. */
const moveAll = (own: Own, _entry: Entry<never>): void => {
  for (const queued of own.unschedulable.values()) enqueue(own, queued)
  own.unschedulable.clear()
}

const isRelease = (view: ClusterView, entry: Entry<never>): boolean => {
  const { event } = entry as Entry<{ kind: string; pod: string }>
  if (event.kind === 'PodDeleted') return view.removedPod !== undefined && view.removedPod.node !== ''
  const pod = view.pods.get(event.pod)
  return pod !== undefined && pod.node !== '' && isTerminal(pod as Pod)
}

const moveOnRelease = (own: Own, entry: Entry<never>, view: ClusterView): void => {
  if (own.unschedulable.size > 0 && isRelease(view, entry)) moveAll(own, entry)
}

export const kubeScheduler = defineController<Own, typeof flags>({
  name,
  doc: 'Binds each pod to a node that has room for it, spreading the pods of a controller.',
  component: 'kube-scheduler',
  flags,
  events: [SchedulingCycleDue, UnschedulableFlushDue],
  own: {
    initial: (config) => ({
      active: [],
      head: 0,
      current: undefined,
      unschedulable: new Map(),
      bucket: fullBucket(rateOf(config)),
    }),
    apply: {
      PodCreated: (own, entry: Entry<never>, view) => {
        const { event, at } = entry as Entry<{ kind: string; pod: string }>
        const pod = view.pods.get(event.pod)
        if (pod === undefined || !isOurs(pod)) return
        enqueue(own, { key: pod.key, uid: pod.uid, priority: priorityOf(pod), since: at })
      },
      SchedulingCycleDue: (own, _entry, view) => {
        own.current = takeNext(own, view)
      },
      PodBound: (own, entry: Entry<never>, _view, config) => {
        const { by, at } = entry as Entry
        if (by !== name) return
        own.current = undefined
        spend(own.bucket, rateOf(config), at)
      },
      PodUnschedulable: (own, entry: Entry<never>) => {
        const { event, at } = entry as Entry<{ kind: string; pod: string }>
        if (own.current?.key !== event.pod) return
        own.unschedulable.set(event.pod, { ...own.current, since: at })
        own.current = undefined
      },
      UnschedulableFlushDue: (own, entry: Entry<never>) => {
        const { event } = entry as Entry<{ kind: string; pod: string }>
        const queued = own.unschedulable.get(event.pod)
        if (queued === undefined) return
        own.unschedulable.delete(event.pod)
        enqueue(own, queued)
      },
      NodeCreated: moveAll,
      NodeUncordoned: moveAll,
      NodeUntainted: moveAll,
      NodeLabelled: moveAll,
      PodDeleted: (own, entry, view) => {
        const { event } = entry as Entry<{ kind: string; pod: string }>
        own.unschedulable.delete(event.pod)
        moveOnRelease(own, entry, view)
      },
      PodStatusReported: moveOnRelease,
      PodFailed: moveOnRelease,
    },
  },
  on: {
    PodCreated: podCreated,
    SchedulingCycleDue: schedule,
    UnschedulableFlushDue: moved,
    NodeCreated: moved,
    NodeUncordoned: moved,
    NodeUntainted: moved,
    NodeLabelled: moved,
    PodDeleted: moved,
    PodStatusReported: moved,
    PodFailed: moved,
  },
})
