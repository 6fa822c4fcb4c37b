import { describe, expect, it } from 'vitest'
import { named, pod, replicaSet, replicationController, run } from './test-cluster.ts'

const command = { verb: 'expose', namespace: 'default' }
const ports = (...numbers: readonly number[]) => numbers.map((containerPort) => ({ containerPort }))
const template = (labels: object, containers: readonly object[]) => ({ metadata: { labels }, spec: { containers } })

const specOf = (given: object, ...manifests: Parameters<typeof run>[1] & object) => {
  const { written, output } = run({ ...command, ...given }, manifests)
  return { event: written[0] as { spec?: Record<string, unknown>; labels?: unknown } | undefined, output }
}

describe('kubectl expose', () => {
  it('takes selector, labels, ports and their protocols from what it exposes', () => {
    const containers = [
      { name: 'a', image: 'b', ports: [{ containerPort: 53, protocol: 'UDP' }, { containerPort: 80 }] },
    ]
    const rc = replicationController('dns', {
      selector: { app: 'dns' },
      template: template({ app: 'dns' }, containers),
    })
    const { event, output } = specOf({ targets: named('ReplicationController', 'dns') }, rc)
    expect(event).toMatchObject({ object: 'default/dns', labels: { app: 'web' } })
    expect(event?.spec).toMatchObject({
      selector: { app: 'dns' },
      ports: [
        { name: 'port-1', port: 53, protocol: 'UDP', targetPort: 53 },
        { name: 'port-2', port: 80, protocol: 'TCP', targetPort: 80 },
      ],
    })
    expect(output).toEqual(['service/dns exposed'])
  })

  it('takes what it is told before that', () => {
    const { event } = specOf(
      {
        targets: named('ReplicaSet', 'web'),
        name: 'front',
        ports: [80],
        targetPort: 'http',
        protocol: 'UDP',
        type: 'NodePort',
        selector: { app: 'other' },
        labels: { tier: 'front' },
        externalIP: '192.0.2.1',
        sessionAffinity: 'ClientIP',
      },
      replicaSet('web'),
    )
    expect(event).toMatchObject({
      object: 'default/front',
      labels: { tier: 'front' },
      spec: {
        type: 'NodePort',
        selector: { app: 'other' },
        ports: [{ port: 80, protocol: 'UDP', targetPort: 'http' }],
        externalIPs: ['192.0.2.1'],
        sessionAffinity: 'ClientIP',
      },
    })
  })

  it('needs no ports without an address', () => {
    const { event } = specOf({ targets: named('Pod', 'a'), clusterIP: 'None' }, pod('a'))
    expect(event?.spec).toMatchObject({ clusterIP: 'None', selector: { app: 'web' }, ports: [] })
  })

  it('makes a second Service of the first', () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default' },
      spec: { selector: { app: 'web' }, ports: [{ port: 53, protocol: 'UDP' }] },
    }
    const { event } = specOf({ targets: named('Service', 'web'), name: 'again' }, service)
    expect(event?.spec).toMatchObject({ selector: { app: 'web' }, ports: [{ port: 53, protocol: 'UDP' }] })
  })

  const SEE = "\nSee 'kubectl expose -h' for help and examples"
  it.each([
    ['what is not there', { targets: named('Pod', 'a') }, 'Error from server (NotFound): pods "a" not found'],
    [
      'what has no port',
      { targets: named('ReplicaSet', 'web') },
      `error: couldn't find port via --port flag or introspection${SEE}`,
    ],
    [
      'a selector of expressions',
      { targets: named('ReplicaSet', 'fancy'), ports: [80] },
      `error: couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions - "[{Key:app Operator:In Values:[web x]}]" to map-based selector format${SEE}`,
    ],
    [
      'a pod without labels',
      { targets: named('Pod', 'plain'), ports: [80] },
      `error: couldn't retrieve selectors via --selector flag or introspection: the pod has no labels and cannot be exposed${SEE}`,
    ],
    [
      'a name that is no name of a Service',
      { targets: named('ReplicaSet', 'web'), ports: [80], name: '1a' },
      'The Service "1a" is invalid: metadata.name: Invalid value: "1a": a DNS-1035 label',
    ],
    [
      'an address that is not in the range',
      { targets: named('ReplicaSet', 'web'), ports: [80], clusterIP: '1.2.3.4' },
      'The Service "web" is invalid: spec.clusterIPs: Invalid value: ["1.2.3.4"]: failed to allocate IP 1.2.3.4',
    ],
  ])('refuses %s', (_what, given, message) => {
    const expressions = { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'x'] }] }
    const { written, output, exitCode } = run({ ...command, ...given }, [
      replicaSet('web'),
      replicaSet('fancy', { selector: expressions }),
      pod('plain', { metadata: { labels: {} }, spec: { containers: [{ name: 'a', image: 'b', ports: ports(80) }] } }),
    ])
    expect(written).toEqual([])
    expect(output.join('\n').slice(0, message.length)).toBe(message)
    expect(exitCode).toBe(1)
  })
})
