import { createDraw } from '@wavetank/kernel'
import { describe, expect, it } from 'vitest'
import { numFeasibleNodesToFind, zoneInterleaved } from '../../../packages/controllers/src/kube-scheduler/node-order.ts'
import {
  localityScore,
  scaledBytes,
} from '../../../packages/controllers/src/kube-scheduler/plugins/image-locality/image-locality.ts'
import { normalizeAffinity } from '../../../packages/controllers/src/kube-scheduler/plugins/inter-pod-affinity/inter-pod-affinity.ts'
import { balancedScore } from '../../../packages/controllers/src/kube-scheduler/plugins/node-resources-balanced-allocation/node-resources-balanced-allocation.ts'
import {
  leastAllocated,
  mostAllocated,
  type NodeResourcesFitArgs,
  nodeResourcesFit,
} from '../../../packages/controllers/src/kube-scheduler/plugins/node-resources-fit/node-resources-fit.ts'
import { requestedToCapacityRatio } from '../../../packages/controllers/src/kube-scheduler/plugins/node-resources-fit/requested-to-capacity-ratio.ts'
import { defaultNormalize } from '../../../packages/controllers/src/kube-scheduler/plugins/plugin.ts'
import { DEFAULT_PROFILE } from '../../../packages/controllers/src/kube-scheduler/profile.ts'
import { runScores, totalsOf, walkNodes } from '../../../packages/controllers/src/kube-scheduler/reference.ts'
import { createSnapshot } from '../../../packages/controllers/src/kube-scheduler/snapshot.ts'
import { createTestCluster, type TestCluster } from './cluster.ts'

/** Section numbers are those of the behaviour contract, semantics/node-and-scheduler.md. */

const GIB = 1024 ** 3
const MIB = 1024 ** 2

describe('how many nodes (7.1)', () => {
  it.each([
    [99, 99],
    [100, 100],
    [200, 100],
    [250, 120],
    [500, 230],
    [1_000, 420],
    [2_000, 680],
    [2_500, 750],
    [5_000, 500],
    [6_000, 300],
    [15_000, 750],
  ])('of %i nodes the search ends with %i', (nodes, count) => {
    expect(numFeasibleNodesToFind(nodes, 0)).toBe(count)
  })
})

