import {
  ContainerExited,
  ContainerStarted,
  ContainerStopping,
  ImagePulled,
  PodDeleted,
  PodMarkedForDeletion,
  PodStatusReported,
} from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { eventsAbout, NO_LATENCIES, pod, smallRun } from './small-run.ts'

/**
 * How pods end. Source: pkg/kubelet/kuberuntime/kuberuntime_container.go (killContainer), pod_workers.go,
 * registry/core/pod/strategy.go (CheckGracefulDelete); semantics 1.6. Hooks and sidecars are in kubelet-hooks.test.ts.
 */

const IMAGE = 'example/a:1'
const second = (at: number): number => Math.floor((at - 60_000) / 1_000)

/** The pod `a`, deleted at one minute: when its containers ended and with what, and when it was gone. */
const deletion = (behavior: object, spec: object = {}, command = 'delete pod a', more: object = {}) => {
  const run = smallRun({
    manifests: [pod('a', spec)],
    behaviors: [behavior],
    timeline: [{ at: '1m', kubectl: command }],
    ...more,
  })
  return {
    run,
    exits: run.of(ContainerExited).map(({ at, event }) => [second(at), event.exitCode]),
    gone: run.of(PodDeleted).map(({ at }) => second(at)),
  }
}

const STUBBORN = { onSigterm: 'ignore' }
const ends = (after: string, exitCode = 0) => ({ onSigterm: { exitCode, after } })
const grace = (seconds: number) => ({ terminationGracePeriodSeconds: seconds })

describe('a deletion: SIGTERM, the grace period, SIGKILL', () => {
  it.each([
    ['no handler', {}, {}, '', [0, 143]],
    ['a handler that ends well', ends('4s'), {}, '', [4, 0]],
    ['a handler with a code of its own', ends('4s', 3), {}, '', [4, 3]],
    ['a handler that takes all of its time', ends('30s'), {}, '', [30, 0]],
    ['a handler that takes too long', ends('31s'), {}, '', [30, 137]],
    ['SIGTERM ignored', STUBBORN, {}, '', [30, 137]],
    ['the pod’s grace period', STUBBORN, grace(7), '', [7, 137]],
    ['a long one', STUBBORN, grace(120), '', [120, 137]],
    ['the request’s before the pod’s', STUBBORN, grace(60), ' --grace-period=3', [3, 137]],
    ['the request’s, though it is longer', STUBBORN, grace(5), ' --grace-period=20', [20, 137]],
    ['a request for a second: 2 s at least', STUBBORN, {}, ' --grace-period=1', [2, 137]],
    ['--now is a second', STUBBORN, {}, ' --now', [2, 137]],
    ['2 s may do', ends('1s'), {}, ' --now', [1, 0]],
  ] as const)('%s', (_, behavior, spec, flags, expected) => {
    const { exits, gone } = deletion(behavior, spec, `delete pod a${flags}`)
    expect(exits).toEqual([expected])
    // Noticed within half a second, and cleaned up.
    expect(gone[0]! - expected[0]).toBeLessThanOrEqual(1)
  })

  it('each container ends as it does; the pod is gone with the last', () => {
    const run = smallRun({
      manifests: [
        pod('a', { containers: ['one', 'two', 'three'].map((name) => ({ name, image: IMAGE })), ...grace(10) }),
      ],
      behaviors: [
        { match: { container: 'one' }, ...ends('3s') },
        { match: { container: 'two' }, ...STUBBORN },
      ],
      timeline: [{ at: '1m', kubectl: 'delete pod a' }],
    })
    expect(run.of(ContainerExited).map(({ at, event }) => [event.container, second(at), event.exitCode])).toEqual([
      ['three', 0, 143],
      ['one', 3, 0],
      ['two', 10, 137],
    ])
    expect(second(run.of(PodDeleted)[0]!.at)).toBeLessThanOrEqual(11)
  })

  it('a container that ends meanwhile is not started again', () => {
    const { exits, run } = deletion({ ...STUBBORN, run: { for: '70s', exitCode: 5 } }, grace(30))
    expect(exits).toEqual([[11, 5]])
    expect(run.of(ContainerStarted)).toHaveLength(1)
  })

  it('is told as the kubelet tells it', () => {
    const file = {
      manifests: [pod('a')],
      timeline: [{ at: '10s', kubectl: 'delete pod a' }],
      behaviors: [STUBBORN],
      duration: '20s',
    }
    expect(eventsAbout(file, 'a')).toContain('Normal Killing Stopping container main')
  })
})

