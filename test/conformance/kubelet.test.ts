import { ContainerStarted, PodDeleted, PodMarkedForDeletion, PodStatusReported } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { NO_LATENCIES, pod, smallRun } from './small-run.ts'

/** Times at which a container starts, in seconds, the first one being 0. */
const starts = (run: ReturnType<typeof smallRun>, container = 'main'): readonly number[] => {
  const at = run.entries
    .filter(
      ({ event }) =>
        event.kind === 'ContainerStarted' && (event as never as { container: string }).container === container,
    )
    .map((entry) => entry.at)
  return at.map((one) => (one - at[0]!) / 1_000)
}

describe('back-off between restarts: kuberuntime_manager.go doBackOff', () => {
  const crashing = (runs: string, exitCode = 1, duration = '40m') =>
    smallRun({ manifests: [pod('a')], behaviors: [{ run: { for: runs, exitCode } }], duration })

  it('is 0, 10, 20, 40, 80, 160, 300, 300 s after the end of a run, found by the first sync after it', () => {
    const at = starts(crashing('2s'))
    const waits = at.slice(1).map((start, i) => start - at[i]! - 2)
    const nominal = [0, 10, 20, 40, 80, 160, 300, 300]
    nominal.forEach((least, i) => {
      expect(waits[i]).toBeGreaterThanOrEqual(least)
      // A sync that was refused is tried again after 10 to 15 s, at the next tick of 1 s.
      expect(waits[i]).toBeLessThanOrEqual(least + (least === 0 ? 1 : 16))
    })
  })

  it('does not ask for the exit code', () => {
    expect(starts(crashing('2s', 0))).toEqual(starts(crashing('2s', 1)))
  })

  it('starts anew after a run of more than 10 minutes', () => {
    const at = starts(crashing('601s', 1, '90m'))
    for (const [i, start] of at.slice(1).entries()) expect(start - at[i]! - 601).toBeLessThanOrEqual(1)
    expect(at.length).toBeGreaterThan(6)
  })
})

describe('restart policies and exit codes: helpers.go ShouldContainerBeRestarted, kubelet_pods.go getPhase', () => {
  it.each([
    ['Always', 0, true, 'Running'],
    ['Always', 1, true, 'Running'],
    ['OnFailure', 0, false, 'Succeeded'],
    ['OnFailure', 1, true, 'Running'],
    ['Never', 0, false, 'Succeeded'],
    ['Never', 1, false, 'Failed'],
  ] as const)('%s and exit code %d: restarted %s, phase %s', (restartPolicy, exitCode, restarted, phase) => {
    const run = smallRun({
      manifests: [pod('a', { restartPolicy })],
      behaviors: [{ run: { for: '5s', exitCode } }],
      duration: '5m',
    })
    expect(starts(run).length > 1).toBe(restarted)
    expect(run.view.pods.get('default/a')?.phase).toBe(phase)
  })
})

describe('init containers and sidecars: kuberuntime_container.go computeInitContainerActions', () => {
  it('init containers run one after another, a sidecar stays, then the others start', () => {
    const run = smallRun({
      manifests: [
        pod('a', {
          initContainers: [
            { name: 'first', image: 'example/a:1' },
            { name: 'sidecar', image: 'example/a:1', restartPolicy: 'Always' },
            { name: 'second', image: 'example/a:1' },
          ],
        }),
      ],
      behaviors: [
        { match: { container: 'first' }, run: { for: '10s', exitCode: 0 } },
        { match: { container: 'second' }, run: { for: '10s', exitCode: 0 } },
      ],
    })
    const order = run.entries.flatMap(({ event }) => {
      const { kind, container } = event as { kind: string; container?: string }
      return kind === 'ContainerStarted' || kind === 'ContainerExited' ? [`${container} ${kind.slice(9)}`] : []
    })
    expect(order).toEqual([
      'first Started',
      'first Exited',
      'sidecar Started',
      'second Started',
      'second Exited',
      'main Started',
    ])
    expect(run.view.pods.get('default/a')?.phase).toBe('Running')
  })

  it('an init container that fails for good fails its pod', () => {
    const run = smallRun({
      manifests: [pod('a', { restartPolicy: 'Never', initContainers: [{ name: 'setup', image: 'example/a:1' }] })],
      behaviors: [{ match: { container: 'setup' }, run: { for: '5s', exitCode: 3 } }],
    })
    expect(run.view.pods.get('default/a')?.phase).toBe('Failed')
    expect(starts(run)).toEqual([])
  })
})