describe('in which order (7.2)', () => {
  it('takes one node of every zone in turn', () => {
    const tree = new Map([
      ['a', ['a1', 'a2', 'a3']],
      ['b', ['b1']],
      ['c', ['c1', 'c2']],
    ])
    expect(zoneInterleaved(tree)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3'])
  })
})

describe('TaintToleration and NodeAffinity normalise (8.2, 8.3)', () => {
  it.each([
    [
      [0, 1, 3],
      [100, 67, 0],
    ],
    [
      [0, 0, 0],
      [100, 100, 100],
    ],
    [
      [1, 2, 2],
      [50, 0, 0],
    ],
    [
      [2, 2, 2],
      [0, 0, 0],
    ],
  ])('intolerable taints %j to %j', (raw, normalized) => {
    expect(defaultNormalize(raw, true)).toEqual(normalized)
  })

  it.each([
    [
      [80, 20, 0],
      [100, 25, 0],
    ],
    [
      [1, 3, 7],
      [14, 42, 100],
    ],
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
  ])('weights of matching terms %j to %j', (raw, normalized) => {
    expect(defaultNormalize(raw, false)).toEqual(normalized)
  })
})

const rising = [
  { utilization: 0, score: 0 },
  { utilization: 100, score: 10 },
]
const falling = [
  { utilization: 0, score: 10 },
  { utilization: 100, score: 0 },
]

describe('NodeResourcesFit and NodeResourcesBalancedAllocation score (8.4, 8.5)', () => {
  const ratio = (shape: typeof rising, cpu: readonly number[], memory: readonly number[]): number => {
    const scores = [
      requestedToCapacityRatio(shape, cpu[0]!, cpu[1]!),
      requestedToCapacityRatio(shape, memory[0]!, memory[1]!),
    ]
    const counted = scores.filter((score) => score > 0)
    return counted.length === 0 ? 0 : Math.floor(counted.reduce((sum, score) => sum + score, 0) / counted.length + 0.5)
  }
  it.each([
    { row: 'A', cpu: [500, 4_000], memory: [GIB, 16 * GIB], least: 90, most: 9, up: 9, down: 91, balanced: 96 },
    { row: 'B', cpu: [2_000, 4_000], memory: [7 * GIB, 16 * GIB], least: 53, most: 46, up: 47, down: 54, balanced: 96 },
    {
      row: 'C',
      cpu: [3_350, 3_920],
      memory: [4.5 * GIB, 15 * GIB],
      least: 42,
      most: 57,
      up: 58,
      down: 43,
      balanced: 72,
    },
    {
      row: 'D',
      cpu: [2_000, 2_000],
      memory: [1_224 * MIB, 4_096 * MIB],
      least: 35,
      most: 64,
      up: 65,
      down: 71,
      balanced: 64,
    },
  ])('row $row', ({ cpu, memory, least, most, up, down, balanced }) => {
    const average = (score: typeof leastAllocated): number =>
      Math.floor((score(cpu[0]!, cpu[1]!) + score(memory[0]!, memory[1]!)) / 2)
    expect(average(leastAllocated)).toBe(least)
    expect(average(mostAllocated)).toBe(most)
    expect(ratio(rising, cpu, memory)).toBe(up)
    expect(ratio(falling, cpu, memory)).toBe(down)
    expect(balancedScore([cpu[0]! / cpu[1]!, memory[0]! / memory[1]!])).toBe(balanced)
  })

  it('row E: pods without requests count as 100m and 200Mi', () => {
    const cluster = createTestCluster()
    cluster.node('n', { allocatable: { cpu: '4', memory: '8Gi' } })
    cluster.pod('a', { node: 'n' })
    cluster.pod('b', { node: 'n' })
    cluster.pod('new')
    expect(rawScores(cluster, 'new').NodeResourcesFit).toEqual([92])
    expect(rawScores(cluster, 'new').NodeResourcesBalancedAllocation).toBeUndefined()
    expect(rawScores(cluster, 'new', { strategy: 'MostAllocated' }).NodeResourcesFit).toEqual([7])
  })

  it('row F: what is assumed may exceed what is there', () => {
    expect(leastAllocated(4_100, 4_000)).toBe(0)
    expect(Math.floor((leastAllocated(4_100, 4_000) + leastAllocated(2 * GIB, 8 * GIB)) / 2)).toBe(37)
    expect(Math.floor((mostAllocated(4_100, 4_000) + mostAllocated(2 * GIB, 8 * GIB)) / 2)).toBe(62)
  })

  it.each([
    [[0.5, 0.4375], 96],
    [[0.25, 0.75], 75],
    [[1, 0], 50],
    [[0.25, 0.25], 100],
    [[0.8546, 0.3], 72],
    [[0.5, 0.4375, 0.125], 83],
  ])('fractions %j are balanced to %i', (fractions, score) => {
    expect(balancedScore(fractions)).toBe(score)
  })
})

describe('PodTopologySpread (8.6)', () => {
  const constraint = (options: object) => ({
    maxSkew: 1,
    topologyKey: 'topology.kubernetes.io/zone',
    whenUnsatisfiable: 'DoNotSchedule',
    labelSelector: { matchLabels: { app: 'web' } },
    ...options,
  })
  /** Zones a, b, c with a node each, and so many pods in them. */
  const zones = (counts: readonly number[]): TestCluster => {
    const cluster = createTestCluster()
    counts.forEach((count, i) => {
      cluster.node(`n${i}`, { labels: { 'topology.kubernetes.io/zone': 'abc'[i]! } })
      for (let j = 0; j < count; j++) cluster.pod(`p${i}-${j}`, { node: `n${i}`, labels: { app: 'web' } })
    })
    return cluster
  }
  const wishing = (cluster: TestCluster, options: object): void =>
    cluster.pod('new', { labels: { app: 'web' }, spec: { topologySpreadConstraints: [constraint(options)] } as never })

  it('keeps the skew: of zones with 3, 1 and 1 pods only the latter two will do', () => {
    const cluster = zones([3, 1, 1])
    wishing(cluster, {})
    expect(feasible(cluster, 'new')).toEqual(['n1', 'n2'])
  })

  it('takes the minimum for 0 while there are fewer domains than minDomains', () => {
    const cluster = zones([3, 1, 1])
    wishing(cluster, { minDomains: 4 })
    expect(feasible(cluster, 'new')).toEqual([])
    expect(cluster.cycle()).toMatchObject({
      message:
        "0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints. " +
        'preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
    })
  })

  it('says so if a node lacks the label', () => {
    const cluster = createTestCluster()
    cluster.node('n')
    wishing(cluster, {})
    expect(cluster.cycle()).toMatchObject({
      message:
        "0/1 nodes are available: 1 node(s) didn't match pod topology spread constraints (missing required label). " +
        'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    })
  })

  it.each([
    { topologyKey: 'topology.kubernetes.io/zone', counts: [2, 1, 0], raw: [3, 2, 0], normalized: [0, 33, 100] },
    { topologyKey: 'kubernetes.io/hostname', counts: [5, 3, 4], raw: [8, 5, 6], normalized: [62, 100, 87] },
    { topologyKey: 'topology.kubernetes.io/zone', counts: [0, 0, 0], raw: [0, 0, 0], normalized: [100, 100, 100] },
  ])('scores $counts by $topologyKey as $normalized', ({ topologyKey, counts, raw, normalized }) => {
    const cluster = zones(counts)
    wishing(cluster, { whenUnsatisfiable: 'ScheduleAnyway', topologyKey })
    expect(rawScores(cluster, 'new').PodTopologySpread).toEqual(raw)
    expect(normalizedScores(cluster, 'new').PodTopologySpread).toEqual(normalized)
  })

  it.each([
    { pods: [2, 0, 1, 0], raw: [12, 9, 9, 7], normalized: [58, 83, 83, 100] },
    { pods: [0, 0, 0, 0], raw: [6, 6, 6, 6], normalized: [100, 100, 100, 100] },
  ])('spreads by the system defaults: $pods on four nodes of two zones', ({ pods, raw, normalized }) => {
    const cluster = createTestCluster()
    cluster.object('Service', 'shop/web', {
      metadata: { namespace: 'shop', name: 'web' },
      spec: { selector: { app: 'web' } },
    })
    // Two zones; the tree lists a node of each in turn.
    pods.forEach((count, i) => {
      cluster.node(`n${i}`, { labels: { 'topology.kubernetes.io/zone': i < 2 ? 'a' : 'b' } })
      for (let j = 0; j < count; j++) cluster.pod(`p${i}-${j}`, { node: `n${i}`, labels: { app: 'web' } })
    })
    cluster.pod('new', { labels: { app: 'web' } })
    const inOrder = (scores: readonly number[] | undefined) =>
      ['n0', 'n1', 'n2', 'n3'].map((name) => scores?.[feasible(cluster, 'new').indexOf(name)])
    expect(inOrder(rawScores(cluster, 'new').PodTopologySpread)).toEqual(raw)
    expect(inOrder(normalizedScores(cluster, 'new').PodTopologySpread)).toEqual(normalized)
  })

  it('says nothing about a pod that no Service and no owner selects', () => {
    const cluster = zones([1, 0])
    cluster.pod('new', { labels: { app: 'web' } })
    expect(rawScores(cluster, 'new').PodTopologySpread).toBeUndefined()
  })
})

describe('InterPodAffinity (8.7)', () => {
  it.each([
    [
      [100, 0, 50],
      [100, 0, 50],
    ],
    [
      [-30, 0, 70],
      [0, 30, 100],
    ],
    [
      [0, 1, 3],
      [0, 33, 100],
    ],
    [
      [5, 5, 5],
      [0, 0, 0],
    ],
    [
      [0, 29, 100],
      [0, 28, 100],
    ],
  ])('normalises %j to %j', (raw, normalized) => {
    expect(normalizeAffinity(raw)).toEqual(normalized)
  })

  const near = (app: string, topologyKey = 'kubernetes.io/hostname') => [
    { labelSelector: { matchLabels: { app } }, topologyKey },
  ]
  const affinity = (app: string) =>
    ({ affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near(app) } } }) as never
  const antiAffinity = (app: string) =>
    ({ affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: near(app) } } }) as never
  const twoNodes = (): TestCluster => {
    const cluster = createTestCluster()
    cluster.node('n1')
    cluster.node('n2')
    return cluster
  }

  it('lets a pod in only where the pods are that it wants to be near to', () => {
    const cluster = twoNodes()
    cluster.pod('db', { node: 'n2', labels: { app: 'db' } })
    cluster.pod('web', { spec: affinity('db') })
    expect(feasible(cluster, 'web')).toEqual(['n2'])
  })

  it('lets the first of a group go anywhere, if it would be near to itself', () => {
    const cluster = twoNodes()
    cluster.pod('first', { labels: { app: 'web' }, spec: affinity('web') })
    cluster.pod('other', { labels: { app: 'api' }, spec: affinity('web') })
    expect(feasible(cluster, 'first')).toEqual(['n1', 'n2'])
    expect(feasible(cluster, 'other')).toEqual([])
  })

  it('keeps away from pods, and pods that want it away', () => {
    const cluster = twoNodes()
    cluster.pod('lonely', { node: 'n1', labels: { app: 'lonely' }, spec: antiAffinity('web') })
    cluster.pod('web', { labels: { app: 'web' } })
    cluster.pod('shy', { labels: { app: 'shy' }, spec: antiAffinity('lonely') })
    expect(feasible(cluster, 'web')).toEqual(['n2'])
    expect(feasible(cluster, 'shy')).toEqual(['n2'])
  })

  it('adds hardPodAffinityWeight for an existing pod that requires the new one', () => {
    const cluster = twoNodes()
    cluster.pod('fan', { node: 'n1', spec: affinity('web') })
    cluster.pod('web', { labels: { app: 'web' } })
    expect(rawScores(cluster, 'web').InterPodAffinity).toEqual([1, 0])
    expect(normalizedScores(cluster, 'web').InterPodAffinity).toEqual([100, 0])
  })
})

