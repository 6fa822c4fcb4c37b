import { type KubeletNodeFlags, type Node, quantityWhole, thresholdAmount } from '@wavetank/cluster'

/**
 * Node-pressure eviction by memory, as numbers: which thresholds are met, since when, and what that means. Pure, so that
 * the one look that matters can be found without all those before it.
 *
 * Source: pkg/kubelet/eviction/eviction_manager.go (synchronize), helpers.go.
 */

/** How often the eviction manager looks. Source: kubelet.go, evictionMonitoringPeriod. */
export const MONITORING_PERIOD = 10_000

export interface Threshold {
  readonly name: 'hard' | 'soft'
  /** Met while less than this is available; bytes. */
  readonly bytes: number
  /** How long it must have been met before pods are evicted. */
  readonly graceMillis: number
  /** How much more must be available before it is over, once it was acted upon. */
  readonly reclaimBytes: number
}

export const memoryThresholds = (flags: KubeletNodeFlags, capacity: number): readonly Threshold[] => {
  const signal = 'memory.available'
  const reclaim = flags.evictionMinimumReclaim[signal]
  const reclaimBytes = reclaim === undefined ? 0 : thresholdAmount(reclaim, capacity)
  const hard = flags.evictionHard[signal]
  const soft = flags.evictionSoft[signal]
  const thresholds: Threshold[] = []
  if (hard !== undefined) {
    thresholds.push({ name: 'hard', bytes: thresholdAmount(hard, capacity), graceMillis: 0, reclaimBytes })
  }
  if (soft !== undefined) {
    const graceMillis = flags.evictionSoftGracePeriod[signal] ?? 0
    thresholds.push({ name: 'soft', bytes: thresholdAmount(soft, capacity), graceMillis, reclaimBytes })
  }
  return thresholds
}

/** What the machine has for pods: what is reserved for daemons and the system is taken to be in use by them. */
export const memoryForPods = ({ capacity }: Pick<Node, 'capacity'>, flags: KubeletNodeFlags): number =>
  capacity.memoryBytes -
  quantityWhole(flags.kubeReserved.memory ?? '0') -
  quantityWhole(flags.systemReserved.memory ?? '0')

/** What an eviction manager remembers from one look to the next. */
export interface Observed {
  /** When it looked. */
  readonly at: number
  /** Since when each of the thresholds that are met has been. */
  readonly since: Readonly<Partial<Record<Threshold['name'], number>>>
  /** Those that were acted upon and are not over. */
  readonly acted: readonly Threshold['name'][]
  /** When pressure was last seen. */
  readonly pressureAt: number | undefined
}

export const NOTHING_OBSERVED: Observed = { at: 0, since: {}, acted: [], pressureAt: undefined }

/** More than this in use, and the threshold is met. */
export const metAbove = (threshold: Threshold, acted: boolean, forPods: number): number =>
  forPods - threshold.bytes - (acted ? threshold.reclaimBytes : 0)

/** What the next look finds, at `at` with `used` bytes in use. */
export const observe = (
  before: Observed,
  thresholds: readonly Threshold[],
  forPods: number,
  used: number,
  at: number,
): Observed => {
  const since: Partial<Record<Threshold['name'], number>> = {}
  const acted: Threshold['name'][] = []
  for (const threshold of thresholds) {
    const { name, graceMillis } = threshold
    if (used <= metAbove(threshold, before.acted.includes(name), forPods)) continue
    const first = before.since[name] ?? at
    since[name] = first
    if (at - first >= graceMillis) acted.push(name)
  }
  const isMet = Object.keys(since).length > 0
  const wasMet = Object.keys(before.since).length > 0
  // Looks between the last one and this one found what the last one had found.
  const lastSeen = wasMet ? Math.max(before.at, at - MONITORING_PERIOD) : before.pressureAt
  return { at, since, acted, pressureAt: isMet ? at : lastSeen }
}

/** The condition stays for the transition period after pressure was last seen. Source: nodeConditionsObservedSince. */
export const isUnderPressure = ({ pressureAt, at }: Observed, transitionMillis: number): boolean =>
  pressureAt !== undefined && at - pressureAt < transitionMillis
