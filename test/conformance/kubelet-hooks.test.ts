import {
  ContainerExited,
  ContainerStarted,
  ContainerStopping,
  PodDeleted,
  PodStatusReported,
  PostStartHookEnded,
  PreStopHookFailed,
  ProbeFailed,
} from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { eventsAbout, pod, smallRun } from './small-run.ts'

/** Lifecycle hooks. Source: pkg/kubelet/lifecycle/handlers.go; kuberuntime_container.go, startContainer and killContainer. */

type Run = ReturnType<typeof smallRun>
const EXEC = { exec: { command: ['touch', '/ready'] } }
const HTTP = { httpGet: { path: '/warm', port: 8080 } }
const container = (lifecycle: object, more: object = {}) => ({ name: 'main', image: 'example/a:1', lifecycle, ...more })
const hooked = (lifecycle: object, more: object = {}, spec: object = {}) =>
  pod('a', { containers: [container(lifecycle, more)], ...spec })
const seconds = (entries: readonly { readonly at: number }[]): readonly number[] =>
  entries.map(({ at }) => Math.floor(at / 1_000))
const reasons = (run: Run): readonly (string | undefined)[] =>
  run.of(PodStatusReported).map(({ event }) => event.containers[0]?.waiting?.reason)

describe('postStart', () => {
  const hookRun = (lifecycle: object, behavior: object, more: object = {}, spec: object = {}) =>
    smallRun({ manifests: [hooked({ postStart: lifecycle }, more, spec)], behaviors: [behavior], duration: '3m' })
  const takes = (span: string, fails = 0) => ({ hooks: { postStart: { takes: span, fails } } })

  it.each([
    ['exec', EXEC, takes('20s'), 21],
    ['httpGet', HTTP, takes('20s'), 21],
    ['sleep, whatever the behaviour says', { sleep: { seconds: 7 } }, takes('20s'), 8],
    ['exec without a behaviour takes no time', EXEC, {}, 1],
  ])('%s: the container is seen to run when the hook has ended', (_, handler, behavior, expected) => {
    const run = hookRun(handler, behavior)
    // Its process runs from 1 s on, when its image is there.
    expect(seconds(run.of(ContainerStarted))).toEqual([1])
    const [running] = run.of(PodStatusReported).filter(({ event }) => event.containers[0]?.running !== undefined)
    expect(seconds([running!])).toEqual([expected])
    expect(running?.event.containers[0]?.running?.startedAt).toBe(run.of(ContainerStarted)[0]?.at)
  })

  it('holds up the containers after it', () => {
    const second = { name: 'second', image: 'example/a:1' }
    const run = smallRun({
      manifests: [pod('a', { containers: [container({ postStart: EXEC }), second] })],
      behaviors: [{ match: { container: 'main' }, ...takes('30s') }],
    })
    expect(seconds(run.of(ContainerStarted))).toEqual([1, 31])
  })

  it('of a sidecar holds up the init container after it', () => {
    const run = smallRun({
      manifests: [
        pod('a', {
          initContainers: [{ ...container({ postStart: EXEC }), name: 'side', restartPolicy: 'Always' }],
          containers: [{ name: 'main', image: 'example/a:1' }],
        }),
      ],
      behaviors: [{ match: { container: 'side' }, ...takes('30s') }],
      duration: '2m',
    })
    expect(run.of(ContainerStarted).map(({ event }) => event.container)).toEqual(['side', 'main'])
    expect(seconds(run.of(ContainerStarted))[1]).toBe(31)
  })

  it('probes begin when it has ended', () => {
    const run = hookRun(
      EXEC,
      { ...takes('45s'), probes: { liveness: { failAfter: '0s' } } },
      {
        livenessProbe: { httpGet: { port: 8080 } },
      },
    )
    // Ticks at 50, 60 and 70 s: those at 10 to 40 s find no container that runs.
    expect(seconds(run.of(ProbeFailed))[0]).toBe(70)
  })

  it('that fails kills the container, which waits in PostStartHookError and is restarted with back-off', () => {
    const run = hookRun(EXEC, takes('5s', 1))
    expect(run.of(ContainerStopping)[0]?.event.reason).toBe('PostStartHook')
    expect(seconds(run.of(ContainerExited))[0]).toBe(6)
    expect(run.of(ContainerExited)[0]?.event.exitCode).toBe(143)
    expect(new Set(reasons(run))).toEqual(new Set(['PostStartHookError', 'CrashLoopBackOff']))
    expect(
      run
        .of(ContainerStarted)
        .map(({ event }) => event.backoffMillis)
        .slice(0, 3),
    ).toEqual([undefined, 10_000, 20_000])
    expect(run.of(PodStatusReported).some(({ event }) => event.containers[0]?.running !== undefined)).toBe(false)
  })

  it('says why it failed to those who ask, and not in the Event', () => {
    const file = {
      manifests: [hooked({ postStart: EXEC })],
      behaviors: [takes('5s', 1)],
      duration: '10s',
    }
    const message = smallRun(file)
      .of(PodStatusReported)
      .find(({ event }) => event.containers[0]?.waiting !== undefined)?.event.containers[0]?.waiting?.message
    expect(message).toMatch(
      /^Exec lifecycle hook \(\[touch \/ready\]\) for Container "main" in Pod "a_default\(.+\)" failed - error: /,
    )
    const events = eventsAbout(file, 'a')
    expect(events).toContain('Warning FailedPostStartHook PostStartHook failed')
    expect(events).toContain('Normal Killing FailedPostStartHook')
  })

  it('waits for the end of the container it kills: the next one starts after the grace period', () => {
    const second = { name: 'second', image: 'example/a:1' }
    const run = smallRun({
      manifests: [
        pod('a', { containers: [container({ postStart: EXEC }), second], terminationGracePeriodSeconds: 12 }),
      ],
      behaviors: [{ match: { container: 'main' }, ...takes('5s', 1), onSigterm: 'ignore' }],
      duration: '30s',
    })
    expect(run.of(ContainerExited)[0]?.event).toMatchObject({ container: 'main', exitCode: 137 })
    expect(seconds(run.of(ContainerExited))[0]).toBe(18)
    expect(seconds(run.of(ContainerStarted).filter(({ event }) => event.container === 'second'))).toEqual([18])
  })

  it('under Never a failure fails the pod', () => {
    const run = hookRun(EXEC, takes('5s', 1), {}, { restartPolicy: 'Never' })
    expect(run.of(ContainerStarted)).toHaveLength(1)
    expect(run.view.pods.get('default/a')?.phase).toBe('Failed')
  })

  it.each([
    ['exec fails with its container', EXEC, [4]],
    ['sleep goes on', { sleep: { seconds: 20 } }, [21]],
  ])('of a container that ends under it: %s', (_, handler, ended) => {
    const run = hookRun(handler, { ...takes('20s'), run: { for: '3s', exitCode: 1 } })
    expect(seconds(run.of(PostStartHookEnded)).slice(0, 1)).toEqual(ended)
    expect(run.of(PostStartHookEnded)[0]?.event.failure === undefined).toBe('sleep' in handler)
  })

  it('a deletion waits for it', () => {
    const run = smallRun({
      manifests: [hooked({ postStart: EXEC })],
      behaviors: [takes('60s')],
      timeline: [{ at: '10s', kubectl: 'delete pod a' }],
      duration: '3m',
    })
    expect(seconds(run.of(ContainerStopping))).toEqual([61])
    expect(seconds(run.of(PodDeleted))[0]).toBeLessThan(64)
  })

  it('a kubelet that starts again does not run it again', () => {
    const run = smallRun({
      manifests: [hooked({ postStart: EXEC })],
      behaviors: [takes('60s', 1)],
      timeline: [{ at: '10s', stopKubelet: { node: 'n-1', for: '10s' } }],
      duration: '3m',
    })
    expect(run.of(PostStartHookEnded)).toEqual([])
    expect(run.of(ContainerStarted)).toHaveLength(1)
    expect(run.view.pods.get('default/a')?.phase).toBe('Running')
  })

  it('a machine that hangs takes as much longer', () => {
    const run = smallRun({
      manifests: [hooked({ postStart: EXEC })],
      behaviors: [takes('60s')],
      timeline: [{ at: '10s', freeze: { node: 'n-1', for: '30s' } }],
      duration: '3m',
    })
    expect(seconds(run.of(PostStartHookEnded))).toEqual([91])
  })

  it('tcpSocket is no handler that the kubelet knows: handlers.go, Run', () => {
    const run = hookRun({ tcpSocket: { port: 80 } }, {})
    expect(run.of(PostStartHookEnded)[0]?.event.failure).toMatch(/^invalid handler/)
  })

  it('fails as often as its probability says', () => {
    const starts = hookRun(EXEC, { ...takes('1s', 0.5), run: { for: '1h' } })
    const outcomes = starts.of(PostStartHookEnded).map(({ event }) => event.failure === undefined)
    expect(outcomes[outcomes.length - 1]).toBe(true)
  })
})

