import { createClusterStore, createInitialObjects, createObject, findObject, patchObject } from '@wavetank/cluster'
import { apiObject, decodeObject } from '@wavetank/cluster/api'
import type { SimEvent } from '@wavetank/kernel'
import { getTable } from '@wavetank/report'
import { isLeft } from 'fp-ts/lib/Either.js'
import { beforeEach, describe, expect, it } from 'vitest'

/**
 * Services as the API server stores them. Each case names the rule that it proves: a file of Kubernetes.
 */

type Spec = Readonly<Record<string, unknown>>
const PORTS = [{ port: 80 }]

let store = createClusterStore()
let seq = 0
const happen = (events: readonly SimEvent[], at = 0): void => {
  for (const event of events) store.apply({ seq: seq++, at, cause: null, by: 'test', event })
}
beforeEach(() => {
  store = createClusterStore()
  seq = 0
  happen(createInitialObjects(store.view, 0))
})

const manifest = (name: string, spec: Spec, labels: Readonly<Record<string, string>> = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, labels },
  spec,
})

/** Stores a Service; gives its spec, or why it is refused. */
const create = (name: string, spec: Spec): Spec | string => {
  const created = createObject(store.view, 0, apiObject(manifest(name, spec)))
  if (isLeft(created)) return created.left.message
  happen(created.right)
  return specOf(name)
}
const specOf = (name: string): Spec => findObject(store.view, 'Service', 'default', name)?.render().spec as Spec

const patch = (name: string, spec: Spec): Spec | string => {
  const ref = { kind: 'Service', namespace: 'default', name }
  const update = patchObject(store.view, ref, 'merge', { spec })
  if (isLeft(update)) return update.left.message
  happen(update.right, 1)
  return specOf(name)
}

const STORAGE = 'pkg/registry/core/service/storage/storage.go'
const ALLOC = 'pkg/registry/core/service/storage/alloc.go'
const PORT_ALLOCATOR = 'pkg/registry/core/service/portallocator/allocator.go'
const IP_ALLOCATOR = 'pkg/registry/core/service/ipallocator/ipallocator.go'
const DEFAULTS = 'pkg/apis/core/v1/defaults.go'
const VALIDATION = 'pkg/apis/core/validation/validation.go'
const PRINTERS = 'pkg/printers/internalversion/printers.go'

