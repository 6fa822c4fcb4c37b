import type { ServiceSpec } from '../api/core/service.ts'
import type { Folds } from '../folds.ts'
import { selectorOfLabels } from '../labels.ts'
import { objectFolds, storedObject, storeObject } from '../object/object-folds.ts'
import { metaOfCreation, touchSpec } from '../object/touch.ts'
import { rechargeObject } from '../resource-quota/charge.ts'
import type { ClusterTables } from '../tables.ts'
import type { serviceEvents } from './events.ts'
import { fileService, unfileService } from './lookup.ts'
import { forgetPods, gatherPods } from './members.ts'
import { hasClusterAddress, type Service } from './service.ts'

/** What a Service holds of what there is only once. */
const allotted = ({ spec }: Service): { readonly addresses: readonly string[]; readonly ports: readonly number[] } => ({
  addresses: hasClusterAddress(spec) ? (spec.clusterIPs ?? []) : [],
  ports: [...(spec.ports ?? []).map(({ nodePort = 0 }) => nodePort), spec.healthCheckNodePort ?? 0].filter(
    (port) => port !== 0,
  ),
})

const settle = (tables: ClusterTables, service: Service): void => {
  const { selector } = service.spec
  service.selector =
    selector === undefined || Object.keys(selector).length === 0 ? undefined : selectorOfLabels(selector)
  fileService(tables, service)
  gatherPods(tables, service)
  const { addresses, ports } = allotted(service)
  for (const address of addresses) tables.serviceAddresses.set(address, service.key)
  for (const port of ports) tables.nodePorts.set(port, service.key)
}

const unsettle = (tables: ClusterTables, service: Service): void => {
  unfileService(tables, service)
  forgetPods(tables, service)
  const { addresses, ports } = allotted(service)
  for (const address of addresses) {
    if (tables.serviceAddresses.get(address) === service.key) tables.serviceAddresses.delete(address)
  }
  for (const port of ports) if (tables.nodePorts.get(port) === service.key) tables.nodePorts.delete(port)
}

export const applyService: Folds<(typeof serviceEvents)[keyof typeof serviceEvents]> = {
  ...objectFolds('Service', (tables) => tables.services, unsettle),
  ServiceCreated: (tables, entry) => {
    const { object: key, spec } = entry.event
    const service: Service = {
      ...metaOfCreation(entry),
      kind: 'Service',
      apiVersion: 'v1',
      key,
      spec: spec as unknown as ServiceSpec,
      selector: undefined,
      lookup: undefined,
    }
    storeObject(tables, tables.services, service, entry)
    settle(tables, service)
  },
  ServiceSpecChanged: (tables, entry) => {
    const service = storedObject(tables.services, entry.event.object, entry)
    unsettle(tables, service)
    service.spec = entry.event.spec as unknown as ServiceSpec
    settle(tables, service)
    rechargeObject(tables, service)
    touchSpec(service, entry)
  },
}
