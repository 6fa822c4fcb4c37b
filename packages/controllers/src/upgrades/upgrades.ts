import {
  type ClusterView,
  defineController,
  isApiServerUp,
  type KubectlCommand,
  type Node,
  NodeUpgraded,
  readiness,
} from '@wavetank/cluster'
import {
  after,
  type Distribution,
  type Emission,
  type Entry,
  type EventOf,
  emit,
  formatMillis,
  QUIET,
  type Scene,
} from '@wavetank/kernel'
import { type Disruption, DisruptionDue } from '../disruptions/disruptions.ts'
import { type KubectlCompleted, KubectlIssued } from '../kubectl/events.ts'
import { sample } from '../latency.ts'
import {
  MachineUpgradeBegan,
  MachineUpgradeDue,
  NodeUpgradeBegan,
  NodeUpgradeEnded,
  NodeUpgradeStepDue,
  NodeUpgradesEnded,
  NodeUpgradesOrdered,
} from './events.ts'

/**
 * Rolling upgrades of nodes, as somebody does them with kubectl and a console.
 *
 *   drain ──▶ shut down ──takes──▶ boot with the new kubelet ──▶ Ready ──▶ uncordon ──▶ the next node
 *     └─ blocked ─▶ give the node up, go on all the same, or stop
 *
 * 1. So many nodes at a time; each that is done with makes room for the next one.
 * 2. Commands and faults are those of the timeline: nothing happens to a node that could not be done to it by hand.
 * 3. What fails because the API server does not answer is tried again when it does.
 */

const name = 'upgrades'

type Plan = EventOf<typeof NodeUpgradesOrdered>
/** What is being done to a node. */
type Stage = 'draining' | 'stopping' | 'down' | 'booting' | 'uncordoning'

interface Upgrade {
  readonly plan: Plan
  /** Whose turn has not come yet. */
  queue: readonly string[]
  readonly stages: Map<string, Stage>
  readonly upgraded: string[]
  /** Those that were given up. */
  readonly left: string[]
  /** Nodes whose command got no answer. */
  readonly unanswered: Set<string>
  isStopped: boolean
}

interface Own {
  /** By the entry that began them. */
  readonly upgrades: Map<number, Upgrade>
  /** Whether the last entry brought a node to another stage. */
  hasMoved: boolean
}
type UpgradeScene = Scene<ClusterView, Own, unknown>
type OfNode = Entry<{ readonly kind: string; readonly upgrade: number; readonly node: string }>
type NodeEntry = Entry<{ readonly kind: string; readonly node: string }>

/** The upgrade that has a node in hand. */
const inHand = (own: Own, node: string): readonly [id: number, upgrade: Upgrade, stage: Stage] | undefined => {
  for (const [id, upgrade] of own.upgrades) {
    const stage = upgrade.stages.get(node)
    if (stage !== undefined) return [id, upgrade, stage]
  }
  return undefined
}

// --- commands ------------------------------------------------------------------------------------------------------

const drainLine = (node: string, { drain }: Plan): string =>
  [
    `drain ${node} --ignore-daemonsets`,
    ...(drain.force ? ['--force'] : []),
    ...(drain.deleteEmptyDirData ? ['--delete-emptydir-data'] : []),
    ...(drain.disableEviction ? ['--disable-eviction'] : []),
    ...(drain.gracePeriodSeconds === undefined ? [] : [`--grace-period=${drain.gracePeriodSeconds}`]),
    ...(drain.podSelector === undefined ? [] : [`--pod-selector=${drain.podSelector}`]),
    ...(drain.timeout === undefined ? [] : [`--timeout=${formatMillis(drain.timeout)}`]),
  ].join(' ')

const kubectl = (line: string, command: KubectlCommand): Emission =>
  emit(KubectlIssued({ line, command: command as never }))

