import {
  type ClusterView,
  ContainerExited,
  ContainerStarted,
  PodCreated,
  PodDeleted,
  PodKilledByKubelet,
  PodMarkedForDeletion,
  PodStatusReported,
} from '@wavetank/cluster'
import { KubectlCompleted } from '@wavetank/controllers'
import { decodeScenario, formatIssues } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { scenarioOptions } from 'wavetank'
import { pod, smallRun } from './small-run.ts'

/**
 * pkg/kubelet/config/{common,file}.go, pkg/kubelet/pod/mirror_client.go, pkg/kubelet/types/pod_update.go (IsCriticalPod),
 * pkg/kubelet/kubelet.go (tryReconcileMirrorPods), pkg/kubelet/preemption/preemption.go.
 */

const KEY = 'default/proxy-n-1'
const CAPACITY = { cpu: '4', memory: '8Gi', 'ephemeral-storage': '10Gi' }
const pool = (staticPods: readonly unknown[], more: object = {}) => [
  { name: 'n', count: 2, capacity: CAPACITY, staticPods, ...more },
]
const proxy = (spec: object = {}) => pod('proxy', spec, { app: 'proxy' })
const requesting = (name: string, cpu: string, spec: object = {}, labels: object = {}) =>
  pod(name, { containers: [{ name: 'main', image: 'example/a:1', resources: { requests: { cpu } } }], ...spec }, labels)
const run = (timeline: readonly object[] = [], more: object = {}) =>
  smallRun({ nodes: pool([proxy()]), timeline, ...more })
type Run = ReturnType<typeof run>
const mirror = (view: ClusterView) => view.pods.get(KEY as never)
const exits = (result: Run) => result.of(ContainerExited).filter(({ event }) => event.pod === KEY)

describe('the mirror of a static pod', () => {
  it('is there on each node of the pool, with its node in its name, annotations, owner and toleration', () => {
    const { view } = run()
    expect([...view.pods.keys()]).toEqual([KEY, 'default/proxy-n-2'])
    const { annotations, owner, node, labels, template, phase } = mirror(view)!
    const hash = annotations['kubernetes.io/config.hash']
    expect(hash).toMatch(/^[0-9a-f]{32}$/)
    expect(annotations).toEqual({
      'kubernetes.io/config.hash': hash,
      'kubernetes.io/config.mirror': hash,
      'kubernetes.io/config.source': 'file',
    })
    expect(owner).toEqual({ apiVersion: 'v1', kind: 'Node', name: 'n-1', uid: view.nodes.get('n-1')!.uid })
    expect([node, phase, labels]).toEqual(['n-1', 'Running', { app: 'proxy' }])
    expect(template.spec.tolerations).toEqual([{ operator: 'Exists', effect: 'NoExecute' }])
    const other = view.pods.get('default/proxy-n-2' as never)!
    expect(other.annotations['kubernetes.io/config.hash']).not.toBe(hash)
    expect(other.template).toBe(template)
  })

  it('may stand in a file', () => {
    const result = run([], { nodes: pool(['proxy.yaml']), files: { 'proxy.yaml': proxy() } })
    expect(mirror(result.view)?.phase).toBe('Running')
  })

  it('counts on its node for the scheduler', () => {
    const big = { nodes: pool([requesting('proxy', '3')], { count: 1 }), manifests: [requesting('late', '2')] }
    expect(run([], big).view.pods.get('default/late' as never)?.node).toBe('')
    const small = { ...big, manifests: [requesting('late', '1')] }
    expect(run([], small).view.pods.get('default/late' as never)?.node).toBe('n-1')
  })

  it.each([
    ['a delete', 'delete pod proxy-n-1', 1],
    ['a delete by force', 'delete pod proxy-n-1 --force --grace-period=0', 0],
  ])('is made again after %s, and nothing that runs notices', (_, kubectl, marks) => {
    const result = run([{ at: '1m', kubectl }])
    expect(result.of(PodMarkedForDeletion)).toHaveLength(marks)
    expect(result.of(PodDeleted)).toHaveLength(1)
    const [first, , again] = result.of(PodCreated)
    expect(again!.event).toMatchObject({ pod: KEY, node: 'n-1', owner: first!.event.owner })
    expect(again!.event.uid).not.toBe(first!.event.uid)
    expect(exits(result)).toEqual([])
    expect(result.of(ContainerStarted)).toHaveLength(2)
    const { phase, containers, ip, conditions, annotations } = mirror(result.view)!
    expect(phase).toBe('Running')
    expect(containers[0]).toMatchObject({ ready: true, restartCount: 0 })
    expect(ip).toBe(run().view.pods.get(KEY as never)!.ip)
    expect(conditions.find(({ type }) => type === 'Ready')?.status).toBe('True')
    expect(annotations).toEqual(mirror(run().view)!.annotations)
  })

  it('made again says how often its containers have restarted', () => {
    const behaviors = [{ run: { for: '20s', exitCode: 1 } }]
    const result = run([{ at: '3m', kubectl: 'delete pod proxy-n-1' }], { behaviors })
    const ends = exits(result).map(({ event }) => event.restart)
    expect(ends).toEqual(ends.map((_, i) => i))
    expect(ends.length).toBeGreaterThan(4)
    expect(mirror(result.view)?.containers[0]?.restartCount).toBe(ends.length - 1)
  })

  it('is not made again for one that has ended, nor in a namespace that goes', () => {
    const done = run([{ at: '2m', kubectl: 'delete pod proxy-n-1' }], {
      nodes: pool([proxy({ restartPolicy: 'Never' })]),
      behaviors: [{ run: { for: '10s' } }],
    })
    expect(mirror(done.view)).toBeUndefined()
    const shop = { ...proxy(), metadata: { name: 'proxy', namespace: 'shop' } }
    const going = run([{ at: '1m', kubectl: 'delete namespace shop' }], { nodes: pool([shop]) })
    expect([...going.view.pods.keys()]).toEqual([])
  })

  it('goes with its Node, and stays away', () => {
    const result = run([{ at: '1m', kubectl: 'delete node n-1' }])
    expect(mirror(result.view)).toBeUndefined()
    expect(result.of(PodCreated)).toHaveLength(2)
  })
})

