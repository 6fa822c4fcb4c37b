import {
  type ClusterView,
  type DeepReadonly,
  DiskFilled,
  DiskFreed,
  DiskSlowed,
  defineController,
  KubeletStarted,
  KubeletStopped,
  type Machine,
  NodeFailed,
  NodeFrozen,
  NodeName,
  NodePartitioned,
  NodeReclaimNoticed,
  NodeReconnected,
  NodeRecovered,
  NodeShutdownRequested,
  NodeThawed,
} from '@wavetank/cluster'
import {
  defineEvent,
  type Emission,
  type Entry,
  type EventOf,
  emit,
  optional,
  type Scene,
  type SimEvent,
} from '@wavetank/kernel'
import * as t from 'io-ts'

/**
 * What breaks, and what is mended: carries out the faults of the timeline. A fault that changes nothing (a node that is
 * down already, power for one that has it) is said to be ignored, so that a story with a mistake in it is noticed.
 */

export const Disruption = t.keyof(
  {
    fail: null,
    recover: null,
    shutdown: null,
    reboot: null,
    partition: null,
    heal: null,
    stopKubelet: null,
    startKubelet: null,
    freeze: null,
    thaw: null,
    fillDisk: null,
    freeDisk: null,
    slowDisk: null,
    mendDisk: null,
    reclaim: null,
  },
  'Disruption',
)
export type Disruption = t.TypeOf<typeof Disruption>

/** How the cloud takes a machine back. */
const ReclaimTerms = t.type({ notice: t.number, drain: t.boolean, deleteNode: t.boolean })
export type ReclaimTerms = t.TypeOf<typeof ReclaimTerms>

/** Two minutes, as for spot instances of AWS. */
const RECLAIM_TERMS: ReclaimTerms = { notice: 120_000, drain: true, deleteNode: true }

export const DisruptionDue = defineEvent('DisruptionDue', {
  doc: 'The timeline brings a fault, or its end.',
  data: {
    disruption: Disruption,
    node: NodeName,
    disk: optional(t.keyof({ nodefs: null, imagefs: null })),
    /** Without it, all of it. */
    fill: optional(t.readonly(t.type({ bytes: t.number, inodes: t.number }))),
    factor: optional(t.number),
    reclaim: optional(ReclaimTerms),
  },
})
type Due = EventOf<typeof DisruptionDue>

export const DisruptionIgnored = defineEvent('DisruptionIgnored', {
  doc: 'The fault changed nothing.',
  data: { disruption: Disruption, node: NodeName, reason: t.string },
})

/** Faults by what ends them. */
export const FAULT_OF_END: Readonly<Partial<Record<Disruption, Disruption>>> = {
  recover: 'fail',
  heal: 'partition',
  startKubelet: 'stopKubelet',
  thaw: 'freeze',
  mendDisk: 'slowDisk',
}

type MachineView = DeepReadonly<Machine>

/** What a fault makes of a machine; or why it makes nothing of it. */
const outcomes: Readonly<Record<Disruption, (machine: MachineView, node: string, due: Due) => SimEvent | string>> = {
  fail: ({ power }, node) => (power === 'off' ? 'the node is down already' : NodeFailed({ node })),
  recover: ({ power, reclaim }, node) =>
    reclaim === 'gone' || reclaim === 'kept'
      ? 'the machine is gone'
      : power === 'off'
        ? NodeRecovered({ node })
        : 'the node has power',
  shutdown: (machine, node) => notDown(machine) ?? NodeShutdownRequested({ node, reboot: false }),
  reboot: (machine, node) => notDown(machine) ?? NodeShutdownRequested({ node, reboot: true }),
  partition: ({ isCutOff }, node) => (isCutOff ? 'the node is cut off already' : NodePartitioned({ node })),
  heal: ({ isCutOff }, node) => (isCutOff ? NodeReconnected({ node }) : 'the node is not cut off'),
  stopKubelet: ({ power, hasKubelet }, node) =>
    power !== 'on' ? 'the node is down' : hasKubelet ? KubeletStopped({ node }) : 'the kubelet is down already',
  startKubelet: ({ power, hasKubelet }, node) =>
    power !== 'on' ? 'the node is down' : hasKubelet ? 'the kubelet runs' : KubeletStarted({ node }),
  freeze: ({ power, frozenSince }, node) =>
    power !== 'on' ? 'the node is down' : frozenSince === undefined ? NodeFrozen({ node }) : 'the node hangs already',
  thaw: ({ frozenSince }, node) => (frozenSince === undefined ? 'the node does not hang' : NodeThawed({ node })),
  reclaim: ({ reclaim }, node, { reclaim: terms = RECLAIM_TERMS }) =>
    reclaim === undefined
      ? NodeReclaimNoticed({ node, ...terms })
      : reclaim === 'noticed'
        ? 'the machine is to be taken back already'
        : 'the machine is gone',
  fillDisk: (_machine, node, { disk = 'nodefs', fill = NO_FILL }) => DiskFilled({ node, disk, ...fill }),
  freeDisk: ({ filled }, node, { disk = 'nodefs', fill }) => {
    const there = filled[disk]
    if (there.bytes === 0 && there.inodes === 0) return 'nothing has been filled'
    const bytes = Math.min(there.bytes, fill?.bytes ?? there.bytes)
    return DiskFreed({ node, disk, bytes, inodes: Math.min(there.inodes, fill?.inodes ?? there.inodes) })
  },
  slowDisk: ({ slowness }, node, { factor }) =>
    factor === undefined && slowness > 1
      ? 'the disk is slow already'
      : DiskSlowed({ node, factor: factor ?? SLOWNESS }),
  mendDisk: ({ slowness }, node) => (slowness === 1 ? 'the disk is not slow' : DiskSlowed({ node, factor: 1 })),
}

/** Where nobody says how slow: the default of the timeline. */
const SLOWNESS = 10

const NO_FILL = { bytes: 0, inodes: 0 }

const notDown = ({ power, shuttingDown, hasKubelet, frozenSince }: MachineView): string | undefined => {
  if (power !== 'on') return 'the node is down already'
  if (frozenSince !== undefined) return 'the node hangs'
  if (!hasKubelet) return undefined
  return shuttingDown ? 'the node is shutting down already' : undefined
}

/** Why the fault would change nothing; nothing, if it would. */
export const futility = ({ nodes }: ClusterView, disruption: Disruption, node: string): string | undefined => {
  const machine = nodes.get(node)?.machine
  const due = DisruptionDue({ disruption, node })
  const found = machine === undefined ? 'there is no such node any more' : outcomes[disruption](machine, node, due)
  return typeof found === 'string' ? found : undefined
}

const outcome = ({ nodes }: ClusterView, due: Due): SimEvent => {
  const { disruption, node } = due
  const machine = nodes.get(node)?.machine
  const found = machine === undefined ? 'there is no such node any more' : outcomes[disruption](machine, node, due)
  return typeof found === 'string' ? DisruptionIgnored({ disruption, node, reason: found }) : found
}

export const disruptions = defineController<unknown, Record<string, never>>({
  name: 'disruptions',
  doc: 'Carries out the faults of the timeline.',
  component: 'wavetank',
  flags: {},
  events: [DisruptionDue, DisruptionIgnored],
  on: {
    DisruptionDue: ({ view }: Scene<ClusterView, unknown, unknown>, { event }: Entry<Due>): readonly Emission[] => [
      emit(outcome(view, event)),
    ],
  },
})
