import {
  type DeepReadonly,
  NodeDeleted,
  NodeLabelled,
  NodeTainted,
  type Pod,
  PodLabelled,
  PodMarkedForDeletion,
  PodUnschedulable,
  persistentVolumeClaimEvents,
  persistentVolumeEvents,
} from '@wavetank/cluster'
import { createDraw } from '@wavetank/kernel'
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { contextOf } from '../../../packages/controllers/src/kube-scheduler/cache.ts'
import type { SchedulerConfiguration } from '../../../packages/controllers/src/kube-scheduler/configuration/configuration.ts'
import { decodeKubeSchedulerConfiguration } from '../../../packages/controllers/src/kube-scheduler/configuration/decode.ts'
import type { Placement } from '../../../packages/controllers/src/kube-scheduler/diagnosis.ts'
import { SchedulingCycleDue } from '../../../packages/controllers/src/kube-scheduler/events.ts'
import { type FastSearch, findNode } from '../../../packages/controllers/src/kube-scheduler/find-node.ts'
import { refreshOrder } from '../../../packages/controllers/src/kube-scheduler/node-table.ts'
import { DEFAULT_PROFILE } from '../../../packages/controllers/src/kube-scheduler/profile.ts'
import { findNodeByReference } from '../../../packages/controllers/src/kube-scheduler/reference.ts'
import { profiledShapeOf, shapeOf } from '../../../packages/controllers/src/kube-scheduler/shapes.ts'
import { createSnapshot } from '../../../packages/controllers/src/kube-scheduler/snapshot.ts'
import { createTestCluster, type NodeOptions, type PodOptions, type TestCluster } from './cluster.ts'

const zone = fc.constantFrom('a', 'b', 'c')
const app = fc.constantFrom('web', 'api', 'db')
/** Present once in `n` times. */
const oneIn = <T>(n: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 1, arbitrary }, { weight: n - 1, arbitrary: fc.constant(undefined) })

const taint = fc.record({
  key: fc.constantFrom('dedicated', 'gpu'),
  value: fc.constantFrom('x', 'y'),
  effect: fc.constantFrom('NoSchedule', 'PreferNoSchedule'),
})

const nodeOptions: fc.Arbitrary<NodeOptions> = fc.record({
  labels: fc
    .record({
      zone: fc.oneof({ weight: 5, arbitrary: zone }, { weight: 1, arbitrary: fc.constant(undefined) }),
      disk: fc.constantFrom('ssd', 'hdd'),
    })
    .map(
      (labels): Record<string, string> => ({
        disk: labels.disk,
        ...(labels.zone === undefined ? {} : { 'topology.kubernetes.io/zone': labels.zone }),
      }),
    ),
  taints: fc.array(taint, { maxLength: 1 }),
  allocatable: fc.record({
    cpu: fc.constantFrom('1', '2', '4'),
    memory: fc.constantFrom('2Gi', '4Gi', '8Gi'),
    pods: fc.constantFrom('3', '110'),
    'example.com/gpu': fc.constantFrom('0', '2'),
  }),
  images: fc.constantFrom([], [{ names: ['shop/web:1'], sizeBytes: 800_000_000 }]),
  unschedulable: fc.constantFrom(false, false, false, true),
})

const selector = app.map((value) => ({ matchLabels: { app: value } }))
const topologyKey = fc.constantFrom('kubernetes.io/hostname', 'topology.kubernetes.io/zone', 'disk')
const term = fc.record({ labelSelector: selector, topologyKey })
const weighted = fc.record({ weight: fc.integer({ min: 1, max: 100 }), podAffinityTerm: term })
const podTerms = fc.record({
  requiredDuringSchedulingIgnoredDuringExecution: fc.array(term, { maxLength: 1 }),
  preferredDuringSchedulingIgnoredDuringExecution: fc.array(weighted, { maxLength: 2 }),
})
const spread = fc.record({
  maxSkew: fc.integer({ min: 1, max: 2 }),
  topologyKey,
  whenUnsatisfiable: fc.constantFrom('DoNotSchedule' as const, 'ScheduleAnyway' as const),
  labelSelector: selector,
  nodeTaintsPolicy: fc.constantFrom('Honor' as const, 'Ignore' as const),
})
const preference = fc.constantFrom('ssd', 'hdd').map((value) => ({
  matchExpressions: [{ key: 'disk', operator: 'In' as const, values: [value] }],
}))

