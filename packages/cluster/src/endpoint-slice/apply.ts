import type { Endpoint, EndpointPort } from '../api/discovery/endpoint-slice.ts'
import type { Folds } from '../folds.ts'
import { objectFolds, storedObject, storeObject } from '../object/object-folds.ts'
import { metaOfCreation, touchSpec } from '../object/touch.ts'
import type { ClusterTables } from '../tables.ts'
import { type EndpointSlice, serviceKeyOf } from './endpoint-slice.ts'
import type { endpointSliceEvents } from './events.ts'

const file = (tables: ClusterTables, slice: EndpointSlice): void => {
  const service = serviceKeyOf(slice.namespace, slice.labels)
  if (service === undefined) return
  const slices = tables.slicesByService.get(service)
  if (slices === undefined) tables.slicesByService.set(service, new Set([slice]))
  else slices.add(slice)
}

const unfile = (tables: ClusterTables, slice: EndpointSlice): void => {
  const service = serviceKeyOf(slice.namespace, slice.labels)
  if (service === undefined) return
  const slices = tables.slicesByService.get(service)
  slices?.delete(slice)
  if (slices?.size === 0) tables.slicesByService.delete(service)
}

type Change = ReturnType<typeof endpointSliceEvents.EndpointsChanged>

const nameOf = ({ targetRef }: Endpoint): string | undefined => targetRef?.name

const changeEndpoints = (before: readonly Endpoint[], change: Change): readonly Endpoint[] => {
  const changed = new Map(
    (change.changed as unknown as readonly Endpoint[] | undefined)?.map((one) => [nameOf(one), one]),
  )
  const removed: ReadonlySet<string | undefined> = new Set(change.removed)
  const endpoints: Endpoint[] = []
  for (const endpoint of before) {
    const name = nameOf(endpoint)
    if (!removed.has(name)) endpoints.push(changed.get(name) ?? endpoint)
  }
  endpoints.push(...((change.added ?? []) as unknown as readonly Endpoint[]))
  return endpoints
}

const folds = objectFolds('EndpointSlice', (tables) => tables.endpointSlices, unfile)

export const applyEndpointSlice: Folds<(typeof endpointSliceEvents)[keyof typeof endpointSliceEvents]> = {
  ...folds,
  EndpointSliceCreated: (tables, entry) => {
    const { object: key, addressType, ports, endpoints } = entry.event
    const slice: EndpointSlice = {
      ...metaOfCreation(entry),
      kind: 'EndpointSlice',
      apiVersion: 'discovery.k8s.io/v1',
      key,
      addressType,
      ports: ports as unknown as readonly EndpointPort[],
      endpoints: endpoints as unknown as readonly Endpoint[],
    }
    storeObject(tables, tables.endpointSlices, slice, entry)
    file(tables, slice)
  },
  EndpointSliceLabelled: (tables, entry) => {
    unfile(tables, storedObject(tables.endpointSlices, entry.event.object, entry))
    folds.EndpointSliceLabelled(tables, entry)
    file(tables, storedObject(tables.endpointSlices, entry.event.object, entry))
  },
  EndpointSliceEndpointsChanged: (tables, entry) => {
    const slice = storedObject(tables.endpointSlices, entry.event.object, entry)
    slice.endpoints = changeEndpoints(slice.endpoints, entry.event)
    touchSpec(slice, entry)
  },
  EndpointSliceRewritten: (tables, entry) => {
    const { object, ports, endpoints } = entry.event
    const slice = storedObject(tables.endpointSlices, object, entry)
    slice.ports = ports as unknown as readonly EndpointPort[]
    slice.endpoints = endpoints as unknown as readonly Endpoint[]
    touchSpec(slice, entry)
  },
}
