import {
  NodeCreated,
  NodeLabelled,
  NodeUncordoned,
  NodeUntainted,
  PodBound,
  PodDeleted,
  PodLabelled,
  PodSchedulingGatesChanged,
} from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import {
  addPod,
  addUnschedulable,
  createQueue,
  flushTimeOf,
  nextPodIn,
  popPod,
  requeue,
  type SchedulingQueue,
} from '../../../packages/controllers/src/kube-scheduler/queue/queue.ts'
import { createTestCluster, type TestCluster } from './cluster.ts'

/** Section numbers are those of the behaviour contract, semantics/node-and-scheduler.md. */

const settings = { podInitialBackoff: 1_000, podMaxBackoff: 10_000 }
const FIT = ['NodeResourcesFit']

const add = (queue: SchedulingQueue, key: string, priority = 0, at = 0): void =>
  addPod(queue, { key, uid: key, priority }, at, false)
const popAll = (queue: SchedulingQueue, at = 0): readonly string[] => {
  const keys: string[] = []
  for (let pod = popPod(queue, at); pod !== undefined; pod = popPod(queue, at)) keys.push(pod.key)
  return keys
}
const fail = (queue: SchedulingQueue, key: string, at: number, rejectors: readonly string[] = FIT): void =>
  addUnschedulable(queue, key, at, rejectors, settings)

describe('activeQ (6.1)', () => {
  it('gives out the highest priority first, then who came first', () => {
    const queue = createQueue()
    add(queue, 'old', 0, 1)
    add(queue, 'high', 10, 3)
    add(queue, 'new', 0, 2)
    expect(popAll(queue)).toEqual(['high', 'old', 'new'])
  })

  it('puts a pod that failed behind newer ones of its priority', () => {
    const queue = createQueue()
    add(queue, 'a', 0, 0)
    popPod(queue, 1_000)
    fail(queue, 'a', 1_000)
    add(queue, 'b', 0, 500)
    requeue(queue, queue.pods.get('a')!, 10_000, settings)
    expect(popAll(queue, 10_000)).toEqual(['b', 'a'])
  })

  it('leaves out pods that are gone', () => {
    const queue = createQueue()
    add(queue, 'a')
    add(queue, 'b')
    queue.pods.get('a')!.stay++
    expect(popAll(queue)).toEqual(['b'])
  })
})

describe('back-off (6.2)', () => {
  /** Seconds from the n-th rejection until a flush lets the pod go, with somebody else in activeQ. */
  const waits = (rejections: number, rejectors: readonly string[]): readonly number[] => {
    const queue = createQueue()
    add(queue, 'a')
    const result: number[] = []
    let at = 0
    for (let i = 0; i < rejections; i++) {
      popAll(queue, at)
      fail(queue, 'a', at, rejectors)
      const pod = queue.pods.get('a')!
      if (rejectors.length > 0) requeue(queue, pod, at, settings)
      const since = at
      while (queue.pods.get('a')!.place !== 'attempt') {
        at += 1_000
        add(queue, `other-${at}`, 1_000, at)
        popPod(queue, at)
        if (queue.pods.get('a')!.place === 'active') break
      }
      result.push((at - since) / 1_000)
    }
    return result
  }

  it('doubles from 1 to 10 seconds; a flush comes in the second after', () => {
    expect(waits(6, FIT)).toEqual([2, 3, 5, 9, 11, 11])
  })

  it('holds for errors too, which count for themselves', () => {
    expect(waits(4, [])).toEqual([2, 3, 5, 9])
  })

  it('is not waited for when nobody else is there to be tried (PopFromBackoffQ)', () => {
    const queue = createQueue()
    add(queue, 'a')
    popPod(queue, 0)
    fail(queue, 'a', 0)
    requeue(queue, queue.pods.get('a')!, 100, settings)
    expect(queue.pods.get('a')!.place).toBe('backoff')
    expect(nextPodIn(queue, 100)).toBe(0)
    expect(popAll(queue, 100)).toEqual(['a'])
  })

  it('is waited for after an error, whoever is there', () => {
    const queue = createQueue()
    add(queue, 'a')
    popPod(queue, 0)
    fail(queue, 'a', 0, [])
    expect(nextPodIn(queue, 100)).toBe(1_900)
    expect(popAll(queue, 1_999)).toEqual([])
    expect(popAll(queue, 2_000)).toEqual(['a'])
  })
})

