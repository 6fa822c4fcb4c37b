import { createDraw } from '@wavetank/kernel'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import {
  API_SERVER_ADDRESS,
  addressNumber,
  formatAddress,
  isIPv6,
  NODE_PORTS,
  type NumberRange,
  SERVICE_ADDRESSES,
} from '../addresses.ts'
import type { ServicePort, ServiceSpec } from '../api/core/service.ts'
import { formatValue } from '../api/trail.ts'
import type { ObjectKey } from '../ids.ts'
import { HEADLESS } from '../service/service.ts'
import type { ClusterView } from '../tables.ts'

/**
 * The cluster addresses and node ports of Services: those asked for, as far as they are free, and others by chance. The
 * cluster has IPv4 alone.
 *
 * Source: pkg/registry/core/service/storage/alloc.go.
 */

/** Why a Service cannot have what it asks for, each with its field in front, or that there is nothing left. */
export type AllocationProblem = { readonly causes: readonly string[] } | { readonly exhausted: string }
export type Allocation = Either<AllocationProblem, ServiceSpec>

/** What is given away besides what the stored Services have; keys as `allotmentKeys` makes them. */
export type Allotments = ReadonlySet<string>

/** What a Service has of what there is only once, as keys of a set. */
export const allotmentKeys = ({ clusterIPs = [], ports = [], healthCheckNodePort }: ServiceSpec): readonly string[] => [
  ...clusterIPs.filter((address) => address !== HEADLESS).map((address) => `address ${address}`),
  ...[...ports.map(({ nodePort }) => nodePort), healthCheckNodePort].flatMap((port) =>
    port === undefined ? [] : [`port ${port}`],
  ),
]

/** A key of `allotmentKeys` that others may ask for by name, but that nobody gets by chance. */
export const keptFree = (key: string): string => `wished ${key}`

type Writable = { -readonly [K in keyof ServiceSpec]: ServiceSpec[K] }

const invalid = (field: string, value: unknown, detail: string): string =>
  `${field}: Invalid value: ${formatValue(value)}: ${detail}`

const usesNodePorts = ({ type }: ServiceSpec): boolean => type === 'NodePort' || type === 'LoadBalancer'

/** Source: pkg/api/service/util.go, NeedsHealthCheck. */
export const needsHealthCheckPort = ({ type, externalTrafficPolicy }: ServiceSpec): boolean =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local'

/** Source: alloc.go, initIPFamilyFields. */
const familyProblems = (spec: Writable, before: ServiceSpec | undefined): readonly string[] => {
  const selectorless = Object.keys(spec.selector ?? {}).length === 0
  const openToAll = spec.clusterIP === HEADLESS && selectorless
  spec.ipFamilyPolicy ??= before?.ipFamilyPolicy ?? (openToAll ? 'RequireDualStack' : 'SingleStack')
  const { ipFamilyPolicy, clusterIPs = [] } = spec
  const policy = (detail: string): string => invalid('spec.ipFamilyPolicy', ipFamilyPolicy, detail)
  const problems: string[] = []
  if (ipFamilyPolicy === 'SingleStack') {
    const alternatives = "must be 'RequireDualStack' or 'PreferDualStack' when multiple"
    if (clusterIPs.length === 2) problems.push(policy(`${alternatives} cluster IPs are specified`))
    if (spec.ipFamilies?.length === 2) problems.push(policy(`${alternatives} IP families are specified`))
  }
  const families = [...(spec.ipFamilies ?? [])]
  clusterIPs.forEach((address, i) => {
    if (address === HEADLESS || i < families.length) return
    if (isIPv6(address))
      problems.push(invalid(`spec.clusterIPs[${i}]`, clusterIPs, 'IPv6 is not configured on this cluster'))
    else families.push('IPv4')
  })
  if (problems.length > 0) return problems
  if (openToAll) {
    if (families.length === 0) families.push('IPv4')
    if (families.length === 1 && ipFamilyPolicy !== 'SingleStack')
      families.push(families[0] === 'IPv4' ? 'IPv6' : 'IPv4')
    spec.ipFamilies = families
    return problems
  }
  if (ipFamilyPolicy === 'RequireDualStack') {
    problems.push(policy('this cluster is not configured for dual-stack services'))
  }
  families.forEach((family, i) => {
    if (family !== 'IPv4') problems.push(invalid(`spec.ipFamilies[${i}]`, family, 'not configured on this cluster'))
  })
  spec.ipFamilies = families.length === 0 ? ['IPv4'] : families
  return problems
}