const drain = (node: string, plan: Plan): Emission => {
  const { podSelector = '', ...flags } = plan.drain
  const command = { verb: 'drain', nodes: { names: [node] }, ignoreDaemonSets: true, podSelector, ...flags } as const
  return kubectl(drainLine(node, plan), command as KubectlCommand)
}

const uncordonLine = (node: string): string => `uncordon ${node}`

const uncordon = (node: string): Emission =>
  kubectl(uncordonLine(node), { verb: 'uncordon', nodes: { names: [node] } } as KubectlCommand)

const fault = (disruption: Disruption, node: string): Emission => emit(DisruptionDue({ disruption, node }))

// --- steps ---------------------------------------------------------------------------------------------------------

const isOver = ({ queue, stages, isStopped }: Upgrade): boolean =>
  stages.size === 0 && (queue.length === 0 || isStopped)

/** Begins with as many nodes as may be unavailable, or says that it is over. */
const step = ({ view, own }: UpgradeScene, id: number): readonly Emission[] => {
  const upgrade = own.upgrades.get(id)
  if (upgrade === undefined) return QUIET
  const { plan, queue, stages, upgraded, left } = upgrade
  if (isOver(upgrade)) {
    return [emit(NodeUpgradesEnded({ upgrade: id, upgraded: [...upgraded], left: [...left, ...queue] }))]
  }
  if (upgrade.isStopped) return QUIET
  const emissions: Emission[] = []
  let room = plan.maxUnavailable - stages.size
  for (const node of queue) {
    if (room <= 0) break
    const outcome = view.nodes.has(node) ? (inHand(own, node) === undefined ? undefined : 'busy') : 'gone'
    if (outcome === undefined) room--
    emissions.push(
      emit(
        outcome === undefined
          ? NodeUpgradeBegan({ upgrade: id, node })
          : NodeUpgradeEnded({ upgrade: id, node, outcome }),
      ),
    )
  }
  return emissions
}

const begun = ({ own }: UpgradeScene, { event }: OfNode): readonly Emission[] => {
  const upgrade = own.upgrades.get(event.upgrade)
  return upgrade === undefined ? QUIET : [drain(event.node, upgrade.plan)]
}

const ended = ({ own }: UpgradeScene, { event }: OfNode): readonly Emission[] => {
  const upgrade = own.upgrades.get(event.upgrade)
  if (upgrade === undefined) return QUIET
  const wait = isOver(upgrade) ? 0 : upgrade.plan.pause
  return [after(wait, NodeUpgradeStepDue({ upgrade: event.upgrade }))]
}

/** The node is empty, or is not going to be. */
const drained = (id: number, { plan }: Upgrade, node: string, isEmpty: boolean): readonly Emission[] => {
  if (isEmpty || plan.whenBlocked === 'goOn') return [emit(MachineUpgradeBegan({ upgrade: id, node, isEmpty }))]
  const blocked = emit(NodeUpgradeEnded({ upgrade: id, node, outcome: 'blocked' }))
  return plan.whenBlocked === 'stop' ? [blocked] : [uncordon(node), blocked]
}

/** Whose command a line is. */
const commandOf = (
  { upgrades }: Own,
  line: string,
): { readonly id: number; readonly upgrade: Upgrade; readonly node: string; readonly isDrain: boolean } | undefined => {
  for (const [id, upgrade] of upgrades) {
    for (const [node, stage] of upgrade.stages) {
      const isDrain = stage === 'draining' && line === drainLine(node, upgrade.plan)
      const isUncordon = stage === 'uncordoning' && line === uncordonLine(node)
      if (isDrain || isUncordon) return { id, upgrade, node, isDrain }
    }
  }
  return undefined
}

const completed = (
  { view, own }: UpgradeScene,
  { event }: Entry<EventOf<typeof KubectlCompleted>>,
): readonly Emission[] => {
  const { line, exitCode } = event
  const found = commandOf(own, line)
  if (found === undefined || (exitCode !== 0 && !isApiServerUp(view))) return QUIET
  const { id, upgrade, node, isDrain } = found
  if (isDrain) return drained(id, upgrade, node, exitCode === 0)
  return [emit(NodeUpgradeEnded({ upgrade: id, node, outcome: 'upgraded' }))]
}