describe('ImageLocality (8.8)', () => {
  it.each([
    { images: [], containers: 1, score: 0 },
    { images: [scaledBytes(300 * MIB, 1, 4)], containers: 1, score: 5 },
    { images: [scaledBytes(300 * MIB, 4, 4)], containers: 1, score: 28 },
    { images: [scaledBytes(500 * MIB, 2, 4), scaledBytes(1_200 * MIB, 4, 4)], containers: 2, score: 72 },
    { images: [scaledBytes(1.5 * GIB, 4, 4)], containers: 1, score: 100 },
    { images: [scaledBytes(80 * MIB, 1, 10)], containers: 1, score: 0 },
  ])('$images bytes for $containers containers are worth $score', ({ images, containers, score }) => {
    const sum = images.reduce((total, bytes) => total + bytes, 0)
    expect(localityScore(sum, containers)).toBe(score)
  })
})

describe('the full example (8.11)', () => {
  it('adds up to 461, 137 and 617', () => {
    const cluster = createTestCluster()
    cluster.node('n1', { allocatable: { cpu: '4', memory: '16Gi' } })
    cluster.node('n2', {
      allocatable: { cpu: '4', memory: '16Gi' },
      taints: [{ key: 'spot', effect: 'PreferNoSchedule' }],
    })
    cluster.node('n3', { allocatable: { cpu: '8', memory: '32Gi' }, labels: { disk: 'ssd' } })
    cluster.pod('a', { node: 'n1', requests: { cpu: '1', memory: '4Gi' } })
    cluster.pod('b', { node: 'n2', requests: { cpu: '2', memory: '2Gi' } })
    cluster.pod('c', { node: 'n3', requests: { cpu: '6', memory: '24Gi' } })
    const preference = { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] }
    cluster.pod('new', {
      requests: { cpu: '500m', memory: '1Gi' },
      spec: {
        affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 50, preference }] } },
      } as never,
    })
    const walk = walkNodes(searchOf(cluster, 'new'))
    const scores = runScores(searchOf(cluster, 'new').cycle, DEFAULT_PROFILE.scores, walk.feasible)
    expect(
      Object.fromEntries(
        scores.map(({ plugin, weight, normalized }) => [plugin, normalized.map((score) => weight * score)]),
      ),
    ).toEqual({
      TaintToleration: [300, 0, 300],
      NodeAffinity: [0, 0, 200],
      NodeResourcesFit: [65, 59, 19],
      NodeResourcesBalancedAllocation: [96, 78, 98],
      ImageLocality: [0, 0, 0],
    })
    expect(totalsOf(scores, 3)).toEqual([461, 137, 617])
    expect(cluster.cycle()).toMatchObject({ kind: 'PodBound', pod: 'shop/new', node: 'n3' })
  })
})

