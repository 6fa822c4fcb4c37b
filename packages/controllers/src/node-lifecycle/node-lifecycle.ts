import {
  type ClusterView,
  conditionOf,
  type DeepReadonly,
  defineController,
  type FlagValues,
  formatTime,
  isHeard,
  isReady,
  type Node,
  NodeMarkedUnknown,
  type NodeStatusPosted,
  NodeTainted,
  NodeUntainted,
  PodMarkedNotReady,
  readiness,
  type Taint,
} from '@wavetank/cluster'
import { cancel, type Emission, type Entry, emit, QUIET, type Scene, timer } from '@wavetank/kernel'
import { reactionTime } from '../latency.ts'
import { spend, type TokenBucket, waitFor } from '../rate-limiter.ts'
import { relistNodes } from '../relist.ts'
import {
  CordonTaintDue,
  type LeaseRenewed,
  NodeMonitorDue,
  NodeQueuedForTainting,
  NodeReachableDue,
  NodeTaintDue,
  type ZoneState,
  ZoneStateChanged,
  ZoneStatesDue,
} from './events.ts'
import { lastRenewal, nextPass, probeTimestamp } from './heartbeat.ts'
import { leaseFlags } from './node-lease.ts'

/**
 * The node lifecycle controller: who is silent for too long becomes Unknown, and is tainted; a zone in which too much
 * is down is spared.
 *
 *   silence ──grace──▶ NodeMarkedUnknown ─▶ unreachable:NoSchedule at once
 *                            │
 *                            └─▶ queue of the zone ──rate──▶ unreachable:NoExecute ─▶ taint eviction
 *
 * 1. The NoSchedule taint follows the Ready condition within milliseconds; the NoExecute one waits for its zone.
 * 2. Passes that would find nothing new are not events: the pass that matters is computed (heartbeat.ts).
 *
 * Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go.
 */

export const NOT_READY = 'node.kubernetes.io/not-ready'
export const UNREACHABLE = 'node.kubernetes.io/unreachable'
export const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'

/** Conditions of pressure and their NoSchedule taints. Source: nodeConditionToTaintKeyStatusMap. */
const PRESSURE_TAINTS = [
  ['MemoryPressure', 'node.kubernetes.io/memory-pressure'],
  ['DiskPressure', 'node.kubernetes.io/disk-pressure'],
  ['PIDPressure', 'node.kubernetes.io/pid-pressure'],
] as const

const flags = {
  'node-monitor-period': { type: 'duration', default: 5_000, doc: 'How often node health is looked at.' },
  'node-monitor-grace-period': {
    type: 'duration',
    default: 50_000,
    doc: 'Silence after which a node is marked Unknown.',
  },
  'node-eviction-rate': {
    type: 'number',
    default: 0.1,
    min: 0,
    doc: 'Nodes a second tainted NoExecute in a healthy zone.',
  },
  'secondary-node-eviction-rate': {
    type: 'number',
    default: 0.01,
    min: 0,
    doc: 'The same in an unhealthy zone, if it is a large one; 0 in a small one.',
  },
  'unhealthy-zone-threshold': {
    type: 'number',
    default: 0.55,
    min: 0,
    doc: 'Share of nodes not ready (at least 3) from which a zone is unhealthy.',
  },
  'large-cluster-size-threshold': { type: 'integer', default: 50, min: 0, doc: 'A zone with more nodes is large.' },
  ...leaseFlags,
} as const
type Config = FlagValues<typeof flags>

/** How often the queues of nodes to be tainted are looked at. Source: scheduler.NodeEvictionPeriod. */
const NODE_EVICTION_PERIOD = 100

interface Zone {
  state: ZoneState
  qps: number
  readonly bucket: TokenBucket
  queue: readonly string[]
  /** The node whose turn it is. */
  turn: string | undefined
}
interface Own {
  readonly zones: Map<string, Zone>
  /** When each node renewed its lease last, where every renewal is an event. */
  readonly renewals: Map<string, number>
  /** When each node was heard again, last. */
  readonly heardSince: Map<string, number>
  /** When the controller started: a node of which it knows nothing is taken to have been heard then. */
  since: number
}
type LifecycleScene = Scene<ClusterView, Own, Config>
type NodeView = DeepReadonly<Node>

