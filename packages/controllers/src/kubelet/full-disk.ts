import {
  ContainerExited,
  type DeepReadonly,
  DiskGotRoom,
  DiskRanFull,
  type FullDisk,
  type HeldLevel,
  type PlacedCurve,
  type RunningUsage,
  usageAt,
  volumePart,
  wouldExceed,
} from '@wavetank/cluster'
import { cancel, type Emission, type Entry, type EventOf, emit, QUIET, timer } from '@wavetank/kernel'
import type { DiskLevelDue } from './events.ts'
import {
  fallsBelow,
  type Gauges,
  gaugesOf,
  imagesDiskOf,
  isCleared,
  layersDiskOf,
  logLimitOf,
  reaches,
  rotated,
  usedAt,
} from './eviction-signals.ts'
import { behaviorOf, type KubeletScene, machineOf, type NodeView, type PodView, writeKey } from './scene.ts'

/**
 * A disk without room: what is written to it fails (ENOSPC).
 *
 *   what is used comes to what there is ─▶ DiskRanFull: all that write there stay where they are
 *                                              └▶ a process that minds ends with its first write that fails
 *   somebody makes room ─▶ DiskGotRoom: they go on
 *
 * 1. What comes to be written at the instant at which the disk gets full is written as far as there is room: what the
 *    timeline puts there first, then that of containers, in the order of the node’s pods.
 * 2. There is room again once a mebibyte is free, or 64 files: so that what ebbs away slowly is not one event for each byte.
 */

const DISKS: readonly FullDisk[] = ['nodefs.available', 'nodefs.inodesFree', 'imagefs.available', 'imagefs.inodesFree']
const NEVER = Number.POSITIVE_INFINITY

const roomOf = (what: FullDisk): number => (what.endsWith('available') ? 2 ** 20 : 64)

/** The disks of a machine: of one that has no file system for images, its own. */
const disksOf = (scene: KubeletScene, { name }: NodeView): readonly FullDisk[] =>
  imagesDiskOf(machineOf(scene, name)) === 'nodefs' ? DISKS.slice(0, 2) : DISKS

/** The next disk that gets full, or has room again, if nothing else changes. */
export const nextDiskLevel = (
  scene: KubeletScene,
  node: NodeView,
  gauges: Gauges,
  now: number,
): { readonly at: number; readonly what: FullDisk } => {
  let next: { readonly at: number; readonly what: FullDisk } = { at: NEVER, what: 'nodefs.available' }
  for (const what of disksOf(scene, node)) {
    const gauge = gauges[what]
    if (gauge.capacity === 0) continue
    const full = node.machine.full[what]
    const at =
      full === undefined
        ? reaches(gauge, gauge.capacity, now)
        : Math.min(reaches(gauge, full + 1, now), fallsBelow(gauge, gauge.capacity - roomOf(what) + 1, now))
    if (at < next.at) next = { at, what }
  }
  return next
}

type Usage = DeepReadonly<RunningUsage>

interface Writer extends Omit<HeldLevel, 'level'> {
  readonly curve: PlacedCurve
  /** What was there before this instant. */
  readonly before: number
}

/** Everything that grows on a disk. */
const writersTo = (scene: KubeletScene, node: NodeView, what: FullDisk, at: number): readonly Writer[] => {
  const spec = machineOf(scene, node.name)
  const disk = what.startsWith('nodefs') ? 'nodefs' : 'imagefs'
  const hasLayers = layersDiskOf(spec) === disk
  const logLimit = logLimitOf(scene, node.name)
  const writers: Writer[] = []
  const add = (pod: string, { container, startedAt }: Usage, part: string, curve: PlacedCurve | undefined): void => {
    if (curve === undefined) return
    const isNew = startedAt === at && !part.startsWith(volumePart(''))
    writers.push({ pod: pod as never, container, part, curve, before: isNew ? 0 : usageAt(curve, at - 1) })
  }
  for (const { key, uid } of node.pods) {
    const local = scene.own.pods.get(key)
    if (local === undefined || local.uid !== uid || isCleared(local)) continue
    for (const running of scene.view.usage.get(key) ?? []) {
      if (running.endedAt !== NEVER || running.local === undefined) continue
      const { disk: layer, inodes, logs, volumes } = running.local as NonNullable<RunningUsage['local']>
      if (what.endsWith('inodesFree')) {
        if (hasLayers) add(key, running, 'inodes', inodes)
        continue
      }
      if (hasLayers) add(key, running, 'disk', layer)
      if (disk !== 'nodefs') continue
      if (logs !== undefined) add(key, running, 'logs', { ...rotated(logs, logLimit), ...heldOf(logs) })
      for (const { name, curve, isMemory } of volumes) if (!isMemory) add(key, running, volumePart(name), curve)
    }
  }
  return writers
}

