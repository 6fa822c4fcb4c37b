import type { ClusterView } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { createSimulation } from 'wavetank'
import { readScenario } from '../properties/random-scenario.ts'
import { NO_LATENCIES, pod, smallRun } from './small-run.ts'

/**
 * When each condition of a pod flips, and to what: a pod’s life as `kubectl get pod -w` would show it. Source:
 * pkg/kubelet/status/generate.go, pkg/kubelet/kubelet_pods.go, pkg/controller/util/node/controller_utils.go; semantics 1.3.
 */

const IMAGE = 'example/a:1'
const probe = { httpGet: { port: 80 }, periodSeconds: 5 }
const init = { name: 'setup', image: IMAGE }
const side = { name: 'proxy', image: IMAGE, restartPolicy: 'Always', startupProbe: probe }

/** Sandboxes take 2 s, pulls 1 s; a change of a container is seen after half a second. */
const latencies = { ...NO_LATENCIES, sandbox: '2s', imagePullRate: '1000Gi' }

/** Every change of phase and conditions of the pod `a`, by tenths of a second. */
const lifeOf = (scenario: object): readonly string[] => {
  const file = {
    apiVersion: 'wavetank.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'life' },
    duration: '2m',
    nodes: [{ name: 'n', count: 2, capacity: { cpu: '4', memory: '8Gi' } }],
    latencies,
    ...scenario,
  }
  const lines: string[] = []
  const known = new Map<string, string>()
  const look = (at: number, view: ClusterView): void => {
    const found = view.pods.get('default/a' as never)
    if (found === undefined) {
      if (known.delete('phase')) lines.push(`${Math.floor(at / 100) / 10} gone`)
      return
    }
    const now: [string, string][] = [
      ['phase', found.phase],
      ...found.conditions.map(({ type, status, reason }): [string, string] => [
        type,
        reason === undefined ? status : `${status} ${reason}`,
      ]),
    ]
    for (const [name, value] of now) {
      if (known.get(name) === value) continue
      known.set(name, value)
      lines.push(`${Math.floor(at / 100) / 10} ${name} ${value}`)
    }
  }
  const simulation = createSimulation(readScenario(file), { onEntry: ({ at }, view) => look(at, view) })
  while (simulation.advance(100_000) === undefined);
  return lines
}

const main = (more: object = {}) => ({ name: 'main', image: IMAGE, ...more })

describe('a life', () => {
  it('that is long: an init container, a sidecar, readiness lost and found, and a deletion', () => {
    const lines = lifeOf({
      manifests: [
        pod('a', { nodeName: 'n-1', initContainers: [init, side], containers: [main({ readinessProbe: probe })] }),
      ],
      behaviors: [
        { match: { container: 'setup' }, run: { for: '10s' } },
        { match: { container: 'proxy' }, startup: '7s' },
        {
          match: { container: 'main' },
          onSigterm: { after: '4s' },
          probes: {
            readiness: {
              answers: [
                { after: '0s', status: 200 },
                { after: '20s', status: 500 },
                { after: '40s', status: 200 },
              ],
            },
          },
        },
      ],
      timeline: [{ at: '90s', kubectl: 'delete pod a' }],
    })
    expect(lines).toMatchInlineSnapshot(`
      [
        "0 phase Pending",
        "0 PodReadyToStartContainers False",
        "0 Initialized False ContainersNotInitialized",
        "0 Ready False ContainersNotReady",
        "0 ContainersReady False ContainersNotReady",
        "0 PodScheduled True",
        "3.5 PodReadyToStartContainers True",
        "22 Initialized True",
        "22.5 phase Running",
        "22.5 Ready True",
        "22.5 ContainersReady True",
        "52.5 Ready False ContainersNotReady",
        "52.5 ContainersReady False ContainersNotReady",
        "62.5 Ready True",
        "62.5 ContainersReady True",
        "94.5 phase Succeeded",
        "94.5 PodReadyToStartContainers False",
        "94.5 Initialized True PodCompleted",
        "94.5 Ready False PodCompleted",
        "94.5 ContainersReady False PodCompleted",
        "94.5 gone",
      ]
    `)
  })

  const BOUND = [
    '0 phase Pending',
    '0 PodReadyToStartContainers False',
    '0 Initialized True',
    '0 Ready False ContainersNotReady',
    '0 ContainersReady False ContainersNotReady',
    '0 PodScheduled True',
  ]
  const RAN = [
    ...BOUND,
    '3.5 phase Running',
    '3.5 PodReadyToStartContainers True',
    '3.5 Ready True',
    '3.5 ContainersReady True',
    '8.5 Ready False ContainersNotReady',
    '8.5 ContainersReady False ContainersNotReady',
  ]
  const FAILED = [
    '9 phase Failed',
    '9 PodReadyToStartContainers False',
    '9 Ready False PodFailed',
    '9 ContainersReady False PodFailed',
  ]

  it.each<[string, object, object, readonly string[]]>([
    [
      'that ends well',
      { restartPolicy: 'Never' },
      { run: { for: '5s' } },
      [
        ...RAN,
        '9 phase Succeeded',
        '9 PodReadyToStartContainers False',
        '9 Initialized True PodCompleted',
        '9 Ready False PodCompleted',
        '9 ContainersReady False PodCompleted',
      ],
    ],
    ['that ends badly', { restartPolicy: 'Never' }, { run: { for: '5s', exitCode: 1 } }, [...RAN, ...FAILED]],
    [
      'of a pod whose init container fails',
      { restartPolicy: 'Never', initContainers: [init] },
      { run: { for: '5s', exitCode: 1 } },
      [
        ...BOUND.map((line) => line.replace('Initialized True', 'Initialized False ContainersNotInitialized')),
        '3.5 PodReadyToStartContainers True',
        ...FAILED,
      ],
    ],
  ])('%s', (_, spec, behavior, expected) => {
    expect(lifeOf({ manifests: [pod('a', { nodeName: 'n-1', ...spec })], behaviors: [behavior] })).toEqual(expected)
  })

  it('through a reboot: PodReadyToStartContainers goes and comes with the sandbox', () => {
    const lines = lifeOf({
      manifests: [pod('a', { nodeName: 'n-1' })],
      latencies: { ...latencies, nodeBoot: '20s' },
      timeline: [{ at: '60s', reboot: { node: 'n-1' } }],
    })
    expect(lines.slice(lines.findIndex((line) => Number.parseFloat(line) >= 60))).toMatchInlineSnapshot(`
      [
        "80 PodReadyToStartContainers False",
        "80 Ready False ContainersNotReady",
        "80 ContainersReady False ContainersNotReady",
        "82.5 PodReadyToStartContainers True",
        "82.5 Ready True",
        "82.5 ContainersReady True",
      ]
    `)
  })
})

