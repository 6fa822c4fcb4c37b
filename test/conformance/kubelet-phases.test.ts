import { ContainerStarted, type PodCondition, PodDeleted, PodStatusReported } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { pod, smallRun } from './small-run.ts'

/**
 * Phases and conditions of pods. Source: pkg/kubelet/kubelet_pods.go (getPhase, generateAPIPodStatus),
 * pkg/kubelet/status/generate.go; semantics 1.2 to 1.4.
 */

type Run = ReturnType<typeof smallRun>
const IMAGE = 'example/a:1'
const named = (name: string, more: object = {}) => ({ name, image: IMAGE, ...more })
const side = (name: string, more: object = {}) => named(name, { restartPolicy: 'Always', ...more })

/** `status reason: message` of a condition of the pod `a` at the end. */
const condition = (run: Run, type: PodCondition['type']): string | undefined => {
  const found = run.view.pods.get('default/a')?.conditions.find((one) => one.type === type)
  if (found === undefined) return undefined
  return [found.status, found.reason, found.message].filter((part) => part !== undefined).join(' ')
}

const UNREADY = (...names: readonly string[]) =>
  `False ContainersNotReady containers with unready status: [${names.join(' ')}]`
const READY = { httpGet: { port: 80 } }

describe('conditions: generate.go', () => {
  const at = (duration: string, spec: object = {}, behaviors: readonly object[] = [], more: object = {}) =>
    smallRun({ manifests: [pod('a', spec)], behaviors, duration, ...more })
  const never = { restartPolicy: 'Never' }
  const init = { initContainers: [named('setup')] }
  const slowInit = [{ match: { container: 'setup' }, run: { for: '10s', exitCode: 0 } }]
  const two = { containers: [named('main', { readinessProbe: READY }), named('second')] }
  const unready = [{ match: { container: 'main' }, probes: { readiness: { failAfter: '0s' } } }]

  // The image is pulled until 1 s; what has started is seen half a second later.
  const CASES: readonly (readonly [string, Run, PodCondition['type'], string | undefined])[] = [
    [
      'nobody has bound it',
      at('5s', { containers: [named('main', { resources: { requests: { cpu: '99' } } })] }),
      'PodScheduled',
      'False Unschedulable 0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    ],
    [
      'nobody has bound it',
      at('5s', { containers: [named('main', { resources: { requests: { cpu: '99' } } })] }),
      'Ready',
      undefined,
    ],
    [
      'a gate holds it',
      at('5s', { schedulingGates: [{ name: 'quota' }] }),
      'PodScheduled',
      'False SchedulingGated Scheduling is blocked due to non-empty scheduling gates',
    ],
    ['it is bound', at('400ms'), 'PodScheduled', 'True'],
    ['its sandbox is not seen yet', at('400ms'), 'PodReadyToStartContainers', 'False'],
    ['its image is pulled, and its worker is busy', at('900ms'), 'PodReadyToStartContainers', 'False'],
    [
      'a volume is waited for',
      at('5s', { volumes: [{ name: 'v', configMap: { name: 'none' } }] }),
      'PodReadyToStartContainers',
      'False',
    ],
    ['its image is pulled', at('900ms'), 'Initialized', 'True'],
    ['its image is pulled', at('900ms'), 'Ready', UNREADY('main')],
    ['its image is pulled', at('900ms'), 'ContainersReady', UNREADY('main')],
    ['it runs', at('5s'), 'Ready', 'True'],
    ['it runs', at('5s'), 'ContainersReady', 'True'],
    [
      'an init container runs',
      at('5s', init, slowInit),
      'Initialized',
      'False ContainersNotInitialized containers with incomplete status: [setup]',
    ],
    ['an init container runs', at('5s', init, slowInit), 'Ready', UNREADY('main')],
    ['an init container runs', at('5s', init, slowInit), 'PodReadyToStartContainers', 'True'],
    ['the init container is done', at('15s', init, slowInit), 'Initialized', 'True'],
    ['the init container is done', at('15s', init, slowInit), 'Ready', 'True'],
    [
      'one of two init containers is done',
      at('15s', { initContainers: [named('setup'), named('more')] }, slowInit),
      'Initialized',
      'False ContainersNotInitialized containers with incomplete status: [more]',
    ],
    ['one of two containers is not ready', at('30s', two, unready), 'Ready', UNREADY('main')],
    ['one of two containers is not ready', at('30s', two, unready), 'ContainersReady', UNREADY('main')],
    [
      'its startup probe has not ended',
      at('30s', { containers: [named('main', { startupProbe: { ...READY, failureThreshold: 60 } })] }, [
        { probes: { startup: { succeedAfter: '2m' } } },
      ]),
      'Ready',
      UNREADY('main'),
    ],
    ['it waits for a restart', at('20s', {}, [{ run: { for: '2s', exitCode: 1 } }]), 'Ready', UNREADY('main')],
    ['it waits for a restart', at('20s', {}, [{ run: { for: '2s', exitCode: 1 } }]), 'Initialized', 'True'],
    [
      'a sidecar is not ready',
      at('30s', { initContainers: [side('proxy', { readinessProbe: READY })] }, [
        { match: { container: 'proxy' }, probes: { readiness: { failAfter: '0s' } } },
      ]),
      'Ready',
      UNREADY('proxy'),
    ],
    [
      'a sidecar has started, ready or not',
      at('30s', { initContainers: [side('proxy', { readinessProbe: READY })] }, [
        { match: { container: 'proxy' }, probes: { readiness: { failAfter: '0s' } } },
      ]),
      'Initialized',
      'True',
    ],
    [
      'a sidecar has not started',
      at('30s', { initContainers: [side('proxy', { startupProbe: { ...READY, failureThreshold: 60 } })] }, [
        { match: { container: 'proxy' }, probes: { startup: { succeedAfter: '2m' } } },
      ]),
      'Initialized',
      'False ContainersNotInitialized containers with incomplete status: [proxy]',
    ],
    ['it has succeeded', at('20s', never, [{ run: { for: '5s', exitCode: 0 } }]), 'Ready', 'False PodCompleted'],
    [
      'it has succeeded',
      at('20s', never, [{ run: { for: '5s', exitCode: 0 } }]),
      'ContainersReady',
      'False PodCompleted',
    ],
    ['it has succeeded', at('20s', never, [{ run: { for: '5s', exitCode: 0 } }]), 'Initialized', 'True PodCompleted'],
    ['it has succeeded', at('20s', never, [{ run: { for: '5s', exitCode: 0 } }]), 'PodReadyToStartContainers', 'False'],
    ['it has failed', at('20s', never, [{ run: { for: '5s', exitCode: 1 } }]), 'Ready', 'False PodFailed'],
    ['it has failed', at('20s', never, [{ run: { for: '5s', exitCode: 1 } }]), 'ContainersReady', 'False PodFailed'],
    ['it has failed', at('20s', never, [{ run: { for: '5s', exitCode: 1 } }]), 'Initialized', 'True'],
    ['its node is silent', at('3m', {}, [], { timeline: [{ at: '1m', fail: { node: 'n-1' } }] }), 'Ready', 'False'],
    [
      'its node is silent',
      at('3m', {}, [], { timeline: [{ at: '1m', fail: { node: 'n-1' } }] }),
      'ContainersReady',
      'True',
    ],
    [
      'its node is tainted',
      at('7m', { nodeName: 'n-1' }, [], {
        nodes: [{ name: 'n', count: 2 }],
        timeline: [{ at: '1m', fail: { node: 'n-1' } }],
      }),
      'DisruptionTarget',
      'True DeletionByTaintManager Taint manager: deleting due to NoExecute taint',
    ],
    [
      'its node is drained',
      at('62s', { terminationGracePeriodSeconds: 60 }, [{ onSigterm: 'ignore' }], {
        timeline: [{ at: '1m', kubectl: 'drain n-1 --force' }],
      }),
      'DisruptionTarget',
      'True EvictionByEvictionAPI Eviction API: evicting',
    ],
    [
      'it is being deleted',
      at('62s', {}, [{ onSigterm: 'ignore' }], { timeline: [{ at: '1m', kubectl: 'delete pod a' }] }),
      'Ready',
      'True',
    ],
    [
      'it is being deleted',
      at('62s', {}, [{ onSigterm: 'ignore' }], { timeline: [{ at: '1m', kubectl: 'delete pod a' }] }),
      'DisruptionTarget',
      undefined,
    ],
  ]

  it.each(CASES)('%s: %#', (_, run, type, expected) => {
    expect(condition(run, type)).toBe(expected)
  })

  it('lastTransitionTime moves with the status alone', () => {
    const run = at('10m', {}, [{ run: { for: '3s', exitCode: 1 } }])
    const ready = run.view.pods.get('default/a')?.conditions.find(({ type }) => type === 'Initialized')
    expect(ready?.lastTransitionAt).toBeLessThan(1_000)
    expect(run.of(PodStatusReported).length).toBeGreaterThan(10)
  })
})

describe('phases by restart policy and exit codes: getPhase, SyncTerminatedPod', () => {
  const phase = (restartPolicy: string, codes: readonly (number | undefined)[], spec: object = {}) =>
    smallRun({
      manifests: [pod('a', { restartPolicy, containers: codes.map((_, i) => named(`c${i}`)), ...spec })],
      behaviors: codes.flatMap((exitCode, i) =>
        exitCode === undefined ? [] : [{ match: { container: `c${i}` }, run: { for: '5s', exitCode } }],
      ),
      duration: '2m',
    })

  it.each([
    ['Always', [0, 0], 'Running'],
    ['Always', [1, 0], 'Running'],
    ['Always', [0, undefined], 'Running'],
    ['OnFailure', [0], 'Succeeded'],
    ['OnFailure', [1], 'Running'],
    ['OnFailure', [0, 0], 'Succeeded'],
    ['OnFailure', [0, 1], 'Running'],
    ['OnFailure', [0, undefined], 'Running'],
    ['Never', [0], 'Succeeded'],
    ['Never', [1], 'Failed'],
    ['Never', [137], 'Failed'],
    ['Never', [255], 'Failed'],
    ['Never', [0, 0], 'Succeeded'],
    ['Never', [0, 1], 'Failed'],
    ['Never', [1, 0], 'Failed'],
    ['Never', [0, undefined], 'Running'],
    ['Never', [1, undefined], 'Running'],
  ] as const)('%s, exit codes %j: %s', (policy, codes, expected) => {
    expect(phase(policy, codes).view.pods.get('default/a')?.phase).toBe(expected)
  })

  it.each([
    ['Never', 0, 'Succeeded'],
    ['Never', 1, 'Failed'],
    ['OnFailure', 0, 'Succeeded'],
    ['OnFailure', 1, 'Running'],
  ] as const)('a sidecar does not count: %s, exit code %d: %s', (policy, code, expected) => {
    const run = phase(policy, [code], { initContainers: [side('proxy')] })
    expect(run.view.pods.get('default/a')?.phase).toBe(expected)
    // It is stopped when the others are done, with 143, and does not make the pod fail.
    if (expected !== 'Running') {
      expect(run.view.pods.get('default/a')?.initContainers[0]?.terminated?.exitCode).toBe(143)
    }
  })

  it.each([
    ['Never', 1, 'Failed', 1],
    ['OnFailure', 1, 'Pending', 5],
    ['Always', 1, 'Pending', 5],
  ] as const)('an init container under %s that ends with %d: %s', (policy, code, expected, starts) => {
    const run = phase(policy, [undefined], { initContainers: [named('setup')] })
    expect(run.view.pods.get('default/a')?.phase).toBe('Pending')
    const failing = smallRun({
      manifests: [pod('a', { restartPolicy: policy, initContainers: [named('setup')] })],
      behaviors: [{ match: { container: 'setup' }, run: { for: '5s', exitCode: code } }],
      duration: '2m',
    })
    expect(failing.view.pods.get('default/a')?.phase).toBe(expected)
    expect(failing.of(ContainerStarted)).toHaveLength(starts)
  })

  it.each([
    ['its image is pulled', '900ms', {}, 'Pending'],
    [
      'one of two containers runs',
      '90s',
      { containers: [named('c0'), named('c1', { imagePullPolicy: 'Never', image: 'example/none:1' })] },
      'Pending',
    ],
    [
      'a sidecar that has to start up first runs',
      '30s',
      { initContainers: [side('proxy', { startupProbe: { ...READY, failureThreshold: 60 } })] },
      'Pending',
    ],
    ['all run', '5s', {}, 'Running'],
  ])('while %s', (_, duration, spec, expected) => {
    const run = smallRun({
      manifests: [pod('a', { containers: [named('c0')], ...spec })],
      behaviors: [{ match: { container: 'proxy' }, probes: { startup: { succeedAfter: '5m' } } }],
      duration,
    })
    expect(run.view.pods.get('default/a')?.phase).toBe(expected)
  })

  it('a terminal phase is said when nothing runs any more: mergePodStatus', () => {
    const run = smallRun({
      manifests: [pod('a', { restartPolicy: 'Never', initContainers: [side('proxy')] })],
      behaviors: [
        { match: { container: 'main' }, run: { for: '5s', exitCode: 0 } },
        { match: { container: 'proxy' }, onSigterm: { exitCode: 0, after: '10s' } },
      ],
      duration: '1m',
    })
    const ended = run.of(PodStatusReported).find(({ event }) => event.phase === 'Succeeded')
    expect(ended!.at).toBeGreaterThan(17_000)
  })

  it('a pod that has ended keeps its phase when it is deleted, and goes at once', () => {
    const run = smallRun({
      manifests: [pod('a', { restartPolicy: 'Never' })],
      behaviors: [{ run: { for: '5s', exitCode: 1 } }],
      timeline: [{ at: '1m', kubectl: 'delete pod a' }],
      duration: '2m',
    })
    expect(run.of(PodDeleted)[0]!.at).toBeLessThan(61_000)
  })
})
