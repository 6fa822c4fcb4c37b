import { type Entry, invariant } from '@wavetank/kernel'
import type { Node as NodeObject } from '../api/core/node.ts'
import type { Folds } from '../folds.ts'
import { newMeta, touch } from '../object/touch.ts'
import { quantityMillis, quantityWhole } from '../quantity.ts'
import type { ClusterTables } from '../tables.ts'
import { holdUse, letUse } from '../usage/held.ts'
import { pauseUsingOn, stopUsingOn } from '../usage/running.ts'
import type { ConditionStatus, nodeEvents, Taint } from './events.ts'
import { type DiskAmount, type Node, type NodeCondition, noResources, type ResourceAmounts } from './node.ts'

const nodeOf = (tables: ClusterTables, name: string, entry: Entry): Node => {
  const node = tables.nodes.get(name)
  invariant(node !== undefined, () => `${entry.event.kind} (#${entry.seq}) names node ${name}, which does not exist`)
  touch(node, entry)
  return node
}

export const DEFAULT_MAX_PODS = 110

const NOTHING: DiskAmount = { bytes: 0, inodes: 0 }

/** An image is on the node. */
export const addImage = (node: Node, image: string, bytes: number): void => {
  if (node.imageAliases.has(image)) return
  node.imageBytes += bytes - (node.images.get(image) ?? 0)
  node.images.set(image, bytes)
  node.imageChanges++
}

const removeImage = (node: Node, image: string): void => {
  node.imageBytes -= node.images.get(image) ?? 0
  node.images.delete(image)
  for (const [other, first] of node.imageAliases) {
    if (first !== image) continue
    node.images.delete(other)
    node.imageAliases.delete(other)
  }
  node.imageChanges++
}

const amountsOf = (quantities: Readonly<Record<string, string>> | undefined): ResourceAmounts => {
  const amounts = noResources()
  for (const [name, quantity] of Object.entries(quantities ?? {})) {
    if (name === 'cpu') amounts.cpuMillis = quantityMillis(quantity)
    else if (name === 'memory') amounts.memoryBytes = quantityWhole(quantity)
    else if (name === 'ephemeral-storage') amounts.ephemeralStorageBytes = quantityWhole(quantity)
    else if (name === 'pods') amounts.pods = quantityWhole(quantity)
    else amounts.extended[name] = quantityWhole(quantity)
  }
  return amounts
}

/** Region and zone, joined as the scheduler and the node lifecycle controller join them. Source: component-helpers/node/topology. */
export const zoneOf = (labels: Readonly<Record<string, string>>): string => {
  const zone = labels['failure-domain.beta.kubernetes.io/zone'] ?? labels['topology.kubernetes.io/zone'] ?? ''
  const region = labels['failure-domain.beta.kubernetes.io/region'] ?? labels['topology.kubernetes.io/region'] ?? ''
  return zone === '' && region === '' ? '' : `${region}/${zone}`
}

/** What a healthy kubelet posts, in its order. Source: pkg/kubelet/nodestatus/setters.go. */
const healthyConditions = (at: number): readonly NodeCondition[] =>
  (
    [
      ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
      ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
      ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
      ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
    ] as const
  ).map(([type, status, reason, message]) => ({
    type,
    status,
    reason,
    message,
    lastTransitionAt: at,
    lastHeartbeatAt: at,
  }))

/** Source: pkg/kubelet/nodestatus/setters.go. */
const UNDER_PRESSURE: Readonly<Record<string, Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>>> = {
  MemoryPressure: {
    type: 'MemoryPressure',
    status: 'True',
    reason: 'KubeletHasInsufficientMemory',
    message: 'kubelet has insufficient memory available',
  },
  DiskPressure: {
    type: 'DiskPressure',
    status: 'True',
    reason: 'KubeletHasDiskPressure',
    message: 'kubelet has disk pressure',
  },
  PIDPressure: {
    type: 'PIDPressure',
    status: 'True',
    reason: 'KubeletHasInsufficientPID',
    message: 'kubelet has insufficient PID available',
  },
}

const withCondition = (
  node: Node,
  type: string,
  status: ConditionStatus,
  reason: string,
  message: string,
  at: number,
  heartbeat: boolean,
): void => {
  node.conditions = node.conditions.map((old) =>
    old.type !== type
      ? old
      : {
          type,
          status,
          reason,
          message,
          lastTransitionAt: old.status === status ? old.lastTransitionAt : at,
          lastHeartbeatAt: heartbeat ? at : old.lastHeartbeatAt,
        },
  )
}

const sameTaint = (a: Taint, key: string, effect: string | undefined): boolean =>
  a.key === key && (effect === undefined || a.effect === effect)

