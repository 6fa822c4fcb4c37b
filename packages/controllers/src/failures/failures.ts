import { type ClusterView, type DeepReadonly, defineController, type Node, NodeName } from '@wavetank/cluster'
import {
  after,
  cancel,
  type Distribution,
  defineEvent,
  type Emission,
  type Entry,
  type EventOf,
  emit,
  optional,
  QUIET,
  type Scene,
  timer,
} from '@wavetank/kernel'
import * as t from 'io-ts'
import { Disruption, DisruptionDue, FAULT_OF_END, futility, type ReclaimTerms } from '../disruptions/disruptions.ts'
import { sample } from '../latency.ts'
import { isOut, type Due as Outage, OutageDue } from '../outages/outages.ts'

/**
 * Nodes that break by themselves: a clock for each node, or for each group of nodes that fail together.
 *
 *   time to failure ──▶ FailureDue ─▶ FailureBegan ──time to repair──▶ RepairDue ─▶ time to failure …
 *                           └─▶ FailureSkipped: nothing left to break, or too much is broken ─▶ time to failure …
 *
 * 1. Every time is drawn by model, group and number of the failure: what one model does moves nothing of another.
 * 2. A machine is not broken twice: nodes that are already as the fault would make them are left out of it.
 * 3. A repair mends what its failure broke and nothing else; what is mended already stays as it is.
 * 4. A clock runs while its group has a node. Nodes that come later start it.
 */

/** What fails: a node, or a part of the control plane. */
const Fault = t.keyof({ ...Disruption.keys, stopController: null, stopApiServer: null, slowApiServer: null }, 'Fault')
type Fault = t.TypeOf<typeof Fault>

/** A model, or the failures of one kind in a record. */
export interface FailureSource {
  readonly model: string
  readonly fault: Fault
  /** What goes down, where it is no node; its name is the group. */
  readonly outage?: { readonly begins: Omit<Outage, 'kind'>; readonly ends: Omit<Outage, 'kind'> }
  /** What ends the fault; absent where it ends by itself. */
  readonly end: Disruption | undefined
  readonly covers: (node: string, labels: Readonly<Record<string, string>>) => boolean
  /** The label whose value the nodes of a group share; without it each node is one. */
  readonly together: string | undefined
  /** How machines are taken back, where that is the fault. */
  readonly reclaim?: ReclaimTerms | undefined
  /** How many times slower disks become, where that is the fault. */
  readonly factor?: number | undefined
  /** Groups that are broken at one time at most. */
  readonly atMost: number | undefined
  /** Drawn, or how long each failure of each node lasts, in order; the record says when it comes. */
  readonly times:
    | { readonly timeToFailure: Distribution; readonly timeToRepair: Distribution | undefined }
    | ReadonlyMap<string, readonly (number | undefined)[]>
}

const which = { model: t.string, fault: Fault, group: t.string }

export const FailureDue = defineEvent('FailureDue', {
  doc: 'The time to failure of a node, of a group of nodes, or of a part of the control plane is over. `group` is the node, the value of their label, or that part.',
  data: which,
})

export const FailureBegan = defineEvent('FailureBegan', {
  doc: 'Nodes, or a part of the control plane, break as their failure model says.',
  data: {
    ...which,
    nodes: t.array(NodeName),
    /** Milliseconds until they are mended; absent for what ends by itself or never. */
    for: optional(t.number),
  },
})

export const FailureSkipped = defineEvent('FailureSkipped', {
  doc: 'A failure does not happen; the next one is waited for.',
  data: { ...which, reason: t.string },
})

export const RepairDue = defineEvent('RepairDue', {
  doc: 'What a failure broke is mended.',
  data: { ...which, nodes: t.array(NodeName) },
})

interface Own {
  /** How often each group has come to the end of its time to failure. */
  readonly due: Map<string, number>
  /** Groups that are broken, by model. */
  readonly broken: Map<string, Set<string>>
  /** Whose failure it is that a node is broken: for as long as nobody else mends it. */
  readonly holders: Map<string, string>
}
interface Config {
  /** Absent where no scenario is. */
  readonly failureSources?: readonly FailureSource[]
}
type FailureScene = Scene<ClusterView, Own, Config>
type Which = EventOf<typeof FailureDue>

