import {
  ContainerExited,
  ContainerStarted,
  daemonSetEvents,
  deploymentEvents,
  NodeCreated,
  NodeDeleted,
  NodeFailed,
  NodeMarkedUnknown,
  NodeRebooted,
  NodeStatusPosted,
  PodBound,
  PodCreated,
  PodDeleted,
  PodDisruptionTargeted,
  PodFailed,
  PodMarkedForDeletion,
  PodStatusReported,
  PodUnschedulable,
  replicaSetEvents,
  replicationControllerEvents,
} from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { addPod, createStory, type Story } from '../../test/story.ts'
import { foldMetrics } from '../metric.ts'
import { metrics, type RunMetrics } from './registry.ts'

const measured = (): { readonly story: Story; readonly results: (at: number) => RunMetrics } => {
  const fold = foldMetrics(metrics)
  const story = createStory(fold.apply)
  return { story, results: (at) => fold.results(story.view, at) }
}

const node = (name: string, cpu = '4') =>
  NodeCreated({ node: name, uid: name, object: { metadata: { name }, status: { capacity: { cpu, memory: '8Gi' } } } })
const spec = { containers: [{ name: 'app', resources: { requests: { cpu: '1', memory: '2Gi' } } }] }
const reported = (pod: string, phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed', ready = false) =>
  PodStatusReported({ pod, phase, ready, containers: [] })

it('documents every metric', () => {
  expect(metrics.every(({ doc, unit }) => doc.length > 20 && unit.length > 0)).toBe(true)
  expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length)
})

describe('pods', () => {
  it('counts how pods come and end, each once', () => {
    const { story, results } = measured()
    for (const name of ['a', 'b', 'c', 'd']) addPod(story, `shop/${name}`)
    story.add(1, reported('shop/a', 'Failed'))
    story.add(2, reported('shop/a', 'Failed'))
    story.add(3, PodFailed({ pod: 'shop/a' }))
    story.add(4, reported('shop/b', 'Succeeded'))
    story.add(5, reported('shop/c', 'Running'))
    story.add(6, PodDeleted({ pod: 'shop/d' }))
    expect(results(10).pods).toEqual({
      created: 4,
      deleted: 1,
      failed: 1,
      succeeded: 1,
      byPhase: { Running: 1, Succeeded: 1, Failed: 1 },
      terminating: 0,
    })
  })

  it('does not call it a failure when a pod is stopped because somebody deleted it', () => {
    const { story, results } = measured()
    addPod(story, 'shop/a')
    story.add(1, PodMarkedForDeletion({ pod: 'shop/a', graceSeconds: 30 }))
    story.add(2, reported('shop/a', 'Failed'))
    expect(results(10).pods).toMatchObject({ failed: 0, terminating: 1 })
  })
})

describe('podStartup', () => {
  it('measures from creation to the first report that the pod runs', () => {
    const { story, results } = measured()
    addPod(story, 'shop/a', { at: 1_000 })
    addPod(story, 'shop/b', { at: 1_000 })
    story.add(2_000, reported('shop/a', 'Pending'))
    story.add(3_000, reported('shop/a', 'Running'))
    story.add(9_000, reported('shop/a', 'Running', true))
    expect(results(10_000).podStartup).toMatchObject({ count: 1, p50: 2_000, max: 2_000 })
  })

  it('is nothing while no pod has run', () => {
    const { story, results } = measured()
    addPod(story, 'shop/a')
    story.add(1_000, PodDeleted({ pod: 'shop/a' }))
    expect(results(10_000).podStartup).toBeUndefined()
  })
})