type NodeEntry = Entry<{ kind: string; node: string }>

const isHeardAgain = (own: Own, entry: Entry<never>, view: ClusterView): void => {
  const { event, at } = entry as NodeEntry
  const machine = view.nodes.get(event.node)?.machine
  if (machine !== undefined && isHeard(machine)) own.heardSince.set(event.node, at)
}

const newZone = (config: Config): Zone => ({
  state: 'Normal',
  qps: config['node-eviction-rate'],
  bucket: { milliTokens: 1_000, at: 0 },
  queue: [],
  turn: undefined,
})

const zoneIn = (own: Own, name: string, config: Config): Zone => {
  let zone = own.zones.get(name)
  if (zone === undefined) {
    zone = newZone(config)
    own.zones.set(name, zone)
  }
  return zone
}

const has = (node: NodeView, key: string, effect: Taint['effect']): boolean =>
  node.taints.some((taint) => taint.key === key && taint.effect === effect)

/** A taint of this controller says since when. Source: pkg/controller/util/node/controller_utils.go, SwapNodeControllerTaint. */
const newTaint = (view: ClusterView, at: number, key: string, effect: Taint['effect']): Taint => ({
  key,
  effect,
  timeAdded: formatTime(view.settings.start + at),
})

/** The NoSchedule taints that the conditions and `spec.unschedulable` call for. Source: doNoScheduleTaintingPass. */
const noScheduleTaints = (view: ClusterView, node: NodeView, at: number): readonly Emission[] => {
  const ready = readiness(node as Node)
  const wanted = new Map([
    [NOT_READY, ready === 'False'],
    [UNREACHABLE, ready === 'Unknown'],
    [UNSCHEDULABLE, node.unschedulable],
    ...PRESSURE_TAINTS.map(([type, key]) => [key, conditionOf(node as Node, type)?.status === 'True'] as const),
  ])
  const emissions: Emission[] = []
  for (const [key, want] of wanted) {
    const there = has(node, key, 'NoSchedule')
    if (want && !there) {
      emissions.push(emit(NodeTainted({ node: node.name, taint: newTaint(view, at, key, 'NoSchedule') })))
    }
    if (!want && there) emissions.push(emit(NodeUntainted({ node: node.name, key, effect: 'NoSchedule' })))
  }
  return emissions
}

/** A node fell silent: when does the controller call it Unknown? */
const expectSilence = (
  scene: LifecycleScene,
  { event, at }: Entry<{ kind: string; node: string }>,
): readonly Emission[] => {
  const { view, config, draw } = scene
  const node = view.nodes.get(event.node)
  if (node === undefined || readiness(node as Node) === 'Unknown') return QUIET
  const period = config['node-monitor-period']
  // While the API server is down nothing is renewed.
  const until = view.controlPlane.apiServerDownSince ?? at
  // In a run where every renewal is an event, that is how it is known; it must come to the same.
  const renewed = view.settings.everyTick
    ? (scene.own.renewals.get(node.name) ?? node.machine.upSince)
    : lastRenewal(node, draw, config['node-lease-duration'], until, scene.own.heardSince.get(node.name) ?? 0)
  const seen = Math.max(scene.own.since, probeTimestamp(view, draw, node.name, renewed, period))
  // The loop waits a period after each pass, so the pass after a whole number of periods is a little later than that
  // and finds the grace period over.
  const due = nextPass(seen + config['node-monitor-grace-period'], period)
  return [timer(`monitor ${node.name}`, Math.max(0, due - at), NodeMonitorDue({ node: node.name }))]
}

/** The lease is renewed at once. */
const silenceOver = (scene: LifecycleScene, entry: Entry<{ kind: string; node: string }>): readonly Emission[] => {
  const { node } = entry.event
  const machine = scene.view.nodes.get(node)?.machine
  return machine === undefined || !isHeard(machine) ? QUIET : [cancel(`monitor ${node}`)]
}

