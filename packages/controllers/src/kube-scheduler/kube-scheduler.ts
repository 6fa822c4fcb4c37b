import {
  type ClusterView,
  defineController,
  deletePod,
  isTerminal,
  type Pod,
  PodBound,
  PodDisruptionTargeted,
  PodNominationCleared,
  PodUnschedulable,
} from '@wavetank/cluster'
import { after, type Emission, type Entry, emit, QUIET, type Scene, type SimEvent, timer } from '@wavetank/kernel'
import { sample } from '../latency.ts'
import { waitFor } from '../rate-limiter.ts'
import { lowestPriority } from './cache.ts'
import type { Diagnosis } from './diagnosis.ts'
import {
  PreemptionDue,
  SchedulingCycleDue,
  UnschedulableFlushDue,
  VolumeBindingBegun,
  VolumeBindingTimedOut,
} from './events.ts'
import { failureOf } from './failure.ts'
import { type FastSearch, findNode } from './find-node.ts'
import { STORAGE_CHANGES } from './objects.ts'
import {
  applyOwn,
  type Config,
  configurationOf,
  flags,
  initialOwn,
  type Own,
  profileFor,
  rateOf,
  remember,
} from './own.ts'
import { DEFAULT_SCHEDULER_NAME } from './profile.ts'
import { flushTimeOf, nextPodIn } from './queue/queue.ts'
import type { NominatedTo, Search } from './reference.ts'
import { createSnapshot, type PodView, priorityOf } from './snapshot.ts'
import { beginBinding, failedBinding, finishBinding } from './volume-binding.ts'

/**
 * kube-scheduler: one pod at a time, in the order of its queue.
 *
 *   PodCreated ─▶ queue ──SchedulingCycleDue──▶ PodBound
 *                   ▲                      └──▶ PodUnschedulable ──▶ PreemptionDue ──▶ victims are deleted
 *                   └── a change that may help, or five minutes ◀──┘
 *
 * Claims that waited for the pod lie between the decision and the binding (volume-binding.ts).
 *
 * 1. A cycle takes the time that the latency model says, and calls of the API at most the client's rate.
 * 2. The decision and the binding belong to one instant: the time of the API call is spent before the cycle. Unlike
 *    kube-scheduler, which goes on with the next pod while a binding waits for the client; the rate is the same.
 * 3. Memory is in own.ts, queue/ and cache.ts; find-node.ts decides.
 *
 * Source: pkg/scheduler/schedule_one.go, pkg/scheduler/backend/queue.
 */

const name = DEFAULT_SCHEDULER_NAME

type SchedulerScene = Scene<ClusterView, Own, Config>

const spanOf = ({ view, draw }: SchedulerScene, key: string): number =>
  sample(view.settings.latencies.schedulingCycle, draw, 'scheduling-cycle', key)

/** @param wait what goes before the cycle; @param tokens API calls that have to be possible by then */
const cycleIn = (scene: SchedulerScene, wait: number, key: string, at: number, tokens: number): Emission => {
  const { own, config } = scene
  const limited = waitFor(own.bucket, rateOf(config), at, tokens)
  return timer('cycle', Math.max(1, wait + spanOf(scene, key), limited), SchedulingCycleDue({}))
}

/** A pod came into an empty queue: watch, cycle and API call lie before the decision. */
const woken = (scene: SchedulerScene, { at }: Entry): readonly Emission[] => {
  const { view, own, draw } = scene
  if (!own.isWoken) return QUIET
  const next = nextPodIn(own.queue, at)
  if (next === undefined) return QUIET
  const { watch, apiWrite } = view.settings.latencies
  const key = `${name} ${at}`
  const wait = sample(watch, draw, 'watch', key) + sample(apiWrite, draw, 'api-write', key)
  return [cycleIn(scene, Math.max(next, wait), key, at, 1)]
}

const nominatedTo =
  ({ own, view }: SchedulerScene): NominatedTo =>
  (node) => {
    const keys = own.nominator.podsOf.get(node)
    if (keys === undefined) return []
    return [...keys].flatMap((key) => view.pods.get(key) ?? [])
  }

const noNodes: Diagnosis = {
  reasons: new Map(),
  preFilter: '',
  plugins: [],
  statusOf: () => 'UnschedulableAndUnresolvable',
  helpable: () => [],
}

/** No node fits: says why, and makes room if that helps. */
const fail = (scene: SchedulerScene, search: Search, diagnosis: Diagnosis): readonly Emission[] => {
  const { view, own, draw } = scene
  const { pod } = search.cycle
  const plugins = [...diagnosis.plugins]
  const { message, candidate, keepsNomination } = failureOf(search, diagnosis, lowestPriority(own.cache))
  if (candidate === undefined) {
    const nominatedNode = keepsNomination || pod.nominatedNode === '' ? undefined : ''
    return [emit(PodUnschedulable({ pod: pod.key, message, plugins, nominatedNode }))]
  }
  const { node, victims } = candidate
  const outranked = search.nominatedTo(node).filter((other) => priorityOf(other) < priorityOf(pod))
  const delay = sample(view.settings.latencies.apiWrite, draw, 'api-write', `preempt ${pod.key}#${search.attempt}`)
  return [
    emit(PodUnschedulable({ pod: pod.key, message, plugins, nominatedNode: node })),
    ...outranked.map((other) => emit(PodNominationCleared({ pod: other.key }))),
    after(delay, PreemptionDue({ pod: pod.key, node, victims: victims.map(({ key }) => key) })),
  ]
}

/**
 * The API server binds no pod that has gates; without the plugin SchedulingGates only that keeps it.
 *
 * Source: pkg/registry/core/pod/storage/storage.go, setPodNodeAndMetadata.
 */
