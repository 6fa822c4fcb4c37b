import {
  ContainerBackedOff,
  ContainerStarted,
  ContainerStopping,
  ImagePulled,
  ImagePullStarted,
  NodeCordoned,
  NodeCreated,
  NodeDeleted,
  NodeFailed,
  NodeMarkedUnknown,
  NodeRebooted,
  NodeRecovered,
  NodeStatusPosted,
  NodeUncordoned,
  PodBound,
  PodCreated,
  PodDeleted,
  PodDisruptionTargeted,
  PodLabelled,
  PodMarkedForDeletion,
  PodMarkedNotReady,
  PodSandboxStarted,
  PodUnschedulable,
  ProbeAnswered,
  replicaSetEvents,
} from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import { describe, expect, it } from 'vitest'
import { addPod, createStory, type Story } from '../../test/story.ts'
import { getTable } from '../get-table.ts'
import { foldKubeEvents, type KubeEventFold, type KubeEventOptions } from './fold-kube-events.ts'
import { formatKubeEvents } from './format-kube-events.ts'

const folded = (options?: KubeEventOptions): { readonly story: Story; readonly fold: KubeEventFold } => {
  const fold = foldKubeEvents(options)
  return { story: createStory(fold.apply), fold }
}

/** As `kubectl events -A` would show them, a second after the last entry. */
const shown = ({ story, fold }: ReturnType<typeof folded>): string => {
  const at = (story.entries[story.entries.length - 1]?.at ?? 0) + 1_000
  return formatKubeEvents(fold.events(at), story.view, at, { namespace: { all: true } })
}

const node = (name: string) => NodeCreated({ node: name, uid: `uid-${name}`, object: { metadata: { name } } })
const onNode = (): ReturnType<typeof folded> => {
  const told = folded()
  told.story.add(0, node('n1'))
  addPod(told.story, 'shop/web')
  told.story.add(0, PodBound({ pod: 'shop/web', node: 'n1' }), 'default-scheduler')
  return told
}
const app = { pod: 'shop/web', container: 'app' }

