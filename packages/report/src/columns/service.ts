import type { DeepReadonly, Service } from '@wavetank/cluster'
import { formatLabels } from '@wavetank/cluster/api'
import { AGE, defineColumns, NAME, NONE } from './define-columns.ts'

type ServiceView = DeepReadonly<Service>

/** Source: pkg/printers/internalversion/printers.go, getServiceExternalIP. */
const externalAddress = ({ spec }: ServiceView): string => {
  const { type, externalIPs = [], externalName = '' } = spec
  if (type === 'ExternalName') return externalName
  if (externalIPs.length > 0) return externalIPs.join(',')
  return type === 'LoadBalancer' ? '<pending>' : NONE
}

/** Source: makePortString. */
const portsOf = ({ spec: { ports = [] } }: ServiceView): string =>
  ports.length === 0
    ? NONE
    : ports
        .map(({ port, nodePort, protocol }) => `${nodePort === undefined ? port : `${port}:${nodePort}`}/${protocol}`)
        .join(',')

/** Source: printService. */
export const serviceColumns = defineColumns<ServiceView>({
  kind: 'Service',
  list: ({ view }) => view.services.values(),
  columns: [
    NAME,
    { header: 'TYPE', cell: ({ spec }) => spec.type },
    { header: 'CLUSTER-IP', cell: ({ spec }) => spec.clusterIPs?.[0] ?? NONE },
    { header: 'EXTERNAL-IP', cell: externalAddress },
    { header: 'PORT(S)', cell: portsOf },
    AGE,
    { header: 'SELECTOR', wide: true, cell: ({ spec }) => formatLabels(spec.selector ?? {}) },
  ],
})