describe('availability', () => {
  const owner = { apiVersion: 'v1', kind: 'ReplicationController', name: 'web', uid: 'rc' }
  const withWorkload = (replicas: number): ReturnType<typeof measured> => {
    const told = measured()
    addPod(told.story, 'shop/other')
    const template = 'template-of-shop/other'
    const spec = { replicas, minReadySeconds: 0, selector: {}, template }
    told.story.add(
      0,
      replicationControllerEvents.Created({ object: 'shop/web', uid: 'rc', labels: {}, annotations: {}, spec }),
    )
    for (const name of ['web-a', 'web-b']) {
      told.story.add(0, PodCreated({ pod: `shop/${name}`, uid: name, template, owner }))
    }
    return told
  }

  it('is the share of time with as many ready pods as wanted', () => {
    const { story, results } = withWorkload(2)
    story.add(1_000, reported('shop/web-a', 'Running', true))
    story.add(2_000, reported('shop/web-b', 'Running', true))
    story.add(7_000, PodMarkedForDeletion({ pod: 'shop/web-b', graceSeconds: 30 }))
    const expected = { kind: 'ReplicationController', namespace: 'shop', name: 'web', desired: 2, ready: 1 }
    expect(results(10_000).availability).toEqual([{ ...expected, availability: 0.5, longestOutageMillis: 3_000 }])
  })

  it('follows what is wanted', () => {
    const { story, results } = withWorkload(2)
    story.add(0, reported('shop/web-a', 'Running', true))
    story.add(4_000, replicationControllerEvents.Scaled({ object: 'shop/web', replicas: 1 }))
    expect(results(8_000).availability[0]).toMatchObject({ desired: 1, ready: 1, availability: 0.5 })
    story.add(8_000, PodDeleted({ pod: 'shop/web-a' }))
    expect(results(16_000).availability[0]).toMatchObject({ ready: 0, availability: 0.25 })
  })

  it('is that of a Deployment over all its ReplicaSets, those it adopts too', () => {
    const { story, results } = measured()
    addPod(story, 'shop/other')
    const template = 'template-of-shop/other'
    const spec = { selector: {}, template, minReadySeconds: 0 }
    const rollout = {
      strategy: { type: 'RollingUpdate' as const },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    }
    const meta = { labels: {}, annotations: {} }
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd' }
    story.add(
      0,
      deploymentEvents.Created({
        ...meta,
        object: 'shop/web',
        uid: 'd',
        spec: { ...spec, ...rollout, replicas: 2, paused: false },
      }),
    )
    story.add(
      0,
      replicaSetEvents.Created({ ...meta, object: 'shop/web-1', uid: 'r1', owner, spec: { ...spec, replicas: 1 } }),
    )
    story.add(0, replicaSetEvents.Created({ ...meta, object: 'shop/web-2', uid: 'r2', spec: { ...spec, replicas: 1 } }))
    for (const set of ['1', '2']) {
      const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `web-${set}`, uid: `r${set}` }
      story.add(0, PodCreated({ pod: `shop/web-${set}-a`, uid: set, template, owner }))
      story.add(1_000, reported(`shop/web-${set}-a`, 'Running', true))
    }
    expect(results(1_000).availability).toMatchObject([
      { kind: 'Deployment', ready: 1 },
      { kind: 'ReplicaSet', ready: 1 },
    ])
    story.add(5_000, replicaSetEvents.Adopted({ object: 'shop/web-2', owner }))
    const expected = {
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
      desired: 2,
      ready: 2,
      availability: 0.5,
      longestOutageMillis: 0,
    }
    expect(results(10_000).availability).toEqual([expected])
  })

  it('is none of a DaemonSet before it is known how many pods it wants', () => {
    const { story, results } = measured()
    addPod(story, 'shop/other')
    const spec = { selector: {}, template: 'template-of-shop/other', minReadySeconds: 0, revisionHistoryLimit: 10 }
    const meta = { object: 'shop/agent', labels: {}, annotations: {} }
    story.add(
      0,
      daemonSetEvents.Created({ ...meta, uid: 'ds', spec: { ...spec, updateStrategy: { type: 'OnDelete' } } }),
    )
    const counts = {
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
      numberAvailable: 0,
      numberUnavailable: 0,
      updatedNumberScheduled: 0,
      observedGeneration: 1,
      collisionCount: 0,
    }
    story.add(4_000, daemonSetEvents.StatusReported({ object: 'shop/agent', desiredNumberScheduled: 0, ...counts }))
    expect(results(8_000).availability).toMatchObject([{ kind: 'DaemonSet', desired: 0, availability: 0.5 }])
  })

  it('counts from creation to deletion', () => {
    const { story, results } = measured()
    addPod(story, 'shop/other')
    const spec = { replicas: 0, minReadySeconds: 0, selector: {}, template: 'template-of-shop/other' }
    story.add(5_000, replicaSetEvents.Created({ object: 'shop/idle', uid: 'rs', labels: {}, annotations: {}, spec }))
    story.add(6_000, replicaSetEvents.Deleted({ object: 'shop/idle' }))
    expect(results(99_000).availability).toMatchObject([{ name: 'idle', availability: 1, deletedAt: 6_000 }])
  })
})

it('counts restarts by owner, and not first starts', () => {
  const { story, results } = measured()
  addPod(story, 'shop/a')
  addPod(story, 'shop/b')
  const started = (pod: string, restart: number) => ContainerStarted({ pod, container: 'app', restart })
  story.add(1, started('shop/a', 0))
  story.add(2, started('shop/b', 1))
  story.add(3, ContainerExited({ pod: 'shop/b', container: 'app', restart: 1, exitCode: 137, reason: 'OOMKilled' }))
  story.add(4, started('shop/b', 2))
  story.add(5, started('shop/a', 1))
  expect(results(10).restarts).toEqual({
    total: 3,
    oomKilled: 1,
    byOwner: [
      { owner: 'Pod/shop/b', restarts: 2 },
      { owner: 'Pod/shop/a', restarts: 1 },
    ],
  })
})

