import type { Scenario } from '@wavetank/scenario'
import { suggestion } from '@wavetank/scenario'
import { type ProblemAt, text } from '@wavetank/scenario/codec'

/** A resource by its Kubernetes name: `cpu`, `memory`, `nvidia.com/gpu`. */
export const ResourceName = text

interface Amounts {
  readonly cpuMillis: number
  readonly memoryBytes: number
  readonly ephemeralStorageBytes: number
  readonly pods?: number
  readonly extended: Readonly<Record<string, number>>
}

/** Millicores for cpu, whole units otherwise. */
export const amountOf = (resource: string): ((amounts: Amounts) => number) => {
  switch (resource) {
    case 'cpu':
      return ({ cpuMillis }) => cpuMillis
    case 'memory':
      return ({ memoryBytes }) => memoryBytes
    case 'ephemeral-storage':
      return ({ ephemeralStorageBytes }) => ephemeralStorageBytes
    case 'pods':
      return ({ pods = 1 }) => pods
    default:
      return ({ extended }) => extended[resource] ?? 0
  }
}

/** What is wrong with a resource that no node has. */
export const missingResource = (scenario: Scenario, resource: string): readonly ProblemAt[] => {
  const known = new Set(
    scenario.nodes.flatMap(({ status }) => Object.keys({ ...status?.capacity, ...status?.allocatable })),
  )
  if (known.has(resource) || scenario.nodes.length === 0) return []
  const message = `no node has any ${resource}`
  return [[['resource'], { code: 'WT061', message, hint: suggestion(resource, [...known].sort()) }]]
}