describe('a new Service', () => {
  it.each([
    [
      'is of type ClusterIP, for IPv4 alone',
      `${DEFAULTS}: SetDefaults_Service; ${ALLOC}: initIPFamilyFields`,
      { ports: PORTS },
      {
        type: 'ClusterIP',
        sessionAffinity: 'None',
        internalTrafficPolicy: 'Cluster',
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
      },
    ],
    [
      'reaches the port of its own number',
      `${DEFAULTS}: SetDefaults_Service`,
      { ports: PORTS },
      {
        ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      },
    ],
    [
      'that is open to the outside takes traffic for every node',
      `${DEFAULTS}: SetDefaults_Service`,
      { type: 'NodePort', ports: PORTS },
      {
        externalTrafficPolicy: 'Cluster',
      },
    ],
    [
      'with client affinity forgets after three hours',
      `${DEFAULTS}: SetDefaults_Service`,
      { ports: PORTS, sessionAffinity: 'ClientIP' },
      {
        sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } },
      },
    ],
    [
      'for a load balancer has node ports too',
      `${DEFAULTS}: SetDefaults_Service`,
      { type: 'LoadBalancer', ports: PORTS },
      {
        allocateLoadBalancerNodePorts: true,
      },
    ],
    [
      'without an address has none',
      `${ALLOC}: allocClusterIPs`,
      { clusterIP: 'None', ports: PORTS, selector: { app: 'db' } },
      {
        clusterIP: 'None',
        clusterIPs: ['None'],
        ipFamilies: ['IPv4'],
      },
    ],
    [
      'without address and selector is for both families',
      `${ALLOC}: initIPFamilyFields`,
      { clusterIP: 'None', ports: PORTS },
      {
        ipFamilyPolicy: 'RequireDualStack',
        ipFamilies: ['IPv4', 'IPv6'],
      },
    ],
    [
      'that prefers two families gets the one there is',
      `${ALLOC}: initIPFamilyFields`,
      { ports: PORTS, ipFamilyPolicy: 'PreferDualStack' },
      {
        ipFamilyPolicy: 'PreferDualStack',
        ipFamilies: ['IPv4'],
      },
    ],
    [
      'keeps the address that it asks for',
      `${ALLOC}: allocIPs`,
      { clusterIP: '10.96.0.10', ports: PORTS },
      {
        clusterIP: '10.96.0.10',
        clusterIPs: ['10.96.0.10'],
      },
    ],
    [
      'keeps the node port that it asks for',
      `${ALLOC}: initNodePorts`,
      { type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] },
      {
        ports: [{ port: 80, nodePort: 30_080, protocol: 'TCP', targetPort: 80 }],
      },
    ],
  ])('%s (%s)', (_what, _source, spec, expected) => {
    expect(create('web', spec)).toMatchObject(expected)
  })

  it(`gets an address of the upper part of the range, where nobody asks for one by name (${IP_ALLOCATOR}: allocateNextService)`, () => {
    const { clusterIP } = create('web', { ports: PORTS }) as { clusterIP: string }
    const [a, b, c, d] = clusterIP.split('.').map(Number) as [number, number, number, number]
    expect([a, b >> 4]).toEqual([10, 6])
    expect((b & 15) * 65_536 + c * 256 + d).toBeGreaterThan(256)
  })

  it(`gets a node port of the upper part of the range (${PORT_ALLOCATOR}: calculateRangeOffset)`, () => {
    const ports = Array.from({ length: 40 }, (_, i) => ({ name: `p${i}`, port: 1_000 + i }))
    const { ports: got } = create('web', { type: 'NodePort', ports }) as { ports: readonly { nodePort: number }[] }
    const numbers = got.map(({ nodePort }) => nodePort)
    expect(new Set(numbers).size).toBe(40)
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(30_086)
    expect(Math.max(...numbers)).toBeLessThanOrEqual(32_767)
  })

  it(`shares a node port between the protocols of one port (${ALLOC}: initNodePorts)`, () => {
    const ports = [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
    ]
    const spec = create('dns', { type: 'NodePort', ports }) as { ports: readonly { nodePort: number }[] }
    expect(spec.ports[0]?.nodePort).toBe(spec.ports[1]?.nodePort)
  })

  it(`gets a port for health checks where only nodes with endpoints take traffic (${ALLOC}: allocHealthCheckNodePort)`, () => {
    const spec = create('web', { type: 'LoadBalancer', externalTrafficPolicy: 'Local', ports: PORTS })
    expect((spec as Spec).healthCheckNodePort).toBeGreaterThanOrEqual(30_086)
  })

  it(`gets no node ports for its load balancer if it wants none (${ALLOC}: shouldAllocateNodePorts)`, () => {
    const spec = create('web', { type: 'LoadBalancer', allocateLoadBalancerNodePorts: false, ports: PORTS })
    expect(spec).toMatchObject({ ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }] })
  })

  it(`takes what is left when the node ports run out, then none (${PORT_ALLOCATOR}: AllocateNext)`, () => {
    const many = (name: string, count: number) => ({
      type: 'NodePort',
      ports: Array.from({ length: count }, (_, i) => ({ name: `${name}${i}`, port: i + 1 })),
    })
    expect(create('most', many('a', 2_767))).toMatchObject({ type: 'NodePort' })
    const last = create('last', many('b', 1)) as { ports: readonly { nodePort: number }[] }
    expect(last.ports[0]?.nodePort).toBeLessThanOrEqual(32_767)
    expect(create('none', many('c', 1))).toBe('Internal error occurred: failed to allocate a nodePort: range is full')
  })

  it(`gets the same in every run of one seed (${IP_ALLOCATOR}: drawn at random there)`, () => {
    const first = createObject(store.view, 0, apiObject(manifest('web', { type: 'NodePort', ports: PORTS })))
    expect(createObject(store.view, 0, apiObject(manifest('web', { type: 'NodePort', ports: PORTS })))).toEqual(first)
  })

  it.each([
    [
      'the address of another',
      ALLOC,
      { clusterIP: '10.96.0.10', ports: PORTS },
      'spec.clusterIPs: Invalid value: ["10.96.0.10"]: failed to allocate IP 10.96.0.10: provided IP is already allocated',
    ],
    [
      'the address of the API server',
      ALLOC,
      { clusterIP: '10.96.0.1', ports: PORTS },
      'spec.clusterIPs: Invalid value: ["10.96.0.1"]: failed to allocate IP 10.96.0.1: provided IP is already allocated',
    ],
    [
      'an address of another range',
      `${IP_ALLOCATOR}, cidrallocator.go: getAllocator`,
      { clusterIP: '192.168.0.1', ports: PORTS },
      'spec.clusterIPs: Invalid value: ["192.168.0.1"]: failed to allocate IP 192.168.0.1: the provided network does not match the current range',
    ],
    [
      'the address of the network itself',
      `${IP_ALLOCATOR}: ErrNotInRange`,
      { clusterIP: '10.96.0.0', ports: PORTS },
      'spec.clusterIPs: Invalid value: ["10.96.0.0"]: failed to allocate IP 10.96.0.0: the provided IP (10.96.0.0) is not in the valid range. The range of valid IPs is 10.96.0.0/12',
    ],
    [
      'the node port of another',
      PORT_ALLOCATOR,
      { type: 'NodePort', ports: [{ port: 80, nodePort: 30_080 }] },
      'spec.ports[0].nodePort: Invalid value: 30080: provided port is already allocated',
    ],
    [
      'a node port out of range',
      PORT_ALLOCATOR,
      { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] },
      'spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767',
    ],
    [
      'two families',
      `${ALLOC}: initIPFamilyFields`,
      { ports: PORTS, ipFamilyPolicy: 'RequireDualStack' },
      'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services',
    ],
    [
      'a family that the cluster has not',
      `${ALLOC}: initIPFamilyFields`,
      { ports: PORTS, ipFamilies: ['IPv6'] },
      'spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster',
    ],
  ])('does not get %s (%s)', (_what, _source, spec, message) => {
    create('other', { type: 'NodePort', clusterIP: '10.96.0.10', ports: [{ port: 80, nodePort: 30_080 }] })
    expect(create('web', spec)).toBe(`Service "web" is invalid: ${message}`)
  })

  it(`may have what a deleted one had (${ALLOC}: releaseIPs)`, () => {
    const spec = { type: 'NodePort', clusterIP: '10.96.0.10', ports: [{ port: 80, nodePort: 30_080 }] }
    create('other', spec)
    happen([{ kind: 'ServiceDeleted', object: 'default/other' } as SimEvent])
    expect(create('web', spec)).toMatchObject(spec)
  })
})