export const applyNode = {
  NodeCreated: (tables, entry) => {
    const { event, at } = entry
    invariant(!tables.nodes.has(event.node), () => `NodeCreated (#${entry.seq}): node ${event.node} exists already`)
    const object = event.object as unknown as NodeObject
    const labels = object.metadata.labels ?? {}
    const capacity = amountsOf(object.status?.capacity)
    const allocatable = amountsOf(object.status?.allocatable ?? object.status?.capacity)
    if (allocatable.pods === 0) allocatable.pods = DEFAULT_MAX_PODS
    if (capacity.pods === 0) capacity.pods = DEFAULT_MAX_PODS
    const node: Node = {
      ...newMeta(entry, {
        uid: event.uid,
        namespace: '',
        name: event.node,
        labels,
        annotations: object.metadata.annotations ?? {},
      }),
      name: event.node,
      index: tables.nodesMade,
      object: event.object,
      taints: (object.spec?.taints ?? []) as readonly Taint[],
      unschedulable: object.spec?.unschedulable === true,
      capacity,
      allocatable,
      conditions: healthyConditions(at),
      addresses: object.status?.addresses ?? [
        { type: 'InternalIP', address: nodeAddress(tables.nodesMade) },
        { type: 'Hostname', address: event.node },
      ],
      zone: zoneOf(labels),
      images: new Map(),
      imageAliases: new Map(),
      imageBytes: 0,
      imageChanges: 0,
      pods: new Set(),
      requested: noResources(),
      nonZeroRequested: noResources(),
      machine: {
        power: 'on',
        upSince: at,
        boots: 1,
        kubeletVersion: undefined,
        shuttingDown: false,
        isCutOff: false,
        isConnected: tables.controlPlane.apiServerDownSince === undefined,
        hasKubelet: true,
        frozenSince: undefined,
        reclaim: undefined,
        pressures: [],
        filled: { nodefs: NOTHING, imagefs: NOTHING },
        full: {},
        slowness: 1,
      },
      kubeletVersion: undefined,
      sandboxes: 0,
    }
    for (const { names = [], sizeBytes = 0 } of object.status?.images ?? []) {
      const [first, ...others] = names
      if (first === undefined) continue
      addImage(node, first, sizeBytes)
      for (const other of others) {
        node.images.set(other, sizeBytes)
        node.imageAliases.set(other, first)
      }
    }
    tables.nodes.set(event.node, node)
    tables.nodesMade++
  },
  NodeDeleted: (tables, entry) => {
    nodeOf(tables, entry.event.node, entry)
    tables.nodes.delete(entry.event.node)
  },
  NodeFailed: (tables, entry) => {
    const { machine } = nodeOf(tables, entry.event.node, entry)
    machine.power = 'off'
    machine.shuttingDown = false
    machine.pressures = []
    machine.hasKubelet = true
    machine.frozenSince = undefined
    stopUsingOn(tables, entry.event.node, entry.at)
  },
  NodeShutdownRequested: () => {},
  NodeShutdownStarted: (tables, entry) => {
    nodeOf(tables, entry.event.node, entry).machine.shuttingDown = true
  },
  NodePressureChanged: (tables, entry) => {
    const { event } = entry
    const { machine } = nodeOf(tables, event.node, entry)
    const others = machine.pressures.filter((condition) => condition !== event.condition)
    machine.pressures = event.under ? [...others, event.condition].sort() : others
  },
  EvictionThresholdMet: () => {},
  NodeOutOfMemory: () => {},
  ImagesRemoved: (tables, entry) => {
    const node = nodeOf(tables, entry.event.node, entry)
    for (const image of entry.event.images) removeImage(node, image)
  },
  ImageCollectionFailed: () => {},
  DeadContainersRemoved: () => {},
  DiskFilled: (tables, entry) => {
    const { node, disk, bytes, inodes } = entry.event
    const { filled } = nodeOf(tables, node, entry).machine
    const before = filled[disk]
    filled[disk] = { bytes: before.bytes + bytes, inodes: before.inodes + inodes }
  },
  DiskFreed: (tables, entry) => {
    const { node, disk, bytes, inodes } = entry.event
    const { filled } = nodeOf(tables, node, entry).machine
    const before = filled[disk]
    filled[disk] = { bytes: before.bytes - bytes, inodes: before.inodes - inodes }
  },
  DiskRanFull: (tables, entry) => {
    const { node, what, used, levels, lost } = entry.event
    const { machine } = nodeOf(tables, node, entry)
    machine.full[what] = used
    for (const level of levels) holdUse(tables, level, what, entry.at)
    const disk = what.startsWith('nodefs') ? 'nodefs' : 'imagefs'
    const { bytes, inodes } = machine.filled[disk]
    machine.filled[disk] = what.endsWith('available')
      ? { bytes: bytes - lost, inodes }
      : { bytes, inodes: inodes - lost }
  },
  DiskGotRoom: (tables, entry) => {
    const { node, what } = entry.event
    const { machine, pods } = nodeOf(tables, node, entry)
    delete machine.full[what]
    for (const { key } of pods) letUse(tables, key, what, entry.at)
  },
  DiskSlowed: (tables, entry) => {
    nodeOf(tables, entry.event.node, entry).machine.slowness = entry.event.factor
  },
  NodeRecovered: (tables, entry) => {
    const { machine } = nodeOf(tables, entry.event.node, entry)
    machine.power = 'booting'
  },
  NodeUpgraded: (tables, entry) => {
    const { node, kubeletVersion } = entry.event
    const { machine } = nodeOf(tables, node, entry)
    if (kubeletVersion !== undefined) machine.kubeletVersion = kubeletVersion
  },
  NodeReclaimNoticed: (tables, entry) => {
    nodeOf(tables, entry.event.node, entry).machine.reclaim = 'noticed'
  },
  NodeReclaimed: (tables, entry) => {
    nodeOf(tables, entry.event.node, entry).machine.reclaim = entry.event.deleteNode ? 'gone' : 'kept'
  },
  NodePartitioned: (tables, entry) => {
    const { machine } = nodeOf(tables, entry.event.node, entry)
    machine.isCutOff = true
    machine.isConnected = false
  },
  NodeReconnected: (tables, entry) => {
    const { machine } = nodeOf(tables, entry.event.node, entry)
    machine.isCutOff = false
    machine.isConnected = tables.controlPlane.apiServerDownSince === undefined
  },
  KubeletStopped: (tables, entry) => {
    const { machine } = nodeOf(tables, entry.event.node, entry)
    machine.hasKubelet = false
    machine.shuttingDown = false
  },
  KubeletStarted: (tables, entry) => {
    const { machine } = nodeOf(tables, entry.event.node, entry)
    machine.hasKubelet = true
    machine.pressures = []
  },
  NodeFrozen: (tables, entry) => {
    nodeOf(tables, entry.event.node, entry).machine.frozenSince = entry.at
    pauseUsingOn(tables, entry.event.node, entry.at, true)
  },
  NodeThawed: (tables, entry) => {
    nodeOf(tables, entry.event.node, entry).machine.frozenSince = undefined
    pauseUsingOn(tables, entry.event.node, entry.at, false)
  },
  NodeRebooted: (tables, entry) => {
    const { machine } = nodeOf(tables, entry.event.node, entry)
    machine.power = 'on'
    machine.upSince = entry.at
    machine.boots++
  },
  NodeStatusPosted: (tables, entry) => {
    const { event, at } = entry
    const node = nodeOf(tables, event.node, entry)
    node.kubeletVersion = node.machine.kubeletVersion
    for (const healthy of healthyConditions(at)) {
      const { type, status, reason, message } = node.machine.pressures.includes(healthy.type)
        ? UNDER_PRESSURE[healthy.type]!
        : healthy
      if (type !== 'Ready') withCondition(node, type, status, reason, message, at, true)
    }
    withCondition(node, 'Ready', event.ready, event.reason, event.message, at, true)
  },
  NodeMarkedUnknown: (tables, entry) => {
    const { event, at } = entry
    const node = nodeOf(tables, event.node, entry)
    for (const type of ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready']) {
      withCondition(node, type, 'Unknown', event.reason, event.message, at, false)
    }
  },
  NodeTainted: (tables, entry) => {
    const node = nodeOf(tables, entry.event.node, entry)
    const { taint } = entry.event
    node.taints = [...node.taints.filter((old) => !sameTaint(old, taint.key, taint.effect)), taint]
  },
  NodeUntainted: (tables, entry) => {
    const node = nodeOf(tables, entry.event.node, entry)
    node.taints = node.taints.filter((old) => !sameTaint(old, entry.event.key, entry.event.effect))
  },
  NodeCordoned: (tables, entry) => {
    nodeOf(tables, entry.event.node, entry).unschedulable = true
  },
  NodeUncordoned: (tables, entry) => {
    nodeOf(tables, entry.event.node, entry).unschedulable = false
  },
  NodeLabelled: (tables, entry) => {
    const node = nodeOf(tables, entry.event.node, entry)
    node.labels = entry.event.labels
    node.zone = zoneOf(entry.event.labels)
  },
  NodeAnnotated: (tables, entry) => {
    nodeOf(tables, entry.event.node, entry).annotations = entry.event.annotations
  },
} satisfies Folds<(typeof nodeEvents)[number]>

/** Addresses that no manifest gives: 10.0.0.0/16 for nodes, from the order in which they were created. */
const nodeAddress = (index: number): string =>
  `10.0.${Math.floor((index + 10) / 250) % 256}.${((index + 10) % 250) + 1}`

/**
 * The IP of a pod sandbox. Each node has a range of its own, as with `--node-cidr-mask-size 24`: 10.244.0.0/24 for the
 * first node, 10.244.1.0/24 for the second, on to 10.255.255.0/24; addresses 2 to 254 of it are given out in turn.
 */
export const podAddress = (nodeIndex: number, sandbox: number): string =>
  `10.${244 + (Math.floor(nodeIndex / 256) % 12)}.${nodeIndex % 256}.${(sandbox % 253) + 2}`
