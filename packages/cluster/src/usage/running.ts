import type { Entry, EventOf } from '@wavetank/kernel'
import type { PodKey } from '../ids.ts'
import type { ContainerExited, ContainerStarted } from '../pod/events.ts'
import { quantityMillis } from '../quantity.ts'
import type { ClusterTables, ClusterView } from '../tables.ts'
import { capped, originOf, type PlacedCurve, totalUsageAt, type UsageCurve } from './curve.ts'

/** What the containers of one behaviour use: millicores and bytes. */
export interface ContainerUsage {
  readonly cpu?: UsageCurve | undefined
  readonly memory?: UsageCurve | undefined
}

export type UsedResource = keyof ContainerUsage

/** A process that runs, with what it uses placed on the time line of the run. */
export interface RunningUsage {
  readonly container: string
  readonly startedAt: number
  /** Millicores, already cut off at the container’s CPU limit. */
  readonly cpu: PlacedCurve | undefined
  /** Bytes. */
  readonly memory: PlacedCurve | undefined
}

const placed = (curve: UsageCurve | undefined, startedAt: number, start: number): PlacedCurve | undefined =>
  curve === undefined ? undefined : { curve, origin: originOf(curve, startedAt, start) }

const cpuLimitOf = (tables: ClusterTables, pod: PodKey, name: string): number | undefined => {
  const spec = tables.pods.get(pod)?.template.spec
  const container =
    spec?.containers.find((one) => one.name === name) ?? spec?.initContainers?.find((one) => one.name === name)
  const limit = container?.resources?.limits?.cpu
  return limit === undefined ? undefined : quantityMillis(limit)
}

/** The process of a container whose behaviour says what it uses has started. */
export const startUsing = (tables: ClusterTables, { event, at }: Entry<EventOf<typeof ContainerStarted>>): void => {
  if (event.usage === undefined) return
  const profile = tables.settings.usage[event.usage]
  if (profile === undefined) return
  const { start } = tables.settings
  const limit = cpuLimitOf(tables, event.pod, event.container)
  const cpu = profile.cpu === undefined || limit === undefined ? profile.cpu : capped(profile.cpu, limit)
  const running: RunningUsage = {
    container: event.container,
    startedAt: at,
    cpu: placed(cpu, at, start),
    memory: placed(profile.memory, at, start),
  }
  const others = tables.usage.get(event.pod) ?? []
  tables.usage.set(event.pod, [...others.filter(({ container }) => container !== event.container), running])
}

export const stopUsing = (tables: ClusterTables, { event }: Entry<EventOf<typeof ContainerExited>>): void => {
  const running = tables.usage.get(event.pod)
  if (running === undefined) return
  const left = running.filter(({ container }) => container !== event.container)
  if (left.length > 0) tables.usage.set(event.pod, left)
  else tables.usage.delete(event.pod)
}

/** Every process of a machine is gone. */
export const stopUsingOn = (tables: ClusterTables, node: string): void => {
  if (tables.usage.size === 0) return
  for (const pod of tables.nodes.get(node)?.pods ?? []) tables.usage.delete(pod.key)
}

/** The curves of the running containers of pods, for sums and searches over them. */
export const usageOfPods = (
  { usage }: Pick<ClusterView, 'usage'>,
  pods: Iterable<{ readonly key: PodKey }>,
  resource: UsedResource,
): readonly PlacedCurve[] => {
  const curves: PlacedCurve[] = []
  if (usage.size === 0) return curves
  for (const { key } of pods) {
    for (const running of usage.get(key) ?? []) {
      const curve = running[resource]
      if (curve !== undefined) curves.push(curve)
    }
  }
  return curves
}

/** What a pod uses at an instant: millicores or bytes, not rounded. */
export const podUsageAt = (view: Pick<ClusterView, 'usage'>, pod: PodKey, resource: UsedResource, at: number): number =>
  totalUsageAt(usageOfPods(view, [{ key: pod }], resource), at)
