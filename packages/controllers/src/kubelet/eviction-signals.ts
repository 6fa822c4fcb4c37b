import {
  type ClusterView,
  capped,
  type DeepReadonly,
  type Disk,
  type EvictionSignal,
  firstAtLeast,
  firstBelow,
  type LocalUsage,
  type MachineSpec,
  type PlacedCurve,
  quantityWhole,
  type RunningUsage,
  totalUsageAt,
  type UsageCurve,
  usageAt,
} from '@wavetank/cluster'
import type { KubeletState } from './apply.ts'
import type { LocalPod } from './local-pod.ts'
import { type KubeletScene, machineOf, type NodeView, settingsOf } from './scene.ts'

/**
 * How much of a node is in use: memory, the room and the files of its disks, processes. Each as curves that go on by
 * themselves and an amount that stays, so that what comes next can be computed.
 *
 *   one disk        nodefs: images, writable layers, logs, empty directories            (imagefs is the same)
 *   imagefs         imagefs: images, writable layers       nodefs: logs, empty directories
 *   split           imagefs: images                        nodefs: writable layers, logs, empty directories
 *
 * Source: pkg/kubelet/eviction/helpers.go (makeSignalObservations), pkg/kubelet/stats/cri_stats_provider.go.
 */

type Usage = DeepReadonly<RunningUsage>

const NEVER = Number.POSITIVE_INFINITY

/** Something that is used up. */
export interface Gauge {
  readonly capacity: number
  /** What does not change by itself. */
  readonly fixed: number
  readonly curves: readonly PlacedCurve[]
}

export const usedAt = ({ fixed, curves }: Gauge, at: number): number => fixed + Math.floor(totalUsageAt(curves, at))

/** May be below nothing: more is used than there is. */
export const availableAt = (gauge: Gauge, at: number): number => gauge.capacity - usedAt(gauge, at)

/** How far ahead curves that repeat are searched. */
const WINDOW = 86_400_000

const searchEnd = (curves: readonly PlacedCurve[], at: number): number =>
  curves.some(({ curve }) => curve.period !== undefined) ? at + WINDOW : NEVER

/** When a sum of curves and what stays is first at least `limit`; never, or the end of the search. */
export const reaches = (amount: Pick<Gauge, 'curves' | 'fixed'>, limit: number, at: number): number => {
  const { curves, fixed } = amount
  if (curves.length === 0) return fixed >= limit ? at : NEVER
  const until = searchEnd(curves, at)
  return firstAtLeast(curves, limit - fixed, at, until) ?? until
}

export const fallsBelow = (amount: Pick<Gauge, 'curves' | 'fixed'>, limit: number, at: number): number => {
  const { curves, fixed } = amount
  if (curves.length === 0) return fixed < limit ? at : NEVER
  const until = searchEnd(curves, at)
  return firstBelow(curves, limit - fixed, at, until) ?? until
}

/** Images and dead containers that are taken to be gone. */
export interface Without {
  readonly images: ReadonlySet<string>
  readonly pods: ReadonlySet<string>
}

export const NOTHING_GONE: Without = { images: new Set(), pods: new Set() }

/** What a container has on the disks now, and what of it is left of an instance that has ended. */
export interface ContainerUse {
  readonly name: string
  readonly running: Usage | undefined
  readonly dead: Usage | undefined
}

/** The newest instance of each container that says what it uses, and the last dead one, which is kept. Source: pod_container_deletor.go. */
export const containerUses = (usages: readonly Usage[]): readonly ContainerUse[] => {
  const uses = new Map<string, ContainerUse>()
  for (const usage of usages) {
    const name = usage.container
    const before = uses.get(name)
    if (usage.endedAt === NEVER) uses.set(name, { name, running: usage, dead: before?.dead })
    else uses.set(name, { name, running: undefined, dead: usage })
  }
  return [...uses.values()]
}

export const usagesOf = (view: ClusterView, pod: string): readonly Usage[] => view.usage.get(pod) ?? []

/** Nothing of its containers is left: it was evicted, or they were removed to make room. Source: kubelet.go, ShouldPodContentBeRemoved. */
export const isCleared = ({ stage, killed, removed }: LocalPod): boolean =>
  removed || (stage === 'finished' && killed?.reason === 'Evicted')