/** One request: what it takes is taken for the rest of it too. */
const createAllocator = (view: ClusterView, key: ObjectKey, at: number, allotted: Allotments) => {
  const draw = createDraw(view.settings.seed)
  const mine = new Set<string>()
  const isTaken = (name: string): boolean => {
    if (mine.has(name) || allotted.has(name)) return true
    const [kind, value = ''] = name.split(' ')
    if (kind === 'port') return view.nodePorts.has(Number(value))
    return value === API_SERVER_ADDRESS || view.serviceAddresses.has(value)
  }
  const next = (range: NumberRange, stream: string, nameOf: (number: number) => string): string | undefined => {
    const bands = [
      [range.dynamic, range.last],
      [range.first, range.dynamic - 1],
    ] as const
    for (const [first, last] of bands) {
      const size = last - first + 1
      const start = Math.floor(draw(stream, `${key} ${at} ${mine.size}`) * size)
      for (let i = 0; i < size; i++) {
        const name = nameOf(first + ((start + i) % size))
        if (isTaken(name) || allotted.has(keptFree(name))) continue
        mine.add(name)
        return name.slice(name.indexOf(' ') + 1)
      }
    }
    return undefined
  }
  return {
    /** What is wrong with a wish for this address. */
    takeAddress: (address: string): string | undefined => {
      const { text, first, last } = SERVICE_ADDRESSES
      const number = addressNumber(address) ?? -1
      if (number < first - 1 || number > last + 1) return 'the provided network does not match the current range'
      if (number < first || number > last) {
        return `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${text}`
      }
      if (isTaken(`address ${address}`)) return 'provided IP is already allocated'
      mine.add(`address ${address}`)
      return undefined
    },
    nextAddress: () => next(SERVICE_ADDRESSES, 'cluster-address', (number) => `address ${formatAddress(number)}`),
    takePort: (port: number): string | undefined => {
      const { text, first, last } = NODE_PORTS
      if (port < first || port > last) {
        return `provided port is not in the valid range. The range of valid ports is ${text}`
      }
      if (isTaken(`port ${port}`)) return 'provided port is already allocated'
      mine.add(`port ${port}`)
      return undefined
    },
    nextPort: (): number | undefined => {
      const port = next(NODE_PORTS, 'node-port', (number) => `port ${number}`)
      return port === undefined ? undefined : Number(port)
    },
  }
}

type Allocator = ReturnType<typeof createAllocator>

const FULL = 'range is full'

