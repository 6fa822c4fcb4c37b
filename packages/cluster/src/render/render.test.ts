import type { Entry, SimEvent } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Pod as PodObject } from '../api/core/pod.ts'
import { apiObject } from '../api/decode.ts'
import { createPod } from '../api-server/pods.ts'
import { createReplicaSet } from '../api-server/replica-sets.ts'
import { NamespaceCreated, NamespaceMarkedForDeletion } from '../namespace/events.ts'
import { NodeCordoned, NodeCreated, NodeDeleted, NodeMarkedUnknown, NodeRebooted, NodeTainted } from '../node/events.ts'
import { InertObjectCreated } from '../object/events.ts'
import {
  ImagePulled,
  PodAccepted,
  PodBound,
  PodDisruptionTargeted,
  PodLabelled,
  PodMarkedForDeletion,
  PodSandboxStarted,
  PodStatusReported,
} from '../pod/events.ts'
import { replicaSetEvents } from '../replica-set/events.ts'
import { replicationControllerEvents } from '../replication-controller/events.ts'
import { createClusterStore } from '../store.ts'
import { findObject, objectsOf } from './objects.ts'

let store = createClusterStore()
let seq = 0
const happen = (at: number, ...events: readonly SimEvent[]): void => {
  for (const event of events) {
    store.apply({ seq, at, cause: null, by: 'test', event } satisfies Entry)
    seq++
  }
}
const shown = (kind: string, key: string): Readonly<Record<string, unknown>> => {
  const [namespace = '', name = ''] = key.split('/')
  const found = findObject(store.view, kind, namespace, name)
  if (found === undefined) throw new Error(`no ${kind} ${key}`)
  return found.render()
}
beforeEach(() => {
  store = createClusterStore()
  seq = 0
})

const manifest = apiObject({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'cart', namespace: 'shop', labels: { 'tier-10': 'a', 'tier-9': 'b', app: 'cart' } },
  spec: {
    containers: [
      { name: 'web', image: 'nginx:1.27', resources: { requests: { cpu: '100m' } } },
      { name: 'log', image: 'quay.io/acme/log@sha256:abc' },
    ],
  },
}) as PodObject

const node = NodeCreated({
  node: 'n1',
  uid: 'node-uid',
  object: {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n1', labels: { 'kubernetes.io/arch': 'arm64' } },
    spec: { podCIDR: '10.244.0.0/24' },
    status: { capacity: { cpu: '4000m', memory: '8388608Ki' } },
  },
})

const pod = (): readonly SimEvent[] => {
  const created = createPod(store.view, 0, 'cart', {
    namespace: 'shop',
    content: { labels: manifest.metadata.labels ?? {}, annotations: {}, finalizers: [], spec: manifest.spec },
  })
  return isLeft(created) ? [] : created.right
}

const crashed = { exitCode: 1, reason: 'Error', startedAt: 3_000, finishedAt: 4_000 }