const logCurves = new WeakMap<UsageCurve, Map<number, UsageCurve>>()

/** A log is rotated, and its oldest files go. Source: pkg/kubelet/logs/container_log_manager.go. */
export const rotated = (placed: PlacedCurve, limit: number): PlacedCurve => {
  let byLimit = logCurves.get(placed.curve)
  if (byLimit === undefined) {
    byLimit = new Map()
    logCurves.set(placed.curve, byLimit)
  }
  let curve = byLimit.get(limit)
  if (curve === undefined) {
    curve = capped(placed.curve, limit)
    byLimit.set(limit, curve)
  }
  return { curve, origin: placed.origin }
}

export const logLimitOf = (scene: KubeletScene, node: string): number => {
  const { containerLogMaxSize, containerLogMaxFiles } = settingsOf(scene, node)
  return quantityWhole(containerLogMaxSize) * containerLogMaxFiles
}

type Part = 'disk' | 'logs' | 'inodes' | 'processes'

const curveOf = (
  local: DeepReadonly<LocalUsage> | undefined,
  part: Part,
  logLimit: number,
): PlacedCurve | undefined => {
  const curve = local?.[part] as PlacedCurve | undefined
  return curve !== undefined && part === 'logs' ? rotated(curve, logLimit) : curve
}

/** Curves and what stays, of one part of what some containers use. */
export interface Amount {
  readonly curves: PlacedCurve[]
  fixed: number
}

export const noAmount = (): Amount => ({ curves: [], fixed: 0 })

/** What running containers have; with `dead`, what is left of ended ones too. */
export const addPart = (
  amount: Amount,
  uses: readonly ContainerUse[],
  part: Part,
  logLimit: number,
  withDead: boolean,
): void => {
  for (const { running, dead } of uses) {
    const curve = curveOf(running?.local, part, logLimit)
    if (curve !== undefined) amount.curves.push(curve)
    if (!withDead || dead === undefined) continue
    const left = curveOf(dead.local, part, logLimit)
    if (left !== undefined) amount.fixed += Math.floor(usageAt(left, dead.endedAt))
  }
}

/** What is in empty directories: it outlives the containers that wrote it. */
export const addVolumes = (
  amount: Amount,
  uses: readonly ContainerUse[],
  wanted: (volume: LocalUsage['volumes'][number]) => boolean,
): void => {
  for (const { running, dead } of uses) {
    const last = running ?? dead
    for (const volume of last?.local?.volumes ?? []) {
      if (!wanted(volume as LocalUsage['volumes'][number])) continue
      const curve = volume.curve as PlacedCurve
      if (running !== undefined) amount.curves.push(curve)
      else amount.fixed += Math.floor(usageAt(curve, last!.endedAt))
    }
  }
}

/** Whether images have a file system of their own, and who else is on it. */
export const layersDiskOf = (spec: MachineSpec): Disk =>
  spec.imagefs === undefined ? 'nodefs' : (spec.containerfs ?? 'imagefs')

export const imagesDiskOf = (spec: MachineSpec): Disk => (spec.imagefs === undefined ? 'nodefs' : 'imagefs')

/** One for every 16 KiB, as mkfs.ext4 makes them. */
const inodesOf = (bytes: number): number => Math.floor(bytes / 16_384)

/** The default of `kernel.pid_max`. */
const MOST_PIDS = 32_768

export const capacitiesOf = (
  scene: KubeletScene,
  node: NodeView,
): Readonly<Partial<Record<EvictionSignal, number>>> => {
  const spec = machineOf(scene, node.name)
  const capacities: Partial<Record<EvictionSignal, number>> = {
    'memory.available': node.capacity.memoryBytes,
    'pid.available': spec.pids ?? MOST_PIDS,
  }
  const nodefs = node.capacity.ephemeralStorageBytes
  if (nodefs > 0) {
    capacities['nodefs.available'] = nodefs
    capacities['nodefs.inodesFree'] = spec.nodefsInodes ?? inodesOf(nodefs)
  }
  const imagefs = spec.imagefs ?? nodefs
  if (imagefs > 0) {
    capacities['imagefs.available'] = imagefs
    capacities['imagefs.inodesFree'] =
      spec.imagefs === undefined
        ? (spec.nodefsInodes ?? inodesOf(nodefs))
        : (spec.imagefsInodes ?? inodesOf(spec.imagefs))
  }
  return capacities
}

