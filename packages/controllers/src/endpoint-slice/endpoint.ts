import type { ClusterView, DeepReadonly, Pod, Service } from '@wavetank/cluster'
import { HEADLESS, isReady, isTerminal } from '@wavetank/cluster'
import { type Endpoint, type EndpointPort, isSidecar } from '@wavetank/cluster/api'

export type PodView = DeepReadonly<Pod>
export type ServiceView = DeepReadonly<Service>
export type EndpointView = DeepReadonly<Endpoint>
export type PortsView = readonly DeepReadonly<EndpointPort>[]

const ZONE = 'topology.kubernetes.io/zone'

/** Source: staging/src/k8s.io/endpointslice/util/controller_utils.go, ShouldPodBeInEndpoints. */
const belongs = (pod: PodView): boolean => pod.ip !== undefined && !isTerminal(pod as Pod)

/** True for pods that are left out until their node exists: endpoints of a node that is gone would stay for ever. */
export const lacksNode = (view: ClusterView, { spec }: ServiceView, pod: PodView): boolean =>
  belongs(pod) && spec.publishNotReadyAddresses !== true && !view.nodes.has(pod.node)

/**
 * The endpoint of a pod that the Service selects; `undefined` if it has none.
 *
 * Source: staging/src/k8s.io/endpointslice/utils.go, podToEndpoint.
 */
export const endpointOf = (view: ClusterView, service: ServiceView, pod: PodView): EndpointView | undefined => {
  if (!belongs(pod) || lacksNode(view, service, pod)) return undefined
  const serving = isReady(pod as Pod)
  const terminating = pod.deletion !== undefined
  const zone = view.nodes.get(pod.node)?.labels[ZONE]
  return {
    addresses: [pod.ip!],
    conditions: {
      ready: service.spec.publishNotReadyAddresses === true || (serving && !terminating),
      serving,
      terminating,
    },
    // The name of a StatefulSet's pod in the DNS of its headless Service.
    ...(pod.hostname !== undefined && pod.hostname !== '' && pod.subdomain === service.name
      ? { hostname: pod.hostname }
      : {}),
    ...(pod.node === '' ? {} : { nodeName: pod.node }),
    targetRef: { kind: 'Pod', namespace: pod.namespace, name: pod.name, uid: pod.uid },
    ...(zone === undefined || zone === '' ? {} : { zone }),
  }
}

/**
 * Equal texts are one endpoint, whatever else has changed about it.
 *
 * Source: staging/src/k8s.io/endpointslice/util/endpointset.go, hashEndpoint.
 */
export const identityOf = ({ addresses, hostname = '', targetRef }: EndpointView): string =>
  `${addresses.join(',')} ${hostname} ${targetRef?.namespace ?? ''}/${targetRef?.name ?? ''}`

/** What can change about an endpoint that stays the same one. Source: EndpointsEqualBeyondHash. */
export const isSameEndpoint = (a: EndpointView, b: EndpointView): boolean =>
  a.conditions.ready === b.conditions.ready &&
  a.conditions.serving === b.conditions.serving &&
  a.conditions.terminating === b.conditions.terminating &&
  a.nodeName === b.nodeName &&
  a.zone === b.zone &&
  a.targetRef?.uid === b.targetRef?.uid

/** The number of a port that a Service names, in the first container that has it. Source: FindPort. */
const namedPort = (pod: PodView, name: string, protocol: string): number | undefined => {
  const { containers, initContainers = [] } = pod.template.spec
  for (const container of [
    ...containers,
    ...initContainers.filter((one) => isSidecar(one as Parameters<typeof isSidecar>[0])),
  ]) {
    const found = container.ports?.find((port) => port.name === name && (port.protocol ?? 'TCP') === protocol)
    if (found !== undefined) return found.containerPort
  }
  return undefined
}

const NO_PORTS: PortsView = []

/** The ports of a pod's endpoint. A port that the pod does not have is left out. Source: getEndpointPorts. */
const portsOf = ({ spec }: ServiceView, pod: PodView): PortsView => {
  const { ports = [], clusterIP } = spec
  if (ports.length === 0 && clusterIP === HEADLESS) return NO_PORTS
  return ports.flatMap(({ name = '', protocol, targetPort, appProtocol }) => {
    const port = typeof targetPort === 'number' ? targetPort : namedPort(pod, targetPort, protocol)
    if (port === undefined) return []
    return [{ name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) }]
  })
}

/** Ports in one order, and a text that is the same for the same ports: pods of one text share slices. */
export interface PortGroup {
  readonly id: string
  readonly ports: PortsView
}

export const portGroup = (ports: PortsView): PortGroup => ({
  id: ports
    .map(({ name, port, protocol, appProtocol = '' }) => `${name}:${port ?? ''}/${protocol}/${appProtocol}`)
    .sort()
    .join(' '),
  ports,
})

/** The group of each pod, found once for each of the templates that pods of a Service come from. */
export const portGroups = (service: ServiceView): ((pod: PodView) => PortGroup) => {
  const byTemplate = new Map<string, PortGroup>()
  return (pod) => {
    const { hash } = pod.template
    let group = byTemplate.get(hash)
    if (group === undefined) {
      group = portGroup(portsOf(service, pod))
      byTemplate.set(hash, group)
    }
    return group
  }
}
