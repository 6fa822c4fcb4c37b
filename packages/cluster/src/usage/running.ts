import type { Entry, EventOf } from '@wavetank/kernel'
import type { PodKey } from '../ids.ts'
import type { ContainerExited, ContainerResumed, ContainerStarted } from '../pod/events.ts'
import { isReady, isTerminal, type Pod } from '../pod/pod.ts'
import { quantityMillis, quantityWhole } from '../quantity.ts'
import type { ClusterTables, ClusterView, DeepReadonly } from '../tables.ts'
import { capped, originOf, type PlacedCurve, type UsageCurve, usageAt, usageOver } from './curve.ts'
import { changeMembers, knowLimit, type SharedLoad, sharedLoad, shareOfLoadAt, shareOfLoadOver } from './shared-load.ts'

/** What the containers of one behaviour use: millicores and bytes. */
export interface ContainerUsage {
  readonly cpu?: UsageCurve | undefined
  /** In place of `cpu`: what all of them use together, divided among those that serve. */
  readonly sharedCpu?: UsageCurve | undefined
  readonly memory?: UsageCurve | undefined
  /** Bytes in the container’s own file system, which a restart empties. */
  readonly disk?: UsageCurve | undefined
  /** Files there. */
  readonly inodes?: UsageCurve | undefined
  /** Bytes of its log. */
  readonly logs?: UsageCurve | undefined
  readonly processes?: UsageCurve | undefined
  /** Bytes in empty directories of the pod, by volume; their time is that in which the container has run in this pod. */
  readonly volumes?: Readonly<Record<string, UsageCurve>> | undefined
}

/** A part in a shared load, by the spans in which it was there. */
export interface LoadShare {
  readonly load: SharedLoad
  /** CPU limit in millicores; infinite without one. */
  readonly limit: number
  readonly spans: { readonly from: number; to: number }[]
}

/** A span in which a machine hung. */
export interface Pause {
  readonly from: number
  /** Infinite while it lasts. */
  readonly to: number
}

/**
 * A process with what it uses, placed on the time line of the run. Time of the process stands while its machine hangs, so
 * curves that count from its start are placed later with each pause; those of the clock go on.
 */
export interface RunningUsage {
  readonly container: string
  readonly startedAt: number
  /** When the process ended; infinite while it runs. */
  endedAt: number
  /** Millicores, already cut off at the container’s CPU limit. */
  cpu: PlacedCurve | undefined
  readonly share: LoadShare | undefined
  /** Bytes. */
  memory: PlacedCurve | undefined
  /** What it has on the disks of its node, and its processes; undefined where nothing is said of them. */
  local: LocalUsage | undefined
  pauses: readonly Pause[]
}

/** What a process uses of its node beside CPU and memory. */
export interface LocalUsage {
  /** Bytes and files that it has written to the container’s own file system. */
  readonly disk: PlacedCurve | undefined
  readonly inodes: PlacedCurve | undefined
  readonly logs: PlacedCurve | undefined
  readonly processes: PlacedCurve | undefined
  readonly volumes: readonly VolumeUsage[]
  /** How long the container had run in this pod before. */
  readonly ranBefore: number
}

export interface VolumeUsage {
  readonly name: string
  readonly curve: PlacedCurve
  /** As the behaviour has it. */
  readonly source: UsageCurve
  /** It is memory that looks like a disk. */
  readonly isMemory: boolean
}

export type UsedResource = 'cpu' | 'memory'

const NEVER = Number.POSITIVE_INFINITY
const NO_PAUSES: readonly Pause[] = []

const placed = (curve: UsageCurve | undefined, startedAt: number, start: number): PlacedCurve | undefined =>
  curve === undefined ? undefined : { curve, origin: originOf(curve, startedAt, start) }

const cpuLimitOf = (tables: ClusterTables, pod: PodKey, name: string): number => {
  const spec = tables.pods.get(pod)?.template.spec
  const container =
    spec?.containers.find((one) => one.name === name) ?? spec?.initContainers?.find((one) => one.name === name)
  const limit = container?.resources?.limits?.cpu
  return limit === undefined ? NEVER : quantityMillis(limit)
}

