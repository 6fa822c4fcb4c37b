import { PodAccepted, PodKilledByKubelet, PodRejected } from '@wavetank/cluster'
import { foldKubeEvents } from '@wavetank/report'
import { describe, expect, it } from 'vitest'
import { pod, smallRun } from './small-run.ts'

/** pkg/kubelet/lifecycle/predicate.go, pkg/scheduler/eventhandlers.go AdmissionCheck; semantics 4.5 and 1.9. */

const GI = 1024 * 1024 * 1024

/** Two CPUs and 4Gi for four pods, no threshold: round numbers. */
const node = { name: 'n', count: 1, capacity: { cpu: '2', memory: '4Gi', pods: '4', 'example.com/gpu': '1' } }
const flags = { kubelet: { evictionHard: {} } }

const container = (requests: object, more: object = {}) => ({
  containers: [{ name: 'main', image: 'example/a:1', resources: { requests }, ...more }],
})
/** A pod that says itself where it runs, so that no scheduler looks first. */
const bound = (name: string, spec: object = {}, labels: object = {}) => pod(name, { nodeName: 'n-1', ...spec }, labels)
const run = (manifests: readonly object[], more: object = {}) => smallRun({ nodes: [node], flags, manifests, ...more })
const statusOf = (result: ReturnType<typeof run>, name: string) => {
  const { phase, reason, message } = result.view.pods.get(`default/${name}`)!
  return [phase, reason, message]
}