/** What is on the node of a pod that its kubelet knows. */
const usesOn = (own: KubeletState, view: ClusterView, node: NodeView, without: Without) => {
  const found: { readonly local: LocalPod; readonly uses: readonly ContainerUse[] }[] = []
  if (view.usage.size === 0) return found
  for (const { key, uid } of node.pods) {
    const usages = view.usage.get(key)
    const local = own.pods.get(key)
    if (usages === undefined || local === undefined || local.uid !== uid) continue
    if (isCleared(local) || without.pods.has(key)) continue
    found.push({ local, uses: containerUses(usages) })
  }
  return found
}

export type Gauges = Readonly<Record<EvictionSignal, Gauge>>

/** Everything that is watched of a node, as it will be from now on if nothing happens. */
export const gaugesOf = (scene: KubeletScene, node: NodeView, without: Without = NOTHING_GONE): Gauges => {
  const spec = machineOf(scene, node.name)
  const capacities = capacitiesOf(scene, node)
  const logLimit = logLimitOf(scene, node.name)
  const memory = noAmount()
  const pids = noAmount()
  const bytes: Readonly<Record<Disk, Amount>> = { nodefs: noAmount(), imagefs: noAmount() }
  const inodes: Readonly<Record<Disk, Amount>> = { nodefs: noAmount(), imagefs: noAmount() }
  const images = imagesDiskOf(spec)
  const layers = layersDiskOf(spec)
  for (const { local, uses } of usesOn(scene.own, scene.view, node, without)) {
    const hasVolumes = local.stage !== 'finished'
    for (const { running } of uses) if (running?.memory !== undefined) memory.curves.push(running.memory as PlacedCurve)
    addPart(pids, uses, 'processes', logLimit, false)
    addPart(bytes[layers], uses, 'disk', logLimit, true)
    addPart(inodes[layers], uses, 'inodes', logLimit, true)
    addPart(bytes.nodefs, uses, 'logs', logLimit, true)
    if (!hasVolumes) continue
    addVolumes(memory, uses, ({ isMemory }) => isMemory)
    addVolumes(bytes.nodefs, uses, ({ isMemory }) => !isMemory)
  }
  const reservedMemory = node.capacity.memoryBytes - memoryForPods(scene, node)
  let onImages = node.imageBytes
  for (const image of without.images) onImages -= node.images.get(image) ?? 0
  bytes[images].fixed += onImages
  for (const disk of ['nodefs', 'imagefs'] as const) {
    // A disk that the node does not have is its own.
    const there = disk === 'imagefs' && images === 'nodefs' ? 'nodefs' : disk
    bytes[there].fixed += node.machine.filled[disk].bytes
    inodes[there].fixed += node.machine.filled[disk].inodes
  }
  const gauge = (signal: EvictionSignal, { curves, fixed }: Amount): Gauge => ({
    capacity: capacities[signal] ?? 0,
    curves,
    fixed,
  })
  return {
    'memory.available': gauge('memory.available', { curves: memory.curves, fixed: memory.fixed + reservedMemory }),
    'nodefs.available': gauge('nodefs.available', bytes.nodefs),
    'nodefs.inodesFree': gauge('nodefs.inodesFree', inodes.nodefs),
    'imagefs.available': gauge('imagefs.available', bytes[images]),
    'imagefs.inodesFree': gauge('imagefs.inodesFree', inodes[images]),
    'pid.available': gauge('pid.available', pids),
  }
}

/** What the machine has for pods: what is reserved for daemons and the system is taken to be in use by them. */
export const memoryForPods = (scene: KubeletScene, { name, capacity }: NodeView): number => {
  const { kubeReserved, systemReserved } = settingsOf(scene, name)
  return capacity.memoryBytes - quantityWhole(kubeReserved.memory ?? '0') - quantityWhole(systemReserved.memory ?? '0')
}