const loadOf = (tables: ClusterTables, usage: number, total: UsageCurve): SharedLoad => {
  let load = tables.sharedLoads.get(usage)
  if (load === undefined) {
    load = sharedLoad({ curve: total, origin: originOf(total, 0, tables.settings.start) })
    tables.sharedLoads.set(usage, load)
  }
  return load
}

const isServing = ({ spans }: LoadShare): boolean => spans[spans.length - 1]?.to === NEVER

const leave = (share: LoadShare | undefined, at: number): void => {
  if (share === undefined || !isServing(share)) return
  share.spans[share.spans.length - 1]!.to = at
  changeMembers(share.load, -1, at)
}

/**
 * A directory in memory is no larger than its limit: what is written beyond it fails. Source: pkg/volume/emptydir. What is
 * there outlives the process, and its time is that in which the container has run.
 */
const volumeOf = (
  tables: ClusterTables,
  pod: PodKey,
  name: string,
  source: UsageCurve,
  before: RunningUsage | undefined,
  at: number,
  ranBefore: number,
): VolumeUsage[] => {
  const emptyDir = tables.pods.get(pod)?.template.spec.volumes?.find((volume) => volume.name === name)?.emptyDir
  if (emptyDir === undefined) return []
  const last = before?.local?.volumes.find((volume) => volume.name === name && volume.source === source)
  if (last !== undefined) return [{ ...last, curve: moved(last.curve, at - Math.min(before!.endedAt, at)) }]
  const isMemory = emptyDir.medium === 'Memory'
  const limit = isMemory && emptyDir.sizeLimit !== undefined ? quantityWhole(emptyDir.sizeLimit) : 0
  const curve = limit > 0 ? capped(source, limit) : source
  const origin = originOf(curve, at - ranBefore, tables.settings.start)
  return [{ name, curve: { curve, origin }, source, isMemory }]
}

const localUsageOf = (
  tables: ClusterTables,
  pod: PodKey,
  profile: ContainerUsage,
  before: RunningUsage | undefined,
  at: number,
): LocalUsage | undefined => {
  const { disk, inodes, logs, processes, volumes } = profile
  if ((disk ?? inodes ?? logs ?? processes ?? volumes) === undefined) return undefined
  const { start } = tables.settings
  const ranBefore =
    before === undefined
      ? 0
      : (before.local?.ranBefore ?? 0) + Math.min(before.endedAt, at) - before.startedAt - pausedIn(before)
  return {
    disk: placed(disk, at, start),
    inodes: placed(inodes, at, start),
    logs: placed(logs, at, start),
    processes: placed(processes, at, start),
    volumes: Object.entries(volumes ?? {}).flatMap(([name, curve]) =>
      volumeOf(tables, pod, name, curve, before, at, ranBefore),
    ),
    ranBefore,
  }
}

/** The process of a container whose behaviour says what it uses has started. */
export const startUsing = (
  tables: ClusterTables,
  { event, at }: Entry<EventOf<typeof ContainerStarted> | EventOf<typeof ContainerResumed>>,
): void => {
  if (event.usage === undefined) return
  const profile = tables.settings.usage[event.usage]
  if (profile === undefined) return
  const { start } = tables.settings
  const limit = cpuLimitOf(tables, event.pod, event.container)
  const cpu = profile.cpu === undefined || limit === NEVER ? profile.cpu : capped(profile.cpu, limit)
  const others = tables.usage.get(event.pod) ?? []
  let share: LoadShare | undefined
  if (profile.sharedCpu !== undefined) {
    share = { load: loadOf(tables, event.usage, profile.sharedCpu), limit, spans: [] }
    knowLimit(share.load, limit)
  }
  for (const other of others) if (other.container === event.container) leave(other.share, at)
  // The run before this one stays: what was measured of it may still be asked for.
  const before = others.findLast(({ container }) => container === event.container)
  if (before?.endedAt === NEVER) end(before, at)
  tables.usage.set(event.pod, [
    ...others.filter(({ container }) => container !== event.container),
    ...(before === undefined ? [] : [before]),
    {
      container: event.container,
      startedAt: at,
      endedAt: NEVER,
      cpu: placed(cpu, at, start),
      share,
      memory: placed(profile.memory, at, start),
      local: localUsageOf(tables, event.pod, profile, before, at),
      pauses: NO_PAUSES,
    },
  ])
  const pod = tables.pods.get(event.pod)
  if (pod !== undefined) divideAgain(tables, pod)
}