describe('the flush of unschedulablePods (6.2)', () => {
  it.each([
    [0, 330_000],
    [1, 330_000],
    [29_999, 330_000],
    [30_000, 360_000],
  ])('finds a pod that failed at %i ms at %i ms', (failed, found) => {
    expect(flushTimeOf(failed)).toBe(found)
  })
})

/** A pod that was tried and rejected. */
const rejected = (build: (cluster: TestCluster) => void): TestCluster => {
  const cluster = createTestCluster()
  build(cluster)
  expect(cluster.cycle(1_000)).toMatchObject({ kind: 'PodUnschedulable', pod: 'shop/new' })
  expect(placeOf(cluster)).toBe('unschedulable')
  return cluster
}
const placeOf = (cluster: TestCluster): string | undefined => cluster.own.queue.pods.get('shop/new')?.place
const isWoken = (cluster: TestCluster): boolean => placeOf(cluster) !== 'unschedulable'

const big = (cluster: TestCluster): void => {
  cluster.node('n', { allocatable: { cpu: '1' } })
  cluster.pod('old', { node: 'n', requests: { cpu: '1' } })
  cluster.pod('new', { requests: { cpu: '1' } })
}
const node = (name: string, options: { cpu?: string; labels?: Record<string, string>; taints?: unknown[] } = {}) =>
  NodeCreated({
    node: name,
    uid: name,
    object: {
      metadata: { name, labels: options.labels ?? {} },
      spec: { taints: options.taints ?? [] },
      status: { allocatable: { cpu: options.cpu ?? '4', memory: '8Gi', pods: '10' } },
    },
  })

