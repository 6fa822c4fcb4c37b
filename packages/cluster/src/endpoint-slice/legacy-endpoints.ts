import { uuidOf } from '@wavetank/kernel'
import type { EndpointPort } from '../api/discovery/endpoint-slice.ts'
import { HEADLESS_SERVICE } from '../endpoint-slice/endpoint-slice.ts'
import type { Labels } from '../object/meta.ts'
import { hasClusterAddress, type Service } from '../service/service.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'

/**
 * The Endpoints object of a Service with a selector, made up from its slices when somebody asks: nothing acts on it, and
 * in a cluster it differs from them by some milliseconds.
 *
 * Source: pkg/controller/endpoint/endpoints_controller.go, syncService.
 */
export interface LegacyEndpoints {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  readonly annotations: Labels
  readonly createdAt: number
  readonly resourceVersion: number
  readonly subsets: readonly EndpointSubset[]
}

export interface EndpointAddress {
  readonly ip: string
  readonly hostname: string | undefined
  readonly nodeName: string | undefined
  readonly targetRef: unknown
}

export interface EndpointSubset {
  readonly addresses: readonly EndpointAddress[]
  readonly notReadyAddresses: readonly EndpointAddress[]
  readonly ports: readonly DeepReadonly<EndpointPort>[]
}

/** Addresses beyond that are left out. Source: maxCapacity. */
const ADDRESSES_MAX = 1_000
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by'

const byAddress = (a: EndpointAddress, b: EndpointAddress): number => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0)

interface Gathered {
  readonly ports: readonly DeepReadonly<EndpointPort>[]
  readonly ready: EndpointAddress[]
  readonly unready: EndpointAddress[]
}

const subsetsOf = (view: ClusterView, { key, spec }: DeepReadonly<Service>): readonly EndpointSubset[] => {
  const byPorts = new Map<string, Gathered>()
  let room = ADDRESSES_MAX
  for (const slice of view.slicesByService.get(key) ?? []) {
    const id = JSON.stringify(slice.ports)
    for (const { addresses, conditions, hostname, nodeName, targetRef } of slice.endpoints) {
      const leaves = conditions.terminating === true && spec.publishNotReadyAddresses !== true
      if (leaves || room === 0) continue
      room--
      let gathered = byPorts.get(id)
      if (gathered === undefined) {
        gathered = { ports: slice.ports, ready: [], unready: [] }
        byPorts.set(id, gathered)
      }
      const list = conditions.ready === false ? gathered.unready : gathered.ready
      for (const ip of addresses) list.push({ ip, hostname, nodeName, targetRef })
    }
  }
  return [...byPorts.values()].map(({ ports, ready, unready }) => ({
    addresses: ready.sort(byAddress),
    notReadyAddresses: unready.sort(byAddress),
    ports,
  }))
}

/** The Endpoints of a Service; `undefined` if nobody writes any for it. */
export const endpointsOf = (view: ClusterView, service: DeepReadonly<Service>): LegacyEndpoints | undefined => {
  const { key, namespace, name, labels, spec, createdAt } = service
  if (service.selector === undefined || spec.type === 'ExternalName') return undefined
  let resourceVersion = service.resourceVersion
  for (const slice of view.slicesByService.get(key) ?? []) {
    resourceVersion = Math.max(resourceVersion, slice.resourceVersion)
  }
  const own = { ...labels, [MANAGED_BY]: 'endpoint-controller' }
  return {
    uid: uuidOf(view.settings.seed, `Endpoints ${key} ${createdAt}`),
    namespace,
    name,
    labels: hasClusterAddress(spec) ? own : { ...own, [HEADLESS_SERVICE]: '' },
    annotations: {},
    createdAt,
    resourceVersion,
    subsets: subsetsOf(view, service),
  }
}

/** Every Endpoints object that a controller would have written. */
export const allEndpoints = (view: ClusterView): readonly LegacyEndpoints[] =>
  [...view.services.values()].flatMap((service) => endpointsOf(view, service) ?? [])