it('lists the pods that still wait for a node, since when and why', () => {
  const { story, results } = measured()
  story.add(0, node('n1'))
  addPod(story, 'shop/a')
  addPod(story, 'shop/b')
  addPod(story, 'shop/new')
  story.add(1_000, PodUnschedulable({ pod: 'shop/b', message: '0/1 nodes are available: 1 Insufficient cpu.' }))
  story.add(1_000, PodUnschedulable({ pod: 'shop/a', message: 'x' }))
  story.add(2_000, PodUnschedulable({ pod: 'shop/b', message: '0/1 nodes are available: 1 Too many pods.' }))
  story.add(3_000, PodBound({ pod: 'shop/a', node: 'n1' }))
  expect(results(9_000).scheduling).toEqual({
    bound: 1,
    failedAttempts: 3,
    unschedulable: [{ pod: 'shop/b', since: 1_000, message: '0/1 nodes are available: 1 Too many pods.' }],
  })
})

it('counts nodes, those that are Ready, and for how long', () => {
  const { story, results } = measured()
  story.add(0, node('n1'))
  story.add(0, node('n2'))
  story.add(1_000, NodeFailed({ node: 'n2' }))
  expect(results(1_000).nodes).toEqual({ total: 2, ready: 2, failures: 1, reboots: 0, readyShare: 1 })
  story.add(2_000, NodeMarkedUnknown({ node: 'n2', reason: 'NodeStatusUnknown', message: 'x' }))
  story.add(6_000, NodeRebooted({ node: 'n2' }))
  story.add(6_000, NodeStatusPosted({ node: 'n2', ready: 'True', reason: 'KubeletReady', message: 'x' }))
  expect(results(8_000).nodes).toEqual({ total: 2, ready: 2, failures: 1, reboots: 1, readyShare: 0.75 })
})

it('adds up what pods on nodes request, of what there is', () => {
  const { story, results } = measured()
  story.add(0, node('n1'))
  story.add(0, node('n2'))
  for (const name of ['a', 'b']) addPod(story, `shop/${name}`, { spec })
  expect(results(0).requested.cpuMillis).toMatchObject({ requested: 0, allocatable: 8_000, share: 0, peakShare: 0 })
  story.add(1_000, PodBound({ pod: 'shop/a', node: 'n1' }))
  story.add(2_000, PodBound({ pod: 'shop/b', node: 'n2' }))
  story.add(3_000, reported('shop/a', 'Running', true))
  story.add(4_000, reported('shop/a', 'Succeeded'))
  expect(results(4_000).requested).toEqual({
    cpuMillis: {
      requested: 1_000,
      allocatable: 8_000,
      share: 0.125,
      meanShare: 0.15625,
      peakShare: 0.25,
      peakAt: 2_000,
    },
    memoryBytes: {
      requested: 2 * 2 ** 30,
      allocatable: 16 * 2 ** 30,
      share: 0.125,
      meanShare: 0.15625,
      peakShare: 0.25,
      peakAt: 2_000,
    },
  })
  story.add(5_000, PodDeleted({ pod: 'shop/b' }))
  story.add(5_000, NodeDeleted({ node: 'n1' }))
  expect(results(5_000).requested.cpuMillis).toMatchObject({ requested: 0, allocatable: 4_000, share: 0 })
})

it('counts disruptions by reason', () => {
  const { story, results } = measured()
  for (const name of ['a', 'b', 'c']) addPod(story, `shop/${name}`)
  for (const [name, reason] of [
    ['a', 'DeletionByTaintManager'],
    ['b', 'DeletionByPodGC'],
    ['c', 'DeletionByTaintManager'],
  ] as const) {
    story.add(1, PodDisruptionTargeted({ pod: `shop/${name}`, reason, message: 'x' }))
  }
  expect(results(1).disruptions).toEqual({ DeletionByPodGC: 1, DeletionByTaintManager: 2 })
})

it('can be read while the run goes on, without changing what comes later', () => {
  const read = measured()
  const unread = measured()
  for (const { story, results } of [read, unread]) {
    story.add(0, node('n1'))
    addPod(story, 'shop/a', { spec })
    if (results === read.results) results(500)
    story.add(1_000, PodBound({ pod: 'shop/a', node: 'n1' }))
    if (results === read.results) results(1_500)
    story.add(2_000, reported('shop/a', 'Running', true))
  }
  expect(read.results(3_000)).toEqual(unread.results(3_000))
})