/** What got no answer is asked for again. */
const askAgain = ({ own }: UpgradeScene): readonly Emission[] =>
  [...own.upgrades.values()].flatMap(({ plan, stages, unanswered }) =>
    [...stages].flatMap(([node, stage]) =>
      unanswered.has(node) ? [stage === 'draining' ? drain(node, plan) : uncordon(node)] : [],
    ),
  )

const work = (scene: UpgradeScene, id: number, node: string): readonly Emission[] => {
  const { takes } = scene.own.upgrades.get(id)!.plan
  const wait = sample(takes as unknown as Distribution, scene.draw, 'node-upgrade', `${node} ${id}`)
  return [after(wait, MachineUpgradeDue({ upgrade: id, node }))]
}

const takeDown = (scene: UpgradeScene, { event }: OfNode): readonly Emission[] => {
  const { upgrade, node } = event
  const machine = scene.view.nodes.get(node)?.machine
  if (machine === undefined) return QUIET
  // One that is down already is as it should be; one that hangs cannot be asked.
  if (machine.power !== 'on') return work(scene, upgrade, node)
  return [fault(machine.frozenSince === undefined ? 'shutdown' : 'fail', node)]
}

const machineDown = (scene: UpgradeScene, { event }: NodeEntry): readonly Emission[] => {
  const found = scene.own.hasMoved ? inHand(scene.own, event.node) : undefined
  return found === undefined ? QUIET : work(scene, found[0], event.node)
}

const bringBack = ({ view, own }: UpgradeScene, { event }: OfNode): readonly Emission[] => {
  const upgrade = own.upgrades.get(event.upgrade)
  const node = view.nodes.get(event.node)
  if (upgrade === undefined || node === undefined || !upgrade.stages.has(event.node)) return QUIET
  const { kubeletVersion } = upgrade.plan
  return [
    emit(NodeUpgraded({ node: event.node, kubeletVersion })),
    ...(node.machine.power === 'off' ? [fault('recover', event.node)] : []),
    // Somebody has switched it on meanwhile.
    ...(node.machine.power === 'on' && readiness(node as Node) === 'True' ? [uncordon(event.node)] : []),
  ]
}

const isReadyAgain = ({ own }: UpgradeScene, { event }: NodeEntry): readonly Emission[] =>
  own.hasMoved ? [uncordon(event.node)] : QUIET

const nodeGone = ({ own }: UpgradeScene, { event }: NodeEntry): readonly Emission[] => {
  const found = inHand(own, event.node)
  return found === undefined
    ? QUIET
    : [emit(NodeUpgradeEnded({ upgrade: found[0], node: event.node, outcome: 'gone' }))]
}

// --- memory --------------------------------------------------------------------------------------------------------

type Fold = (own: Own, entry: Entry<never>, view: ClusterView) => void

/** Brings a node that an upgrade has in hand from one stage to the next. */
const moves =
  (from: Stage, to: Stage, when: (entry: NodeEntry, view: ClusterView) => boolean = () => true): Fold =>
  (own, entry, view) => {
    own.hasMoved = false
    if (own.upgrades.size === 0) return
    const { node } = (entry as NodeEntry).event
    const [, upgrade, stage] = inHand(own, node) ?? []
    if (upgrade === undefined || stage !== from || !when(entry as NodeEntry, view)) return
    upgrade.stages.set(node, to)
    own.hasMoved = true
  }

const end: Fold = (own, entry) => {
  const { upgrade: id, node, outcome } = (entry as Entry<EventOf<typeof NodeUpgradeEnded>>).event
  const upgrade = own.upgrades.get(id)
  if (upgrade === undefined) return
  upgrade.stages.delete(node)
  upgrade.queue = upgrade.queue.filter((one) => one !== node)
  ;(outcome === 'upgraded' ? upgrade.upgraded : upgrade.left).push(node)
  if (outcome === 'blocked' && upgrade.plan.whenBlocked === 'stop') upgrade.isStopped = true
}