describe('DisruptionTarget: who sets it, and with which reason', () => {
  const containers = [main({ resources: { requests: { cpu: '3' } } })]
  const nodeSelector = { 'kubernetes.io/hostname': 'n-1' }
  const victim = pod('a', { containers, nodeSelector })
  const files = {
    'late.yaml': pod('late', { nodeName: 'n-1', priorityClassName: 'system-node-critical', containers }),
    'preempts.yaml': pod('preempts', {
      priorityClassName: 'system-cluster-critical',
      containers,
      nodeSelector,
    }),
  }

  it.each<[string, string, object, string]>([
    [
      'the scheduler that preempts',
      'pkg/scheduler/framework/preemption/executor.go',
      { timeline: [{ at: '30s', kubectl: 'apply -f preempts.yaml' }] },
      'PreemptionByScheduler default-scheduler: preempting to accommodate a higher priority pod',
    ],
    [
      'the API server that evicts',
      'pkg/registry/core/pod/storage/eviction.go',
      { timeline: [{ at: '30s', kubectl: 'drain n-1 --force' }] },
      'EvictionByEvictionAPI Eviction API: evicting',
    ],
    [
      'the taint manager',
      'pkg/controller/tainteviction/taint_eviction.go',
      { timeline: [{ at: '30s', kubectl: 'taint nodes n-1 gone=yes:NoExecute' }] },
      'DeletionByTaintManager Taint manager: deleting due to NoExecute taint',
    ],
    [
      'pod garbage collection, for a node that is gone',
      'pkg/controller/podgc/gc_controller.go',
      { timeline: [{ at: '30s', kubectl: 'delete node n-1' }] },
      'DeletionByPodGC PodGC: node no longer exists',
    ],
    [
      'the kubelet that preempts',
      'pkg/kubelet/preemption/preemption.go',
      { timeline: [{ at: '30s', kubectl: 'apply -f late.yaml' }] },
      'TerminationByKubelet Pod was preempted by Kubelet to accommodate a critical pod.',
    ],
    [
      'the kubelet that shuts down',
      'pkg/kubelet/nodeshutdown/nodeshutdown_manager.go',
      { flags: { kubelet: { shutdownGracePeriod: '60s' } }, timeline: [{ at: '30s', shutdown: { node: 'n-1' } }] },
      'TerminationByKubelet Pod was terminated in response to imminent node shutdown.',
    ],
    [
      'the kubelet that evicts',
      'pkg/kubelet/eviction/eviction_manager.go',
      { images: { size: 0 }, timeline: [{ at: '30s', fillDisk: { node: 'n-1', by: '99Gi' } }] },
      'TerminationByKubelet The node was low on resource: ephemeral-storage.',
    ],
  ])('%s (%s)', (_, __, more, expected) => {
    const said = new Set<string>()
    const file = { apiVersion: 'wavetank.dev/v1alpha1', kind: 'Scenario', metadata: { name: 'x' }, duration: '5m' }
    const nodes = [{ name: 'n', count: 1, capacity: { cpu: '4', memory: '8Gi' } }]
    const scenario = {
      ...file,
      nodes,
      latencies,
      manifests: [victim],
      behaviors: [{ onSigterm: { after: '2s' } }],
      ...more,
    }
    const simulation = createSimulation(readScenario(scenario, files), {
      onEntry: (_entry, view) => {
        const found = view.pods.get('default/a' as never)?.conditions.find(({ type }) => type === 'DisruptionTarget')
        if (found?.status === 'True') said.add(`${found.reason} ${found.message}`)
      },
    })
    while (simulation.advance(100_000) === undefined);
    expect([...said].map((text) => text.slice(0, expected.length))).toEqual([expected])
  })

  it.each([
    ['a deletion', 'delete pod a'],
    ['a deletion by force', 'delete pod a --force --grace-period=0'],
  ])('%s sets none', (_, kubectl) => {
    const { entries } = smallRun({ manifests: [pod('a')], timeline: [{ at: '1m', kubectl }] })
    expect(entries.some(({ event }) => event.kind === 'PodDisruptionTargeted')).toBe(false)
  })
})
