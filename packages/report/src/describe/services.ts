import { findObject } from '@wavetank/cluster'
import { eventsOf, mapSelector, marks, named, partsOf, UNSET } from './fields.ts'
import { type Describer, type Describing, indent, type Json, list, NONE, record, text } from './parts.ts'

const MAX_SHOWN = 3

/** Source: formatEndpointSlices: three addresses that are ready, and how many more there are. */
const endpoints = (slices: readonly Json[], port: string): string => {
  if (slices.length === 0) return NONE
  const shown: string[] = []
  let count = 0
  for (const slice of slices) {
    for (const one of list(slice.ports)) {
      if (text(one.name) !== port) continue
      for (const { addresses, conditions } of list(slice.endpoints)) {
        if (record(conditions).ready === false) continue
        for (const address of addresses as readonly string[]) {
          if (shown.length < MAX_SHOWN) shown.push(`${address}:${text(one.port)}`)
          count++
        }
      }
    }
  }
  return `${shown.join(',')}${count > MAX_SHOWN ? ` + ${count - MAX_SHOWN} more...` : ''}`
}

const slicesOf = (metadata: Json, { view }: Describing): readonly Json[] =>
  [...(view.slicesByService.get(`${text(metadata.namespace)}/${text(metadata.name)}`) ?? [])].flatMap(({ name }) => {
    const slice = findObject(view, 'EndpointSlice', text(metadata.namespace), name)?.render()
    return slice === undefined ? [] : [slice as Json]
  })

/** Source: describeService. */
export const describeService: Describer = (object, describing) => {
  const { metadata, spec, status } = partsOf(object)
  const slices = slicesOf(metadata, describing)
  const words = (u: unknown): string => ((u as readonly string[] | undefined) ?? []).join(',')
  const given = (title: string, u: unknown): readonly string[] => (text(u) === '' ? [] : [`${title}:\t${text(u)}`])
  const ingress = list(record(status.loadBalancer).ingress)
    .map(({ ip, ipMode, hostname }) =>
      ip === undefined ? text(hostname) : `${text(ip)}${ipMode === undefined ? '' : ` (${text(ipMode)})`}`,
    )
    .join(', ')
  return [
    ...named(metadata),
    ...marks(metadata),
    `Selector:\t${mapSelector(spec.selector)}`,
    `Type:\t${text(spec.type)}`,
    ...given('IP Family Policy', spec.ipFamilyPolicy),
    `IP Families:\t${words(spec.ipFamilies) || NONE}`,
    `IP:\t${text(spec.clusterIP)}`,
    `IPs:\t${words(spec.clusterIPs) || NONE}`,
    ...given('External IPs', words(spec.externalIPs)),
    ...given('Desired LoadBalancer IP', spec.loadBalancerIP),
    ...given('External Name', spec.externalName),
    ...given('LoadBalancer Ingress', ingress),
    ...list(spec.ports).flatMap(({ name, port, protocol = 'TCP', targetPort, appProtocol, nodePort }) => {
      const shown = text(name) === '' ? UNSET : text(name)
      return [
        `Port:\t${shown}\t${text(port)}/${text(protocol)}`,
        `TargetPort:\t${text(targetPort)}/${text(protocol)}`,
        ...given('AppProtocol', appProtocol),
        ...(nodePort === undefined ? [] : [`NodePort:\t${shown}\t${text(nodePort)}/${text(protocol)}`]),
        `Endpoints:\t${endpoints(slices, text(name))}`,
      ]
    }),
    `Session Affinity:\t${text(spec.sessionAffinity)}`,
    ...given('External Traffic Policy', spec.externalTrafficPolicy),
    ...given('Internal Traffic Policy', spec.internalTrafficPolicy),
    ...given('HealthCheck NodePort', spec.healthCheckNodePort),
    ...given('LoadBalancer Source Ranges', words(spec.loadBalancerSourceRanges)),
    ...given('Traffic Distribution', spec.trafficDistribution),
    ...eventsOf(metadata, describing),
  ]
}

/** Source: describeEndpointSliceV1. */
export const describeEndpointSlice: Describer = (object, describing) => {
  const { metadata } = partsOf(object)
  const [ports, all] = [list(object.ports), list(object.endpoints)]
  const orUnset = (u: unknown): string => (text(u) === '' ? UNSET : text(u))
  return [
    ...named(metadata),
    ...marks(metadata),
    `AddressType:\t${text(object.addressType)}`,
    ...(ports.length === 0
      ? [`Ports: ${UNSET}`]
      : [
          'Ports:',
          indent(1, 'Name\tPort\tProtocol'),
          indent(1, '----\t----\t--------'),
          ...ports.map(({ name, port, protocol }) =>
            indent(1, `${orUnset(name)}\t${orUnset(port)}\t${text(protocol)}`),
          ),
        ]),
    ...(all.length === 0 ? [`Endpoints: ${NONE}`] : ['Endpoints:']),
    ...all.flatMap(({ addresses, conditions, hostname, targetRef, nodeName, zone }) => [
      indent(1, `- Addresses:\t${((addresses as readonly string[]) ?? []).join(', ') || NONE}`),
      indent(2, 'Conditions:'),
      indent(3, `Ready:\t${orUnset(record(conditions).ready)}`),
      indent(2, `Hostname:\t${orUnset(hostname)}`),
      ...(targetRef === undefined
        ? []
        : [indent(2, `TargetRef:\t${text(record(targetRef).kind)}/${text(record(targetRef).name)}`)]),
      indent(2, `NodeName:\t${orUnset(nodeName)}`),
      indent(2, `Zone:\t${orUnset(zone)}`),
    ]),
    ...eventsOf(metadata, describing),
  ]
}