describe('filters that look at the node alone (8.1 to 8.3)', () => {
  const refusals: readonly {
    readonly why: string
    readonly build: (cluster: TestCluster) => void
    readonly text: string
  }[] = [
    {
      why: 'a cordoned node',
      build: (cluster) => {
        cluster.node('n', { unschedulable: true })
        cluster.pod('new')
      },
      text: 'node(s) were unschedulable',
    },
    {
      why: 'a taint that is not tolerated',
      build: (cluster) => {
        cluster.node('n', { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] })
        cluster.pod('new')
      },
      text: 'node(s) had untolerated taint(s)',
    },
    {
      why: 'a nodeSelector that does not match',
      build: (cluster) => {
        cluster.node('n')
        cluster.pod('new', { spec: { nodeSelector: { disk: 'ssd' } } as never })
      },
      text: "node(s) didn't match Pod's node affinity/selector",
    },
  ]
  it.each(refusals)('refuse $why, and preemption is no help', ({ build, text }) => {
    const cluster = createTestCluster()
    build(cluster)
    expect(cluster.cycle()).toMatchObject({
      message: `0/1 nodes are available: 1 ${text}. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.`,
    })
  })

  it('refuse a host port that is taken, on any address', () => {
    const cluster = createTestCluster()
    cluster.node('n')
    cluster.pod('old', { node: 'n', ports: [80] })
    cluster.pod('new', { ports: [80] })
    cluster.pod('other', { ports: [81] })
    expect(feasible(cluster, 'new')).toEqual([])
    expect(feasible(cluster, 'other')).toEqual(['n'])
  })
})