describe('a pod that does not fit is Failed with the first reason', () => {
  it.each([
    [
      'OutOfcpu, in millicores',
      bound('b', container({ cpu: '1500m' })),
      [
        'OutOfcpu',
        "Pod was rejected: Node didn't have enough resource: cpu, requested: 1500, used: 1000, capacity: 2000",
      ],
    ],
    [
      'OutOfmemory, in bytes',
      bound('b', container({ memory: '4Gi' })),
      [
        'OutOfmemory',
        `Pod was rejected: Node didn't have enough resource: memory, requested: ${4 * GI}, used: ${GI}, capacity: ${4 * GI}`,
      ],
    ],
    [
      'cpu before memory',
      bound('b', container({ cpu: '3', memory: '9Gi' })),
      [
        'OutOfcpu',
        "Pod was rejected: Node didn't have enough resource: cpu, requested: 3000, used: 1000, capacity: 2000",
      ],
    ],
    [
      'OutOfephemeral-storage',
      bound('b', container({ 'ephemeral-storage': '200Gi' })),
      [
        'OutOfephemeral-storage',
        `Pod was rejected: Node didn't have enough resource: ephemeral-storage, requested: ${200 * GI}, used: 0, capacity: ${100 * GI}`,
      ],
    ],
    [
      'an extended resource that the node has too little of',
      bound('b', container({ 'example.com/gpu': '2' }, { resources: { limits: { 'example.com/gpu': '2' } } })),
      [
        'OutOfexample.com/gpu',
        "Pod was rejected: Node didn't have enough resource: example.com/gpu, requested: 2, used: 0, capacity: 1",
      ],
    ],
    [
      'NodeAffinity, by the node selector',
      bound('b', { nodeSelector: { disk: 'ssd' } }),
      [
        'NodeAffinity',
        "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
      ],
    ],
    [
      'resources before affinity',
      bound('b', { ...container({ cpu: '3' }), nodeSelector: { disk: 'ssd' } }),
      [
        'OutOfcpu',
        "Pod was rejected: Node didn't have enough resource: cpu, requested: 3000, used: 1000, capacity: 2000",
      ],
    ],
    [
      'NodePorts',
      bound('b', container({}, { ports: [{ containerPort: 80, hostPort: 8080 }] })),
      [
        'NodePorts',
        "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
      ],
    ],
  ])('%s', (_, manifest, [reason, message]) => {
    const result = run([
      bound('a', container({ cpu: '1', memory: '1Gi' }, { ports: [{ containerPort: 80, hostPort: 8080 }] })),
      manifest,
    ])
    expect(statusOf(result, 'a')[0]).toBe('Running')
    expect(statusOf(result, 'b')).toEqual(['Failed', reason, message])
    expect(result.of(PodAccepted).map(({ event }) => event.pod)).toEqual(['default/a'])
  })

  it('OutOfpods beyond maxPods', () => {
    const result = run(['a', 'b', 'c', 'd', 'e'].map((name) => bound(name)))
    expect(statusOf(result, 'e')).toEqual([
      'Failed',
      'OutOfpods',
      "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: 4, capacity: 4",
    ])
  })

  it('TaintToleration, but only for NoExecute', () => {
    const tainted = (effect: string) =>
      run([bound('a')], { nodes: [{ ...node, taints: [{ key: 'k', value: 'v', effect }] }], duration: '1s' })
    expect(
      tainted('NoExecute')
        .of(PodRejected)
        .map(({ event }) => event.reason),
    ).toEqual(['TaintToleration'])
    expect(tainted('NoSchedule').of(PodRejected)).toEqual([])
  })

  it('extended resources that the node does not know are not asked for', () => {
    const fpga = { resources: { limits: { 'example.com/fpga': '1' }, requests: { 'example.com/fpga': '1' } } }
    expect(statusOf(run([bound('a', container({}, fpga))]), 'a')[0]).toBe('Running')
  })

  it('the status has no conditions and no containers, and an Event says why', () => {
    const result = run([bound('a', container({ cpu: '3' }))])
    const kubeEvents = foldKubeEvents()
    for (const entry of result.entries) kubeEvents.apply(entry, result.view)
    const a = result.view.pods.get('default/a')!
    expect(a.conditions).toEqual([])
    expect(a.containers).toEqual([])
    expect(
      kubeEvents.events(result.view.now).filter(({ involvedObject }) => involvedObject.kind === 'Pod'),
    ).toMatchObject([
      {
        type: 'Warning',
        reason: 'OutOfcpu',
        message: "Node didn't have enough resource: cpu, requested: 3000, used: 0, capacity: 2000",
      },
    ])
  })

  it('what is terminating still counts, what has ended does not', () => {
    const late = (at: string) =>
      run([bound('a', { ...container({ cpu: '2' }), terminationGracePeriodSeconds: 60 })], {
        behaviors: [{ onSigterm: 'ignore' }],
        timeline: [
          { at: '1m', kubectl: 'delete pod a' },
          { at, kubectl: 'apply -f b.yaml' },
        ],
        files: { 'b.yaml': bound('b', container({ cpu: '2' })) },
      })
    expect(statusOf(late('90s'), 'b').slice(0, 2)).toEqual(['Failed', 'OutOfcpu'])
    expect(statusOf(late('125s'), 'b')[0]).toBe('Running')
  })

  it('its controller makes another', () => {
    const result = run(
      [
        {
          apiVersion: 'v1',
          kind: 'ReplicationController',
          metadata: { name: 'rc' },
          spec: {
            replicas: 1,
            selector: { app: 'rc' },
            template: {
              metadata: { labels: { app: 'rc' } },
              spec: { nodeName: 'n-1', ...container({ cpu: '3' }) },
            },
          },
        },
      ],
      { duration: '2s' },
    )
    expect(result.of(PodRejected).length).toBeGreaterThan(1)
  })
})