/** How long the process has stood, of pauses that are over. */
const pausedIn = ({ pauses }: RunningUsage): number => {
  let sum = 0
  for (const { from, to } of pauses) if (to !== NEVER) sum += to - from
  return sum
}

/** Further on by what time of the process has passed without it. */
export const moved = (curve: PlacedCurve, span: number): PlacedCurve =>
  curve.curve.since === 'container' ? { ...curve, origin: curve.origin + span } : curve

const movedIf = (curve: PlacedCurve | undefined, span: number): PlacedCurve | undefined =>
  curve === undefined ? undefined : moved(curve, span)

/** The process goes on where it stood, or ends there. */
const endPause = (running: RunningUsage, at: number): void => {
  const pause = running.pauses[running.pauses.length - 1]
  if (pause === undefined || pause.to !== NEVER) return
  const span = at - pause.from
  running.pauses = [...running.pauses.slice(0, -1), { from: pause.from, to: at }]
  running.cpu = movedIf(running.cpu, span)
  running.memory = movedIf(running.memory, span)
  const { local } = running
  if (local === undefined) return
  running.local = {
    disk: movedIf(local.disk, span),
    inodes: movedIf(local.inodes, span),
    logs: movedIf(local.logs, span),
    processes: movedIf(local.processes, span),
    volumes: local.volumes.map((volume) => ({ ...volume, curve: moved(volume.curve, span) })),
    ranBefore: local.ranBefore,
  }
}

/** The processes of a machine that hangs from now on, or goes on. */
export const pauseUsingOn = (tables: ClusterTables, node: string, at: number, hangs: boolean): void => {
  if (tables.usage.size === 0) return
  for (const pod of tables.nodes.get(node)?.pods ?? []) {
    for (const running of tables.usage.get(pod.key) ?? []) {
      if (running.endedAt !== NEVER) continue
      if (hangs) running.pauses = [...running.pauses, { from: at, to: NEVER }]
      else endPause(running, at)
    }
  }
}

const end = (running: RunningUsage, at: number): void => {
  endPause(running, at)
  running.endedAt = at
}

export const stopUsing = (tables: ClusterTables, { event, at }: Entry<EventOf<typeof ContainerExited>>): void => {
  for (const running of tables.usage.get(event.pod) ?? []) {
    if (running.container === event.container && running.endedAt === NEVER) end(running, at)
  }
}

/** Every process of a machine is gone. */
export const stopUsingOn = (tables: ClusterTables, node: string, at: number): void => {
  if (tables.usage.size === 0) return
  for (const pod of tables.nodes.get(node)?.pods ?? []) {
    for (const running of tables.usage.get(pod.key) ?? []) if (running.endedAt === NEVER) end(running, at)
  }
}

/** The pod object is gone. */
export const forgetUsage = (tables: ClusterTables, pod: PodKey, at: number): void => {
  if (tables.usage.size === 0) return
  for (const { share } of tables.usage.get(pod) ?? []) leave(share, at)
  tables.usage.delete(pod)
}

/** Whether the pod takes part in shared loads, after a change of it. */
export const divideAgain = (tables: ClusterTables, pod: Pod): void => {
  if (tables.sharedLoads.size === 0) return
  const at = tables.now
  const serves = isReady(pod) && pod.deletion === undefined && !isTerminal(pod)
  const seen = new Set<string>()
  const all = tables.usage.get(pod.key) ?? []
  for (let i = all.length - 1; i >= 0; i--) {
    const { container, share } = all[i]!
    if (share === undefined || seen.has(container)) continue
    seen.add(container)
    if (!serves) leave(share, at)
    else if (!isServing(share)) {
      share.spans.push({ from: at, to: NEVER })
      changeMembers(share.load, 1, at)
    }
  }
}

type View = Pick<ClusterView, 'usage'>
type UsageView = DeepReadonly<RunningUsage>

/** Where a process is at an instant: its curves as they lay then, and the time that it has come to. */
const placeAt = (pauses: readonly Pause[], at: number): { readonly time: number; readonly back: number } => {
  let time = at
  let back = 0
  for (const { from, to } of pauses) {
    if (at >= to) continue
    if (at >= from) time = from
    if (to !== NEVER) back += to - from
  }
  return { time, back }
}

