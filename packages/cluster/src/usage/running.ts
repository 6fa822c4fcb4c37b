import type { Entry, EventOf } from '@wavetank/kernel'
import type { PodKey } from '../ids.ts'
import type { ContainerExited, ContainerStarted } from '../pod/events.ts'
import { isReady, isTerminal, type Pod } from '../pod/pod.ts'
import { quantityMillis } from '../quantity.ts'
import type { ClusterTables, ClusterView, DeepReadonly } from '../tables.ts'
import { capped, originOf, type PlacedCurve, type UsageCurve, usageAt, usageOver } from './curve.ts'
import { changeMembers, knowLimit, type SharedLoad, sharedLoad, shareOfLoadAt, shareOfLoadOver } from './shared-load.ts'

/** What the containers of one behaviour use: millicores and bytes. */
export interface ContainerUsage {
  readonly cpu?: UsageCurve | undefined
  /** In place of `cpu`: what all of them use together, divided among those that serve. */
  readonly sharedCpu?: UsageCurve | undefined
  readonly memory?: UsageCurve | undefined
}

/** A part in a shared load, by the spans in which it was there. */
export interface LoadShare {
  readonly load: SharedLoad
  /** CPU limit in millicores; infinite without one. */
  readonly limit: number
  readonly spans: { readonly from: number; to: number }[]
}

/** A process with what it uses, placed on the time line of the run. */
export interface RunningUsage {
  readonly container: string
  readonly startedAt: number
  /** When the process ended; infinite while it runs. */
  endedAt: number
  /** Millicores, already cut off at the container’s CPU limit. */
  readonly cpu: PlacedCurve | undefined
  readonly share: LoadShare | undefined
  /** Bytes. */
  readonly memory: PlacedCurve | undefined
}

export type UsedResource = 'cpu' | 'memory'

const NEVER = Number.POSITIVE_INFINITY

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

/** The process of a container whose behaviour says what it uses has started. */
export const startUsing = (tables: ClusterTables, { event, at }: Entry<EventOf<typeof ContainerStarted>>): void => {
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
    },
  ])
  const pod = tables.pods.get(event.pod)
  if (pod !== undefined) divideAgain(tables, pod)
}

export const stopUsing = (tables: ClusterTables, { event, at }: Entry<EventOf<typeof ContainerExited>>): void => {
  for (const running of tables.usage.get(event.pod) ?? []) {
    if (running.container === event.container && running.endedAt === NEVER) running.endedAt = at
  }
}

/** Every process of a machine is gone. */
export const stopUsingOn = (tables: ClusterTables, node: string, at: number): void => {
  if (tables.usage.size === 0) return
  for (const pod of tables.nodes.get(node)?.pods ?? []) {
    for (const running of tables.usage.get(pod.key) ?? []) if (running.endedAt === NEVER) running.endedAt = at
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

/** Millicores in use by a process at an instant, not rounded. */
export const cpuAt = ({ cpu, share, startedAt, endedAt }: UsageView, at: number): number => {
  if (at < startedAt || at >= endedAt) return 0
  if (cpu !== undefined) return usageAt(cpu, at)
  if (share?.spans.some(({ from, to }) => from <= at && at < to) !== true) return 0
  return shareOfLoadAt(share.load as SharedLoad, share.limit, at)
}

/** What a process uses of the CPU over a span, in millicore-milliseconds. */
export const cpuOver = ({ cpu, share, startedAt, endedAt }: UsageView, from: number, to: number): number => {
  const begin = Math.max(from, startedAt)
  const end = Math.min(to, endedAt)
  if (end <= begin) return 0
  if (cpu !== undefined) return usageOver(cpu, begin, end)
  let sum = 0
  for (const span of share?.spans ?? []) {
    sum += shareOfLoadOver(share!.load as SharedLoad, share!.limit, Math.max(begin, span.from), Math.min(end, span.to))
  }
  return sum
}

/** Bytes in use by a process at an instant, not rounded. */
export const memoryAt = ({ memory, startedAt, endedAt }: UsageView, at: number): number =>
  memory === undefined || at < startedAt || at >= endedAt ? 0 : usageAt(memory, at)

/** Bytes in use over a span, times milliseconds. */
export const memoryOver = ({ memory, startedAt, endedAt }: UsageView, from: number, to: number): number =>
  memory === undefined ? 0 : usageOver(memory, Math.max(from, startedAt), Math.min(to, endedAt))

/**
 * The curves of the running containers of pods, for sums and searches over them. A share of a load has no curve of its
 * own: what it comes to depends on how many there are, so it is not among them.
 */
export const usageOfPods = (
  { usage }: View,
  pods: Iterable<{ readonly key: PodKey }>,
  resource: UsedResource,
): readonly PlacedCurve[] => {
  const curves: PlacedCurve[] = []
  if (usage.size === 0) return curves
  for (const { key } of pods) {
    for (const running of usage.get(key) ?? []) {
      const curve = running[resource]
      if (curve !== undefined && running.endedAt === NEVER) curves.push(curve)
    }
  }
  return curves
}

/** What a pod uses at an instant: millicores or bytes, not rounded. */
export const podUsageAt = (view: View, pod: PodKey, resource: UsedResource, at: number): number => {
  let sum = 0
  const amount = resource === 'cpu' ? cpuAt : memoryAt
  for (const running of view.usage.get(pod) ?? []) sum += amount(running, at)
  return sum
}
