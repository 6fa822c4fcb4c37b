import type * as t from 'io-ts'
import { isAddress, isAddressRange, isIPv6 } from '../../addresses.ts'
import { labelKeyProblems } from '../../labels.ts'
import { dnsLabelProblems, dnsSubdomainProblems, portNameProblems } from '../../names.ts'
import type { Codec, Filled } from '../codec.ts'
import {
  anything,
  defaultedZero,
  filled,
  flag,
  integer,
  intOrString,
  isObject,
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
import { complain, duplicate, forbidden, invalid, notSupported, required, within } from '../trail.ts'

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
      // Source: pkg/registry/core/service/storage/storage.go, normalizeClusterIPs.
      if (spec.clusterIP !== undefined && (spec.clusterIPs ?? []).length === 0) spec.clusterIPs = [spec.clusterIP]
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

/** Source: validateServicePort, and what validateService has to say of all ports. */
const validatePorts = (trail: Trail, type: ServiceSpec['type'], ports: readonly ServicePort[]): void => {
  const names = new Set<string>()
  const numbers = new Set<string>()
  const nodePorts = new Set<string>()
  ports.forEach(({ name, port, protocol, targetPort, nodePort, appProtocol }, i) => {
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
    if (appProtocol !== undefined) {
      within(trail, 'appProtocol', () => complain(trail, 'WT109', appProtocol, labelKeyProblems(appProtocol)))
    }
    if (nodePort !== undefined) {
      within(trail, 'nodePort', () => {
        if (type === 'ClusterIP') forbidden(trail, "may not be used when `type` is 'ClusterIP'")
        if (nodePorts.has(`${protocol}/${nodePort}`)) duplicate(trail, nodePort)
      })
      nodePorts.add(`${protocol}/${nodePort}`)
    }
    if (numbers.has(`${protocol}/${port}`)) duplicate(trail, { protocol, port })
    numbers.add(`${protocol}/${port}`)
    trail.steps.length -= 2
  })
}

const IP_MESSAGE = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
const MAX_ADDRESSES = 2

/** Source: ValidateServiceClusterIPsRelatedFields. */
const validateAddresses = (trail: Trail, spec: ServiceSpec): void => {
  const { type, clusterIP, clusterIPs = [], ipFamilies = [] } = spec
  if (type === 'ExternalName') return
  const refuse = (detail: string): void => {
    within(trail, 'clusterIPs', () => invalid(trail, 'WT104', clusterIPs, detail))
  }
  if (clusterIP === undefined) {
    if (clusterIPs.length > 0) refuse('must be empty when `clusterIP` is not specified')
  } else if (clusterIPs[0] !== clusterIP) refuse('first value must match `clusterIP`')
  ipFamilies.forEach((family, i) => {
    trail.steps.push('ipFamilies', i)
    if (!FAMILIES.includes(family)) notSupported(trail, family, FAMILIES)
    else if (ipFamilies.indexOf(family) < i) duplicate(trail, family)
    trail.steps.length -= 2
  })
  let unreadable = false
  clusterIPs.forEach((address, i) => {
    if (address === 'None' && i === 0) {
      unreadable ||= clusterIPs.length > 1
      if (clusterIPs.length > 1) refuse("'None' must be the first and only value")
    } else if (!isAddress(address)) {
      unreadable = true
      trail.steps.push('clusterIPs', i)
      invalid(trail, 'WT104', address, IP_MESSAGE)
      trail.steps.length -= 2
    }
  })
  if (clusterIPs.length > MAX_ADDRESSES) refuse('may only hold up to 2 values')
  if (unreadable || clusterIP === 'None') return
  const ofSix = clusterIPs.filter(isIPv6).length
  if (clusterIPs.length > 1 && (ofSix === 0 || ofSix === clusterIPs.length)) {
    refuse('may specify no more than one IP for each IP family')
  }
  clusterIPs.forEach((address, i) => {
    const family = ipFamilies[i]
    if (family === undefined || isIPv6(address) === (family === 'IPv6')) return
    trail.steps.push('clusterIPs', i)
    invalid(trail, 'WT104', address, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``)
    trail.steps.length -= 2
  })
}

const FAMILIES: readonly string[] = ['IPv4', 'IPv6']
const LOAD_BALANCER_ONLY = "may only be used when `type` is 'LoadBalancer'"

const validateLoadBalancer = (trail: Trail, spec: ServiceSpec): void => {
  const { type, loadBalancerSourceRanges = [], allocateLoadBalancerNodePorts, loadBalancerClass } = spec
  const only = (step: string, isSet: boolean): void => {
    if (isSet && type !== 'LoadBalancer') within(trail, step, () => forbidden(trail, LOAD_BALANCER_ONLY))
  }
  only('LoadBalancerSourceRanges', loadBalancerSourceRanges.length > 0)
  loadBalancerSourceRanges.forEach((range, i) => {
    if (isAddressRange(range.trim())) return
    trail.steps.push('LoadBalancerSourceRanges', i)
    invalid(trail, 'WT104', range, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')
    trail.steps.length -= 2
  })
  only('allocateLoadBalancerNodePorts', allocateLoadBalancerNodePorts !== undefined)
  only('loadBalancerClass', loadBalancerClass !== undefined)
  if (type === 'LoadBalancer' && loadBalancerClass !== undefined) {
    within(trail, 'loadBalancerClass', () =>
      complain(trail, 'WT109', loadBalancerClass, labelKeyProblems(loadBalancerClass)),
    )
  }
}

const DISTRIBUTIONS: readonly string[] = ['PreferClose', 'PreferSameZone', 'PreferSameNode']

/** Source: validateServiceExternalTrafficPolicy, validateServiceTrafficDistribution. */
const validateTraffic = (trail: Trail, spec: ServiceSpec): void => {
  const { type, externalIPs = [], externalTrafficPolicy, healthCheckNodePort, trafficDistribution } = spec
  const external = type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0)
  if (!external && externalTrafficPolicy !== undefined) {
    within(trail, 'externalTrafficPolicy', () =>
      invalid(trail, 'WT104', externalTrafficPolicy, 'may only be set for externally-accessible services'),
    )
  }
  if (healthCheckNodePort !== undefined) {
    const checked = type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
    if (checked) validatePortNumber(trail, 'healthCheckNodePort', healthCheckNodePort)
    else {
      const only = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
      within(trail, 'healthCheckNodePort', () => invalid(trail, 'WT104', healthCheckNodePort, only))
    }
  }
  if (trafficDistribution !== undefined && !DISTRIBUTIONS.includes(trafficDistribution)) {
    within(trail, 'trafficDistribution', () => notSupported(trail, trafficDistribution, DISTRIBUTIONS))
  }
}

const AFFINITY_SECONDS_MAX = 86_400

/** Source: validateClientIPAffinityConfig. */
const validateAffinity = (trail: Trail, { sessionAffinity, sessionAffinityConfig }: ServiceSpec): void => {
  if (sessionAffinity !== 'ClientIP') return
  const { clientIP } = isObject(sessionAffinityConfig) ? sessionAffinityConfig : {}
  const seconds = isObject(clientIP) ? clientIP.timeoutSeconds : undefined
  trail.steps.push('sessionAffinityConfig')
  const need = 'when session affinity type is ClientIP'
  if (!isObject(clientIP)) within(trail, 'clientIP', () => required(trail, need))
  else {
    trail.steps.push('clientIP', 'timeoutSeconds')
    if (typeof seconds !== 'number') required(trail, need)
    else if (seconds <= 0 || seconds > AFFINITY_SECONDS_MAX) {
      invalid(trail, 'WT116', seconds, `must be greater than 0 and less than ${AFFINITY_SECONDS_MAX}`)
    }
    trail.steps.length -= 2
  }
  trail.steps.pop()
}

const validateExternalName = (trail: Trail, spec: ServiceSpec): void => {
  const { clusterIPs = [], ipFamilies = [], ipFamilyPolicy, externalName } = spec
  const unused = 'may not be set for ExternalName services'
  if (clusterIPs.length > 0) within(trail, 'clusterIPs', () => forbidden(trail, unused))
  if (ipFamilies.length > 0) within(trail, 'ipFamilies', () => forbidden(trail, unused))
  if (ipFamilyPolicy !== undefined) within(trail, 'ipFamilyPolicy', () => forbidden(trail, unused))
  within(trail, 'externalName', () => {
    if (externalName === undefined) required(trail)
    else complain(trail, 'WT109', externalName, dnsSubdomainProblems(externalName.replace(/\.$/, '')))
  })
}

/** Source: pkg/apis/core/validation/validation.go, validateService. */
const validateService = (trail: Trail, { spec }: Service): void => {
  const { type, ports = [], clusterIP, externalIPs = [] } = spec
  const headless = clusterIP === 'None'
  trail.steps.push('spec')
  if (ports.length === 0 && !headless && type !== 'ExternalName') within(trail, 'ports', () => required(trail))
  if (headless && (type === 'NodePort' || type === 'LoadBalancer')) {
    trail.steps.push('clusterIPs', 0)
    invalid(trail, 'WT104', 'None', `may not be set to 'None' for ${type} services`)
    trail.steps.length -= 2
  }
  if (type === 'ExternalName') validateExternalName(trail, spec)
  validatePorts(trail, type, ports)
  validateLabels(trail, 'selector', spec.selector)
  validateAffinity(trail, spec)
  validateAddresses(trail, spec)
  externalIPs.forEach((address, i) => {
    if (isAddress(address)) return
    trail.steps.push('externalIPs', i)
    invalid(trail, 'WT104', address, IP_MESSAGE)
    trail.steps.length -= 2
  })
  validateLoadBalancer(trail, spec)
  validateTraffic(trail, spec)
  trail.steps.pop()
}

export const serviceKind = defineKind<Service>({
  kind: 'Service',
  apiVersion: 'v1',
  codec: Service,
  nameRule: NAME_RULES.service,
  validate: validateService,
})
