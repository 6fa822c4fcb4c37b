import type { NodeName } from '../ids.ts'
import type { ObjectMeta } from '../object/meta.ts'
import type { Pod } from '../pod/pod.ts'
import type { ConditionStatus, Taint } from './events.ts'

/** Amounts in whole units: millicores, bytes, counts. */
export interface ResourceAmounts {
  cpuMillis: number
  memoryBytes: number
  ephemeralStorageBytes: number
  pods: number
  /** Extended resources and huge pages, by name. */
  readonly extended: Record<string, number>
}

export interface NodeCondition {
  readonly type: string
  readonly status: ConditionStatus
  readonly reason: string
  readonly message: string
  readonly lastTransitionAt: number
  readonly lastHeartbeatAt: number
}

/** The machine behind a Node object, which the API server knows only by hearsay. */
export interface Machine {
  /** `booting` has power but no kubelet yet. */
  power: 'on' | 'off' | 'booting'
  /** When its kubelet came up, last: heartbeats count from there. */
  upSince: number
  /** Of its kubelet, where that was upgraded. */
  kubeletVersion: string | undefined
  /** How often the machine has started; part of its boot id. */
  boots: number
  /** The machine goes down as soon as its kubelet has ended the pods. */
  shuttingDown: boolean
  /** The network between the machine and the control plane does not work. */
  isCutOff: boolean
  /** The machine and the API server reach each other. */
  isConnected: boolean
  /** The kubelet’s process is there; containers run on without it. */
  hasKubelet: boolean
  /** Since when the machine hangs. */
  frozenSince: number | undefined
  /** What has become of it at the cloud: it is to be taken back, it is gone, or gone and its Node is kept. */
  reclaim: 'noticed' | 'gone' | 'kept' | undefined
  /** Conditions of pressure that the kubelet sees, posted or not. */
  pressures: readonly string[]
  /** What is on its disks that no container has written. */
  readonly filled: Record<Disk, DiskAmount>
  /** By the signals that are 0: what was in use when nothing more could be written, in bytes or files. */
  readonly full: Partial<Record<FullDisk, number>>
  /** How many times slower its disks are than they should be. */
  slowness: number
}

/** File systems of a machine: the node’s own, and that of images if they have one. */
export type Disk = 'nodefs' | 'imagefs'

/** Signals of the kubelet that say what is left on a disk. */
export type FullDisk = 'nodefs.available' | 'nodefs.inodesFree' | 'imagefs.available' | 'imagefs.inodesFree'

export interface DiskAmount {
  readonly bytes: number
  /** Files and folders. */
  readonly inodes: number
}

/** What a Node object does not say of its machine. */
export interface MachineSpec {
  /** Bytes of a file system for images alone; without it they are on nodefs. */
  readonly imagefs?: number | undefined
  /** Where containers write, if images have a file system of their own. */
  readonly containerfs?: Disk | undefined
  readonly nodefsInodes?: number | undefined
  readonly imagefsInodes?: number | undefined
  /** Most processes at a time. */
  readonly pids?: number | undefined
}

/** A Node: the API object, what runs on it, and the machine. */
export interface Node extends ObjectMeta {
  readonly name: NodeName
  /** Position in the order in which nodes were created; gives the node its pod address range. */
  readonly index: number
  /** The object as it was loaded, for fields that nothing here changes. */
  readonly object: Readonly<Record<string, unknown>>
  taints: readonly Taint[]
  unschedulable: boolean
  readonly capacity: ResourceAmounts
  readonly allocatable: ResourceAmounts
  conditions: readonly NodeCondition[]
  readonly addresses: readonly { readonly type: string; readonly address: string }[]
  /** Labels region and zone, joined; empty without labels. */
  zone: string
  /** Bytes by reference of the images that are on the node. */
  readonly images: Map<string, number>
  /** Other names of images, and that under which each counts. */
  readonly imageAliases: Map<string, string>
  /** What the images take together. */
  imageBytes: number
  /** How often an image has come or gone. */
  imageChanges: number
  /** Every pod object assigned to the node. */
  readonly pods: Set<Pod>
  /** Requests of the assigned pods that are not terminal. */
  readonly requested: ResourceAmounts
  /** The same with the scheduler’s defaults for containers that ask for nothing. */
  readonly nonZeroRequested: ResourceAmounts
  readonly machine: Machine
  /** What its kubelet has posted since it was upgraded. */
  kubeletVersion: string | undefined
  /** How many pod sandboxes the node has ever started; gives the next pod IP. */
  sandboxes: number
}

export const conditionOf = (node: Node, type: string): NodeCondition | undefined =>
  node.conditions.find((condition) => condition.type === type)

type MachineView = Readonly<Machine>

/** Whether a kubelet is at work there: it acts on its containers, whether anybody hears of it or not. */
export const isKubeletAtWork = ({ power, hasKubelet, frozenSince }: MachineView): boolean =>
  power === 'on' && hasKubelet && frozenSince === undefined

/** Whether the control plane hears the node’s heartbeats. */
export const isHeard = (machine: MachineView): boolean => isKubeletAtWork(machine) && machine.isConnected

/** Status of the Ready condition; a node that never posted one is Unknown. */
export const readiness = (node: Node): ConditionStatus => conditionOf(node, 'Ready')?.status ?? 'Unknown'

export const noResources = (): ResourceAmounts => ({
  cpuMillis: 0,
  memoryBytes: 0,
  ephemeralStorageBytes: 0,
  pods: 0,
  extended: {},
})

type Amounts = Pick<ResourceAmounts, 'cpuMillis' | 'memoryBytes' | 'ephemeralStorageBytes'> & {
  readonly extended: Readonly<Record<string, number>>
}

/** One more pod that asks for `amounts`. */
export const addAmounts = (sum: ResourceAmounts, amounts: Amounts): void => {
  sum.cpuMillis += amounts.cpuMillis
  sum.memoryBytes += amounts.memoryBytes
  sum.ephemeralStorageBytes += amounts.ephemeralStorageBytes
  sum.pods++
  for (const [name, amount] of Object.entries(amounts.extended)) sum.extended[name] = (sum.extended[name] ?? 0) + amount
}

/** One pod less. */
export const subtractAmounts = (sum: ResourceAmounts, amounts: Amounts): void => {
  sum.cpuMillis -= amounts.cpuMillis
  sum.memoryBytes -= amounts.memoryBytes
  sum.ephemeralStorageBytes -= amounts.ephemeralStorageBytes
  sum.pods--
  for (const [name, amount] of Object.entries(amounts.extended)) sum.extended[name] = (sum.extended[name] ?? 0) - amount
}