const judgeNode = (scene: LifecycleScene, { event }: Entry<{ kind: string; node: string }>): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined || isHeard(node.machine)) return QUIET
  const emissions: Emission[] = [
    emit(
      NodeMarkedUnknown({
        node: node.name,
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
      }),
    ),
  ]
  // MarkPodsNotReady: only where the controller itself took Ready away, DaemonSet pods too.
  if (readiness(node as Node) === 'True') {
    for (const pod of node.pods) if (isReady(pod)) emissions.push(emit(PodMarkedNotReady({ pod: pod.key })))
  }
  return emissions
}

const followReady = (
  scene: LifecycleScene,
  { event, at }: Entry<{ kind: string; node: string }>,
): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined) return QUIET
  const pass = nextPass(at, scene.config['node-monitor-period'])
  const zones = timer('zones', Math.max(0, pass - at), ZoneStatesDue({}))
  const taints = noScheduleTaints(scene.view, node, at)
  if (readiness(node as Node) !== 'True') {
    const queue = emit(NodeQueuedForTainting({ node: node.name, zone: node.zone }))
    return [...taints, queue, zones]
  }
  return [
    ...taints,
    zones,
    timer(`reachable ${node.name}`, Math.max(0, pass - at), NodeReachableDue({ node: node.name })),
  ]
}

/** NoExecute taints go at the first pass that finds the node Ready. Source: markNodeAsReachable. */
const untaint = (scene: LifecycleScene, { event }: Entry<{ kind: string; node: string }>): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined || readiness(node as Node) !== 'True') return QUIET
  return [NOT_READY, UNREACHABLE]
    .filter((key) => has(node, key, 'NoExecute'))
    .map((key) => emit(NodeUntainted({ node: node.name, key, effect: 'NoExecute' })))
}

const heardAgain = (scene: LifecycleScene, entry: Entry<{ kind: string; node: string }>): readonly Emission[] => [
  cancel(`monitor ${entry.event.node}`),
  ...followReady(scene, entry),
]

/** Source: ComputeZoneState. */
const zoneStates = (view: ClusterView, config: Config): ReadonlyMap<string, { state: ZoneState; size: number }> => {
  const counts = new Map<string, { ready: number; notReady: number }>()
  for (const node of view.nodes.values()) {
    const count = counts.get(node.zone) ?? { ready: 0, notReady: 0 }
    counts.set(node.zone, count)
    if (node.labels['node.kubernetes.io/exclude-disruption'] !== undefined) continue
    if (readiness(node as Node) === 'True') count.ready++
    else count.notReady++
  }
  const states = new Map<string, { state: ZoneState; size: number }>()
  for (const [zone, { ready, notReady }] of counts) {
    const size = ready + notReady
    const state: ZoneState =
      ready === 0 && notReady > 0
        ? 'FullDisruption'
        : notReady > 2 && notReady / size >= config['unhealthy-zone-threshold']
          ? 'PartialDisruption'
          : 'Normal'
    states.set(zone, { state, size })
  }
  return states
}

/** Source: handleDisruption, setLimiterInZone. */
const judgeZones = (scene: LifecycleScene, { at }: Entry): readonly Emission[] => {
  const { view, own, config } = scene
  const states = zoneStates(view, config)
  const allFull = states.size > 0 && [...states.values()].every(({ state }) => state === 'FullDisruption')
  const emissions: Emission[] = []
  let wereAllFull = false
  for (const [name, { state: computed, size }] of states) {
    const state: ZoneState = allFull ? 'AllZonesDisrupted' : computed
    const qps =
      state === 'AllZonesDisrupted'
        ? 0
        : state === 'PartialDisruption'
          ? size > config['large-cluster-size-threshold']
            ? config['secondary-node-eviction-rate']
            : 0
          : config['node-eviction-rate']
    const old = own.zones.get(name) ?? newZone(config)
    if (old.state === 'AllZonesDisrupted' && !allFull) wereAllFull = true
    if (old.state !== state || old.qps !== qps) emissions.push(emit(ZoneStateChanged({ zone: name, state, qps })))
    else if (old.queue.length > 0) emissions.push(...nextTaint(name, old, at))
  }
  for (const node of view.nodes.values()) {
    // With every node down the fault is more likely ours: nobody is evicted.
    if (allFull) {
      for (const key of [NOT_READY, UNREACHABLE]) {
        if (has(node, key, 'NoExecute'))
          emissions.push(emit(NodeUntainted({ node: node.name, key, effect: 'NoExecute' })))
      }
    } else if (wereAllFull && readiness(node as Node) !== 'True') {
      emissions.push(emit(NodeQueuedForTainting({ node: node.name, zone: node.zone })))
    }
  }
  return emissions
}