describe('a static pod runs without the API server', () => {
  const crashing = { behaviors: [{ run: { for: '50s', exitCode: 1 } }] }

  it('through a reboot while its node is cut off', () => {
    const result = run(
      [
        { at: '1m', partition: { node: 'n-1' } },
        { at: '2m', reboot: { node: 'n-1' } },
      ],
      { duration: '10m' },
    )
    const starts = result.of(ContainerStarted).filter(({ event }) => event.pod === KEY)
    expect(starts).toHaveLength(2)
    expect(starts[1]!.at).toBeGreaterThan(120_000)
    const told = result.of(PodStatusReported).filter(({ at, event }) => at > 60_000 && event.pod === KEY)
    expect(told).toEqual([])
  })

  it('and restarts while it is cut off', () => {
    const result = run([{ at: '30s', partition: { node: 'n-1' } }], crashing)
    expect(exits(result).length).toBeGreaterThan(3)
  })

  it('nobody evicts it from a node that is unreachable, for it tolerates everything', () => {
    const timeline = [{ at: '1m', partition: { node: 'n-1', for: '14m' } }]
    const result = run(timeline, { manifests: [pod('plain', { nodeName: 'n-1' })], duration: '20m' })
    expect(result.of(PodMarkedForDeletion).map(({ event }) => event.pod)).toEqual(['default/plain'])
  })

  it('a mirror that is deleted by force meanwhile is there again when the node is back', () => {
    const timeline = [
      { at: '1m', partition: { node: 'n-1', for: '3m' } },
      { at: '2m', kubectl: 'delete pod proxy-n-1 --force --grace-period=0' },
    ]
    expect(mirror(run(timeline, { duration: '230s' }).view)).toBeUndefined()
    const result = run(timeline)
    expect(mirror(result.view)?.phase).toBe('Running')
    expect(exits(result)).toEqual([])
  })

  it('and when its machine has power again: then it starts anew', () => {
    const timeline = [
      { at: '1m', fail: { node: 'n-1', for: '3m' } },
      { at: '2m', kubectl: 'delete pod proxy-n-1 --force --grace-period=0' },
    ]
    const result = run(timeline)
    expect(mirror(result.view)?.phase).toBe('Running')
    expect(result.of(ContainerStarted).filter(({ event }) => event.pod === KEY)).toHaveLength(2)
  })
})

