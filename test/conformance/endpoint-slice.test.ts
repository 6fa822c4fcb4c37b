import {
  type ClusterView,
  deleteObject,
  endpointSliceEvents,
  NamespaceMarkedForDeletion,
  NodeDeleted,
  NodeLabelled,
  PodDeleted,
  PodFailed,
  PodLabelled,
  PodMarkedForDeletion,
  PodMarkedNotReady,
  patchObject,
} from '@wavetank/cluster'
import { getTable } from '@wavetank/report'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { endpointsIn, nodeCreated, pod, readyPods, reported, service, slicesIn, stage } from './service-stage.ts'
import { type Act, create, emitting } from './stage.ts'

/**
 * EndpointSlices. `§` is the section of the behavioural specification; sources are in
 * staging/src/k8s.io/endpointslice and pkg/controller/endpointslice.
 */

const WEB = service('web', { selector: { app: 'web' } })

const patched =
  (kind: string, name: string, patch: unknown): Act =>
  (view) => {
    const update = patchObject(view, { kind, namespace: 'shop', name }, 'merge', patch)
    if (isLeft(update)) throw new Error(update.left.message)
    return update.right
  }
const deleted =
  (kind: string, name: string): Act =>
  (view) => {
    const answer = deleteObject(view, { kind, namespace: 'shop', name }, { propagation: 'Background' })
    if (isLeft(answer)) throw new Error(answer.left.message)
    return answer.right
  }
const sizes = (view: ClusterView): readonly number[] => slicesIn(view).map(({ endpoints }) => endpoints.length)
/** Changes the one slice there is. */
const tampering =
  (act: (name: string) => Act): Act =>
  (view, at) =>
    act(slicesIn(view)[0]!.metadata.name)(view, at)

