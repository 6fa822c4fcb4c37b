import type { DeepReadonly, KubeletNodeFlags, Pod, ShutdownPeriod } from '@wavetank/cluster'
import { priorityOf } from './admission.ts'

/** Source: pkg/apis/scheduling/types.go. */
const DEFAULT_PRIORITY = 0
const SYSTEM_CRITICAL_PRIORITY = 2_000_000_000

export const SHUTDOWN_REASON = 'Terminated'
export const SHUTDOWN_MESSAGE = 'Pod was terminated in response to imminent node shutdown.'
export const SHUTTING_DOWN = {
  reason: 'NodeShutdown',
  message: 'Pod was rejected as the node is shutting down.',
} as const

/**
 * The groups of a graceful shutdown, in the order in which they end; none if the kubelet does not hold shutdowns up.
 * Times are whole seconds, rounded down. Source: nodeshutdown_manager_linux.go, NewManager, migrateConfig.
 */
export const shutdownPeriods = (flags: KubeletNodeFlags): readonly ShutdownPeriod[] => {
  const { shutdownGracePeriodByPodPriority: bands, shutdownGracePeriod, shutdownGracePeriodCriticalPods } = flags
  if (bands.length > 0) return [...bands].sort((a, b) => a.priority - b.priority)
  const regular = shutdownGracePeriod - shutdownGracePeriodCriticalPods
  if (shutdownGracePeriod === 0 || regular < 0) return []
  return [
    { priority: DEFAULT_PRIORITY, shutdownGracePeriodSeconds: Math.floor(regular / 1_000) },
    {
      priority: SYSTEM_CRITICAL_PRIORITY,
      shutdownGracePeriodSeconds: Math.floor(shutdownGracePeriodCriticalPods / 1_000),
    },
  ]
}

/**
 * The group of a pod: the last one whose priority is not above its own, else the first.
 * Source: nodeshutdown_manager_linux.go, groupByPriority.
 */
export const shutdownGroupOf = (periods: readonly ShutdownPeriod[], pod: DeepReadonly<Pod>): number => {
  const priority = priorityOf(pod)
  let group = 0
  for (let i = 0; i < periods.length; i++) if (periods[i]!.priority <= priority) group = i
  return group
}

/** What a pod of the group gets of it. */
export const shutdownGrace = ({ shutdownGracePeriodSeconds }: ShutdownPeriod, pod: DeepReadonly<Pod>): number =>
  Math.min(shutdownGracePeriodSeconds, pod.template.spec.terminationGracePeriodSeconds ?? 30)