describe('a pod', () => {
  it('is Pending and bare when it is stored', () => {
    happen(1_500, ...pod())
    expect(shown('Pod', 'shop/cart')).toMatchObject({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        creationTimestamp: '2025-01-01T00:00:01Z',
        generation: 1,
        name: 'cart',
        namespace: 'shop',
        resourceVersion: '2',
      },
      status: { phase: 'Pending', qosClass: 'Burstable' },
    })
    expect(shown('Pod', 'shop/cart').status).not.toHaveProperty('conditions')
    expect(shown('Pod', 'shop/cart').spec).not.toHaveProperty('nodeName')
  })

  it('shows what kubectl shows while it runs, keys in the order of kubectl’s YAML', () => {
    happen(0, node, ...pod())
    happen(1_000, PodBound({ pod: 'shop/cart', node: 'n1' }))
    happen(2_000, PodAccepted({ pod: 'shop/cart', node: 'n1' }), PodSandboxStarted({ pod: 'shop/cart' }))
    const report = PodStatusReported({
      pod: 'shop/cart',
      phase: 'Running',
      ready: false,
      ip: '10.244.0.2',
      containers: [
        { name: 'web', ready: true, restartCount: 0, started: true, running: { startedAt: 3_000 } },
        {
          name: 'log',
          ready: false,
          restartCount: 2,
          started: false,
          waiting: { reason: 'CrashLoopBackOff', backoffMillis: 20_000 },
          lastTermination: crashed,
        },
      ],
    })
    happen(5_000, report)
    const { status, metadata, spec } = shown('Pod', 'shop/cart') as Record<string, Record<string, unknown>>
    expect(Object.keys((metadata as { labels: object }).labels)).toEqual(['app', 'tier-9', 'tier-10'])
    expect(spec).toMatchObject({ nodeName: 'n1', restartPolicy: 'Always' })
    expect(Object.keys(spec!)).toEqual([...Object.keys(spec!)].sort())
    expect(JSON.parse(JSON.stringify(status).replace(/[0-9a-f]{64}/g, '(64 digits)'))).toMatchInlineSnapshot(`
      {
        "conditions": [
          {
            "lastProbeTime": null,
            "lastTransitionTime": "2025-01-01T00:00:05Z",
            "observedGeneration": 1,
            "status": "True",
            "type": "PodReadyToStartContainers",
          },
          {
            "lastProbeTime": null,
            "lastTransitionTime": "2025-01-01T00:00:02Z",
            "observedGeneration": 1,
            "status": "True",
            "type": "Initialized",
          },
          {
            "lastProbeTime": null,
            "lastTransitionTime": "2025-01-01T00:00:02Z",
            "message": "containers with unready status: [log]",
            "observedGeneration": 1,
            "reason": "ContainersNotReady",
            "status": "False",
            "type": "Ready",
          },
          {
            "lastProbeTime": null,
            "lastTransitionTime": "2025-01-01T00:00:02Z",
            "message": "containers with unready status: [log]",
            "observedGeneration": 1,
            "reason": "ContainersNotReady",
            "status": "False",
            "type": "ContainersReady",
          },
          {
            "lastProbeTime": null,
            "lastTransitionTime": "2025-01-01T00:00:01Z",
            "observedGeneration": 1,
            "status": "True",
            "type": "PodScheduled",
          },
        ],
        "containerStatuses": [
          {
            "containerID": "containerd://(64 digits)",
            "image": "docker.io/library/nginx:1.27",
            "imageID": "docker.io/library/nginx@sha256:(64 digits)",
            "lastState": {},
            "name": "web",
            "ready": true,
            "restartCount": 0,
            "started": true,
            "state": {
              "running": {
                "startedAt": "2025-01-01T00:00:03Z",
              },
            },
          },
          {
            "containerID": "containerd://(64 digits)",
            "image": "quay.io/acme/log@sha256:abc",
            "imageID": "quay.io/acme/log@sha256:abc",
            "lastState": {
              "terminated": {
                "containerID": "containerd://(64 digits)",
                "exitCode": 1,
                "finishedAt": "2025-01-01T00:00:04Z",
                "reason": "Error",
                "startedAt": "2025-01-01T00:00:03Z",
              },
            },
            "name": "log",
            "ready": false,
            "restartCount": 2,
            "started": false,
            "state": {
              "waiting": {
                "message": "back-off 20s restarting failed container=log pod=cart_shop(1c6d1cf4-f083-8082-9875-4019cb618355)",
                "reason": "CrashLoopBackOff",
              },
            },
          },
        ],
        "hostIP": "10.0.0.11",
        "hostIPs": [
          {
            "ip": "10.0.0.11",
          },
        ],
        "observedGeneration": 1,
        "phase": "Running",
        "podIP": "10.244.0.2",
        "podIPs": [
          {
            "ip": "10.244.0.2",
          },
        ],
        "qosClass": "Burstable",
        "startTime": "2025-01-01T00:00:02Z",
      }
    `)
  })

  it('gives an instance of a container one id for life, and the next instance another', () => {
    happen(0, node, ...pod(), PodBound({ pod: 'shop/cart', node: 'n1' }))
    const idsAfter = (
      status: object,
    ): { containerID?: string; lastState: { terminated?: { containerID: string } } } => {
      const base = { name: 'web', ready: false, restartCount: 0 }
      const containers = [{ ...base, ...status }]
      happen(1_000, PodStatusReported({ pod: 'shop/cart', phase: 'Running', ready: false, containers }))
      return (shown('Pod', 'shop/cart') as never as { status: { containerStatuses: never[] } }).status
        .containerStatuses[0]!
    }
    const first = idsAfter({ running: { startedAt: 0 } }).containerID
    expect(first).toMatch(/^containerd:\/\/[0-9a-f]{64}$/)
    const waiting = idsAfter({ waiting: { reason: 'CrashLoopBackOff' }, lastTermination: crashed })
    expect(waiting.lastState.terminated?.containerID).toBe(first)
    const second = idsAfter({ restartCount: 1, running: { startedAt: 0 }, lastTermination: crashed })
    expect(second.lastState.terminated?.containerID).toBe(first)
    expect(second.containerID).not.toBe(first)
  })

  it('has no container id before a container was made', () => {
    happen(0, node, ...pod(), PodBound({ pod: 'shop/cart', node: 'n1' }), PodAccepted({ pod: 'shop/cart', node: 'n1' }))
    expect(shown('Pod', 'shop/cart').status).toMatchObject({
      containerStatuses: [
        { image: 'nginx:1.27', imageID: '', lastState: {}, state: { waiting: { reason: 'ContainerCreating' } } },
        { name: 'log' },
      ],
    })
  })

  it('shows the deadline of a graceful deletion, and the disruption before the kubelet’s conditions', () => {
    happen(0, node, ...pod(), PodBound({ pod: 'shop/cart', node: 'n1' }), PodAccepted({ pod: 'shop/cart', node: 'n1' }))
    happen(
      10_999,
      PodDisruptionTargeted({ pod: 'shop/cart', reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' }),
      PodMarkedForDeletion({ pod: 'shop/cart', graceSeconds: 30 }),
    )
    const { metadata, status } = shown('Pod', 'shop/cart')
    expect(metadata).toMatchObject({
      deletionGracePeriodSeconds: 30,
      deletionTimestamp: '2025-01-01T00:00:40Z',
      generation: 2,
    })
    const types = (status as { conditions: { type: string }[] }).conditions.map(({ type }) => type)
    expect(types).toEqual([
      'DisruptionTarget',
      'PodReadyToStartContainers',
      'Initialized',
      'Ready',
      'ContainersReady',
      'PodScheduled',
    ])
  })

  it('is rendered once for every version, whoever asks', () => {
    happen(0, node, ...pod(), PodBound({ pod: 'shop/cart', node: 'n1' }), PodAccepted({ pod: 'shop/cart', node: 'n1' }))
    const before = shown('Pod', 'shop/cart')
    expect(shown('Pod', 'shop/cart')).toBe(before)
    happen(1, PodLabelled({ pod: 'shop/cart', labels: { app: 'other' } }))
    expect(shown('Pod', 'shop/cart')).not.toBe(before)
    expect(shown('Pod', 'shop/cart').metadata).toMatchObject({ labels: { app: 'other' } })
    happen(2, NodeDeleted({ node: 'n1' }))
    expect(shown('Pod', 'shop/cart').status).not.toHaveProperty('hostIP')
  })
})

describe('a node', () => {
  it('shows its manifest’s machine, its state of now, and canonical quantities', () => {
    happen(0, node)
    expect(shown('Node', '/n1')).toMatchObject({
      metadata: { name: 'n1', labels: { 'kubernetes.io/arch': 'arm64' } },
      spec: { podCIDR: '10.244.0.0/24' },
      status: {
        addresses: [
          { type: 'InternalIP', address: '10.0.0.11' },
          { type: 'Hostname', address: 'n1' },
        ],
        allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
        nodeInfo: { architecture: 'arm64', kubeletVersion: 'v1.34.0', operatingSystem: 'linux' },
      },
    })
    expect(shown('Node', '/n1').metadata).not.toHaveProperty('generation')
    expect(shown('Node', '/n1').spec).not.toHaveProperty('taints')
  })

  it('shows taints, the mark, and conditions with both of their times', () => {
    happen(0, node)
    happen(
      60_000,
      NodeCordoned({ node: 'n1' }),
      NodeTainted({ node: 'n1', taint: { key: 'gpu', value: 'yes', effect: 'NoSchedule' } }),
      NodeMarkedUnknown({ node: 'n1', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' }),
    )
    const { spec, status } = shown('Node', '/n1') as Record<string, { conditions?: readonly object[] }>
    expect(spec).toEqual({
      podCIDR: '10.244.0.0/24',
      taints: [{ effect: 'NoSchedule', key: 'gpu', value: 'yes' }],
      unschedulable: true,
    })
    expect(status?.conditions?.[3]).toEqual({
      lastHeartbeatTime: '2025-01-01T00:00:00Z',
      lastTransitionTime: '2025-01-01T00:01:00Z',
      message: 'Kubelet stopped posting node status.',
      reason: 'NodeStatusUnknown',
      status: 'Unknown',
      type: 'Ready',
    })
  })

  it('lists the largest image first, and notices a new one although the object was not written', () => {
    happen(0, node)
    const pulled = { pod: 'shop/cart', container: 'web', node: 'n1', millis: 1, waitedMillis: 1 }
    happen(0, ImagePulled({ ...pulled, image: 'small', bytes: 1 }))
    expect(shown('Node', '/n1').status).toMatchObject({ images: [{ names: ['small'], sizeBytes: 1 }] })
    happen(0, ImagePulled({ ...pulled, image: 'large', bytes: 9 }))
    expect(shown('Node', '/n1').status).toMatchObject({ images: [{ names: ['large'] }, { names: ['small'] }] })
  })

  it('has another boot id after a reboot', () => {
    happen(0, node)
    const bootId = (): string =>
      (shown('Node', '/n1') as { status: { nodeInfo: { bootID: string } } }).status.nodeInfo.bootID
    const before = bootId()
    happen(1, NodeRebooted({ node: 'n1' }))
    expect(bootId()).not.toBe(before)
  })
})

describe('a ReplicaSet and a ReplicationController', () => {
  const create = (kind: 'ReplicaSet' | 'ReplicationController'): readonly SimEvent[] =>
    createReplicaSet(store.view, 0, {
      kind,
      namespace: 'shop',
      name: 'web',
      labels: {},
      annotations: {},
      replicas: 3,
      minReadySeconds: 0,
      selector: { matchLabels: { app: 'cart' } },
      template: { labels: { app: 'cart' }, annotations: {}, finalizers: [], spec: manifest.spec },
    })

  it('differ in version and selector, and leave out counts that are zero', () => {
    happen(0, ...create('ReplicaSet'))
    happen(0, ...create('ReplicationController'))
    const set = shown('ReplicaSet', 'shop/web')
    expect(set).toMatchObject({
      apiVersion: 'apps/v1',
      spec: {
        replicas: 3,
        selector: { matchLabels: { app: 'cart' } },
        template: { metadata: { labels: { app: 'cart' } } },
      },
    })
    expect(set.status).toEqual({ replicas: 0 })
    expect(shown('ReplicationController', 'shop/web')).toMatchObject({
      apiVersion: 'v1',
      spec: { selector: { app: 'cart' } },
    })
  })

  it('show their status and why they fail', () => {
    happen(0, ...create('ReplicaSet'))
    happen(
      4_000,
      replicaSetEvents.StatusReported({
        object: 'shop/web',
        replicas: 2,
        fullyLabeledReplicas: 2,
        readyReplicas: 1,
        availableReplicas: 0,
        observedGeneration: 1,
        failure: { reason: 'FailedCreate', message: 'quota' },
      }),
    )
    expect(shown('ReplicaSet', 'shop/web').status).toEqual({
      conditions: [
        {
          lastTransitionTime: '2025-01-01T00:00:04Z',
          message: 'quota',
          reason: 'FailedCreate',
          status: 'True',
          type: 'ReplicaFailure',
        },
      ],
      fullyLabeledReplicas: 2,
      observedGeneration: 1,
      readyReplicas: 1,
      replicas: 2,
    })
  })

  it('count generations by changes of the spec', () => {
    happen(0, ...create('ReplicationController'))
    happen(0, replicationControllerEvents.Scaled({ object: 'shop/web', replicas: 5 }))
    happen(0, replicationControllerEvents.Labelled({ object: 'shop/web', labels: { a: 'b' } }))
    expect(shown('ReplicationController', 'shop/web').metadata).toMatchObject({ generation: 2, labels: { a: 'b' } })
  })
})

it('shows a namespace, and that it is terminating', () => {
  happen(0, NamespaceCreated({ namespace: 'shop', uid: 'ns', labels: { 'kubernetes.io/metadata.name': 'shop' } }))
  expect(shown('Namespace', '/shop')).toMatchObject({
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  })
  happen(7_000, NamespaceMarkedForDeletion({ namespace: 'shop' }))
  expect(shown('Namespace', '/shop').status).toEqual({ phase: 'Terminating' })
  expect(shown('Namespace', '/shop').metadata).toMatchObject({ deletionTimestamp: '2025-01-01T00:00:07Z' })
})

it('shows an object that is not simulated as it came, with the API server’s fields', () => {
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'shop', labels: { app: 'cart' }, uid: 'old', managedFields: [] },
    data: { b: '2', a: '1' },
  }
  happen(0, InertObjectCreated({ objectKind: 'ConfigMap', object: 'shop/settings', uid: 'new', body }))
  expect(shown('ConfigMap', 'shop/settings')).toEqual({
    apiVersion: 'v1',
    data: { a: '1', b: '2' },
    kind: 'ConfigMap',
    metadata: {
      creationTimestamp: '2025-01-01T00:00:00Z',
      labels: { app: 'cart' },
      name: 'settings',
      namespace: 'shop',
      resourceVersion: '1',
      uid: 'new',
    },
  })
  expect(objectsOf(store.view, 'ConfigMap')[0]?.labels).toEqual({ app: 'cart' })
})

describe('a list of objects', () => {
  it('is in etcd’s order: bytes of namespace/name, where `-` comes before `/`', () => {
    const config = (object: string): SimEvent =>
      InertObjectCreated({ objectKind: 'ConfigMap', object, uid: object, body: { metadata: {} } })
    happen(0, config('a/z'), config('a-b/c'), config('a/B'), config('a/b'))
    expect(objectsOf(store.view, 'ConfigMap').map(({ namespace, name }) => `${namespace}/${name}`)).toEqual([
      'a-b/c',
      'a/B',
      'a/b',
      'a/z',
    ])
  })

  it('is empty for a kind of which there is nothing', () => {
    expect(objectsOf(store.view, 'Pod')).toEqual([])
    expect(objectsOf(store.view, 'Nonsense')).toEqual([])
    expect(findObject(store.view, 'Pod', 'shop', 'none')).toBeUndefined()
  })
})
