import type { Endpoint, EndpointPort } from '../api/discovery/endpoint-slice.ts'
import type { ObjectKey } from '../ids.ts'
import type { Labels } from '../object/meta.ts'
import type { StoredObject } from '../object/stored-object.ts'

export interface EndpointSlice extends StoredObject {
  readonly kind: 'EndpointSlice'
  readonly apiVersion: 'discovery.k8s.io/v1'
  readonly addressType: 'IPv4' | 'IPv6' | 'FQDN'
  endpoints: readonly Endpoint[]
  ports: readonly EndpointPort[]
}

/** Labels of a slice. Source: staging/src/k8s.io/api/discovery/v1/well_known_labels.go. */
export const SERVICE_NAME = 'kubernetes.io/service-name'
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
/** Of Services without a cluster address. */
export const HEADLESS_SERVICE = 'service.kubernetes.io/headless'

/** The Service that a slice says it is of; none if it does not say. */
export const serviceKeyOf = (namespace: string, labels: Labels): ObjectKey | undefined => {
  const name = labels[SERVICE_NAME]
  return name === undefined || name === '' ? undefined : `${namespace}/${name}`
}
