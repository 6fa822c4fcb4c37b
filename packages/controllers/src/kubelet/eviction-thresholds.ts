import { type EvictionSignal, type KubeletNodeFlags, thresholdAmount } from '@wavetank/cluster'
import { canonicalQuantity, formatBytes } from '@wavetank/cluster/api'

/**
 * Node-pressure eviction as numbers: which thresholds are met, since when, and what that means. Pure, so that the one look
 * that matters can be found without all those before it.
 *
 * Source: pkg/kubelet/eviction/eviction_manager.go (synchronize), helpers.go.
 */

/** How often the eviction manager looks. Source: kubelet.go, evictionMonitoringPeriod. */
export const MONITORING_PERIOD = 10_000

/** The manager’s first look at or after `at`, and after the last one. */
export const lookAt = (origin: number, at: number): number =>
  origin + Math.max(1, Math.ceil((at - origin) / MONITORING_PERIOD)) * MONITORING_PERIOD

export type Condition = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure'

interface SignalMeaning {
  readonly condition: Condition
  /** What messages call it. */
  readonly resource: 'memory' | 'ephemeral-storage' | 'inodes' | 'pids'
}

/**
 * Memory goes before all others. Kubernetes leaves the order of the others open: here it is that of the list.
 * Source: eviction/helpers.go, signalToNodeCondition, signalToResource, byEvictionPriority.
 */
export const SIGNALS: Readonly<Record<EvictionSignal, SignalMeaning>> = {
  'memory.available': { condition: 'MemoryPressure', resource: 'memory' },
  'nodefs.available': { condition: 'DiskPressure', resource: 'ephemeral-storage' },
  'nodefs.inodesFree': { condition: 'DiskPressure', resource: 'inodes' },
  'imagefs.available': { condition: 'DiskPressure', resource: 'ephemeral-storage' },
  'imagefs.inodesFree': { condition: 'DiskPressure', resource: 'inodes' },
  'pid.available': { condition: 'PIDPressure', resource: 'pids' },
}

export interface Threshold {
  /** `hard nodefs.available` */
  readonly id: string
  readonly signal: EvictionSignal
  readonly isHard: boolean
  /** Met while less than this is available. */
  readonly amount: number
  /** As messages have it: a quantity as it was given, of a percentage what it comes to. */
  readonly text: string
  /** How long it must have been met before pods are evicted. */
  readonly graceMillis: number
  /** How much more must be available before it is over, once it was acted upon. */
  readonly reclaim: number
}

/** Source: eviction/helpers.go, parseThresholdStatement. */
const isNone = (threshold: string | undefined): boolean =>
  threshold === undefined || threshold === '0%' || threshold === '100%'

const textOf = (written: string, amount: number): string =>
  written.endsWith('%') ? formatBytes(amount) : canonicalQuantity(written)

/** @param capacities of what is known; a signal of which nothing is known has no threshold */
export const thresholdsOf = (
  flags: KubeletNodeFlags,
  capacities: Readonly<Partial<Record<EvictionSignal, number>>>,
): readonly Threshold[] => {
  const thresholds: Threshold[] = []
  for (const signal of Object.keys(SIGNALS) as EvictionSignal[]) {
    const capacity = capacities[signal]
    if (capacity === undefined) continue
    const least = flags.evictionMinimumReclaim[signal]
    const reclaim = least === undefined ? 0 : thresholdAmount(least, capacity)
    const hard = flags.evictionHard[signal]
    const soft = flags.evictionSoft[signal]
    if (!isNone(hard)) {
      const amount = thresholdAmount(hard!, capacity)
      thresholds.push({
        id: `hard ${signal}`,
        signal,
        isHard: true,
        amount,
        text: textOf(hard!, amount),
        graceMillis: 0,
        reclaim,
      })
    }
    if (!isNone(soft)) {
      const graceMillis = flags.evictionSoftGracePeriod[signal] ?? 0
      const amount = thresholdAmount(soft!, capacity)
      // A threshold without a grace period is a hard one, whatever it is called. Source: isHardEvictionThreshold.
      const text = textOf(soft!, amount)
      thresholds.push({ id: `soft ${signal}`, signal, isHard: graceMillis === 0, amount, text, graceMillis, reclaim })
    }
  }
  return thresholds
}

/** What an eviction manager remembers from one look to the next. */
export interface Observed {
  /** When it looked. */
  readonly at: number
  /** By threshold, of those that are met: since when. */
  readonly since: Readonly<Record<string, number>>
  /** Those that were acted upon and are not over. */
  readonly acted: readonly string[]
  /** By condition: when it was last seen. */
  readonly pressureAt: Readonly<Record<string, number>>
}

export const NOTHING_OBSERVED: Observed = { at: 0, since: {}, acted: [], pressureAt: {} }

/** Less than this available, and the threshold is met. */
export const metBelow = ({ amount, reclaim }: Threshold, acted: boolean): number => amount + (acted ? reclaim : 0)

const conditionsOf = (ids: readonly string[]): ReadonlySet<Condition> =>
  new Set(ids.map((id) => SIGNALS[id.slice(id.indexOf(' ') + 1) as EvictionSignal].condition))

/**
 * What the next look finds, at `at`.
 *
 * @param waited the manager has not looked since the last time, because it waited for pods that it had evicted
 */
export const observe = (
  before: Observed,
  thresholds: readonly Threshold[],
  availableOf: (signal: EvictionSignal) => number,
  at: number,
  waited: boolean,
): Observed => {
  const since: Record<string, number> = {}
  const acted: string[] = []
  for (const threshold of thresholds) {
    const { id, signal, graceMillis } = threshold
    if (availableOf(signal) >= metBelow(threshold, before.acted.includes(id))) continue
    const first = before.since[id] ?? at
    since[id] = first
    if (at - first >= graceMillis) acted.push(id)
  }
  const pressureAt: Record<string, number> = { ...before.pressureAt }
  // Looks between the last one and this one found what the last one had found.
  const lastLook = waited ? before.at : Math.max(before.at, at - MONITORING_PERIOD)
  for (const condition of conditionsOf(Object.keys(before.since))) pressureAt[condition] = lastLook
  for (const condition of conditionsOf(Object.keys(since))) pressureAt[condition] = at
  return { at, since, acted, pressureAt }
}

export const conditionsMet = ({ since }: Observed): ReadonlySet<Condition> => conditionsOf(Object.keys(since))

/** The condition stays for the transition period after it was last seen. Source: nodeConditionsObservedSince. */
export const isUnder = ({ pressureAt, at }: Observed, condition: Condition, transitionMillis: number): boolean => {
  const last = pressureAt[condition]
  return last !== undefined && at - last < transitionMillis
}