describe('a changed Service', () => {
  it.each([
    [
      'keeps its node port when a manifest does not name it',
      `${STORAGE}: patchAllocatedValues`,
      { ports: [{ port: 81 }] },
      {
        ports: [{ port: 81, nodePort: 30_080, targetPort: 81, protocol: 'TCP' }],
      },
    ],
    [
      'gives its node ports up when its type has none',
      `${STORAGE}: dropTypeDependentFields`,
      { type: 'ClusterIP' },
      {
        type: 'ClusterIP',
        clusterIP: '10.96.0.10',
        ports: [{ port: 80, targetPort: 80, protocol: 'TCP' }],
      },
    ],
    [
      'gives its address up for a name',
      `${STORAGE}: dropTypeDependentFields`,
      { type: 'ExternalName', externalName: 'db.example.com' },
      {
        type: 'ExternalName',
        externalName: 'db.example.com',
      },
    ],
  ])('%s (%s)', (_what, _source, change, expected) => {
    create('web', { type: 'NodePort', clusterIP: '10.96.0.10', ports: [{ port: 80, nodePort: 30_080 }] })
    const spec = patch('web', change) as Spec
    expect(spec).toMatchObject(expected)
    if (spec.type === 'ExternalName') expect(spec.clusterIP).toBeUndefined()
    if (spec.type === 'ClusterIP') expect(spec.externalTrafficPolicy).toBeUndefined()
  })

  it(`gets an address when it was but a name (${ALLOC}: updateClusterIPs)`, () => {
    create('web', { type: 'ExternalName', externalName: 'db.example.com' })
    expect(patch('web', { type: 'ClusterIP', externalName: null, ports: PORTS })).toMatchObject({
      type: 'ClusterIP',
      clusterIP: expect.stringMatching(/^10\./) as string,
    })
  })

  it(`gets node ports with the type that has them (${ALLOC}: updateNodePorts)`, () => {
    create('web', { ports: PORTS })
    const spec = patch('web', { type: 'NodePort' }) as { ports: readonly { nodePort: number }[] }
    expect(spec.ports[0]?.nodePort).toBeGreaterThanOrEqual(30_086)
  })

  it.each([
    [
      'takes no other address',
      { clusterIP: '10.96.0.11' },
      'spec.clusterIPs[0]: Invalid value: ["10.96.0.11"]: may not change once set',
    ],
    [
      'does not become headless',
      { clusterIP: 'None' },
      'spec.clusterIPs[0]: Invalid value: ["None"]: may not change once set',
    ],
  ])(`%s (${VALIDATION}: validateUpgradeDowngradeClusterIPs)`, (_what, change, message) => {
    create('web', { clusterIP: '10.96.0.10', ports: PORTS })
    expect(patch('web', change)).toBe(`Service "web" is invalid: ${message}`)
  })

  it(`that asks for node ports of type ClusterIP is refused (${VALIDATION}: validateService)`, () => {
    create('web', { ports: PORTS })
    expect(patch('web', { ports: [{ port: 80, nodePort: 30_080 }] })).toBe(
      'Service "web" is invalid: spec.ports[0].nodePort: Forbidden: may not be used when `type` is \'ClusterIP\'',
    )
  })
})