describe('kubelet', () => {
  it('says how a container starts, with the image pulled or already there', () => {
    const told = onNode()
    const { story } = told
    const image = { ...app, image: 'web:1.0', node: 'n1' }
    story.add(1_000, ImagePullStarted(image))
    story.add(4_345, ImagePulled({ ...image, bytes: 70_518_123, millis: 2_345, waitedMillis: 3_345 }))
    story.add(5_000, ContainerStarted({ ...app, restart: 0 }))
    story.add(9_000, ContainerStarted({ ...app, restart: 1 }))
    expect(shown(told)).toMatchInlineSnapshot(`
      "NAMESPACE   LAST SEEN         TYPE     REASON      OBJECT    MESSAGE
      shop        10s               Normal   Scheduled   Pod/web   Successfully assigned shop/web to n1
      shop        9s                Normal   Pulling     Pod/web   Pulling image "web:1.0"
      shop        6s                Normal   Pulled      Pod/web   Successfully pulled image "web:1.0" in 2.345s (3.345s including waiting). Image size: 70518123 bytes.
      shop        1s                Normal   Pulled      Pod/web   Container image "web:1.0" already present on machine
      shop        1s (x2 over 5s)   Normal   Created     Pod/web   Created container: app
      shop        1s (x2 over 5s)   Normal   Started     Pod/web   Started container app
      "
    `)
  })

  it('says nothing of an image that policy Always had to ask the registry for, when the log has no pull', () => {
    const told = folded()
    const spec = { containers: [{ name: 'app', image: 'web', imagePullPolicy: 'Always' }] }
    addPod(told.story, 'shop/web', { spec })
    told.story.add(1_000, ContainerStarted({ ...app, restart: 0 }))
    expect(shown(told)).not.toContain('Pulled')
  })

  it('says why it does not restart a container, or stops it', () => {
    const told = onNode()
    const { story } = told
    story.add(1_000, ContainerBackedOff({ ...app, backoffMillis: 20_000, until: 11_000 }))
    story.add(2_000, ContainerStopping({ ...app, reason: 'Liveness', graceSeconds: 30 }))
    story.add(3_000, ContainerStopping({ ...app, reason: 'Pod', graceSeconds: 30 }))
    expect(shown(told)).toMatchInlineSnapshot(`
      "NAMESPACE   LAST SEEN   TYPE      REASON      OBJECT    MESSAGE
      shop        4s          Normal    Scheduled   Pod/web   Successfully assigned shop/web to n1
      shop        3s          Warning   BackOff     Pod/web   Back-off restarting failed container app in pod web_shop(uid-shop/web)
      shop        2s          Normal    Killing     Pod/web   Container app failed liveness probe, will be restarted
      shop        1s          Normal    Killing     Pod/web   Stopping container app
      "
    `)
  })

  it('says each failed probe, those that are not in the log at their own times', () => {
    const told = folded()
    const spec = { containers: [{ name: 'app', readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 5 } }] }
    addPod(told.story, 'shop/web', { spec, status: { ip: '10.244.0.2', containers: [] } })
    told.story.add(50_000, ProbeAnswered({ ...app, probe: 'readiness', answer: 'refused', asked: 1 }))
    told.story.add(60_500, PodLabelled({ pod: 'shop/web', labels: {} }))
    expect(shown(told)).toMatchInlineSnapshot(`
      "NAMESPACE   LAST SEEN          TYPE      REASON      OBJECT    MESSAGE
      shop        1s (x3 over 11s)   Warning   Unhealthy   Pod/web   Readiness probe failed: dial tcp 10.244.0.2:80: connect: connection refused
      "
    `)
    const [event] = told.fold.events(61_000)
    expect(event).toMatchObject({ firstAt: 50_000, lastAt: 60_000, count: 3 })
    expect(event?.involvedObject.fieldPath).toBe('spec.containers{app}')
  })

  it('says that a node has started again, and what that does to its pods', () => {
    const told = onNode()
    const { story } = told
    const silent = { node: 'n1', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' }
    story.add(10_000, NodeFailed({ node: 'n1' }))
    story.add(60_000, NodeMarkedUnknown(silent))
    story.add(70_000, NodeRecovered({ node: 'n1' }))
    story.add(99_000, NodeRebooted({ node: 'n1' }))
    const ready = { ready: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' } as const
    story.add(100_000, NodeStatusPosted({ node: 'n1', ...ready }))
    story.add(101_000, NodeStatusPosted({ node: 'n1', ...ready }))
    expect(shown(told)).toMatchInlineSnapshot(`
      "NAMESPACE   LAST SEEN   TYPE      REASON                    OBJECT    MESSAGE
      shop        102s        Normal    Scheduled                 Pod/web   Successfully assigned shop/web to n1
      default     42s         Normal    NodeNotReady              Node/n1   Node n1 status is now: NodeNotReady
      default     3s          Normal    Starting                  Node/n1   Starting kubelet.
      default     3s          Warning   Rebooted                  Node/n1   Node n1 has been rebooted, boot id: 1e8420b8-874c-818d-945c-8472edd44ca9
      default     2s          Normal    NodeHasSufficientMemory   Node/n1   Node n1 status is now: NodeHasSufficientMemory
      default     2s          Normal    NodeHasNoDiskPressure     Node/n1   Node n1 status is now: NodeHasNoDiskPressure
      default     2s          Normal    NodeHasSufficientPID      Node/n1   Node n1 status is now: NodeHasSufficientPID
      default     2s          Normal    NodeReady                 Node/n1   Node n1 status is now: NodeReady
      "
    `)
  })

  it('recreates the sandbox of a pod that had an address before its node lost power', () => {
    const told = folded()
    const { story } = told
    story.add(0, node('n1'))
    addPod(story, 'shop/web', { status: { ip: '10.244.0.2' } })
    story.add(0, PodBound({ pod: 'shop/web', node: 'n1' }))
    story.add(10_000, NodeFailed({ node: 'n1' }))
    story.add(20_000, NodeRebooted({ node: 'n1' }))
    story.add(21_000, PodSandboxStarted({ pod: 'shop/web' }))
    story.add(22_000, PodSandboxStarted({ pod: 'shop/web' }))
    expect(
      shown(told)
        .split('\n')
        .filter((line) => line.includes('SandboxChanged')),
    ).toHaveLength(1)
  })

  it('says that its node is cordoned, unless it is down', () => {
    const told = onNode()
    const { story } = told
    story.add(1_000, NodeCordoned({ node: 'n1' }))
    story.add(2_000, NodeUncordoned({ node: 'n1' }))
    story.add(3_000, NodeFailed({ node: 'n1' }))
    story.add(4_000, NodeCordoned({ node: 'n1' }))
    expect(shown(told)).toMatchInlineSnapshot(`
      "NAMESPACE   LAST SEEN   TYPE     REASON               OBJECT    MESSAGE
      shop        5s          Normal   Scheduled            Pod/web   Successfully assigned shop/web to n1
      default     4s          Normal   NodeNotSchedulable   Node/n1   Node n1 status is now: NodeNotSchedulable
      default     3s          Normal   NodeSchedulable      Node/n1   Node n1 status is now: NodeSchedulable
      "
    `)
  })
})

describe('default-scheduler', () => {
  it('says where a pod goes, or why nowhere, once for each version of the pod', () => {
    const told = folded()
    const { story } = told
    story.add(0, node('n1'))
    addPod(story, 'shop/web')
    const message = '0/1 nodes are available: 1 Insufficient cpu.'
    for (const at of [1_000, 2_000, 3_000, 4_000]) story.add(at, PodUnschedulable({ pod: 'shop/web', message }))
    story.add(5_000, PodBound({ pod: 'shop/web', node: 'n1' }))
    expect(shown(told)).toMatchInlineSnapshot(`
      "NAMESPACE   LAST SEEN         TYPE      REASON             OBJECT    MESSAGE
      shop        5s                Warning   FailedScheduling   Pod/web   0/1 nodes are available: 1 Insufficient cpu.
      shop        3s (x2 over 4s)   Warning   FailedScheduling   Pod/web   0/1 nodes are available: 1 Insufficient cpu.
      shop        1s                Normal    Scheduled          Pod/web   Successfully assigned shop/web to n1
      "
    `)
  })

  it('cuts a note at 1024 characters', () => {
    const told = folded()
    addPod(told.story, 'shop/web')
    told.story.add(0, PodUnschedulable({ pod: 'shop/web', message: 'x'.repeat(1_025) }))
    expect(told.fold.events(0)[0]?.message).toBe(`${'x'.repeat(1_020)} ...`)
  })
})

describe('controllers', () => {
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'rs' }

  it('say which pods they make and delete, on the owner', () => {
    const told = folded()
    const { story } = told
    addPod(story, 'shop/web-0')
    const created = (pod: string): SimEvent => PodCreated({ pod, uid: pod, template: 'template-of-shop/web-0', owner })
    story.add(0, created('shop/web-a'), 'replicaset-controller')
    story.add(0, created('shop/web-b'), 'replicaset-controller')
    story.add(1_000, PodMarkedForDeletion({ pod: 'shop/web-a', graceSeconds: 30 }), 'replicaset-controller')
    story.add(1_000, PodDeleted({ pod: 'shop/web-b' }), 'replicaset-controller')
    story.add(2_000, PodDeleted({ pod: 'shop/web-a' }), 'kubelet')
    expect(shown(told)).toMatchInlineSnapshot(`
      "NAMESPACE   LAST SEEN   TYPE     REASON             OBJECT           MESSAGE
      shop        3s          Normal   SuccessfulCreate   ReplicaSet/web   Created pod: web-a
      shop        3s          Normal   SuccessfulCreate   ReplicaSet/web   Created pod: web-b
      shop        2s          Normal   SuccessfulDelete   ReplicaSet/web   Deleted pod: web-a
      shop        2s          Normal   SuccessfulDelete   ReplicaSet/web   Deleted pod: web-b
      "
    `)
  })

  it('say why they cannot make a pod', () => {
    const told = folded()
    const { story } = told
    addPod(story, 'shop/web-0')
    const spec = { replicas: 1, minReadySeconds: 0, selector: {}, template: 'template-of-shop/web-0' }
    story.add(0, replicaSetEvents.Created({ object: 'shop/web', uid: 'rs', labels: {}, annotations: {}, spec }))
    story.add(1_000, {
      kind: 'ReplicaSetSyncFailed',
      object: 'shop/web',
      message: 'pods "web-x" is forbidden',
    } as SimEvent)
    expect(shown(told)).toMatchInlineSnapshot(`
      "NAMESPACE   LAST SEEN   TYPE      REASON         OBJECT           MESSAGE
      shop        1s          Warning   FailedCreate   ReplicaSet/web   Error creating: pods "web-x" is forbidden
      "
    `)
  })

  it('say that a node is silent only where it was ready, and that its pods are not', () => {
    const told = onNode()
    const { story } = told
    const unknown = NodeMarkedUnknown({ node: 'n1', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting.' })
    story.add(50_000, unknown)
    story.add(50_000, PodMarkedNotReady({ pod: 'shop/web' }))
    expect(shown(told)).toMatchInlineSnapshot(`
      "NAMESPACE   LAST SEEN   TYPE      REASON         OBJECT    MESSAGE
      shop        51s         Normal    Scheduled      Pod/web   Successfully assigned shop/web to n1
      default     1s          Normal    NodeNotReady   Node/n1   Node n1 status is now: NodeNotReady
      shop        1s          Warning   NodeNotReady   Pod/web   Node is not ready
      "
    `)
    const unready = folded()
    unready.story.add(0, node('n1'))
    unready.story.add(1_000, NodeStatusPosted({ node: 'n1', ready: 'False', reason: 'KubeletNotReady', message: 'x' }))
    unready.story.add(50_000, unknown)
    expect(unready.fold.events(50_000).filter(({ source }) => source.component === 'node-controller')).toEqual([])
  })

  it('say that pods leave a tainted node, or may stay after all', () => {
    const told = onNode()
    const { story } = told
    story.add(1_000, { kind: 'TaintEvictionCancelled', pod: 'shop/web' } as SimEvent)
    const reason = { pod: 'shop/web', message: 'Taint manager: deleting due to NoExecute taint' }
    story.add(2_000, PodDisruptionTargeted({ ...reason, reason: 'DeletionByTaintManager' }))
    story.add(2_000, PodDisruptionTargeted({ ...reason, reason: 'DeletionByPodGC' }))
    expect(shown(told)).toMatchInlineSnapshot(`
      "NAMESPACE   LAST SEEN   TYPE     REASON                 OBJECT    MESSAGE
      shop        3s          Normal   Scheduled              Pod/web   Successfully assigned shop/web to n1
      shop        2s          Normal   TaintManagerEviction   Pod/web   Cancelling deletion of Pod shop/web
      shop        1s          Normal   TaintManagerEviction   Pod/web   Marking for deletion Pod shop/web
      "
    `)
  })

  it('say that a node comes or goes, but not of the nodes of the beginning', () => {
    const told = folded()
    told.story.add(0, node('n1'))
    expect(told.fold.events(0)).toEqual([])
    told.story.add(1_000, node('n2'))
    told.story.add(2_000, NodeDeleted({ node: 'n1' }))
    expect(shown(told)).toMatchInlineSnapshot(`
      "NAMESPACE   LAST SEEN   TYPE     REASON                    OBJECT    MESSAGE
      default     2s          Normal   Starting                  Node/n2   Starting kubelet.
      default     2s          Normal   NodeHasSufficientMemory   Node/n2   Node n2 status is now: NodeHasSufficientMemory
      default     2s          Normal   NodeHasNoDiskPressure     Node/n2   Node n2 status is now: NodeHasNoDiskPressure
      default     2s          Normal   NodeHasSufficientPID      Node/n2   Node n2 status is now: NodeHasSufficientPID
      default     2s          Normal   NodeReady                 Node/n2   Node n2 status is now: NodeReady
      default     2s          Normal   RegisteredNode            Node/n2   Node n2 event: Registered Node n2 in Controller
      default     1s          Normal   RemovingNode              Node/n1   Node n1 event: Removing Node n1 from Controller
      "
    `)
  })
})

describe('the Events that there are', () => {
  it('expire an hour after they were last written', () => {
    const told = onNode()
    expect(told.fold.events(3_599_999)).toHaveLength(1)
    expect(told.fold.events(3_600_000)).toHaveLength(0)
    const kept = folded({ eventTtl: 7_200_000 })
    addPod(kept.story, 'shop/web')
    kept.story.add(0, PodBound({ pod: 'shop/web', node: 'n1' }))
    expect(kept.fold.events(3_600_000)).toHaveLength(1)
  })

  it('have different names, also at one instant', () => {
    const told = onNode()
    told.story.add(1_000, ContainerStarted({ ...app, restart: 0 }))
    const names = told.fold.events(1_000).map(({ name }) => name)
    expect(new Set(names).size).toBe(4)
    expect(names.every((name) => /^web\.[0-9a-f]{16}$/.test(name))).toBe(true)
  })

  it('are listed by name with kubectl get, and by time with kubectl events', () => {
    const told = onNode()
    const { story, fold } = told
    story.add(1_000, ContainerStarted({ ...app, restart: 0 }))
    story.add(90_000, ContainerStarted({ ...app, restart: 1 }))
    const kubeEvents = fold.events(100_500)
    const get = getTable(story.view, 100_500, { kinds: ['events'], namespace: 'shop', output: 'wide', kubeEvents })
    expect(get.text.replaceAll(/\.[0-9a-f]{16}/g, '.…')).toMatchInlineSnapshot(`
      "LAST SEEN   TYPE     REASON      OBJECT    SUBOBJECT              SOURCE              MESSAGE                                                FIRST SEEN   COUNT   NAME
      100s        Normal   Scheduled   pod/web                          default-scheduler   Successfully assigned shop/web to n1                   100s         1       web.…
      10s         Normal   Pulled      pod/web   spec.containers{app}   kubelet, n1         Container image "web:1.0" already present on machine   99s          2       web.…
      10s         Normal   Created     pod/web   spec.containers{app}   kubelet, n1         Created container: app                                 99s          2       web.…
      10s         Normal   Started     pod/web   spec.containers{app}   kubelet, n1         Started container app                                  99s          2       web.…
      "
    `)
    expect(
      formatKubeEvents(kubeEvents, story.view, 100_500, { namespace: 'shop', types: ['Normal'] }),
    ).toMatchInlineSnapshot(`
      "LAST SEEN           TYPE     REASON      OBJECT    MESSAGE
      100s                Normal   Scheduled   Pod/web   Successfully assigned shop/web to n1
      10s (x2 over 99s)   Normal   Pulled      Pod/web   Container image "web:1.0" already present on machine
      10s (x2 over 99s)   Normal   Created     Pod/web   Created container: app
      10s (x2 over 99s)   Normal   Started     Pod/web   Started container app
      "
    `)
    expect(formatKubeEvents(kubeEvents, story.view, 100_500, { namespace: 'shop', types: ['Warning'] })).toBe(
      'No events found in shop namespace.\n',
    )
    const about = { kind: 'Node', name: 'web' }
    expect(formatKubeEvents(kubeEvents, story.view, 100_500, { namespace: { all: true }, for: about })).toBe(
      'No events found.\n',
    )
  })

  it('are rendered as API objects', () => {
    const told = onNode()
    told.story.add(1_000, ContainerStopping({ ...app, reason: 'Pod', graceSeconds: 30 }))
    const kubeEvents = told.fold.events(1_000)
    const options = { kinds: ['events'], namespace: 'shop', output: 'yaml', kubeEvents } as const
    expect(getTable(told.story.view, 1_000, options).text).toMatchInlineSnapshot(`
      "apiVersion: v1
      items:
      - action: Binding
        apiVersion: v1
        eventTime: "2025-01-01T00:00:00.000000Z"
        firstTimestamp: null
        involvedObject:
          apiVersion: v1
          kind: Pod
          name: web
          namespace: shop
          uid: uid-shop/web
        kind: Event
        lastTimestamp: null
        message: Successfully assigned shop/web to n1
        metadata:
          creationTimestamp: "2025-01-01T00:00:00Z"
          name: web.1816687ec0570000
          namespace: shop
          uid: 1f5615a8-2263-81a0-9220-4d0d68676365
        reason: Scheduled
        reportingComponent: default-scheduler
        reportingInstance: default-scheduler
        source: {}
        type: Normal
      - apiVersion: v1
        count: 1
        eventTime: null
        firstTimestamp: "2025-01-01T00:00:01Z"
        involvedObject:
          apiVersion: v1
          fieldPath: spec.containers{app}
          kind: Pod
          name: web
          namespace: shop
          uid: uid-shop/web
        kind: Event
        lastTimestamp: "2025-01-01T00:00:01Z"
        message: Stopping container app
        metadata:
          creationTimestamp: "2025-01-01T00:00:01Z"
          name: web.1816687efbf1ca01
          namespace: shop
          uid: 162c6407-88ad-814c-865c-29f56b8dad84
        reason: Killing
        reportingComponent: kubelet
        reportingInstance: n1
        source:
          component: kubelet
          host: n1
        type: Normal
      kind: List
      metadata:
        resourceVersion: ""
      "
    `)
  })
})