describe('preStop: executePreStopHook', () => {
  /** When the container ended after the deletion at 1 m, and how. */
  const stop = (handler: object, behavior: object, grace = 30, more: object = {}) => {
    const run = smallRun({
      manifests: [hooked({ preStop: handler }, {}, { terminationGracePeriodSeconds: grace })],
      behaviors: [behavior],
      timeline: [{ at: '1m', kubectl: 'delete pod a' }],
      duration: '5m',
      ...more,
    })
    const [exited] = run.of(ContainerExited)
    return { run, exit: [(exited!.at - 60_000) / 1_000, exited!.event.exitCode] }
  }
  const takes = (span: string, fails = 0) => ({ hooks: { preStop: { takes: span, fails } } })
  const STUBBORN = { onSigterm: 'ignore' }

  it.each([
    ['SIGTERM comes after it', EXEC, takes('8s'), 30, [8, 143]],
    ['httpGet as well', HTTP, takes('8s'), 30, [8, 143]],
    ['sleep takes what it says', { sleep: { seconds: 5 } }, takes('8s'), 30, [5, 143]],
    ['no behaviour, no time', EXEC, {}, 30, [0, 143]],
    ['it counts for the grace period', EXEC, { ...takes('8s'), ...STUBBORN }, 30, [30, 137]],
    ['in whole seconds, rounded down', EXEC, { ...takes('8500ms'), ...STUBBORN }, 30, [30.5, 137]],
    [
      'it is cut off at the end of the grace period, and 2 s are left',
      EXEC,
      { ...takes('1m'), ...STUBBORN },
      30,
      [32, 137],
    ],
    ['those 2 s may be enough', EXEC, { ...takes('1m'), onSigterm: { exitCode: 0, after: '1500ms' } }, 30, [31.5, 0]],
    [
      'what is left may not be enough',
      EXEC,
      { ...takes('25s'), onSigterm: { exitCode: 0, after: '6s' } },
      30,
      [30, 137],
    ],
    ['2 s are left at least', EXEC, { ...takes('29s'), ...STUBBORN }, 30, [31, 137]],
    ['a grace period of 1 s', EXEC, { ...takes('10s'), ...STUBBORN }, 1, [3, 137]],
    ['a failure ends it and no more', EXEC, takes('8s', 1), 30, [8, 143]],
  ])('%s', (_, handler, behavior, grace, expected) => {
    expect(stop(handler, behavior, grace).exit).toEqual(expected)
  })

  it('says that it failed', () => {
    const file = {
      manifests: [hooked({ preStop: EXEC })],
      behaviors: [takes('8s', 1)],
      timeline: [{ at: '10s', kubectl: 'delete pod a' }],
      duration: '18500ms',
    }
    expect(seconds(smallRun(file).of(PreStopHookFailed))).toEqual([18])
    expect(eventsAbout(file, 'a')).toContain('Warning FailedPreStopHook PreStopHook failed')
    const cutOff = { ...file, behaviors: [takes('1m', 1)], duration: '2m' }
    expect(smallRun(cutOff).of(PreStopHookFailed)).toEqual([])
  })

  it('is run when a probe kills the container, within the grace period of the probe', () => {
    const run = smallRun({
      manifests: [
        hooked({ preStop: EXEC }, { livenessProbe: { httpGet: { port: 80 }, terminationGracePeriodSeconds: 6 } }),
      ],
      behaviors: [{ ...takes('4s'), ...STUBBORN, probes: { liveness: { failAfter: '0s' } } }],
      duration: '1m',
    })
    const [stopping] = run.of(ContainerStopping)
    expect((run.of(ContainerExited)[0]!.at - stopping!.at) / 1_000).toBe(6)
  })

  it('is run when a postStart hook fails', () => {
    const run = smallRun({
      manifests: [hooked({ postStart: EXEC, preStop: EXEC })],
      behaviors: [{ hooks: { postStart: { takes: '5s', fails: 1 }, preStop: { takes: '3s' } } }],
      duration: '10s',
    })
    expect(seconds(run.of(ContainerExited))[0]).toBe(9)
  })
})