const allotAddress = (spec: Writable, allocator: Allocator): AllocationProblem | undefined => {
  if (spec.type === 'ExternalName' || spec.clusterIP === HEADLESS) return undefined
  const wished = spec.clusterIPs?.[0]
  if (wished === undefined || wished === '') {
    const address = allocator.nextAddress()
    if (address === undefined) return { exhausted: `failed to allocate a serviceIP: ${FULL}` }
    spec.clusterIP = address
    spec.clusterIPs = [address]
    return undefined
  }
  const problem = allocator.takeAddress(wished)
  if (problem === undefined) return undefined
  return { causes: [invalid('spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${wished}: ${problem}`)] }
}

const allocatesNodePorts = ({ type, allocateLoadBalancerNodePorts }: ServiceSpec): boolean =>
  type === 'NodePort' || allocateLoadBalancerNodePorts !== false

const nodePortProblem = (i: number, port: number, detail: string): AllocationProblem => ({
  causes: [invalid(`spec.ports[${i}].nodePort`, port, detail)],
})

/** Ports of one number (TCP and UDP) share a node port. Source: alloc.go, initNodePorts. */
const allotNodePorts = (spec: Writable, allocator: Allocator): AllocationProblem | undefined => {
  if (!usesNodePorts(spec)) return undefined
  const byPort = new Map<number, number>()
  const ports: ServicePort[] = [...(spec.ports ?? [])]
  for (const [i, port] of ports.entries()) {
    if (port.nodePort === undefined && !allocatesNodePorts(spec)) continue
    const shared = byPort.get(port.port)
    const wished =
      shared === undefined
        ? ports.slice(i).find((other) => other.port === port.port && other.nodePort)?.nodePort
        : port.nodePort
    let nodePort = wished ?? shared
    if (wished !== undefined && wished !== shared) {
      const problem = allocator.takePort(wished)
      if (problem !== undefined) return nodePortProblem(i, wished, problem)
    }
    nodePort ??= allocator.nextPort()
    if (nodePort === undefined) return { exhausted: `failed to allocate a nodePort: ${FULL}` }
    ports[i] = { ...port, nodePort }
    if (shared === undefined) byPort.set(port.port, nodePort)
  }
  spec.ports = ports
  return undefined
}

/** Source: alloc.go, updateNodePorts. */
const changeNodePorts = (spec: Writable, before: ServiceSpec, allocator: Allocator): AllocationProblem | undefined => {
  if (!usesNodePorts(spec)) return undefined
  const mine = new Set(usesNodePorts(before) ? (before.ports ?? []).map(({ nodePort }) => nodePort) : [])
  const ports: ServicePort[] = [...(spec.ports ?? [])]
  for (const [i, port] of ports.entries()) {
    const { nodePort } = port
    if (nodePort === undefined) {
      if (!allocatesNodePorts(spec)) continue
      const next = allocator.nextPort()
      if (next === undefined) return { exhausted: `failed to allocate a nodePort: ${FULL}` }
      ports[i] = { ...port, nodePort: next }
    } else if (!mine.has(nodePort)) {
      const problem = allocator.takePort(nodePort)
      if (problem !== undefined) return nodePortProblem(i, nodePort, problem)
      mine.add(nodePort)
    }
  }
  spec.ports = ports
  return undefined
}

/** Source: alloc.go, allocHealthCheckNodePort. */
const allotHealthCheckPort = (spec: Writable, allocator: Allocator): AllocationProblem | undefined => {
  const wished = spec.healthCheckNodePort
  if (wished !== undefined) {
    const problem = allocator.takePort(wished)
    if (problem === undefined) return undefined
    return { exhausted: `failed to allocate requested HealthCheck NodePort ${wished}: ${problem}` }
  }
  const port = allocator.nextPort()
  if (port === undefined) return { exhausted: `failed to allocate a HealthCheck NodePort 0: ${FULL}` }
  spec.healthCheckNodePort = port
  return undefined
}

/** The spec of a new Service with what it gets. @param allotted what is given away and not stored yet */
export const allocateService = (
  view: ClusterView,
  key: ObjectKey,
  at: number,
  wished: ServiceSpec,
  allotted: Allotments,
): Allocation => {
  const spec: Writable = { ...wished }
  if (spec.type !== 'ExternalName') {
    const causes = familyProblems(spec, undefined)
    if (causes.length > 0) return left({ causes })
  }
  const allocator = createAllocator(view, key, at, allotted)
  const problem =
    allotAddress(spec, allocator) ??
    allotNodePorts(spec, allocator) ??
    (needsHealthCheckPort(spec) ? allotHealthCheckPort(spec, allocator) : undefined)
  return problem === undefined ? right(spec) : left(problem)
}

/** The spec of a Service that is changed, with what it gets besides what it has. Source: alloc.go, allocateUpdate. */
export const reallocateService = (
  view: ClusterView,
  key: ObjectKey,
  before: ServiceSpec,
  wished: ServiceSpec,
): Allocation => {
  const spec: Writable = { ...wished }
  if (spec.type !== 'ExternalName') {
    const causes = familyProblems(spec, before)
    if (causes.length > 0) return left({ causes })
  }
  const allocator = createAllocator(view, key, view.now, new Set())
  const problem =
    (before.type === 'ExternalName' ? allotAddress(spec, allocator) : undefined) ??
    changeNodePorts(spec, before, allocator) ??
    (needsHealthCheckPort(spec) && !needsHealthCheckPort(before) ? allotHealthCheckPort(spec, allocator) : undefined)
  return problem === undefined ? right(spec) : left(problem)
}