describe('which pods are endpoints', () => {
  it.each<[string, string, readonly (readonly [number, Act])[], readonly string[]]>([
    ['a pod that is Ready takes traffic', '§11.3', [[1, readyPods(1)]], ['web-0: ready serving']],
    [
      'a pod that is not Ready is there and takes none',
      '§11.3; utils.go: podToEndpoint',
      [
        [1, pod('web-0')],
        [2, emitting(reported('web-0', { ready: false }))],
      ],
      ['web-0: '],
    ],
    [
      'a pod without an address is not there',
      'util/controller_utils.go: ShouldPodBeInEndpoints',
      [[1, pod('web-0')]],
      [],
    ],
    [
      'a pod that has succeeded is not there',
      'ShouldPodBeInEndpoints',
      [
        [1, readyPods(1)],
        [2, emitting(reported('web-0', { phase: 'Succeeded', ready: false, ip: '10.244.1.0' }))],
      ],
      [],
    ],
    [
      'a pod that has failed is not there',
      'ShouldPodBeInEndpoints',
      [
        [1, readyPods(1)],
        [2, emitting(PodFailed({ pod: 'shop/web-0' }))],
      ],
      [],
    ],
    [
      'a pod that terminates serves, and takes no new traffic',
      '§11.3; podToEndpoint',
      [
        [1, readyPods(1)],
        [2, emitting(PodMarkedForDeletion({ pod: 'shop/web-0', graceSeconds: 30 }))],
      ],
      ['web-0: serving terminating'],
    ],
    [
      'a pod that terminates and is not Ready any more',
      'podToEndpoint',
      [
        [1, readyPods(1)],
        [
          2,
          emitting(
            PodMarkedForDeletion({ pod: 'shop/web-0', graceSeconds: 30 }),
            reported('web-0', { ready: false, ip: '10.244.1.0' }),
          ),
        ],
      ],
      ['web-0: terminating'],
    ],
    [
      'a pod that is gone',
      'deletePod',
      [
        [1, readyPods(2)],
        [2, emitting(PodDeleted({ pod: 'shop/web-0' }))],
      ],
      ['web-1: ready serving'],
    ],
    [
      'a pod whose node is lost',
      'node lifecycle §8',
      [
        [1, readyPods(1)],
        [2, emitting(PodMarkedNotReady({ pod: 'shop/web-0' }))],
      ],
      ['web-0: '],
    ],
    [
      'a pod that is Ready again',
      'podEndpointsChanged',
      [
        [1, readyPods(1)],
        [2, emitting(PodMarkedNotReady({ pod: 'shop/web-0' }))],
        [3, emitting(reported('web-0', { ip: '10.244.1.0' }))],
      ],
      ['web-0: ready serving'],
    ],
    [
      'a pod with other labels',
      '§11.3',
      [
        [1, pod('db-0', { labels: { app: 'db' } })],
        [2, emitting(reported('db-0'))],
      ],
      [],
    ],
    [
      'a pod that is labelled out',
      'GetServicesToUpdate',
      [
        [1, readyPods(1)],
        [2, emitting(PodLabelled({ pod: 'shop/web-0', labels: { app: 'old' } }))],
      ],
      [],
    ],
    [
      'a pod that is labelled in',
      'GetServicesToUpdate',
      [
        [1, pod('db-0', { labels: { app: 'db' } })],
        [2, emitting(reported('db-0'))],
        [3, emitting(PodLabelled({ pod: 'shop/db-0', labels: { app: 'web', x: 'y' } }))],
      ],
      ['db-0: ready serving'],
    ],
    [
      'a pod of another namespace',
      'pods are listed by namespace',
      [
        [1, create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } })],
        [
          2,
          create({
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'web-0', namespace: 'other', labels: { app: 'web' } },
            spec: { nodeName: 'n1', containers: [{ name: 'a', image: 'b' }] },
          }),
        ],
      ],
      [],
    ],
  ])('%s (%s)', (_what, _source, acts, expected) => {
    expect(endpointsIn(stage([[0, create(WEB)], ...acts]).view)).toEqual(expected)
  })

  it('are all ready where a Service publishes those that are not (§11.3, publishNotReadyAddresses)', () => {
    const { view } = stage([
      [0, create(service('web', { selector: { app: 'web' }, publishNotReadyAddresses: true }))],
      [1, readyPods(2)],
      [
        2,
        emitting(
          reported('web-0', { ready: false, ip: '10.244.1.0' }),
          PodMarkedForDeletion({ pod: 'shop/web-1', graceSeconds: 30 }),
        ),
      ],
    ])
    expect(endpointsIn(view)).toEqual(['web-0: ready', 'web-1: ready serving terminating'])
  })

  it('have the address, node, zone and pod that they stand for (utils.go: podToEndpoint)', () => {
    const zone = { 'topology.kubernetes.io/zone': 'eu-1a' }
    const { view } = stage([
      [0, emitting(nodeCreated('n3', zone))],
      [1, create(WEB)],
      [2, pod('web-0', { node: 'n3' })],
      [3, emitting(reported('web-0', { ip: '10.244.3.7' }))],
    ])
    expect(slicesIn(view)[0]?.endpoints[0]).toEqual({
      addresses: ['10.244.3.7'],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: 'n3',
      targetRef: { kind: 'Pod', namespace: 'shop', name: 'web-0', uid: view.pods.get('shop/web-0')?.uid },
      zone: 'eu-1a',
    })
  })

  it.each([
    ['web', 'web', 'db-0'],
    ['web', 'other', undefined],
  ])(
    'of Service %s and subdomain %s have the host name %s (§11.3; util: ShouldSetHostname)',
    (name, subdomain, expected) => {
      const { view } = stage([
        [0, create(service(name, { clusterIP: 'None', selector: { app: 'web' } }))],
        [1, pod('db-0', { spec: { hostname: 'db-0', subdomain } })],
        [2, emitting(reported('db-0'))],
      ])
      expect(slicesIn(view)[0]?.endpoints[0]?.hostname).toBe(expected)
    },
  )

  it('are those of the pod that has the name now (util/endpointset.go: hashEndpoint)', () => {
    const { view } = stage([
      [0, create(WEB)],
      [1, readyPods(1)],
      [2, emitting(PodDeleted({ pod: 'shop/web-0' }))],
      [2, readyPods(1)],
    ])
    const [endpoint] = slicesIn(view)[0]?.endpoints ?? []
    expect(endpoint?.targetRef?.uid).toBe(view.pods.get('shop/web-0')?.uid)
    expect(sizes(view)).toEqual([1])
  })
})