describe('a static pod is critical, whatever its priority', () => {
  it('preempts what is in its way when its kubelet starts, and no more than that', () => {
    const manifests = [requesting('plain', '3', { nodeName: 'n-1' }), pod('idle', { nodeName: 'n-1' })]
    const result = run([], { nodes: pool([requesting('proxy', '2')], { count: 1 }), manifests })
    const killed = result.of(PodKilledByKubelet).map(({ event }) => [event.pod, event.reason])
    expect(killed).toEqual([['default/plain', 'Preempting']])
    expect(mirror(result.view)?.phase).toBe('Running')
    expect(result.view.pods.get('default/plain' as never)?.phase).toBe('Failed')
    expect(result.view.pods.get('default/idle' as never)?.phase).toBe('Running')
  })

  it('is not evicted under pressure, and admitted under it', () => {
    const result = run([{ at: '1m', fillDisk: { node: 'n-1', by: '9500Mi' } }], {
      images: { size: 0 },
      manifests: [pod('plain', { nodeName: 'n-1' })],
    })
    expect(result.of(PodKilledByKubelet).map(({ event }) => event.pod)).toEqual(['default/plain'])
  })

  it('another pod of the same priority does not preempt it', () => {
    const system = requesting('system', '3', { nodeName: 'n-1', priorityClassName: 'system-node-critical' })
    const late = { ...(system as object), metadata: { name: 'late' } }
    const files = { 'late.yaml': late }
    const nodes = pool([requesting('proxy', '2', { priorityClassName: 'system-node-critical' })], { count: 1 })
    const result = run([{ at: '1m', kubectl: 'apply -f late.yaml' }], { nodes, files })
    expect(result.of(PodKilledByKubelet)).toEqual([])
    expect(result.view.pods.get('default/late' as never)?.reason).toBe('UnexpectedAdmissionError')
  })
})

describe('drain', () => {
  it('leaves mirror pods alone, without asking for a flag', () => {
    const result = run([{ at: '1m', kubectl: 'drain n-1' }])
    expect(result.of(KubectlCompleted)[0]!.event.exitCode).toBe(0)
    expect(result.of(PodDeleted)).toEqual([])
    expect(mirror(result.view)?.deletion).toBeUndefined()
  })
})

describe('restart policies', () => {
  it.each([
    ['Always', 'Running'],
    ['OnFailure', 'Succeeded'],
    ['Never', 'Succeeded'],
  ])('%s', (restartPolicy, phase) => {
    const behaviors = [{ run: { for: '10s' } }]
    expect(mirror(run([], { nodes: pool([proxy({ restartPolicy })]), behaviors }).view)?.phase).toBe(phase)
  })
})

describe('what cannot be a static pod', () => {
  const problems = (staticPod: unknown): string => {
    const scenario = {
      apiVersion: 'wavetank.dev/v1alpha1',
      kind: 'Scenario',
      metadata: { name: 's' },
      duration: '1m',
      nodes: pool([staticPod]),
    }
    const text = JSON.stringify(scenario)
    const decoded = decodeScenario({ file: 's.json', text, resolved: new Map(), texts: new Map() }, scenarioOptions)
    return isLeft(decoded) ? formatIssues(decoded.left) : ''
  }
  const mounting = (volume: object) => proxy({ volumes: [{ name: 'v', ...volume }] })
  const main = (more: object) => proxy({ containers: [{ name: 'main', image: 'example/a:1', ...more }] })

  it.each([
    ['another kind', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } }, 'only pods can be static'],
    ['a file that is not there', 'nothing.yaml', 'WT004 nodes[0].staticPods[0]: nothing.yaml: no such file'],
    ['a ConfigMap', mounting({ configMap: { name: 'c' } }), 'a static pod can not refer to configmaps'],
    ['a Secret', mounting({ projected: { sources: [{ secret: { name: 's' } }] } }), 'can not refer to secrets'],
    ['a claim', mounting({ persistentVolumeClaim: { claimName: 'c' } }), 'can not refer to persistentvolumeclaims'],
    ['its environment', main({ envFrom: [{ configMapRef: { name: 'c' } }] }), 'can not refer to configmaps'],
    [
      'a key',
      main({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }] }),
      'can not refer to secrets',
    ],
    ['a service account', proxy({ serviceAccountName: 'robot' }), 'can not refer to serviceaccounts'],
    ['a pod that is wrong', proxy({ containers: [] }), 'nodes[0].staticPods[0].spec.containers'],
  ])('%s', (_, staticPod, message) => {
    expect(problems(staticPod)).toContain(message)
  })

  it('an emptyDir and a host path are its own', () => {
    expect(problems(mounting({ emptyDir: {} }))).toBe('')
    expect(problems(mounting({ hostPath: { path: '/etc' } }))).toBe('')
  })
})