describe(`is refused before anything is looked up (${VALIDATION}: validateService)`, () => {
  const LOCAL = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
  it.each<[string, Spec, string]>([
    ['without ports', {}, 'spec.ports: Required value'],
    [
      'a load balancer without address',
      { type: 'LoadBalancer', clusterIP: 'None', ports: PORTS },
      'spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for LoadBalancer services',
    ],
    [
      'a node port twice',
      {
        type: 'NodePort',
        ports: [
          { name: 'a', port: 1, nodePort: 30_001 },
          { name: 'b', port: 2, nodePort: 30_001 },
        ],
      },
      'spec.ports[1].nodePort: Duplicate value: 30001',
    ],
    ['a name without the name', { type: 'ExternalName' }, 'spec.externalName: Required value'],
    [
      'a name with an address',
      { type: 'ExternalName', externalName: 'a.b', clusterIP: '10.96.0.9' },
      'spec.clusterIPs: Forbidden: may not be set for ExternalName services',
    ],
    [
      'a policy for outside traffic where there is none',
      { ports: PORTS, externalTrafficPolicy: 'Local' },
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
    ],
    [
      'a health check port without need',
      { type: 'NodePort', ports: PORTS, healthCheckNodePort: 30_001 },
      `spec.healthCheckNodePort: Invalid value: 30001: ${LOCAL}`,
    ],
    [
      'no address at all',
      { clusterIP: 'ten', ports: PORTS },
      'spec.clusterIPs[0]: Invalid value: "ten": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
    [
      'two addresses of one family',
      { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9', '10.96.0.8'], ports: PORTS },
      'spec.clusterIPs: Invalid value: ["10.96.0.9","10.96.0.8"]: may specify no more than one IP for each IP family',
    ],
    [
      'addresses that disagree',
      { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.8'], ports: PORTS },
      'spec.clusterIPs: Invalid value: ["10.96.0.8"]: first value must match `clusterIP`',
    ],
    [
      'an affinity of more than a day',
      { ports: PORTS, sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 86_401 } } },
      'spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 86401: must be greater than 0 and less than 86400',
    ],
    [
      'a class of load balancers for none',
      { ports: PORTS, loadBalancerClass: 'a/b' },
      "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
    [
      'a way to spread traffic that nobody knows',
      { ports: PORTS, trafficDistribution: 'Anywhere' },
      'spec.trafficDistribution: Unsupported value: "Anywhere": supported values: "PreferClose", "PreferSameZone", "PreferSameNode"',
    ],
  ])('%s', (_what, spec, message) => {
    const decoded = decodeObject(manifest('web', spec))
    expect(isLeft(decoded) ? decoded.left.map((issue) => issue.message) : []).toEqual([message])
  })
})

it(`is listed with its addresses and ports (${PRINTERS}: printService)`, () => {
  create('plain', { clusterIP: '10.96.0.10', ports: PORTS })
  create('open', {
    type: 'NodePort',
    clusterIP: '10.96.0.11',
    ports: [
      { name: 'a', port: 80, nodePort: 30_080 },
      { name: 'b', port: 53, nodePort: 30_053, protocol: 'UDP' },
    ],
  })
  create('cloud', {
    type: 'LoadBalancer',
    clusterIP: '10.96.0.12',
    ports: [{ port: 443, nodePort: 30_443 }],
    selector: { app: 'web', tier: 'front' },
  })
  create('alias', { type: 'ExternalName', externalName: 'db.example.com' })
  create('peers', { clusterIP: 'None', externalIPs: ['192.0.2.7'] })
  expect(getTable(store.view, 60_000, { kinds: ['svc'], output: 'wide' }).text).toMatchInlineSnapshot(`
    "NAME    TYPE           CLUSTER-IP   EXTERNAL-IP      PORT(S)                     AGE   SELECTOR
    alias   ExternalName   <none>       db.example.com   <none>                      60s   <none>
    cloud   LoadBalancer   10.96.0.12   <pending>        443:30443/TCP               60s   app=web,tier=front
    open    NodePort       10.96.0.11   <none>           80:30080/TCP,53:30053/UDP   60s   <none>
    peers   ClusterIP      None         192.0.2.7        <none>                      60s   <none>
    plain   ClusterIP      10.96.0.10   <none>           80/TCP                      60s   <none>
    "
  `)
})
