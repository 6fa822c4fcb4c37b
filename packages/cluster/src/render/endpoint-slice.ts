import type { EndpointSlice } from '../endpoint-slice/endpoint-slice.ts'
import type { DeepReadonly } from '../tables.ts'
import { sorted } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata } from './metadata.ts'

/** An EndpointSlice as `kubectl get -o yaml` shows it. */
export const renderEndpointSlice = memoised<DeepReadonly<EndpointSlice>>((view, slice) => ({
  addressType: slice.addressType,
  apiVersion: slice.apiVersion,
  endpoints: slice.endpoints.map((endpoint) => sorted({ ...endpoint })),
  kind: slice.kind,
  metadata: sorted(renderMetadata(view, slice, { generation: true, gracePeriod: true })),
  ports: slice.ports.map((port) => sorted({ ...port })),
}))
