import type { ApiObject } from '@wavetank/cluster/api'

/**
 * Objects that a cluster makes by itself, so that every dump has them. Nobody needs to be told that nothing acts on them.
 *
 * Source: pkg/controller/certificates/rootcacertpublisher/publisher.go, pkg/controller/serviceaccount,
 * pkg/controlplane/controller/kubernetesservice, pkg/controller/endpoint.
 */
export const isGenerated = ({ kind, metadata: { name, namespace = '', labels } }: ApiObject): boolean => {
  switch (kind) {
    case 'ConfigMap':
      return (
        name === 'kube-root-ca.crt' || (namespace === 'kube-system' && name === 'extension-apiserver-authentication')
      )
    case 'ServiceAccount':
      return name === 'default' || namespace === 'kube-system'
    case 'Endpoints':
      // The others are made up from the slices of their Services.
      return (
        (namespace === 'default' && name === 'kubernetes') ||
        labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller'
      )
    case 'Service':
    case 'EndpointSlice':
      return namespace === 'default' && name === 'kubernetes'
    case 'Event':
    case 'Lease':
    case 'CSINode':
    case 'FlowSchema':
    case 'PriorityLevelConfiguration':
    case 'APIService':
    case 'ServiceCIDR':
    case 'IPAddress':
      return true
    default:
      return false
  }
}
