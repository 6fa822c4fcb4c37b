import { type SimEvent, uuidOf } from '@wavetank/kernel'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { Endpoint, EndpointPort, EndpointSlice as SliceObject } from '../api/discovery/endpoint-slice.ts'
import { endpointSliceEvents } from '../endpoint-slice/events.ts'
import { keyOf, type ObjectKey } from '../ids.ts'
import type { ControllerRef, Labels } from '../object/meta.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import { invalid } from './failure.ts'
import { controllerOf } from './manifest.ts'
import { isEqual, type Update, updateMetadata } from './update-metadata.ts'

export interface NewEndpointSlice {
  readonly object: ObjectKey
  readonly labels: Labels
  readonly annotations: Labels
  readonly owner?: ControllerRef | undefined
  readonly addressType: SliceObject['addressType']
  readonly ports: readonly DeepReadonly<EndpointPort>[]
  readonly endpoints: readonly DeepReadonly<Endpoint>[]
}

const records = (list: readonly unknown[]): readonly Record<string, unknown>[] => list as Record<string, unknown>[]

/** What storing a slice comes to. */
export const createEndpointSlice = (view: ClusterView, at: number, slice: NewEndpointSlice): SimEvent => {
  const { ports, endpoints, ...rest } = slice
  return endpointSliceEvents.Created({
    ...rest,
    uid: uuidOf(view.settings.seed, `EndpointSlice ${slice.object} ${at}`),
    ports: records(ports),
    endpoints: records(endpoints),
  })
}

export const createEndpointSliceObject = (view: ClusterView, at: number, object: SliceObject): SimEvent => {
  const { metadata, addressType, ports = [], endpoints } = object
  return createEndpointSlice(view, at, {
    object: keyOf(metadata.namespace ?? '', metadata.name),
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    owner: controllerOf(metadata),
    addressType,
    ports,
    endpoints,
  })
}

/** Source: pkg/apis/discovery/validation/validation.go, ValidateEndpointSliceUpdate. */
export const updateEndpointSlice = (was: SliceObject, is: SliceObject): Update => {
  const { metadata } = was
  const object = keyOf(metadata.namespace ?? '', metadata.name)
  if (was.addressType !== is.addressType) {
    const cause = `addressType: Invalid value: "${is.addressType}": field is immutable`
    return left(invalid('EndpointSlice', metadata.name, [cause]))
  }
  const { ports = [], endpoints } = is
  const events = endpointSliceEvents
  const same = isEqual([was.ports ?? [], was.endpoints], [ports, endpoints])
  const changed = updateMetadata('EndpointSlice', metadata, is.metadata, {
    labelled: (labels) => events.Labelled({ object, labels }),
    annotated: (annotations) => events.Annotated({ object, annotations }),
    adopted: (owner) => events.Adopted({ object, owner }),
    released: (owner) => events.Released({ object, owner: keyOf(metadata.namespace ?? '', owner.name) }),
  })
  if (isLeft(changed)) return changed
  const rewritten = events.Rewritten({ object, ports: records(ports), endpoints: records(endpoints) })
  return right([...(same ? [] : [rewritten]), ...changed.right])
}