describe('a new sandbox begins with the first init container: kuberuntime_manager.go computePodActions, SyncPod', () => {
  const named = (name: string, more: object = {}) => ({ name, image: `example/${name}:1`, ...more })
  const sidecar = named('sidecar', { restartPolicy: 'Always' })
  const tenSeconds = (container: string) => ({ match: { container }, run: { for: '10s', exitCode: 0 } })
  const behaviors = ['first', 'second', 'once'].map(tenSeconds)
  const REBOOT = { at: '2m', reboot: { node: 'n-1' } }
  const again = (initContainers: readonly object[], more: object = {}, fault: object = REBOOT, scenario: object = {}) =>
    smallRun({
      manifests: [pod('a', { initContainers, containers: [named('main')], ...more })],
      behaviors,
      timeline: [fault],
      ...scenario,
    })
  type Run = ReturnType<typeof again>
  const started = (run: Run) =>
    run.of(ContainerStarted).flatMap(({ at, event }) => (at < 120_000 ? [] : [`${event.container}#${event.restart}`]))
  const counts = (run: Run) => {
    const { initContainers, containers } = run.view.pods.get('default/a')!
    return [...initContainers, ...containers].map(({ name, restartCount }) => [name, restartCount])
  }

  it.each<[string, readonly object[], readonly string[]]>([
    ['all run again; all but the first count from 0', [named('first'), named('second')], ['first#1', 'second#0']],
    ['sidecars as well', [sidecar, named('second')], ['sidecar#1', 'second#0']],
    ['also behind others', [named('first'), sidecar, named('second')], ['first#1', 'sidecar#0', 'second#0']],
  ])('%s', (_, initContainers, expected) => {
    const run = again(initContainers)
    expect(started(run)).toEqual([...expected, 'main#1'])
    expect(counts(run)).toEqual([...expected, 'main#1'].map((one) => [one.split('#')[0], Number(one.split('#')[1])]))
    const status = run.view.pods.get('default/a')!
    expect(status).toMatchObject({ phase: 'Running', containers: [{ ready: true }] })
    expect(status.initContainers.map(({ lastTermination }) => lastTermination)).toEqual(expected.map(() => undefined))
    const initialised = status.conditions.find(({ type }) => type === 'Initialized')
    expect(initialised?.status).toBe('True')
  })

  it('meanwhile the pod is Pending: getPhase', () => {
    const run = again([named('first')])
    const reports = run.of(PodStatusReported).filter(({ at }) => at >= 120_000)
    const phases = reports.map(({ event }) => [event.initContainers?.[0]?.running !== undefined, event.phase])
    expect(phases).toContainEqual([true, 'Pending'])
    expect(phases.at(-1)).toEqual([false, 'Running'])
  })

  it('power that comes back, likewise', () => {
    const outage = { at: '2m', fail: { node: 'n-1', for: '30s' } }
    expect(started(again([named('first'), named('second')], {}, outage))).toEqual(['first#1', 'second#0', 'main#1'])
  })

  it('the first counts from 0 too if the sync that makes the sandbox cannot start it', () => {
    const run = again([named('first', { imagePullPolicy: 'Always' })], {}, REBOOT, {
      timeline: [{ at: '119s', down: { registry: 'docker.io' } }, REBOOT, { at: '6m', up: { registry: 'docker.io' } }],
      duration: '20m',
    })
    expect(started(run)).toEqual(['first#0', 'main#1'])
  })

  it('one that was cut off in its middle begins anew', () => {
    const run = again([named('first')], {}, { ...REBOOT, at: '5s' }, { latencies: { ...NO_LATENCIES, nodeBoot: '2m' } })
    expect(started(run)).toEqual(['first#1', 'main#0'])
  })

  it('what has succeeded under OnFailure is not run again', () => {
    const run = again([named('first')], { restartPolicy: 'OnFailure', containers: [named('once'), named('main')] })
    expect(started(run)).toEqual(['first#1', 'main#1'])
    const done = again([named('first')], { restartPolicy: 'OnFailure', containers: [named('once')] })
    expect([started(done), done.view.pods.get('default/a')?.phase]).toEqual([[], 'Succeeded'])
  })

  it('under Never there is none: what had not begun never does', () => {
    const early = { ...REBOOT, at: '22s' }
    const run = again([named('first')], { restartPolicy: 'Never' }, early, {
      images: { size: 0 },
      behaviors: [{ match: { container: 'first' }, run: { for: '10s', exitCode: 0 } }],
      latencies: { ...NO_LATENCIES, imagePullOverhead: '8s', nodeBoot: '2m' },
    })
    expect(run.of(ContainerStarted).map(({ event }) => event.container)).toEqual(['first'])
    expect(run.view.pods.get('default/a')?.phase).toBe('Pending')
  })

  it('a kubelet that starts again leaves the sandbox as it is', () => {
    expect(started(again([named('first')], {}, { at: '2m', stopKubelet: { node: 'n-1', for: '30s' } }))).toEqual([])
  })
})