const keyOf = ({ model, fault, group }: Omit<Which, 'kind'>): string => `${model} ${fault} ${group}`

const isBroken = ({ broken }: Own, { model, fault, group }: Omit<Which, 'kind'>): boolean =>
  broken.get(`${model} ${fault}`)?.has(group) === true

const groupOf = ({ covers, together }: FailureSource, { name, labels }: DeepReadonly<Node>): string | undefined => {
  if (!covers(name, labels)) return undefined
  return together === undefined ? name : labels[together]
}

const membersOf = (view: ClusterView, source: FailureSource, group: string): readonly string[] => {
  if (source.together === undefined) return view.nodes.has(group) ? [group] : []
  const members: string[] = []
  for (const node of view.nodes.values()) if (groupOf(source, node) === group) members.push(node.name)
  return members
}

/** The clock of a group. One that runs already goes on: its deadline is the earlier one. */
const startClock = ({ own, draw }: FailureScene, { model, fault, times }: FailureSource, group: string): Emission[] => {
  if (!('timeToFailure' in times)) return []
  const event = { model, fault, group }
  const key = keyOf(event)
  const number = own.due.get(key) ?? 0
  const wait = sample(times.timeToFailure, draw, 'time-to-failure', `${key} ${number}`)
  return [timer(key, Math.max(1, wait), FailureDue(event))]
}

const expectFailures = (scene: FailureScene, { event }: Entry<{ kind: string; node: string }>): readonly Emission[] => {
  const { failureSources = [] } = scene.config
  if (failureSources.length === 0) return QUIET
  const node = scene.view.nodes.get(event.node)
  if (node === undefined) return QUIET
  return failureSources.flatMap((source) => {
    const group = groupOf(source, node)
    if (group === undefined || isBroken(scene.own, { ...source, group })) return []
    return startClock(scene, source, group)
  })
}

/** What is no node is there from the beginning. */
const begin = (scene: FailureScene): readonly Emission[] =>
  (scene.config.failureSources ?? []).flatMap((source) =>
    source.outage === undefined ? [] : startClock(scene, source, source.outage.begins.name),
  )

/** A node of that name that comes later has a life of its own. */
const forgetNode = (
  { config: { failureSources = [] } }: FailureScene,
  { event }: Entry<{ kind: string; node: string }>,
): readonly Emission[] =>
  failureSources.flatMap((source) =>
    source.together === undefined ? [cancel(keyOf({ ...source, group: event.node }))] : [],
  )

const sourceOf = ({ config }: FailureScene, { model, fault }: Omit<Which, 'kind'>): FailureSource | undefined =>
  config.failureSources?.find((source) => source.model === model && source.fault === fault)

const lastsFor = (scene: FailureScene, { times }: FailureSource, event: Which): number | undefined => {
  const key = keyOf(event)
  const number = scene.own.due.get(key)! - 1
  if (!('timeToFailure' in times)) return times.get(event.group)?.[number]
  if (times.timeToRepair === undefined) return undefined
  return Math.max(1, sample(times.timeToRepair, scene.draw, 'time-to-repair', `${key} ${number}`))
}

/** One that is down already, by the timeline or another model, does not go down again. */
const strikeControlPlane = (scene: FailureScene, source: FailureSource, event: Which): readonly Emission[] => {
  const { model, fault, group } = event
  const { begins } = source.outage!
  if (isOut(scene.view, begins)) {
    return [
      emit(FailureSkipped({ model, fault, group, reason: 'it is so already' })),
      ...startClock(scene, source, group),
    ]
  }
  const span = lastsFor(scene, source, event)!
  return [
    emit(FailureBegan({ model, fault, group, nodes: [], for: span })),
    emit(OutageDue(begins)),
    after(span, RepairDue({ model, fault, group, nodes: [] })),
  ]
}

