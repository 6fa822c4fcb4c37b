import { canonicalQuantity, formatBytes, formatMillis, quantityMillis, quantityWhole } from '../quantity.ts'
import type { KubeletNodeFlags } from './kubelet-flags.ts'

type Quantities = Readonly<Record<string, string>>

/**
 * What a threshold comes to: a quantity is itself, a percentage is of the capacity, and a float32 in Kubernetes: 10 % of
 * 20959212Ki are 2146223340 bytes, not 2146223308. Source: eviction/helpers.go, parsePercentage; eviction/api, GetThresholdQuantity.
 */
export const thresholdAmount = (threshold: string, capacity: number): number =>
  threshold.endsWith('%')
    ? Math.trunc(capacity * Math.fround(Math.fround(Number(threshold.slice(0, -1))) / 100))
    : quantityWhole(threshold)

/** Of the hard eviction thresholds, those that are kept from pods. Source: cm/node_container_manager_linux.go, hardEvictionReservation. */
const SIGNAL_OF: Quantities = { memory: 'memory.available', 'ephemeral-storage': 'nodefs.available' }

const reserved = (resource: string, capacity: number, flags: KubeletNodeFlags, amountOf: (q: string) => number) => {
  const threshold = flags.evictionHard[SIGNAL_OF[resource] ?? '']
  return (
    amountOf(flags.kubeReserved[resource] ?? '0') +
    amountOf(flags.systemReserved[resource] ?? '0') +
    (threshold === undefined ? 0 : thresholdAmount(threshold, capacity))
  )
}

/**
 * What a node with this capacity lets pods request: less what is reserved, less the hard eviction threshold of memory and
 * of ephemeral storage, less huge pages, never below nothing.
 *
 * Source: pkg/kubelet/nodestatus/setters.go, MachineInfo.
 */
export const allocatableOf = (capacity: Quantities, flags: KubeletNodeFlags): Quantities => {
  const allocatable: Record<string, string> = {}
  for (const [resource, quantity] of Object.entries(capacity)) {
    const isCpu = resource === 'cpu'
    const amountOf = isCpu ? quantityMillis : quantityWhole
    const there = amountOf(quantity)
    const away = reserved(resource, there, flags, amountOf)
    allocatable[resource] =
      away === 0 ? canonicalQuantity(quantity) : (isCpu ? formatMillis : formatBytes)(Math.max(0, there - away))
  }
  const hugePages = Object.entries(capacity).filter(([resource]) => resource.startsWith('hugepages-'))
  const pages = hugePages.reduce((sum, [, quantity]) => sum + quantityWhole(quantity), 0)
  if (pages > 0 && allocatable.memory !== undefined) {
    allocatable.memory = formatBytes(Math.max(0, quantityWhole(allocatable.memory) - pages))
  }
  return allocatable
}