const readyAgain: Fold = (own, entry, view) => {
  const { ready } = (entry as Entry<{ kind: string; ready: string }>).event
  moves('booting', 'uncordoning', () => ready === 'True')(own, entry, view)
}

/** A machine that was switched on by somebody is Ready when its turn to boot comes. */
const upgraded: Fold = (own, entry, view) => {
  const { node } = (entry as NodeEntry).event
  const found = view.nodes.get(node)
  const isThere = found?.machine.power === 'on' && readiness(found as Node) === 'True'
  const [, upgrade] = inHand(own, node) ?? []
  upgrade?.stages.set(node, isThere ? 'uncordoning' : 'booting')
}

export const upgrades = defineController<Own, Record<string, never>>({
  name,
  doc: 'Upgrades nodes, a few at a time: drains each, takes it down, and gives it back.',
  component: 'wavetank',
  flags: {},
  events: [
    NodeUpgradesOrdered,
    NodeUpgradeStepDue,
    NodeUpgradeBegan,
    MachineUpgradeBegan,
    MachineUpgradeDue,
    NodeUpgradeEnded,
    NodeUpgradesEnded,
  ],
  own: {
    initial: () => ({ upgrades: new Map(), hasMoved: false }),
    apply: {
      NodeUpgradesOrdered: (own, entry: Entry<never>) => {
        const { seq, event } = entry as Entry<Plan>
        const { nodes: queue } = event
        own.upgrades.set(seq, {
          plan: event,
          queue,
          stages: new Map(),
          upgraded: [],
          left: [],
          unanswered: new Set(),
          isStopped: false,
        })
      },
      NodeUpgradeBegan: (own, entry: Entry<never>) => {
        const { upgrade: id, node } = (entry as OfNode).event
        const upgrade = own.upgrades.get(id)
        if (upgrade === undefined) return
        upgrade.queue = upgrade.queue.filter((one) => one !== node)
        upgrade.stages.set(node, 'draining')
      },
      MachineUpgradeBegan: (own, entry: Entry<never>, view) => {
        const { node } = (entry as OfNode).event
        const isDown = view.nodes.get(node)?.machine.power !== 'on'
        moves('draining', isDown ? 'down' : 'stopping')(own, entry, view)
      },
      NodeFailed: moves('stopping', 'down'),
      NodeUpgraded: upgraded,
      NodeStatusPosted: readyAgain,
      KubectlIssued: (own, entry: Entry<never>) => {
        const found = commandOf(own, (entry as Entry<EventOf<typeof KubectlIssued>>).event.line)
        found?.upgrade.unanswered.delete(found.node)
      },
      KubectlCompleted: (own, entry: Entry<never>, view) => {
        const { line, exitCode } = (entry as Entry<EventOf<typeof KubectlCompleted>>).event
        const found = exitCode === 0 || isApiServerUp(view) ? undefined : commandOf(own, line)
        found?.upgrade.unanswered.add(found.node)
      },
      NodeUpgradeEnded: end,
      NodeUpgradesEnded: (own, entry: Entry<never>) => {
        own.upgrades.delete((entry as Entry<{ kind: string; upgrade: number }>).event.upgrade)
      },
    },
  },
  on: {
    NodeUpgradesOrdered: (scene, { seq }) => step(scene, seq),
    NodeUpgradeStepDue: (scene, { event }) => step(scene, event.upgrade),
    NodeUpgradeBegan: begun,
    NodeUpgradeEnded: ended,
    KubectlCompleted: completed,
    ApiServerCameBack: askAgain,
    MachineUpgradeBegan: takeDown,
    NodeFailed: machineDown,
    MachineUpgradeDue: bringBack,
    NodeStatusPosted: isReadyAgain,
    NodeDeleted: nodeGone,
  },
})