describe('deletion of a pod of which nothing runs', () => {
  it('that no node has is immediate: strategy.go, CheckGracefulDelete', () => {
    const { run, gone } = deletion({}, { nodeSelector: { none: 'such' } })
    expect(gone).toEqual([0])
    expect(run.of(PodMarkedForDeletion)).toEqual([])
  })

  it('while its image is pulled: the pull goes on alone', () => {
    const { run, gone } = deletion({}, {}, 'delete pod a', {
      latencies: { ...NO_LATENCIES, imagePullOverhead: '5m' },
    })
    expect(gone[0]).toBeLessThanOrEqual(1)
    expect(run.of(ContainerStarted)).toEqual([])
  })

  it.each([
    ['waits for a restart', { run: { for: '2s', exitCode: 1 } }, {}],
    ['waits for an image', {}, { containers: [{ name: 'main', image: 'example/missing:1' }] }],
    [
      'waits for a ConfigMap',
      {},
      { containers: [{ name: 'main', image: IMAGE, envFrom: [{ configMapRef: { name: 'none' } }] }] },
    ],
    ['waits for a volume', {}, { volumes: [{ name: 'v', secret: { secretName: 'none' } }] }],
    ['has succeeded', { run: { for: '2s', exitCode: 0 } }, { restartPolicy: 'Never' }],
    ['has failed', { run: { for: '2s', exitCode: 1 } }, { restartPolicy: 'Never' }],
  ])('that %s takes no grace period', (_, behavior, spec) => {
    const { gone, run } = deletion(behavior, spec, 'delete pod a', { images: { missing: ['example/missing:*'] } })
    expect(gone[0]).toBeLessThanOrEqual(1)
    expect(run.of(ContainerStopping)).toEqual([])
  })

  it('the image of a pod that is gone is there for the next', () => {
    const { run } = deletion({}, {}, 'delete pod a', {
      manifests: [pod('a'), pod('b', { nodeName: 'n-1' })],
      latencies: { ...NO_LATENCIES, imagePullOverhead: '90s' },
      duration: '5m',
    })
    expect(run.of(ContainerStarted).map(({ event }) => event.pod)).toEqual(['default/b'])
    expect(run.of(ImagePulled)[0]!.at).toBeGreaterThan(90_000)
  })
})

describe('force: --force --grace-period=0', () => {
  it('the name is free at once, whatever the process does', () => {
    const { gone } = deletion(STUBBORN, {}, 'delete pod a --force --grace-period=0')
    expect(gone).toEqual([0])
  })

  it('so is that of a pod without any grace period', () => {
    expect(deletion(STUBBORN, grace(0)).gone).toEqual([0])
  })

  it('a pod of a dead node goes at once, otherwise it stays', () => {
    const dead = (command: string) =>
      smallRun({
        manifests: [pod('a')],
        timeline: [
          { at: '1m', fail: { node: 'n-1' } },
          { at: '2m', kubectl: command },
        ],
        duration: '30m',
      })
    expect(dead('delete pod a').of(PodDeleted)).toEqual([])
    expect(
      dead('delete pod a --force --grace-period=0')
        .of(PodDeleted)
        .map(({ at }) => at),
    ).toEqual([120_000])
  })
})

describe('activeDeadlineSeconds of a pod: active_deadline.go', () => {
  const late = (spec: object, behavior: object = {}, more: object = {}) =>
    smallRun({
      manifests: [pod('a', { activeDeadlineSeconds: 40, ...spec })],
      behaviors: [behavior],
      duration: '5m',
      ...more,
    })

  it.each([
    ['ends it, whatever its policy', {}, {}, 40, 143],
    ['with its grace period', grace(9), STUBBORN, 49, 137],
    ['a process that ends well fails as well', {}, ends('3s'), 43, 0],
  ])('%s', (_, spec, behavior, at, code) => {
    const run = late(spec, behavior)
    expect(run.of(ContainerExited).map((entry) => [Math.floor(entry.at / 1_000), entry.event.exitCode])).toEqual([
      [at, code],
    ])
    const { phase, reason, message, conditions } = run.view.pods.get('default/a')!
    expect([phase, reason, message]).toEqual([
      'Failed',
      'DeadlineExceeded',
      'Pod was active on the node longer than the specified deadline',
    ])
    expect(conditions.some(({ type }) => type === 'DisruptionTarget')).toBe(false)
  })

  it('counts from the kubelet’s first word, restarts and waiting included', () => {
    const run = late({ containers: [{ name: 'main', image: 'example/missing:1' }] }, {}, { images: { missing: ['*'] } })
    expect(run.view.pods.get('default/a')?.reason).toBe('DeadlineExceeded')
    const restarting = late({}, { run: { for: '5s', exitCode: 1 } })
    expect(restarting.view.pods.get('default/a')?.phase).toBe('Failed')
  })

  it('is nothing to a pod that has ended before', () => {
    const run = late({ restartPolicy: 'Never' }, { run: { for: '20s', exitCode: 0 } })
    expect(run.view.pods.get('default/a')?.phase).toBe('Succeeded')
  })

  it.each<[string, object, number]>([
    ['is seen late by a kubelet that was away', { stopKubelet: { node: 'n-1', for: '30s' } }, 60],
    ['and on time by one that is back before', { stopKubelet: { node: 'n-1', for: '5s' } }, 40],
    ['is seen late after a machine hung', { freeze: { node: 'n-1', for: '30s' } }, 60],
    ['and on time if it hung before', { freeze: { node: 'n-1', for: '5s' } }, 40],
  ])('%s', (_, fault, at) => {
    const run = late({}, {}, { timeline: [{ at: '30s', ...fault }] })
    expect(run.of(ContainerExited).map((entry) => Math.floor(entry.at / 1_000))).toEqual([at])
  })

  it('counts through a reboot', () => {
    const timeline = [{ at: '1m', reboot: { node: 'n-1' } }]
    const run = late({ activeDeadlineSeconds: 250 }, {}, { timeline })
    const exits = run.of(ContainerExited).map(({ at, event }) => [Math.floor(at / 1_000), event.exitCode])
    expect(exits).toEqual([[250, 143]])
    expect(run.of(ContainerStarted)).toHaveLength(2)
  })

  it('is told', () => {
    const file = { manifests: [pod('a', { activeDeadlineSeconds: 5 })], duration: '20s' }
    expect(eventsAbout(file, 'a')).toContain(
      'Normal DeadlineExceeded Pod was active on the node longer than the specified deadline',
    )
  })
})