const atTime = (curve: PlacedCurve, pauses: readonly Pause[], at: number): number => {
  if (pauses.length === 0) return usageAt(curve, at)
  const { time, back } = placeAt(pauses, at)
  return usageAt(moved(curve, -back), time)
}

/** Whether its machine hung at an instant. */
export const hangsAt = (pauses: readonly Pause[], at: number): boolean =>
  pauses.some(({ from, to }) => from <= at && at < to)

/** The parts of a span in which the process gets on. */
const activeIn = (pauses: readonly Pause[], from: number, to: number): readonly (readonly [number, number])[] => {
  const spans: (readonly [number, number])[] = []
  let begin = from
  for (const pause of pauses) {
    if (pause.to <= begin) continue
    if (pause.from >= to) break
    if (pause.from > begin) spans.push([begin, pause.from])
    begin = pause.to
  }
  if (begin < to) spans.push([begin, to])
  return spans
}

/** Millicores in use by a process at an instant, not rounded. */
export const cpuAt = ({ cpu, share, startedAt, endedAt, pauses }: UsageView, at: number): number => {
  if (at < startedAt || at >= endedAt || hangsAt(pauses, at)) return 0
  if (cpu !== undefined) return atTime(cpu, pauses, at)
  if (share?.spans.some(({ from, to }) => from <= at && at < to) !== true) return 0
  return shareOfLoadAt(share.load as SharedLoad, share.limit, at)
}

/** What a process uses of the CPU over a span, in millicore-milliseconds. */
export const cpuOver = (running: UsageView, from: number, to: number): number => {
  const { startedAt, endedAt, pauses } = running
  const begin = Math.max(from, startedAt)
  const end = Math.min(to, endedAt)
  if (end <= begin) return 0
  if (pauses.length === 0) return activeCpu(running, begin, end)
  let sum = 0
  for (const [a, b] of activeIn(pauses, begin, end)) sum += activeCpu(running, a, b)
  return sum
}

const activeCpu = ({ cpu, share, pauses }: UsageView, from: number, to: number): number => {
  if (cpu !== undefined) return usageOver(moved(cpu, -placeAt(pauses, from).back), from, to)
  let sum = 0
  for (const span of share?.spans ?? []) {
    sum += shareOfLoadOver(share!.load as SharedLoad, share!.limit, Math.max(from, span.from), Math.min(to, span.to))
  }
  return sum
}

/** The memory of a process, from now on: its own, and what it keeps in directories that are memory. */
export const memoryCurvesOf = ({ memory, local }: UsageView): readonly PlacedCurve[] => {
  const own = memory === undefined ? [] : [memory]
  if (local === undefined) return own
  return [...own, ...local.volumes.filter(({ isMemory }) => isMemory).map(({ curve }) => curve)]
}

/** Bytes in use by a process at an instant, not rounded. */
export const memoryAt = (running: UsageView, at: number): number => {
  if (at < running.startedAt || at >= running.endedAt) return 0
  let sum = 0
  for (const curve of memoryCurvesOf(running)) sum += atTime(curve, running.pauses, at)
  return sum
}

/** Bytes in use over a span, times milliseconds. */
export const memoryOver = (running: UsageView, from: number, to: number): number => {
  const { startedAt, endedAt, pauses } = running
  const begin = Math.max(from, startedAt)
  const end = Math.min(to, endedAt)
  let sum = 0
  for (const curve of memoryCurvesOf(running)) {
    if (pauses.length === 0) sum += usageOver(curve, begin, end)
    else {
      for (const [a, b] of activeIn(pauses, begin, end)) sum += usageOver(moved(curve, -placeAt(pauses, a).back), a, b)
      for (const pause of pauses) {
        const span = Math.min(end, pause.to) - Math.max(begin, pause.from)
        if (span > 0) sum += span * atTime(curve, pauses, pause.from)
      }
    }
  }
  return sum
}

/** What a pod uses at an instant: millicores or bytes, not rounded. */
export const podUsageAt = (view: View, pod: PodKey, resource: UsedResource, at: number): number => {
  let sum = 0
  const amount = resource === 'cpu' ? cpuAt : memoryAt
  for (const running of view.usage.get(pod) ?? []) sum += amount(running, at)
  return sum
}