/** When the zone’s limiter lets the next node pass, on the grid of the worker that asks it. */
const nextTaint = (name: string, zone: Zone, at: number): readonly Emission[] => {
  if (zone.queue.length === 0 || zone.qps === 0) return QUIET
  const free = at + waitFor(zone.bucket, { qps: zone.qps, burst: 1 }, at)
  return [timer(`taint ${name}`, nextPass(free, NODE_EVICTION_PERIOD) - at, NodeTaintDue({ zone: name }))]
}

const zoneChanged = (
  scene: LifecycleScene,
  { event, at }: Entry<{ kind: string; zone: string }>,
): readonly Emission[] => {
  const zone = scene.own.zones.get(event.zone)
  return zone === undefined ? QUIET : [cancel(`taint ${event.zone}`), ...nextTaint(event.zone, zone, at)]
}

const taintNext = (
  scene: LifecycleScene,
  { event, at }: Entry<{ kind: string; zone: string }>,
): readonly Emission[] => {
  const { view, own } = scene
  const zone = own.zones.get(event.zone)
  if (zone === undefined) return QUIET
  const next = nextTaint(event.zone, zone, at)
  const node = zone.turn === undefined ? undefined : view.nodes.get(zone.turn)
  if (node === undefined) return next
  const ready = readiness(node as Node)
  if (ready === 'True') return next
  const [key, opposite] = ready === 'False' ? [NOT_READY, UNREACHABLE] : [UNREACHABLE, NOT_READY]
  const emissions: Emission[] = [...next]
  if (!has(node, key, 'NoExecute')) {
    emissions.push(emit(NodeTainted({ node: node.name, taint: newTaint(view, at, key, 'NoExecute') })))
  }
  if (has(node, opposite, 'NoExecute')) {
    emissions.push(emit(NodeUntainted({ node: node.name, key: opposite, effect: 'NoExecute' })))
  }
  return emissions
}

const queueMoved = (
  scene: LifecycleScene,
  { event, at }: Entry<{ kind: string; zone: string }>,
): readonly Emission[] => {
  const zone = scene.own.zones.get(event.zone)
  return zone === undefined ? QUIET : nextTaint(event.zone, zone, at)
}

const cordonChanged = (
  scene: LifecycleScene,
  { event, at }: Entry<{ kind: string; node: string }>,
): readonly Emission[] => {
  const wait = reactionTime(scene.view, scene.draw, 'node-controller', event.node, at)
  return [timer(`cordon ${event.node}`, wait, CordonTaintDue({ node: event.node }))]
}

const followCordon = (
  { view }: LifecycleScene,
  { event, at }: Entry<{ kind: string; node: string }>,
): readonly Emission[] => {
  const node = view.nodes.get(event.node)
  return node === undefined ? QUIET : noScheduleTaints(view, node, at)
}

/**
 * The first pass of a controller that has started. A node is taken to have been heard just now, and to be reachable,
 * whatever its taints say: those that evict go, and come again by the rate of its zone.
 *
 * Source: monitorNodeHealth (classifyNodes, markNodeAsReachable), tryUpdateNodeHealth.
 */
const meet = (scene: LifecycleScene, { event, at }: Entry<{ kind: string; node: string }>): readonly Emission[] => {
  const { view, config } = scene
  const node = view.nodes.get(event.node)
  if (node === undefined) return QUIET
  const ready = readiness(node as Node)
  const emissions: Emission[] = [NOT_READY, UNREACHABLE]
    .filter((key) => has(node, key, 'NoExecute'))
    .map((key) => emit(NodeUntainted({ node: node.name, key, effect: 'NoExecute' })))
  emissions.push(...noScheduleTaints(view, node, at))
  if (ready !== 'True') emissions.push(emit(NodeQueuedForTainting({ node: node.name, zone: node.zone })))
  if (ready !== 'Unknown' && !isHeard(node.machine)) {
    const due = nextPass(at + config['node-monitor-grace-period'], config['node-monitor-period'])
    emissions.push(timer(`monitor ${node.name}`, due - at, NodeMonitorDue({ node: node.name })))
  }
  return emissions
}