describe('the slice of a Service', () => {
  it('belongs to it and says so (utils.go: newEndpointSlice, setEndpointSliceLabels)', () => {
    const { view } = stage([
      [0, create(service('web', { selector: { app: 'web' } }, { labels: { tier: 'front' } }))],
      [1, readyPods(1)],
    ])
    const [slice] = slicesIn(view)
    expect(slice?.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(slice?.metadata.labels).toEqual({
      tier: 'front',
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    })
    expect(slice?.metadata.ownerReferences).toEqual([
      {
        apiVersion: 'v1',
        blockOwnerDeletion: true,
        controller: true,
        kind: 'Service',
        name: 'web',
        uid: view.services.get('shop/web')?.uid,
      },
    ])
    expect(slice?.addressType).toBe('IPv4')
  })

  it('says that it is headless (setEndpointSliceLabels)', () => {
    const { view } = stage([[0, create(service('web', { clusterIP: 'None', selector: { app: 'web' } }))]])
    expect(slicesIn(view)[0]?.metadata.labels['service.kubernetes.io/headless']).toBe('')
  })

  it('is there without a pod too, empty (reconciler.go: placeholder)', () => {
    const { view, entries } = stage([[0, create(WEB)]])
    expect(slicesIn(view)).toMatchObject([{ endpoints: [], ports: [] }])
    expect(entries.filter(({ event }) => event.kind === 'EndpointSliceCreated')).toHaveLength(1)
  })

  it('keeps its name from the first pod to the last and back (reconciler.go: finalize)', () => {
    const names: string[] = []
    const look: Act = (view) => {
      names.push(...slicesIn(view).map(({ metadata }) => metadata.name))
      return []
    }
    const { entries } = stage([
      [0, create(WEB)],
      [1, look],
      [2, readyPods(1)],
      [3, look],
      [4, emitting(PodDeleted({ pod: 'shop/web-0' }))],
      [5, look],
      [6, readyPods(1)],
      [7, look],
    ])
    expect(new Set(names).size).toBe(1)
    expect(entries.some(({ event }) => event.kind === 'EndpointSliceDeleted')).toBe(false)
  })

  it.each([
    [
      'a number',
      { ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
      [{ name: 'http', port: 8080, protocol: 'TCP' }],
    ],
    ['a name', { ports: [{ port: 80, targetPort: 'http' }] }, [{ name: '', port: 8000, protocol: 'TCP' }]],
    [
      'the name of a sidecar’s port',
      { ports: [{ port: 80, targetPort: 'proxy' }] },
      [{ name: '', port: 9000, protocol: 'TCP' }],
    ],
    ['a name of another protocol', { ports: [{ port: 80, targetPort: 'http', protocol: 'UDP' }] }, []],
    [
      'a name that no container has',
      {
        ports: [
          { name: 'a', port: 80, targetPort: 'grpc' },
          { name: 'b', port: 81 },
        ],
      },
      [{ name: 'b', port: 81, protocol: 'TCP' }],
    ],
  ])('has the ports of its pods: %s (utils.go: FindPort, getEndpointPorts)', (_what, spec, expected) => {
    const { view } = stage([
      [0, create(service('web', { selector: { app: 'web' }, ...spec }))],
      [
        1,
        pod('web-0', {
          containers: [{ name: 'main', image: 'web:1', ports: [{ name: 'http', containerPort: 8000 }] }],
          spec: {
            initContainers: [
              {
                name: 'proxy',
                image: 'proxy:1',
                restartPolicy: 'Always',
                ports: [{ name: 'proxy', containerPort: 9000 }],
              },
            ],
          },
        }),
      ],
      [2, emitting(reported('web-0'))],
    ])
    expect(slicesIn(view)[0]?.ports).toEqual(expected)
  })

  it('is one for each set of ports (reconciler.go: reconcileByPortMapping)', () => {
    const named = (name: string, port: number): Act =>
      pod(name, {
        containers: [{ name: 'main', image: `web:${port}`, ports: [{ name: 'http', containerPort: port }] }],
      })
    const { view } = stage([
      [0, create(service('web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] }))],
      [1, named('web-0', 8000)],
      [1, named('web-1', 9000)],
      [2, emitting(reported('web-0'), reported('web-1', { ip: '10.244.0.10' }))],
    ])
    expect(slicesIn(view).map(({ ports, endpoints }) => [ports[0]?.port, endpoints.length])).toEqual([
      [9000, 1],
      [8000, 1],
    ])
  })

  it.each<[string, string, Readonly<Record<string, unknown>>]>([
    ['without a selector', 'syncService', {}],
    ['with an empty selector', 'stored as none', { selector: {} }],
    [
      'that is but a name',
      'issues.k8s.io/105986',
      { type: 'ExternalName', externalName: 'db.example.com', selector: { app: 'web' } },
    ],
  ])('is not there for a Service %s (%s)', (_what, _source, spec) => {
    expect(
      slicesIn(
        stage([
          [0, create(service('web', spec))],
          [1, readyPods(1)],
        ]).view,
      ),
    ).toEqual([])
  })

  it('for a Service without a selector is whoever’s it is (syncService)', () => {
    const slice = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'db-1', namespace: 'shop', labels: { 'kubernetes.io/service-name': 'db' } },
      addressType: 'IPv4',
      ports: [{ name: '', port: 5432 }],
      endpoints: [{ addresses: ['192.0.2.1'] }],
    }
    const { view } = stage([[0, create(service('db', {}), slice)]], { until: 60 })
    expect(slicesIn(view)).toMatchObject([{ metadata: { name: 'db-1' }, endpoints: [{ addresses: ['192.0.2.1'] }] }])
  })

  it('goes with its Service (garbage collector §1.8)', () => {
    expect(
      slicesIn(
        stage([
          [0, create(WEB)],
          [1, readyPods(2)],
          [2, deleted('Service', 'web')],
        ]).view,
      ),
    ).toEqual([])
  })

  it('stays when the Service loses its selector (syncService)', () => {
    const { view } = stage([
      [0, create(WEB)],
      [1, readyPods(2)],
      [2, patched('Service', 'web', { spec: { selector: null } })],
    ])
    expect(sizes(view)).toEqual([2])
  })

  it('follows the selector (onServiceUpdate)', () => {
    const { view } = stage([
      [0, create(WEB)],
      [1, readyPods(1)],
      [2, pod('db-0', { labels: { app: 'db' } })],
      [3, emitting(reported('db-0'))],
      [4, patched('Service', 'web', { spec: { selector: { app: 'db' } } })],
    ])
    expect(endpointsIn(view)).toEqual(['db-0: ready serving'])
  })

  it('follows the ports, under its name (reconciler.go: finalize)', () => {
    const { view, entries } = stage([
      [0, create(WEB)],
      [1, readyPods(2)],
      [2, patched('Service', 'web', { spec: { ports: [{ port: 8080 }] } })],
    ])
    expect(slicesIn(view)).toMatchObject([{ ports: [{ port: 8080 }], endpoints: [{}, {}] }])
    expect(entries.filter(({ event }) => event.kind === 'EndpointSliceCreated')).toHaveLength(1)
  })

  it('follows the labels of the Service, but for the reserved ones (setEndpointSliceLabels)', () => {
    const labels = { tier: 'back', 'kubernetes.io/service-name': 'other' }
    const { view } = stage([
      [0, create(WEB)],
      [1, readyPods(1)],
      [2, patched('Service', 'web', { metadata: { labels } })],
    ])
    expect(slicesIn(view)[0]?.metadata.labels).toMatchObject({ tier: 'back', 'kubernetes.io/service-name': 'web' })
  })

  it('follows the labels of the Service while it is empty too (placeholderSliceCompare)', () => {
    const { view } = stage([
      [0, create(WEB)],
      [1, patched('Service', 'web', { metadata: { labels: { tier: 'back' } } })],
    ])
    expect(slicesIn(view)).toMatchObject([{ metadata: { labels: { tier: 'back' } } }])
  })

  it('is not made in a namespace that goes (reconciler.go: finalize)', () => {
    const { view } = stage([
      [0, create(WEB)],
      [0, emitting(NamespaceMarkedForDeletion({ namespace: 'shop' }))],
    ])
    expect(slicesIn(view)).toEqual([])
  })
})

describe('more endpoints than a slice holds (§11.3)', () => {
  // The slice that was there, empty, takes the last of the new ones.
  const flags = { 'max-endpoints-per-slice': 3 }
  it.each<[string, string, readonly (readonly [number, Act])[], readonly number[]]>([
    ['fill slice after slice', 'reconcileByPortMapping, step 3', [[1, readyPods(7)]], [1, 3, 3]],
    [
      'that come later go where all of them fit, with the least room left',
      'getSliceToFill',
      [
        [1, readyPods(4)],
        [2, readyPods(2, 4)],
      ],
      [3, 3],
    ],
    [
      'that fit nowhere together get a slice of their own',
      'getSliceToFill',
      [
        [1, readyPods(5)],
        [2, readyPods(2, 5)],
      ],
      [2, 3, 2],
    ],
    [
      'that go leave holes',
      'step 1',
      [
        [1, readyPods(7)],
        [2, emitting(PodDeleted({ pod: 'shop/web-1' }))],
      ],
      [1, 2, 3],
    ],
    [
      'that come while others go fill the slice that is written anyway',
      'step 2',
      [
        [1, readyPods(7)],
        [2, emitting(PodDeleted({ pod: 'shop/web-1' }))],
        [2, readyPods(1, 7)],
      ],
      [1, 3, 3],
    ],
    [
      'that are the last of their slice take it with them',
      'step 1',
      [
        [1, readyPods(7)],
        [2, emitting(PodDeleted({ pod: 'shop/web-6' }))],
      ],
      [3, 3],
    ],
    [
      'are never packed anew',
      'KEP-752: no rebalancing',
      [
        [1, readyPods(6)],
        [
          2,
          emitting(
            PodDeleted({ pod: 'shop/web-0' }),
            PodDeleted({ pod: 'shop/web-1' }),
            PodDeleted({ pod: 'shop/web-3' }),
            PodDeleted({ pod: 'shop/web-4' }),
          ),
        ],
      ],
      [1, 1],
    ],
  ])('%s (%s)', (_what, _source, acts, expected) => {
    expect(sizes(stage([[0, create(WEB)], ...acts], { flags }).view)).toEqual(expected)
  })

  it('are 100 a slice unless the flag says otherwise (--max-endpoints-per-slice)', () => {
    expect(
      sizes(
        stage([
          [0, create(WEB)],
          [1, readyPods(250)],
        ]).view,
      ),
    ).toEqual([50, 100, 100])
  })
})

describe('when it looks', () => {
  const changes = ({ entries }: ReturnType<typeof stage>, from: number): readonly number[] =>
    entries
      .filter(({ event, at }) => /^EndpointSlice(EndpointsChanged|Rewritten|Created)$/.test(event.kind) && at >= from)
      .map(({ at }) => at - from)

  it('writes some milliseconds after the pod (§9 latencies: watch, sync, API write)', () => {
    const [first] = changes(
      stage([
        [0, create(WEB)],
        [5, readyPods(1)],
      ]),
      5_000,
    )
    expect(first).toBeGreaterThan(0)
    expect(first).toBeLessThan(100)
  })

  it('waits for more pods for as long as it is told (--endpointslice-updates-batch-period)', () => {
    const run = stage(
      [
        [0, create(WEB)],
        [5, readyPods(1)],
        [6, readyPods(1, 1)],
        [9, readyPods(1, 2)],
      ],
      {
        flags: { 'endpointslice-updates-batch-period': 2_000 },
        until: 20,
      },
    )
    const times = changes(run, 5_000)
    expect(times).toHaveLength(2)
    expect(times[0]).toBeGreaterThan(2_000)
    expect(times[0]).toBeLessThan(2_100)
    expect(times[1]).toBeGreaterThan(6_000)
  })

  it('does not look at pods whose report changes nothing about them (podEndpointsChanged)', () => {
    const { entries } = stage([
      [0, create(WEB)],
      [5, readyPods(1)],
      [6, emitting(reported('web-0', { ip: '10.244.1.0' }))],
    ])
    expect(entries.filter(({ event, at }) => event.kind === 'EndpointSliceSyncDue' && at >= 6_000)).toEqual([])
  })

  it('says nothing at all where no Service selects (getServicesForPod)', () => {
    const { entries } = stage([
      [0, create(service('db', { selector: { app: 'db' } }))],
      [5, readyPods(9)],
    ])
    expect(entries.filter(({ event, at }) => event.kind.startsWith('EndpointSlice') && at >= 5_000)).toEqual([])
  })

  it.each<[string, Act]>([
    [
      'other endpoints',
      tampering((name) => patched('EndpointSlice', name, { endpoints: [{ addresses: ['192.0.2.9'] }] })),
    ],
    [
      'somebody else’s name',
      tampering((name) =>
        patched('EndpointSlice', name, { metadata: { labels: { 'endpointslice.kubernetes.io/managed-by': 'me' } } }),
      ),
    ],
    ['nothing left of it', tampering((name) => deleted('EndpointSlice', name))],
  ])('puts a slice right a second after somebody gave it %s (queueServiceForEndpointSlice)', (_what, act) => {
    const run = stage([
      [0, create(WEB)],
      [1, readyPods(2)],
      [5, act],
    ])
    const mine = [...run.view.endpointSlices.values()].filter(
      ({ labels }) => labels['endpointslice.kubernetes.io/managed-by'] !== 'me',
    )
    expect(mine.flatMap(({ endpoints }) => endpoints.map(({ targetRef }) => targetRef?.name))).toEqual([
      'web-0',
      'web-1',
    ])
    expect(changes(run, 5_001)).toEqual([999])
  })

  it('leaves pods of a node that is not there, and says so, later each time (reconcileByAddressType)', () => {
    const { view, said, entries } = stage(
      [
        [0, create(WEB)],
        [1, readyPods(2)],
        [2, emitting(NodeDeleted({ node: 'n1' }), reported('web-0', { ready: false, ip: '10.244.1.0' }))],
      ],
      { until: 20 },
    )
    expect(endpointsIn(view)).toEqual([])
    expect(said).toEqual([
      'Warning FailedToUpdateEndpointSlices Error updating Endpoint Slices for Service shop/web: [skipping Pod web-0 for Service shop/web: Node n1 Not Found, skipping Pod web-1 for Service shop/web: Node n1 Not Found]',
    ])
    const failed = entries.filter(({ event }) => event.kind === 'EndpointSliceSyncFailed').map(({ at }) => at)
    expect(failed.slice(1).map((at, i) => at - failed[i]!)).toEqual([1_000, 2_000, 4_000, 8_000])
  })

  it('takes them again when the node is there (reconcileByAddressType)', () => {
    const { view } = stage(
      [
        [0, create(WEB)],
        [1, pod('web-0', { node: 'late' })],
        [2, emitting(reported('web-0'))],
        [4, emitting(nodeCreated('late'))],
      ],
      { until: 20 },
    )
    expect(endpointsIn(view)).toEqual(['web-0: ready serving'])
  })

  it('publishes them where all are published (reconcileByAddressType)', () => {
    const { view } = stage([
      [0, create(service('web', { selector: { app: 'web' }, publishNotReadyAddresses: true }))],
      [1, pod('web-0', { node: 'nowhere' })],
      [2, emitting(reported('web-0'))],
    ])
    expect(endpointsIn(view)).toEqual(['web-0: ready serving'])
  })

  it('brings the zones of all endpoints up to date with the next change (podToEndpoint)', () => {
    const { view } = stage([
      [0, create(WEB)],
      [1, readyPods(2)],
      [2, emitting(NodeLabelled({ node: 'n1', labels: { 'topology.kubernetes.io/zone': 'b' } }))],
      [3, emitting(reported('web-1', { ready: false, ip: '10.244.1.1' }))],
    ])
    expect(slicesIn(view)[0]?.endpoints.map(({ zone }) => zone)).toEqual(['b', 'b'])
  })

  it('writes no faster than its client may (--kube-api-qps, --kube-api-burst)', () => {
    const services = Array.from({ length: 10 }, (_, i) => service(`s${i}`, { selector: { app: 'web' } }))
    const run = stage([[0, create(...services)]], { flags: { 'kube-api-qps': 1, 'kube-api-burst': 2 }, until: 30 })
    const times = run.entries.filter(({ event }) => event.kind === endpointSliceEvents.Created.kind).map(({ at }) => at)
    expect(times).toHaveLength(10)
    expect(times[9]! - times[1]!).toBeGreaterThanOrEqual(7_900)
  })
})

describe('as kubectl lists it (printers.go)', () => {
  const run = () =>
    stage([
      [
        0,
        create(
          WEB,
          service('empty', { selector: { app: 'none' } }),
          service('ext', { type: 'ExternalName', externalName: 'a.b' }),
        ),
      ],
      [1, readyPods(5)],
      [2, emitting(reported('web-4', { ready: false, ip: '10.244.1.4' }))],
    ])
  it('shows ready addresses of Endpoints, three of them (formatEndpoints)', () => {
    const { view } = run()
    expect(getTable(view, 10_000, { kinds: ['endpoints'], namespace: 'shop' }).text).toMatchInlineSnapshot(`
      "NAME    ENDPOINTS                                               AGE
      empty   <none>                                                  10s
      web     10.244.1.0:80,10.244.1.1:80,10.244.1.2:80 + 1 more...   10s
      "
    `)
  })
  it('shows all addresses of slices, three of them (printEndpointSlice)', () => {
    const { view } = run()
    const text = getTable(view, 10_000, { kinds: ['endpointslices'], namespace: 'shop' }).text
    expect(text.replace(/-[a-z0-9]{5} /g, '-xxxxx ')).toMatchInlineSnapshot(`
      "NAME          ADDRESSTYPE   PORTS     ENDPOINTS                                      AGE
      empty-xxxxx   IPv4          <unset>   <unset>                                        10s
      web-xxxxx     IPv4          80        10.244.1.0,10.244.1.1,10.244.1.2 + 2 more...   10s
      "
    `)
  })
  it('has the Endpoints of a Service by name, those that are not ready apart (endpoints_controller.go)', () => {
    const { view } = run()
    expect(getTable(view, 10_000, { kinds: ['ep'], names: ['web'], namespace: 'shop', output: 'yaml' }).text).toContain(
      'notReadyAddresses:\n  - ip: 10.244.1.4',
    )
  })
})