const heldOf = ({ held }: PlacedCurve): Pick<PlacedCurve, 'held'> => (held === undefined ? {} : { held })

/** Where all that write to the disk stay: of what is new, the first have what room there is. */
const ranFull = (scene: KubeletScene, node: NodeView, what: FullDisk, used: number, capacity: number, at: number) => {
  const writers = writersTo(scene, node, what, at)
  let excess = Math.max(0, used - capacity)
  const levels: HeldLevel[] = []
  for (let i = writers.length - 1; i >= 0; i--) {
    const { pod, container, part, curve, before } = writers[i]!
    const value = usageAt(curve, at)
    const cut = Math.min(excess, Math.max(0, Math.floor(value - before)))
    excess -= cut
    if (curve.held === undefined || cut > 0) levels.push({ pod, container, part, level: Math.floor(value) - cut })
  }
  const { bytes, inodes } = node.machine.filled[what.startsWith('nodefs') ? 'nodefs' : 'imagefs']
  const lost = Math.min(excess, what.endsWith('available') ? bytes : inodes)
  const left = Math.max(used - Math.max(0, used - capacity) + excess - lost, 0)
  return DiskRanFull({ node: node.name, what, used: left, levels: levels.reverse(), lost })
}

/** A disk has come to its end, or to have room again. */
export const diskLevel = (
  scene: KubeletScene,
  { event, at }: Entry<EventOf<typeof DiskLevelDue>>,
): readonly Emission[] | undefined => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined) return QUIET
  const what = event.what as FullDisk
  const gauge = gaugesOf(scene, node)[what]
  const used = usedAt(gauge, at)
  const full = node.machine.full[what]
  if (full === undefined ? used >= gauge.capacity : used > full)
    return [emit(ranFull(scene, node, what, used, gauge.capacity, at))]
  if (full !== undefined && used <= gauge.capacity - roomOf(what)) return [emit(DiskGotRoom({ node: node.name, what }))]
  return undefined
}

/** Whether something cannot be written there. */
export const hasFullDisk = ({ machine }: NodeView): boolean => {
  for (const _ in machine.full) return true
  return false
}

/** When the process of a container will find that it cannot write, and ends. */
export const planWrites = (scene: KubeletScene, pod: PodView, name: string, at: number): readonly Emission[] => {
  const { onFullDisk } = behaviorOf(scene, pod, name)
  if (onFullDisk === undefined || onFullDisk === 'ignore') return QUIET
  const instance = scene.own.pods.get(pod.key)?.containers.find((container) => container.name === name)?.instance
  const running = scene.view.usage
    .get(pod.key)
    ?.find(({ container, endedAt }) => container === name && endedAt === NEVER)
  if (running?.local === undefined || instance === undefined) return QUIET
  const { disk, inodes, volumes } = running.local as NonNullable<RunningUsage['local']>
  let fails = NEVER
  for (const curve of [disk, inodes, ...volumes.map((volume) => volume.curve)]) {
    if (curve !== undefined) fails = Math.min(fails, wouldExceed(curve, at))
  }
  if (fails === NEVER) return QUIET
  const { exitCode } = onFullDisk
  const reason = exitCode === 0 ? 'Completed' : 'Error'
  const exited = ContainerExited({ pod: pod.key, container: name, restart: instance, exitCode, reason })
  return [timer(writeKey(pod.key, name), fails - at, exited)]
}

/** The same for all processes of a machine, after something has changed. */
export const planWritesOn = (scene: KubeletScene, node: NodeView, at: number): readonly Emission[] => {
  const emissions: Emission[] = []
  for (const pod of node.pods) {
    for (const { container, endedAt } of scene.view.usage.get(pod.key) ?? []) {
      if (endedAt !== NEVER) continue
      emissions.push(cancel(writeKey(pod.key, container)), ...planWrites(scene, pod, container, at))
    }
  }
  return emissions
}