/** Claims `c0`…; there is none with the last number. */
const CLAIMS = 6

const podOptions: fc.Arbitrary<PodOptions> = fc
  .record({
    app,
    requests: fc.constantFrom(
      { cpu: '100m', memory: '128Mi' },
      { cpu: '500m', memory: '1Gi' },
      { cpu: '1', memory: '512Mi', 'example.com/gpu': '1' },
      {},
    ),
    images: fc.constantFrom(['busybox:1'], ['shop/web:1'], ['shop/web:1', 'busybox:1']),
    ports: fc.constantFrom([], [], [8080]),
    podAffinity: oneIn(4, podTerms),
    podAntiAffinity: oneIn(3, podTerms),
    preferred: oneIn(3, fc.array(fc.record({ weight: fc.integer({ min: 1, max: 9 }), preference }), { maxLength: 2 })),
    nodeSelector: oneIn(5, fc.constant({ disk: 'ssd' })),
    topologySpreadConstraints: oneIn(3, fc.array(spread, { minLength: 1, maxLength: 2 })),
    tolerates: fc.boolean(),
    claims: oneIn(4, fc.uniqueArray(fc.nat(CLAIMS), { minLength: 1, maxLength: 2 })),
    disk: oneIn(8, fc.record({ pdName: fc.constantFrom('d1', 'd2'), readOnly: fc.boolean() })),
    priority: fc.constantFrom(0, 0, 10),
  })
  .map(
    (pod): PodOptions => ({
      labels: { app: pod.app },
      requests: pod.requests as Record<string, string>,
      images: pod.images,
      ports: pod.ports,
      spec: {
        affinity: {
          nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: pod.preferred ?? [] },
          podAffinity: pod.podAffinity,
          podAntiAffinity: pod.podAntiAffinity,
        },
        nodeSelector: pod.nodeSelector,
        topologySpreadConstraints: pod.topologySpreadConstraints,
        tolerations: pod.tolerates ? [{ key: 'dedicated', operator: 'Exists' }] : [],
        priority: pod.priority,
        volumes: [
          ...(pod.claims ?? []).map((i) => ({ name: `v${i}`, persistentVolumeClaim: { claimName: `c${i}` } })),
          ...(pod.disk === undefined ? [] : [{ name: 'disk', gcePersistentDisk: pod.disk }]),
        ],
      } as PodOptions['spec'],
    }),
  )

interface Storage {
  readonly access: 'ReadWriteOnce' | 'ReadWriteOncePod'
  /** A volume that is there and bound, one that is yet to be made or taken, or one that a controller has to bind first. */
  readonly binding: 'bound' | 'provisioned' | 'local' | 'immediate'
  readonly zone: string
  /** How a bound volume says where it is. */
  readonly by: 'affinity' | 'label' | 'nothing'
}

const storage: fc.Arbitrary<Storage> = fc.record({
  access: fc.constantFrom('ReadWriteOnce', 'ReadWriteOnce', 'ReadWriteOncePod'),
  binding: fc.constantFrom('bound', 'bound', 'bound', 'provisioned', 'local', 'immediate'),
  zone,
  by: fc.constantFrom('affinity', 'label', 'nothing'),
})

const ZONE = 'topology.kubernetes.io/zone'
const DRIVER = 'disk.example.com'

const storageClass = (cluster: TestCluster, name: string, options: object): void =>
  cluster.object('StorageClass', `/${name}`, { metadata: { name }, provisioner: DRIVER, ...options })

