import type { JsonObject } from '../api/codec.ts'
import type { EndpointSubset, LegacyEndpoints } from '../endpoint-slice/legacy-endpoints.ts'
import type { ClusterView } from '../tables.ts'
import { sorted, unlessEmpty } from './json.ts'
import { timestamp } from './metadata.ts'

const renderSubset = ({ addresses, notReadyAddresses, ports }: EndpointSubset): JsonObject => ({
  addresses: unlessEmpty(addresses.map((address) => sorted({ ...address }))),
  notReadyAddresses: unlessEmpty(notReadyAddresses.map((address) => sorted({ ...address }))),
  ports: unlessEmpty(ports.map(({ name, ...port }) => sorted(name === '' ? port : { ...port, name }))),
})

/** An Endpoints object as `kubectl get -o yaml` shows it. */
export const renderEndpoints = (view: ClusterView, endpoints: LegacyEndpoints): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: sorted({
    name: endpoints.name,
    namespace: endpoints.namespace,
    uid: endpoints.uid,
    resourceVersion: String(endpoints.resourceVersion),
    creationTimestamp: timestamp(view, endpoints.createdAt),
    labels: endpoints.labels,
  }),
  ...sorted({ subsets: unlessEmpty(endpoints.subsets.map((subset) => sorted(renderSubset(subset)))) }),
})