describe('a critical pod: pkg/kubelet/preemption/preemption.go', () => {
  const critical = (name: string, requests: object, spec: object = {}) =>
    bound(name, { priorityClassName: 'system-node-critical', ...container(requests), ...spec })
  const later = (first: readonly object[], manifest: object) =>
    run(first, {
      timeline: [{ at: '1m', kubectl: 'apply -f late.yaml' }],
      files: { 'late.yaml': manifest },
    })
  const limited = (cpu: string, memory: string) =>
    container({}, { resources: { requests: { cpu, memory }, limits: { cpu, memory } } })

  it('ends pods that are not, and starts when they have ended', () => {
    const result = later([bound('a', container({ cpu: '1500m' }))], critical('c', { cpu: '1' }))
    expect(statusOf(result, 'a')).toEqual(['Failed', 'Preempting', 'Preempted in order to admit critical pod'])
    expect(result.view.pods.get('default/a')!.conditions.find(({ type }) => type === 'DisruptionTarget')).toMatchObject(
      {
        status: 'True',
        reason: 'TerminationByKubelet',
        message: 'Pod was preempted by Kubelet to accommodate a critical pod.',
      },
    )
    expect(statusOf(result, 'c')[0]).toBe('Running')
    const accepted = result.of(PodAccepted).find(({ event }) => event.pod === 'default/c')!
    const failed = result.entries.find(
      ({ event }) => event.kind === 'PodStatusReported' && (event as never as { phase: string }).phase === 'Failed',
    )!
    expect(accepted.at).toBeGreaterThanOrEqual(failed.at)
  })

  const victims = (result: ReturnType<typeof run>) => result.of(PodKilledByKubelet).map(({ event }) => event.pod)

  it.each([
    [
      'BestEffort pods do not help against cpu; Burstable go before Guaranteed',
      [bound('best'), bound('burst', container({ cpu: '1' })), bound('guaranteed', limited('1', '1Gi'))],
      critical('c', { cpu: '500m' }),
      ['default/burst'],
    ],
    [
      'the one that comes nearest, of those the one that asks for less memory',
      [
        bound('small', container({ cpu: '300m', memory: '1Gi' })),
        bound('large', container({ cpu: '700m', memory: '2Gi' })),
        bound('light', container({ cpu: '700m', memory: '512Mi' })),
      ],
      critical('c', { cpu: '900m' }),
      ['default/light'],
    ],
    [
      'a place for one more pod: BestEffort',
      [
        bound('a', container({ cpu: '1' })),
        bound('b'),
        bound('d', limited('100m', '1Gi')),
        bound('e', container({ cpu: '1m' })),
      ],
      critical('c', {}),
      ['default/b'],
    ],
  ])('%s', (_, first, manifest, expected) => {
    expect(victims(later(first, manifest))).toEqual(expected)
  })

  it('that cannot be helped is UnexpectedAdmissionError', () => {
    const result = later([critical('a', { cpu: '1500m' })], critical('c', { cpu: '1' }))
    expect(statusOf(result, 'c')).toEqual([
      'Failed',
      'UnexpectedAdmissionError',
      'Pod was rejected: Unexpected error while attempting to recover from admission failure: preemption: error finding a set of pods to preempt: no set of running pods found to reclaim resources: [(res: cpu, q: 500), ]',
    ])
    expect(victims(result)).toEqual([])
  })

  it('is not told of resources where something else is wrong', () => {
    const result = later(
      [bound('a', container({ cpu: '2' }))],
      critical('c', { cpu: '1' }, { nodeSelector: { x: 'y' } }),
    )
    expect(statusOf(result, 'c')[1]).toBe('NodeAffinity')
    expect(victims(result)).toEqual([])
  })
})

describe('a kubelet that starts looks at all of its pods anew: kubelet.go HandlePodAdditions, semantics 4.7', () => {
  const relabelled = (timeline: readonly object[]) =>
    run([bound('a', { nodeSelector: { disk: 'ssd' } }), bound('b')], {
      nodes: [{ ...node, labels: { disk: 'ssd' } }],
      timeline: [{ at: '1m', kubectl: 'label node n-1 disk-' }, ...timeline],
    })

  it('labels that change do nothing by themselves', () => {
    expect(statusOf(relabelled([]), 'a')[0]).toBe('Running')
  })

  it('after a reboot the pod does not match any more', () => {
    const result = relabelled([{ at: '2m', reboot: { node: 'n-1' } }])
    expect(statusOf(result, 'a').slice(0, 2)).toEqual(['Failed', 'NodeAffinity'])
    expect(statusOf(result, 'b')[0]).toBe('Running')
  })
})
