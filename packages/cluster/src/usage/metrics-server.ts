import type { PodKey } from '../ids.ts'
import type { ClusterView } from '../tables.ts'
import { cpuOver, hangsAt, memoryAt } from './running.ts'

/**
 * What metrics-server would answer: the mean CPU between its last two looks at a container, and the memory at the last.
 *
 * 1. It looks at all kubelets at once every `metric-resolution`, from the start of the run on.
 * 2. A container that has run for at least 10 s and less than one resolution counts from its start. Before that, and
 *    until two looks have seen it, there are no metrics of it, and so none of its pod.
 * 3. A machine without power answers nothing, and one that hangs neither: its pods are gone with the next look.
 *
 * Nothing is stored: the looks are computed from the curves when somebody asks.
 *
 * Source: metrics-server, pkg/storage/pod.go, pkg/api/pod.go.
 */

/** Source: freshContainerMinMetricsResolution. */
const FRESH_MIN = 10_000

export interface ContainerMetrics {
  readonly name: string
  /** Nanocores, whole. */
  readonly cpuNanos: number
  readonly memoryBytes: number
}

export interface PodMetrics {
  /** When the last look was, in milliseconds of the run. */
  readonly timestamp: number
  /** The span of the CPU’s mean, in milliseconds. */
  readonly window: number
  readonly containers: readonly ContainerMetrics[]
}

/** The last look at or before an instant. */
export const lastLook = ({ settings }: ClusterView, at: number): number => at - (at % settings.metricResolution)

/**
 * What is known of a pod at an instant, as the resource metrics API gives it; undefined without metrics.
 *
 * Unlike metrics-server, which drops a pod when it measures no CPU or no memory: what no behaviour says is taken for 0,
 * as long as some container of the pod has a behaviour with usage.
 */
export const podMetrics = (view: ClusterView, key: PodKey, at: number): PodMetrics | undefined => {
  const used = view.usage.get(key)
  const pod = view.pods.get(key)
  if (used === undefined || pod?.phase !== 'Running') return undefined
  const last = lastLook(view, at)
  const before = last - view.settings.metricResolution
  const containers: ContainerMetrics[] = []
  let window = 0
  for (const running of used) {
    if (running.startedAt > last || running.endedAt <= last) continue
    if (hangsAt(running.pauses, last)) return undefined
    const age = last - running.startedAt
    const fresh = age >= FRESH_MIN && age < view.settings.metricResolution
    if (!fresh && (before < 0 || running.startedAt >= before || hangsAt(running.pauses, before))) return undefined
    const from = fresh ? running.startedAt : before
    window = last - from
    containers.push({
      name: running.container,
      // Millicores times milliseconds, over milliseconds.
      cpuNanos: Math.floor((cpuOver(running, from, last) / window) * 1e6),
      memoryBytes: Math.floor(memoryAt(running, last)),
    })
  }
  return containers.length === 0 ? undefined : { timestamp: last, window, containers }
}