describe('image pulls: KubeletConfiguration serializeImagePulls', () => {
  const pulled = (flags: object): readonly number[] =>
    smallRun({
      manifests: ['a', 'b', 'c'].map((name) => pod(name, { containers: [{ name, image: `example/${name}:1` }] })),
      flags,
      duration: '1m',
    })
      .entries.filter(({ event }) => event.kind === 'ImagePulled')
      .map(({ at }) => at)

  it('go one after another by default, together if told to', () => {
    const one = pulled({})
    expect(one).toHaveLength(3)
    expect(one[1]! - one[0]!).toBeGreaterThanOrEqual(1_000)
    expect(one[2]! - one[1]!).toBeGreaterThanOrEqual(1_000)
    const together = pulled({ kubelet: { serializeImagePulls: false } })
    expect(together[2]! - together[0]!).toBeLessThan(1_000)
  })

  it('or a few at a time: maxParallelImagePulls', () => {
    const two = pulled({ kubelet: { serializeImagePulls: false, maxParallelImagePulls: 2 } })
    expect(two[1]! - two[0]!).toBeLessThan(500)
    expect(two[2]! - two[0]!).toBeGreaterThanOrEqual(1_000)
    expect(() => pulled({ kubelet: { maxParallelImagePulls: 2 } })).toThrow(/WT029 .*one at a time/)
  })

  it('a pull that is dropped with its pod gives its place to the next', () => {
    const pods = ['a', 'b', 'c'].map((name) => pod(name, { containers: [{ name, image: `example/${name}:1` }] }))
    const run = smallRun({
      manifests: pods,
      flags: { kubelet: { serializeImagePulls: false, maxParallelImagePulls: 1 } },
      latencies: { ...NO_LATENCIES, imagePullOverhead: '1m' },
      timeline: [{ at: '10s', kubectl: 'delete pod a --grace-period=0 --force' }],
      duration: '5m',
    })
    const at = run.entries
      .filter(({ event }) => event.kind === 'ImagePulled')
      .map((entry) => Math.floor(entry.at / 10_000))
    expect(at).toEqual([7, 13])
  })
})

describe('termination: kuberuntime_container.go killContainer, semantics 1.6 and 10.6', () => {
  const deletion = (onSigterm: unknown, spec: object = {}, command = 'delete pod a') => {
    const run = smallRun({
      manifests: [pod('a', spec)],
      behaviors: onSigterm === undefined ? [] : [{ onSigterm }],
      timeline: [{ at: '1m', kubectl: command }],
    })
    expect(run.of(PodMarkedForDeletion).length + run.of(PodDeleted).length).toBeGreaterThan(0)
    const exited = run.entries.find(({ event }) => event.kind === 'ContainerExited')
    return {
      exit:
        exited === undefined
          ? undefined
          : [(exited.at - 60_000) / 1_000, (exited.event as never as { exitCode: number }).exitCode],
      gone: run.of(PodDeleted).map(({ at }) => (at - 60_000) / 1_000)[0],
    }
  }

  it('SIGKILL comes after the grace period, with exit code 137', () => {
    const { exit, gone } = deletion('ignore')
    expect(exit).toEqual([30, 137])
    expect(gone).toBeGreaterThanOrEqual(30)
    expect(gone).toBeLessThan(32)
  })

  it('a handler of SIGTERM ends the container with its own code, and the pod goes as soon', () => {
    const { exit, gone } = deletion({ exitCode: 0, after: '4s' })
    expect(exit).toEqual([4, 0])
    expect(gone).toBeLessThan(6)
  })

  it('without a handler the process ends at once, with 143', () => {
    expect(deletion(undefined).exit).toEqual([0, 143])
  })

  it('the grace period is that of the pod, and that of the request before it', () => {
    expect(deletion('ignore', { terminationGracePeriodSeconds: 7 }).exit).toEqual([7, 137])
    expect(deletion('ignore', {}, 'delete pod a --grace-period=3').exit).toEqual([3, 137])
  })
})