describe('the kubelet kills', () => {
  const probe = (kind: 'liveness' | 'startup', more: object = {}, spec: object = {}, behavior: object = STUBBORN) =>
    smallRun({
      manifests: [
        pod('a', {
          containers: [{ name: 'main', image: IMAGE, [`${kind}Probe`]: { httpGet: { port: 80 }, ...more } }],
          ...spec,
        }),
      ],
      behaviors: [{ ...behavior, probes: { [kind]: { failAfter: '0s' } } }],
      duration: '4m',
    })

  it.each([
    ['liveness', {}, {}, STUBBORN, 30, 137],
    ['liveness', {}, grace(12), STUBBORN, 12, 137],
    ['liveness', { terminationGracePeriodSeconds: 5 }, grace(12), STUBBORN, 5, 137],
    ['liveness', { terminationGracePeriodSeconds: 1 }, {}, STUBBORN, 2, 137],
    ['liveness', {}, {}, {}, 0, 143],
    ['liveness', {}, {}, ends('3s'), 3, 0],
    ['startup', {}, {}, STUBBORN, 30, 137],
    ['startup', { terminationGracePeriodSeconds: 5 }, {}, STUBBORN, 5, 137],
    ['startup', {}, {}, ends('3s', 1), 3, 1],
  ] as const)(
    'for its %s probe %j, pod %j, process %j: after %d s with %d',
    (kind, more, spec, behavior, after, code) => {
      const run = probe(kind, more, spec, behavior)
      const [stopping] = run.of(ContainerStopping)
      const [exited] = run.of(ContainerExited)
      expect([Math.floor((exited!.at - stopping!.at) / 1_000), exited!.event.exitCode]).toEqual([after, code])
      expect(run.of(ContainerStarted).length).toBeGreaterThan(1)
    },
  )

  it.each([
    ['Always', 0, 'Running'],
    ['OnFailure', 1, 'Running'],
    ['OnFailure', 0, 'Succeeded'],
    ['Never', 1, 'Failed'],
    ['Never', 0, 'Succeeded'],
  ] as const)('and restarts as the policy says: %s, exit code %d: %s', (restartPolicy, code, phase) => {
    const run = probe('liveness', {}, { restartPolicy }, ends('1s', code))
    expect(run.view.pods.get('default/a')?.phase).toBe(phase)
    expect(run.of(ContainerStarted).length > 1).toBe(phase === 'Running')
  })

  it('the last state says how', () => {
    const run = probe('liveness')
    const ended = run.of(PodStatusReported).flatMap(({ event }) => event.containers[0]?.lastTermination ?? [])
    expect(ended[0]).toMatchObject({ exitCode: 137, reason: 'Error' })
  })

  it('memory above the limit is OOMKilled, and no SIGTERM', () => {
    const run = smallRun({
      manifests: [
        pod('a', { containers: [{ name: 'main', image: IMAGE, resources: { limits: { memory: '100Mi' } } }] }),
      ],
      behaviors: [{ memory: { leak: { from: '10Mi', rise: '1Mi', every: '1s' } } }],
      duration: '2m',
    })
    expect(run.of(ContainerExited)[0]?.event).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
    expect(run.of(ContainerStopping)).toEqual([])
  })
})