export const nodeLifecycle = defineController<Own, typeof flags>({
  name: 'node-controller',
  doc: 'Marks silent nodes Unknown and taints them, zone by zone.',
  component: 'kube-controller-manager',
  flags,
  events: [
    NodeMonitorDue,
    NodeReachableDue,
    ZoneStatesDue,
    ZoneStateChanged,
    NodeQueuedForTainting,
    NodeTaintDue,
    CordonTaintDue,
  ],
  own: {
    initial: () => ({ zones: new Map(), renewals: new Map(), heardSince: new Map(), since: 0 }),
    apply: {
      LeaseRenewed: (own, entry: Entry<never>) => {
        const { event, at } = entry as Entry<ReturnType<typeof LeaseRenewed>>
        own.renewals.set(event.node, at)
      },
      NodeRebooted: (own, entry: Entry<never>) => {
        const { node } = (entry as NodeEntry).event
        own.renewals.delete(node)
        own.heardSince.delete(node)
      },
      NodeDeleted: (own, entry: Entry<never>) => {
        const { node } = (entry as NodeEntry).event
        own.renewals.delete(node)
        own.heardSince.delete(node)
      },
      NodeReconnected: isHeardAgain,
      KubeletStarted: isHeardAgain,
      NodeThawed: isHeardAgain,
      ApiServerCameBack: (own, entry: Entry<never>, view) => {
        for (const { name, machine } of view.nodes.values())
          if (isHeard(machine)) own.heardSince.set(name, (entry as Entry).at)
      },
      NodeQueuedForTainting: (own, entry: Entry<never>, _view, config) => {
        const { node, zone: name } = (entry as Entry<ReturnType<typeof NodeQueuedForTainting>>).event
        const zone = zoneIn(own, name, config)
        if (!zone.queue.includes(node)) zone.queue = [...zone.queue, node]
      },
      NodeTaintDue: (own, entry: Entry<never>, _view, config) => {
        const { at, event } = entry as Entry<ReturnType<typeof NodeTaintDue>>
        const zone = zoneIn(own, event.zone, config)
        spend(zone.bucket, { qps: zone.qps, burst: 1 }, at)
        const [turn, ...queue] = zone.queue
        zone.turn = turn
        zone.queue = queue
      },
      ZoneStateChanged: (own, entry: Entry<never>, _view, config) => {
        const { at, event } = entry as Entry<ReturnType<typeof ZoneStateChanged>>
        const zone = zoneIn(own, event.zone, config)
        zone.state = event.state
        zone.qps = event.qps
        zone.bucket.milliTokens = 1_000
        zone.bucket.at = at
        if (event.state === 'AllZonesDisrupted') zone.queue = []
      },
      NodeStatusPosted: (own, entry: Entry<never>) => {
        const { node, ready } = (entry as Entry<ReturnType<typeof NodeStatusPosted>>).event
        if (ready !== 'True') return
        for (const zone of own.zones.values()) {
          if (zone.queue.includes(node)) zone.queue = zone.queue.filter((name) => name !== node)
        }
      },
    },
  },
  on: {
    NodeFailed: expectSilence,
    NodePartitioned: expectSilence,
    KubeletStopped: expectSilence,
    NodeFrozen: expectSilence,
    NodeReconnected: silenceOver,
    KubeletStarted: silenceOver,
    NodeThawed: silenceOver,
    NodeMonitorDue: judgeNode,
    NodeMarkedUnknown: followReady,
    NodeStatusPosted: heardAgain,
    NodeReachableDue: untaint,
    ZoneStatesDue: judgeZones,
    ZoneStateChanged: zoneChanged,
    NodeQueuedForTainting: queueMoved,
    NodeTaintDue: taintNext,
    NodeCordoned: cordonChanged,
    NodeUncordoned: cordonChanged,
    CordonTaintDue: followCordon,
  },
  restart: {
    relist: (scene, entry) => [...relistNodes(meet)(scene, entry), timer('zones', 0, ZoneStatesDue({}))],
    remember: (own, _view, at) => {
      own.since = at
    },
  },
})