const refusedBinding = ({ key, name: pod }: PodView): SimEvent => {
  const refusal = `Operation cannot be fulfilled on pods/binding "${pod}": pod ${pod} has non-empty .spec.schedulingGates`
  return PodUnschedulable({ pod: key, message: `running Bind plugin "DefaultBinder": ${refusal}`, plugins: [] })
}

const attempt = (scene: SchedulerScene, pod: PodView, current: NonNullable<Own['current']>): readonly Emission[] => {
  const { view, own, config, draw } = scene
  const { table, shapes } = own.cache
  const search: FastSearch = {
    cycle: { view, pod, snapshot: createSnapshot(view, table.names) },
    profile: profileFor(pod, configurationOf(config))!,
    start: own.start,
    attempt: current.queued.attempts,
    nominatedTo: nominatedTo(scene),
    draw,
    table,
    shapes,
    shape: current.shape,
    profiled: current.profiled,
    nominatedNodes: own.nominator.podsOf,
  }
  if (view.nodes.size === 0) return fail(scene, search, noNodes)
  const placement = findNode(search)
  if ('diagnosis' in placement) return fail(scene, search, placement.diagnosis)
  const { node, evaluated } = placement
  if (pod.schedulingGates.length > 0) return [emit(refusedBinding(pod))]
  const moves = evaluated % view.nodes.size !== 0
  const begun = beginBinding(view, pod, node, moves ? evaluated : undefined)
  return begun ?? [emit(PodBound({ pod: pod.key, node, evaluated: moves ? evaluated : undefined }))]
}

const schedule = (scene: SchedulerScene, { at }: Entry): readonly Emission[] => {
  const { view, own } = scene
  const { current } = own
  const pod = current === undefined ? undefined : view.pods.get(current.queued.key)
  const emissions = current === undefined || pod === undefined ? [] : [...attempt(scene, pod, current)]
  const next = nextPodIn(own.queue, at)
  if (next !== undefined)
    emissions.push(cycleIn(scene, next, `${current?.queued.key} ${at}`, at, pod === undefined ? 1 : 2))
  return emissions
}

const flushIn = (since: number, at: number): Emission =>
  timer('flush', Math.max(0, flushTimeOf(since) - at), UnschedulableFlushDue({}))

const failed = (scene: SchedulerScene, entry: Entry): readonly Emission[] => [
  ...woken(scene, entry),
  flushIn(entry.at, entry.at),
]

const flushed = (scene: SchedulerScene, entry: Entry): readonly Emission[] => {
  let oldest = Number.POSITIVE_INFINITY
  for (const { timestamp } of scene.own.queue.unschedulable.values()) oldest = Math.min(oldest, timestamp)
  const again = oldest === Number.POSITIVE_INFINITY ? [] : [flushIn(oldest, entry.at)]
  return [...woken(scene, entry), ...again]
}

/** Source: pkg/scheduler/framework/preemption/preemption.go, prepareCandidateAsync, PreemptPod. */
const evictVictims = (
  scene: SchedulerScene,
  entry: Entry<{ kind: string; pod: string; victims: readonly string[] }>,
): readonly Emission[] => {
  const { view } = scene
  const preemptor = view.pods.get(entry.event.pod)
  const emissions: Emission[] = [...woken(scene, entry)]
  const scheduler = preemptor?.template.spec.schedulerName ?? name
  for (const key of entry.event.victims) {
    const victim = view.pods.get(key)
    if (victim === undefined || victim.deletion !== undefined || isTerminal(victim as Pod)) continue
    emissions.push(
      emit(
        PodDisruptionTargeted({
          pod: key,
          reason: 'PreemptionByScheduler',
          message: `${scheduler}: preempting to accommodate a higher priority pod`,
        }),
      ),
      ...deletePod(victim).map(emit),
    )
  }
  return emissions
}

/** The last claim of a pod is bound: so is the pod. */
const claimBound = (scene: SchedulerScene, entry: Entry<{ kind: string; object: string }>): readonly Emission[] => [
  ...woken(scene, entry),
  ...finishBinding(scene.view, scene.own.binding, entry.event.object),
]

const bindingTimedOut = (
  scene: SchedulerScene,
  { event }: Entry<{ kind: string; pod: string }>,
): readonly Emission[] => {
  const { binding } = scene.own
  return binding.has(event.pod) ? [emit(failedBinding(event.pod))] : QUIET
}

export const kubeScheduler = defineController<Own, typeof flags>({
  name,
  doc: 'Binds each pod to the best node that has room for it, and makes room for more important pods.',
  component: 'kube-scheduler',
  flags,
  events: [SchedulingCycleDue, UnschedulableFlushDue, PreemptionDue, VolumeBindingBegun, VolumeBindingTimedOut],
  own: { initial: initialOwn, apply: applyOwn },
  on: {
    SchedulingCycleDue: schedule,
    UnschedulableFlushDue: flushed,
    PreemptionDue: evictVictims,
    PodUnschedulable: failed,
    PodCreated: woken,
    PodBound: woken,
    PodNominationCleared: woken,
    PodSchedulingGatesChanged: woken,
    PodDeleted: woken,
    PodStatusReported: woken,
    PodFailed: woken,
    PodLabelled: woken,
    NodeCreated: woken,
    NodeDeleted: woken,
    NodeLabelled: woken,
    NodeTainted: woken,
    NodeUntainted: woken,
    NodeCordoned: woken,
    NodeUncordoned: woken,
    InertObjectCreated: woken,
    InertObjectChanged: woken,
    InertObjectDeleted: woken,
    ...Object.fromEntries(STORAGE_CHANGES.map((kind) => [kind, woken])),
    PersistentVolumeClaimBound: claimBound,
    VolumeBindingTimedOut: bindingTimedOut,
  },
  restart: { relist: woken, remember },
})