/** Classes, claims, volumes, and how many volumes a node attaches. */
const addStorage = (cluster: TestCluster, claims: readonly Storage[], limits: readonly number[]): void => {
  const volumeBindingMode = 'WaitForFirstConsumer'
  const zones = [{ matchLabelExpressions: [{ key: ZONE, values: ['a', 'b'] }] }]
  storageClass(cluster, 'provisioned', { volumeBindingMode, allowedTopologies: zones })
  storageClass(cluster, 'local', { volumeBindingMode, provisioner: 'kubernetes.io/no-provisioner' })
  storageClass(cluster, 'immediate', { volumeBindingMode: 'Immediate' })
  const common = { accessModes: ['ReadWriteOnce', 'ReadWriteOncePod'], volumeMode: 'Filesystem' }
  claims.forEach(({ access, binding, zone: place, by }, i) => {
    const required = { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In', values: [place] }] }] }
    const isVolume = binding === 'bound' || binding === 'local'
    const storageClassName = binding === 'bound' ? 'provisioned' : binding
    if (isVolume) {
      const { Created } = persistentVolumeEvents
      const spec = {
        ...common,
        capacity: { storage: '2Gi' },
        storageClassName,
        ...(by === 'affinity' || binding === 'local' ? { nodeAffinity: { required } } : {}),
        csi: { driver: DRIVER, volumeHandle: `h${i}` },
      }
      const labels: Record<string, string> = by === 'label' && binding === 'bound' ? { [ZONE]: place } : {}
      cluster.happen(Created({ object: `/pv${i}`, uid: `pv${i}`, labels, annotations: {}, spec }))
    }
    const spec = {
      accessModes: [access],
      volumeMode: 'Filesystem',
      resources: { requests: { storage: '1Gi' } },
      storageClassName,
      ...(binding === 'bound' ? { volumeName: `pv${i}` } : {}),
    }
    const { Created } = persistentVolumeClaimEvents
    cluster.happen(Created({ object: `shop/c${i}`, uid: `c${i}`, labels: {}, annotations: {}, spec }))
  })
  limits.forEach((count, i) => {
    const drivers = [{ name: DRIVER, allocatable: { count } }]
    cluster.object('CSINode', `/n${i}`, { metadata: { name: `n${i}` }, spec: { drivers } })
  })
}

const searchFor = (
  { view, own }: TestCluster,
  pod: DeepReadonly<Pod>,
  start: number,
  { profiles }: SchedulerConfiguration,
): FastSearch => {
  const context = contextOf(own.cache, view)
  const profile = profiles[0]!
  const shape = shapeOf(context, pod)
  refreshOrder(own.cache.table)
  return {
    cycle: { view, pod, snapshot: createSnapshot(view, own.cache.table.names) },
    profile,
    start,
    attempt: 1,
    nominatedTo: (node) => [...(own.nominator.podsOf.get(node) ?? [])].flatMap((key) => view.pods.get(key) ?? []),
    draw: createDraw(7),
    table: own.cache.table,
    shapes: own.cache.shapes,
    shape,
    profiled: profiledShapeOf(context, pod, shape, profile),
    nominatedNodes: own.nominator.podsOf,
  }
}

const comparable = (placement: Placement, view: TestCluster['view']): unknown => {
  if ('node' in placement) return placement
  const { reasons, plugins, preFilter, helpable, statusOf } = placement.diagnosis
  return {
    reasons: [...reasons].sort(),
    plugins: [...plugins].sort(),
    preFilter,
    helpable: helpable(),
    statuses: [...view.nodes.keys()].map(statusOf),
  }
}

/** Profiles that turn something. */
const PROFILES: readonly object[] = [
  {},
  {
    pluginConfig: [
      { name: 'NodeResourcesFit', args: { scoringStrategy: { type: 'MostAllocated' } } },
      { name: 'InterPodAffinity', args: { hardPodAffinityWeight: 50, ignorePreferredTermsOfExistingPods: true } },
    ],
  },
  {
    plugins: {
      multiPoint: { disabled: [{ name: 'TaintToleration' }] },
      score: { disabled: [{ name: 'ImageLocality' }], enabled: [{ name: 'NodeAffinity', weight: 5 }] },
    },
    pluginConfig: [
      {
        name: 'NodeResourcesFit',
        args: {
          ignoredResources: ['example.com/gpu'],
          scoringStrategy: {
            type: 'RequestedToCapacityRatio',
            resources: [{ name: 'cpu', weight: 3 }, { name: 'memory' }, { name: 'example.com/gpu', weight: 5 }],
            requestedToCapacityRatio: {
              shape: [
                { utilization: 0, score: 0 },
                { utilization: 70, score: 10 },
                { utilization: 100, score: 2 },
              ],
            },
          },
        },
      },
      {
        name: 'PodTopologySpread',
        args: {
          defaultingType: 'List',
          defaultConstraints: [
            { maxSkew: 1, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
          ],
        },
      },
      {
        name: 'NodeResourcesBalancedAllocation',
        args: { resources: [{ name: 'cpu' }, { name: 'memory' }, { name: 'example.com/gpu' }] },
      },
    ],
  },
]

const configurations = PROFILES.map((profile): SchedulerConfiguration => {
  const head = { apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration' }
  const decoded = decodeKubeSchedulerConfiguration({ ...head, profiles: [profile] })
  if (isLeft(decoded)) throw new Error(decoded.left.map(({ message }) => message).join(', '))
  return decoded.right
})

describe('the search over columns', () => {
  it('finds what the reference finds, on random clusters', () => {
    let placed = 0
    let refused = 0
    const refusers = new Map<string, number>()
    fc.assert(
      fc.property(
        fc.array(nodeOptions, { minLength: 1, maxLength: 12 }),
        fc.array(podOptions, { minLength: 1, maxLength: 30 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        fc.nat(configurations.length - 1),
        fc.array(storage, { minLength: CLAIMS, maxLength: CLAIMS }),
        fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 6 }),
        (nodes, pods, terminated, number, claims, limits) => {
          const configuration = configurations[number]!
          const cluster = createTestCluster(configuration)
          const web = { metadata: { namespace: 'shop', name: 'web' }, spec: { selector: { app: 'web' } } }
          cluster.object('Service', 'shop/web', web)
          nodes.forEach((options, i) => {
            cluster.node(`n${i}`, options)
          })
          addStorage(cluster, claims, limits)
          pods.forEach((options, i) => {
            cluster.pod(`p${i}`, options)
            const pod = cluster.view.pods.get(`shop/p${i}`)!
            const search = searchFor(cluster, pod, i % nodes.length, configuration)
            const fast = findNode(search)
            expect(comparable(fast, cluster.view)).toEqual(comparable(findNodeByReference(search), cluster.view))
            if (!('node' in fast)) {
              refused++
              for (const plugin of fast.diagnosis.plugins) refusers.set(plugin, (refusers.get(plugin) ?? 0) + 1)
              // Room is being made for some of them: they count where they are to go.
              if (i % 3 !== 0) return
              const nominatedNode = `n${i % nodes.length}`
              const plugins = [...fast.diagnosis.plugins]
              cluster.happen(SchedulingCycleDue({}), i)
              cluster.happen(PodUnschedulable({ pod: pod.key, message: 'no', plugins, nominatedNode }), i)
              return
            }
            placed++
            cluster.happen({ kind: 'PodBound', pod: pod.key, node: fast.node } as never, i)
            if (i % 7 === 6) {
              const node = `n${i % nodes.length}`
              const labels = { ...cluster.view.nodes.get(node)!.labels, disk: i % 2 === 0 ? 'ssd' : 'hdd' }
              cluster.happen(NodeLabelled({ node, labels }), i)
              cluster.happen(NodeTainted({ node, taint: { key: 'gpu', effect: 'PreferNoSchedule' } }), i)
            }
            if (i % 11 === 10) {
              const node = `n${(i + 1) % nodes.length}`
              cluster.happen(NodeDeleted({ node }), i)
              cluster.node(node, nodes[i % nodes.length])
            }
            if (i % 5 === 4) cluster.happen(PodLabelled({ pod: pod.key, labels: { app: 'db', moved: 'yes' } }), i)
            if (terminated.some((index) => index % pods.length === i)) {
              cluster.happen(PodMarkedForDeletion({ pod: pod.key, graceSeconds: 30 }), i)
            }
          })
        },
      ),
      { numRuns: 400, seed: 20_250_902 },
    )
    // Neither answer may be a rare one, or the comparison says little.
    expect(Math.min(placed, refused)).toBeGreaterThan(300)
    // Nor may any filter of the default profile never have had a say.
    for (const { plugin } of DEFAULT_PROFILE.filters) {
      if (plugin.name !== 'NodeName') expect(refusers.get(plugin.name) ?? 0, plugin.name).toBeGreaterThan(10)
    }
  })
})
