import type * as t from 'io-ts'
import { dnsLabelProblems, dnsSubdomainProblems, portNameProblems } from '../../names.ts'
import type { Codec, Filled } from '../codec.ts'
import {
  anything,
  defaultedZero,
  filled,
  flag,
  integer,
  intOrString,
  list,
  omitEmpty,
  optional,
  present,
  struct,
  text,
  textMap,
  words,
} from '../codec.ts'
import { defineKind, objectCodec, unreadStatus } from '../define-kind.ts'
import { NAME_RULES, validateLabels } from '../meta/object-meta.ts'
import type { Trail } from '../trail.ts'
import { complain, duplicate, forbidden, invalid, required, within } from '../trail.ts'

const servicePort = struct(
  'ServicePort',
  {
    name: omitEmpty(text),
    protocol: defaultedZero(words('TCP', 'UDP', 'SCTP'), 'TCP'),
    port: integer,
    targetPort: omitEmpty(intOrString),
    nodePort: omitEmpty(integer),
    appProtocol: optional(text),
  },
  {
    complete: (value) => {
      value.targetPort ??= value.port
    },
  },
)
/** `targetPort` is the port itself if it was not given. */
export interface ServicePort extends Filled<t.TypeOf<typeof servicePort>, 'targetPort'> {}
export const ServicePort: Codec<ServicePort> = filled(servicePort)

const serviceSpec = struct(
  'ServiceSpec',
  {
    type: defaultedZero(words('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'), 'ClusterIP'),
    selector: optional(textMap),
    ports: optional(list(ServicePort)),
    clusterIP: omitEmpty(text),
    clusterIPs: optional(list(text)),
    publishNotReadyAddresses: optional(flag),
    externalName: omitEmpty(text),
    sessionAffinity: defaultedZero(words('None', 'ClientIP'), 'None'),
    sessionAffinityConfig: optional(anything),
    externalTrafficPolicy: omitEmpty(words('Cluster', 'Local')),
    internalTrafficPolicy: optional(words('Cluster', 'Local')),
    allocateLoadBalancerNodePorts: optional(flag),
    externalIPs: optional(list(text)),
    healthCheckNodePort: omitEmpty(integer),
    ipFamilies: optional(list(text)),
    ipFamilyPolicy: optional(words('SingleStack', 'PreferDualStack', 'RequireDualStack')),
    loadBalancerClass: optional(text),
    loadBalancerIP: omitEmpty(text),
    loadBalancerSourceRanges: optional(list(text)),
    trafficDistribution: optional(text),
  },
  {
    // `SetDefaults_Service`.
    complete: (spec) => {
      const { type, externalIPs = [] } = spec
      const external =
        type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && externalIPs.length > 0)
      if (external) spec.externalTrafficPolicy ??= 'Cluster'
      if (type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster'
      if (type === 'LoadBalancer') spec.allocateLoadBalancerNodePorts ??= true
      if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
      else spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: 10_800 } }
    },
  },
)
export interface ServiceSpec extends t.TypeOf<typeof serviceSpec> {}
export const ServiceSpec: Codec<ServiceSpec> = serviceSpec

const service = objectCodec('v1', 'Service', { spec: present(ServiceSpec), status: unreadStatus })
export interface Service extends t.TypeOf<typeof service> {}
export const Service: Codec<Service> = service

const validatePortNumber = (trail: Trail, step: string, port: number): void => {
  if (port >= 1 && port <= 65535) return
  within(trail, step, () => invalid(trail, 'WT116', port, 'must be between 1 and 65535, inclusive'))
}

const validatePorts = (trail: Trail, ports: readonly ServicePort[]): void => {
  const names = new Set<string>()
  const numbers = new Set<string>()
  ports.forEach(({ name, port, protocol, targetPort }, i) => {
    trail.steps.push('ports', i)
    if (name === undefined) {
      if (ports.length > 1) within(trail, 'name', () => required(trail))
    } else {
      within(trail, 'name', () => {
        complain(trail, 'WT109', name, dnsLabelProblems(name))
        if (names.has(name)) duplicate(trail, name)
      })
      names.add(name)
    }
    validatePortNumber(trail, 'port', port)
    if (typeof targetPort === 'number') validatePortNumber(trail, 'targetPort', targetPort)
    else {
      within(trail, 'targetPort', () => complain(trail, 'WT109', targetPort, portNameProblems(targetPort)))
    }
    if (numbers.has(`${protocol}/${port}`)) duplicate(trail, { protocol, port })
    numbers.add(`${protocol}/${port}`)
    trail.steps.length -= 2
  })
}

export const serviceKind = defineKind<Service>({
  kind: 'Service',
  apiVersion: 'v1',
  codec: Service,
  nameRule: NAME_RULES.service,
  validate: (trail, { spec }) => {
    const { type, ports = [], clusterIP, externalName } = spec
    const headless = clusterIP === 'None'
    trail.steps.push('spec')
    if (ports.length === 0 && !headless && type !== 'ExternalName') within(trail, 'ports', () => required(trail))
    if (headless && (type === 'NodePort' || type === 'LoadBalancer')) {
      within(trail, 'clusterIPs', () =>
        invalid(trail, 'WT104', ['None'], `may not be set to 'None' for ${type} services`),
      )
    }
    if (type === 'ExternalName') {
      if (clusterIP !== undefined) {
        within(trail, 'clusterIPs', () => forbidden(trail, 'may not be set when `type` is "ExternalName"'))
      }
      within(trail, 'externalName', () => {
        if (externalName === undefined) required(trail)
        else complain(trail, 'WT109', externalName, dnsSubdomainProblems(externalName.replace(/\.$/, '')))
      })
    }
    validatePorts(trail, ports)
    validateLabels(trail, 'selector', spec.selector)
    trail.steps.pop()
  },
})