describe('termination with sidecars: kuberuntime_termination_order.go', () => {
  const side = (name: string, lifecycle?: object) => ({
    name,
    image: 'example/a:1',
    restartPolicy: 'Always',
    ...(lifecycle === undefined ? {} : { lifecycle }),
  })
  /** When each container ended after the deletion at 1 m, and with what. */
  const ends = (behaviors: readonly object[], grace = 30, lifecycles: Readonly<Record<string, object>> = {}) => {
    const run = smallRun({
      manifests: [
        pod('a', {
          terminationGracePeriodSeconds: grace,
          initContainers: [side('one', lifecycles.one), side('two', lifecycles.two)],
          containers: [{ name: 'main', image: 'example/a:1' }],
        }),
      ],
      behaviors,
      timeline: [{ at: '1m', kubectl: 'delete pod a' }],
      duration: '5m',
    })
    expect(run.of(PodDeleted)).toHaveLength(1)
    return run
      .of(ContainerExited)
      .map(({ at, event }) => [event.container, Math.floor((at - 60_000) / 1_000), event.exitCode])
  }
  const slow = (name: string, after: string) => ({ match: { container: name }, onSigterm: { exitCode: 0, after } })
  const stubborn = (name: string) => ({ match: { container: name }, onSigterm: 'ignore' })

  it('the container first, then the sidecars from the last to the first', () => {
    expect(ends([slow('main', '4s'), slow('two', '3s'), slow('one', '2s')])).toEqual([
      ['main', 4, 0],
      ['two', 7, 0],
      ['one', 9, 0],
    ])
  })

  it('waiting consumes the grace period', () => {
    expect(ends([slow('main', '20s'), stubborn('two'), stubborn('one')])).toEqual([
      ['main', 20, 0],
      ['two', 30, 137],
      ['one', 32, 137],
    ])
  })

  it('who has waited for all of it has 2 s', () => {
    expect(ends([stubborn('main'), slow('two', '1s'), stubborn('one')], 10)).toEqual([
      ['main', 10, 137],
      ['two', 11, 0],
      ['one', 12, 137],
    ])
  })

  it('all are told at once', () => {
    const run = smallRun({
      manifests: [pod('a', { initContainers: [side('one')], containers: [{ name: 'main', image: 'example/a:1' }] })],
      behaviors: [slow('main', '9s')],
      timeline: [{ at: '1m', kubectl: 'delete pod a' }],
      duration: '2m',
    })
    expect(run.of(ContainerStopping).map(({ at, event }) => [event.container, at])).toEqual([
      ['one', 60_000],
      ['main', 60_000],
    ])
  })

  it('a sidecar’s preStop hook does not wait for its turn', () => {
    const hook = (name: string, span: string) => ({ match: { container: name }, hooks: { preStop: { takes: span } } })
    const lifecycles = { one: { preStop: EXEC } }
    expect(ends([slow('main', '4s'), hook('one', '3s')], 30, lifecycles)).toEqual([
      ['main', 4, 0],
      ['two', 4, 143],
      ['one', 4, 143],
    ])
    expect(ends([slow('main', '4s'), hook('one', '9s')], 30, lifecycles)[2]).toEqual(['one', 9, 143])
  })

  it('a sidecar that ends by itself meanwhile is not started again', () => {
    expect(ends([stubborn('main'), { match: { container: 'two' }, run: { for: '65s', exitCode: 3 } }], 20)).toEqual([
      ['two', 6, 3],
      // At one instant: the one is killed, the other has waited for as long as there was time.
      ['one', 20, 143],
      ['main', 20, 137],
    ])
  })
})

describe('a second deletion with less time: pod_workers.go, UpdatePod', () => {
  it('kills again, with what it says', () => {
    const run = smallRun({
      manifests: [pod('a')],
      behaviors: [{ onSigterm: 'ignore' }],
      timeline: [
        { at: '1m', kubectl: 'delete pod a' },
        { at: '70s', kubectl: 'delete pod a --grace-period=5' },
      ],
      duration: '3m',
    })
    expect(seconds(run.of(ContainerExited))).toEqual([75])
  })
})