describe('NodeResourcesFit filters (8.4)', () => {
  it('names every resource that is short, and does not preempt for what a node never has', () => {
    const cluster = createTestCluster()
    cluster.node('small', { allocatable: { cpu: '1', memory: '1Gi', pods: '1' } })
    cluster.node('full', { allocatable: { cpu: '4', memory: '8Gi' } })
    cluster.pod('old', { node: 'small' })
    cluster.pod('big', { node: 'full', requests: { cpu: '3' } })
    cluster.pod('new', { requests: { cpu: '2', memory: '2Gi' } })
    expect(cluster.cycle()).toMatchObject({
      message:
        '0/2 nodes are available: 1 Insufficient memory, 1 Too many pods, 2 Insufficient cpu. ' +
        'preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, ' +
        '1 Preemption is not helpful for scheduling.',
    })
  })

  it('counts extended resources', () => {
    const cluster = createTestCluster()
    cluster.node('plain')
    cluster.node('gpu', { allocatable: { 'example.com/gpu': '2' } })
    cluster.pod('a', { node: 'gpu', requests: { 'example.com/gpu': '1' } })
    cluster.pod('one', { requests: { 'example.com/gpu': '1' } })
    cluster.pod('two', { requests: { 'example.com/gpu': '2' } })
    expect(feasible(cluster, 'one')).toEqual(['gpu'])
    expect(feasible(cluster, 'two')).toEqual([])
  })

  it('lets pods without requests onto a full node, as far as the number of pods goes', () => {
    const cluster = createTestCluster()
    cluster.node('n', { allocatable: { cpu: '1', memory: '1Gi', pods: '2' } })
    cluster.pod('all', { node: 'n', requests: { cpu: '1', memory: '1Gi' } })
    cluster.pod('free')
    expect(feasible(cluster, 'free')).toEqual(['n'])
    cluster.pod('second', { node: 'n' })
    expect(feasible(cluster, 'free')).toEqual([])
  })
})

describe('a draw between equals', () => {
  it('takes each of them about as often', () => {
    const chosen = new Map<string, number>()
    for (let seed = 0; seed < 400; seed++) {
      const cluster = createTestCluster()
      for (const name of ['n1', 'n2', 'n3', 'n4']) cluster.node(name)
      cluster.pod('new')
      const decision = cluster.cycle(1_000, seed) as unknown as { readonly node: string }
      chosen.set(decision.node, (chosen.get(decision.node) ?? 0) + 1)
    }
    expect([...chosen.values()].every((count) => count > 60 && count < 140)).toBe(true)
  })
})

const searchOf = ({ view }: TestCluster, name: string) => {
  const zones = new Map<string, string[]>()
  for (const node of view.nodes.values()) zones.set(node.zone, [...(zones.get(node.zone) ?? []), node.name])
  return {
    cycle: { view, pod: view.pods.get(`shop/${name}`)!, snapshot: createSnapshot(view, zoneInterleaved(zones)) },
    profile: DEFAULT_PROFILE,
    start: 0,
    attempt: 1,
    nominatedTo: () => [],
    draw: createDraw(1),
  }
}

const feasible = (cluster: TestCluster, name: string): readonly string[] =>
  walkNodes(searchOf(cluster, name)).feasible.map(({ node }) => node.name)

const scoresOf = (cluster: TestCluster, name: string, fit: Partial<NodeResourcesFitArgs>) => {
  const search = searchOf(cluster, name)
  const scores = DEFAULT_PROFILE.scores.map((bound) =>
    bound.plugin === nodeResourcesFit ? { ...bound, args: { ...nodeResourcesFit.defaultArgs, ...fit } } : bound,
  )
  return runScores(search.cycle, scores, walkNodes(search).feasible)
}

function rawScores(cluster: TestCluster, name: string, fit: Partial<NodeResourcesFitArgs> = {}) {
  return Object.fromEntries(scoresOf(cluster, name, fit).map(({ plugin, raw }) => [plugin, raw]))
}

function normalizedScores(cluster: TestCluster, name: string) {
  return Object.fromEntries(scoresOf(cluster, name, {}).map(({ plugin, normalized }) => [plugin, normalized]))
}