const strike = (scene: FailureScene, { event }: Entry<Which>): readonly Emission[] => {
  const source = sourceOf(scene, event)
  if (source === undefined) return QUIET
  const { model, fault, group } = event
  if (source.outage !== undefined) return strikeControlPlane(scene, source, event)
  const members = membersOf(scene.view, source, group)
  if (members.length === 0) return QUIET
  const skip = (reason: string): readonly Emission[] => [
    emit(FailureSkipped({ model, fault, group, reason })),
    ...startClock(scene, source, group),
  ]
  const broken = scene.own.broken.get(`${model} ${fault}`)?.size ?? 0
  if (source.atMost !== undefined && broken >= source.atMost) return skip(`${broken} are broken already`)
  const disruption = fault as Disruption
  const nodes = members.filter((node) => futility(scene.view, disruption, node) === undefined)
  if (nodes.length === 0) return skip(futility(scene.view, disruption, members[0]!)!)
  const span = lastsFor(scene, source, event)
  return [
    emit(FailureBegan({ model, fault, group, nodes, ...(span === undefined ? {} : { for: span }) })),
    ...nodes.map((node) => emit(DisruptionDue({ disruption, node, reclaim: source.reclaim, factor: source.factor }))),
    ...(span === undefined ? [] : [after(span, RepairDue({ model, fault, group, nodes }))]),
    ...(source.end === undefined ? startClock(scene, source, group) : []),
  ]
}

const mend = (scene: FailureScene, { event }: Entry<EventOf<typeof RepairDue>>): readonly Emission[] => {
  const source = sourceOf(scene, event)
  if (source?.outage !== undefined) {
    const isOurs = scene.own.holders.get(`${event.fault} ${event.group}`) === keyOf(event)
    const mends = isOurs && isOut(scene.view, source.outage.begins) ? [emit(OutageDue(source.outage.ends))] : []
    return [...mends, ...startClock(scene, source, event.group)]
  }
  const { end } = source ?? {}
  if (source === undefined || end === undefined) return QUIET
  const nodes = event.nodes.filter(
    (node) =>
      scene.own.holders.get(`${event.fault} ${node}`) === keyOf(event) && futility(scene.view, end, node) === undefined,
  )
  const next = membersOf(scene.view, source, event.group).length > 0 ? startClock(scene, source, event.group) : []
  return [...nodes.map((node) => emit(DisruptionDue({ disruption: end, node }))), ...next]
}

export const failures = defineController<Own, Record<string, never>>({
  name: 'failures',
  doc: 'Breaks nodes as failure models and records of failures say.',
  component: 'wavetank',
  flags: {},
  events: [FailureDue, FailureBegan, FailureSkipped, RepairDue],
  own: {
    initial: () => ({ due: new Map(), broken: new Map(), holders: new Map() }),
    apply: {
      FailureDue: (own, { event }: Entry<Which>) => {
        const key = keyOf(event)
        own.due.set(key, (own.due.get(key) ?? 0) + 1)
      },
      FailureBegan: (own, { event }: Entry<EventOf<typeof FailureBegan>>) => {
        if (event.for === undefined) return
        const key = `${event.model} ${event.fault}`
        const hit = event.nodes.length === 0 ? [event.group] : event.nodes
        for (const one of hit) own.holders.set(`${event.fault} ${one}`, keyOf(event))
        const broken = own.broken.get(key) ?? new Set<string>()
        own.broken.set(key, broken.add(event.group))
      },
      DisruptionDue: (own, { event }: Entry<EventOf<typeof DisruptionDue>>) => {
        const fault = FAULT_OF_END[event.disruption]
        if (fault !== undefined) own.holders.delete(`${fault} ${event.node}`)
      },
      OutageDue: (own, { event }: Entry<Outage>) => {
        const mended = event.turn === 'mended' ? ['slowApiServer'] : ['stopController', 'stopApiServer']
        if (event.turn === 'mended' || event.turn === 'up')
          for (const fault of mended) own.holders.delete(`${fault} ${event.name}`)
      },
      RepairDue: (own, { event }: Entry<Which>) => {
        own.broken.get(`${event.model} ${event.fault}`)?.delete(event.group)
      },
    },
  },
  on: {
    ClusterConfigured: begin,
    NodeCreated: expectFailures as never,
    NodeLabelled: expectFailures as never,
    NodeDeleted: forgetNode as never,
    FailureDue: strike as never,
    RepairDue: mend as never,
  },
})