describe('queueing hints (6.4)', () => {
  it('NodeResourcesFit: any assigned pod that goes', () => {
    const cluster = rejected(big)
    cluster.happen(PodDeleted({ pod: 'shop/old' }), 20_000)
    expect(isWoken(cluster)).toBe(true)
  })

  it.each([
    { cpu: '1', woken: true },
    { cpu: '500m', woken: false },
  ])('NodeResourcesFit: a new node with $cpu cpu, if the pod fits when it is empty: $woken', ({ cpu, woken }) => {
    const cluster = rejected(big)
    cluster.happen(node('more', { cpu }), 20_000)
    expect(isWoken(cluster)).toBe(woken)
  })

  it('NodeResourcesFit: not an assigned pod that comes', () => {
    const cluster = rejected((it) => {
      big(it)
      it.pod('other')
    })
    cluster.happen(PodBound({ pod: 'shop/other', node: 'n' }), 20_000)
    expect(isWoken(cluster)).toBe(false)
  })

  it.each([
    { labels: { disk: 'ssd' }, woken: true },
    { labels: { disk: 'hdd' }, woken: false },
  ])('NodeAffinity: labels $labels on a node: $woken', ({ labels, woken }) => {
    const cluster = rejected((it) => {
      it.node('n')
      it.pod('new', { spec: { nodeSelector: { disk: 'ssd' } } as never })
    })
    cluster.happen(NodeLabelled({ node: 'n', labels: labels as unknown as Record<string, string> }), 20_000)
    expect(isWoken(cluster)).toBe(woken)
  })

  it('TaintToleration: the taint goes', () => {
    const cluster = rejected((it) => {
      it.node('n', { taints: [{ key: 'gpu', effect: 'NoSchedule' }] })
      it.pod('new')
    })
    cluster.happen(node('also', { taints: [{ key: 'gpu', effect: 'NoSchedule' }] }), 20_000)
    expect(isWoken(cluster)).toBe(false)
    cluster.happen(NodeUntainted({ node: 'n', key: 'gpu' }), 20_000)
    expect(isWoken(cluster)).toBe(true)
  })

  it('NodeUnschedulable: the node is uncordoned', () => {
    const cluster = rejected((it) => {
      it.node('n', { unschedulable: true })
      it.pod('new')
    })
    cluster.happen(NodeUncordoned({ node: 'n' }), 20_000)
    expect(isWoken(cluster)).toBe(true)
  })

  it('NodePorts: a pod with the port goes, not any other', () => {
    const cluster = rejected((it) => {
      it.node('n')
      it.pod('old', { node: 'n', ports: [80] })
      it.pod('other', { node: 'n', ports: [81] })
      it.pod('new', { ports: [80] })
    })
    cluster.happen(PodDeleted({ pod: 'shop/other' }), 20_000)
    expect(isWoken(cluster)).toBe(false)
    cluster.happen(PodDeleted({ pod: 'shop/old' }), 20_000)
    expect(isWoken(cluster)).toBe(true)
  })

  const terms = { labelSelector: { matchLabels: { app: 'db' } }, topologyKey: 'kubernetes.io/hostname' }
  const wanting = (kind: 'podAffinity' | 'podAntiAffinity') =>
    ({ affinity: { [kind]: { requiredDuringSchedulingIgnoredDuringExecution: [terms] } } }) as never

  it('InterPodAffinity: a pod to be near to comes, or starts to match', () => {
    const build = (it: TestCluster): void => {
      it.node('n')
      it.pod('db', { labels: { app: 'db' } })
      it.pod('other', { node: 'n', labels: { app: 'x' } })
      it.pod('new', { spec: { ...(wanting('podAffinity') as object), priority: 1 } as never })
    }
    const bound = rejected(build)
    bound.happen(PodBound({ pod: 'shop/db', node: 'n' }), 20_000)
    expect(isWoken(bound)).toBe(true)
    const labelled = rejected(build)
    labelled.happen(PodLabelled({ pod: 'shop/other', labels: { app: 'db' } }), 20_000)
    expect(isWoken(labelled)).toBe(true)
  })

  it('InterPodAffinity: a pod to keep away from goes', () => {
    const cluster = rejected((it) => {
      it.node('n')
      it.pod('db', { node: 'n', labels: { app: 'db' } })
      it.pod('new', { spec: wanting('podAntiAffinity') })
    })
    cluster.happen(PodDeleted({ pod: 'shop/db' }), 20_000)
    expect(isWoken(cluster)).toBe(true)
  })

  it('InterPodAffinity: but not for a pod that only others keep away', () => {
    const cluster = rejected((it) => {
      it.node('n')
      it.pod('shy', { node: 'n', spec: wanting('podAntiAffinity') })
      it.pod('new', { labels: { app: 'db' } })
    })
    cluster.happen(PodDeleted({ pod: 'shop/shy' }), 20_000)
    expect(isWoken(cluster)).toBe(false)
  })
})

describe('scheduling gates (6.5)', () => {
  it('hold a pod back, silently, until the last one is gone', () => {
    const cluster = createTestCluster()
    cluster.node('n')
    cluster.pod('new', { spec: { schedulingGates: [{ name: 'quota' }, { name: 'licence' }] } as never })
    expect(cluster.cycle(1_000)).toBeUndefined()
    cluster.happen(PodSchedulingGatesChanged({ pod: 'shop/new', gates: ['licence'] }), 2_000)
    expect(cluster.cycle(3_000)).toBeUndefined()
    cluster.happen(PodSchedulingGatesChanged({ pod: 'shop/new', gates: [] }), 4_000)
    expect(cluster.cycle(5_000)).toMatchObject({ kind: 'PodBound', pod: 'shop/new', node: 'n' })
  })
})

describe('failure (7.5)', () => {
  it('has its own words for a cluster without nodes, and tries again after a back-off', () => {
    const cluster = createTestCluster()
    cluster.pod('new')
    expect(cluster.cycle(1_000)).toEqual({
      kind: 'PodUnschedulable',
      pod: 'shop/new',
      message: 'no nodes available to schedule pods',
      plugins: [],
    })
    expect(placeOf(cluster)).toBe('error')
    expect(cluster.cycle(2_000)).toBeUndefined()
    expect(cluster.cycle(3_000)).toMatchObject({ kind: 'PodUnschedulable' })
  })
})
