import { ContainerBackedOff, ContainerStarted, ContainerStopping, ImagePullFailed } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { pod, smallRun } from './small-run.ts'

/**
 * Whom CrashLoopBackOff makes wait, and who forgets it. The waits themselves are in kubelet.test.ts, those of images in
 * kubelet-images.test.ts. Source: kuberuntime_manager.go (doBackOff), kubelet.go (backOffPeriod, MaxContainerBackOff),
 * client-go/util/flowcontrol/backoff.go; semantics 2.1.
 */

type Run = ReturnType<typeof smallRun>
const IMAGE = 'example/a:1'
const crash = (span: string, exitCode = 1) => ({ run: { for: span, exitCode } })
const started = (run: Run, container = 'main', of?: string) =>
  run.of(ContainerStarted).filter(({ event }) => event.container === container && (of ?? event.pod) === event.pod)
/** The back-off that each start leaves behind, in seconds. */
const backoffs = (run: Run, container = 'main') =>
  started(run, container).map(({ event }) => (event.backoffMillis ?? 0) / 1_000)

describe('what each start leaves behind', () => {
  it.each([
    ['a crash', crash('2s'), [0, 10, 20, 40, 80, 160, 300, 300]],
    ['an end that is none', crash('2s', 0), [0, 10, 20, 40, 80, 160, 300, 300]],
    ['a kill', crash('2s', 137), [0, 10, 20, 40, 80, 160, 300, 300]],
    ['codes that differ', { run: { for: '2s', exitCodes: [1, 0, 137] } }, [0, 10, 20, 40, 80, 160, 300, 300]],
    ['a life of 5 minutes', crash('5m'), [0, 10, 20, 40, 80, 160]],
    ['a life of 9 min 50 s', crash('590s'), [0, 10, 20, 40]],
    ['a life of 10 minutes and a second', crash('601s'), [0, 10, 10, 10]],
  ])('%s', (_, behavior, expected) => {
    const run = smallRun({ manifests: [pod('a')], behaviors: [behavior], duration: '50m' })
    expect(backoffs(run).slice(0, expected.length)).toEqual(expected)
  })

  it('memory above the limit counts like any other end', () => {
    const run = smallRun({
      manifests: [
        pod('a', { containers: [{ name: 'main', image: IMAGE, resources: { limits: { memory: '100Mi' } } }] }),
      ],
      behaviors: [{ memory: { leak: { from: '90Mi', rise: '10Mi', every: '1s' } } }],
      duration: '10m',
    })
    expect(backoffs(run).slice(0, 5)).toEqual([0, 10, 20, 40, 80])
  })

  it('a kill for a probe counts too; the container starts again in the same sync while nothing is owed', () => {
    const run = smallRun({
      manifests: [
        pod('a', {
          containers: [{ name: 'main', image: IMAGE, livenessProbe: { httpGet: { port: 80 }, periodSeconds: 2 } }],
        }),
      ],
      behaviors: [{ probes: { liveness: { failAfter: '0s' } } }],
      duration: '10m',
    })
    const [first] = run.of(ContainerStopping)
    expect(started(run)[1]!.at - first!.at).toBeLessThan(1_000)
    expect(run.of(ContainerBackedOff).length).toBeGreaterThan(0)
  })
})

describe('who waits: each container of each pod for itself', () => {
  it.each([
    ['Always', 1],
    ['OnFailure', 1],
    ['Always', 0],
  ])('under %s with exit code %d', (restartPolicy, exitCode) => {
    const run = smallRun({
      manifests: [pod('a', { restartPolicy })],
      behaviors: [crash('2s', exitCode)],
      duration: '5m',
    })
    expect(run.of(ContainerBackedOff).length).toBeGreaterThan(2)
  })

  it.each([
    ['Never', 1],
    ['Never', 0],
    ['OnFailure', 0],
  ])('nobody under %s with exit code %d', (restartPolicy, exitCode) => {
    const run = smallRun({
      manifests: [pod('a', { restartPolicy })],
      behaviors: [crash('2s', exitCode)],
      duration: '5m',
    })
    expect([started(run).length, run.of(ContainerBackedOff).length]).toEqual([1, 0])
  })

  it('a container that runs beside it does not', () => {
    const run = smallRun({
      manifests: [pod('a', { containers: ['main', 'other', 'calm'].map((name) => ({ name, image: IMAGE })) })],
      behaviors: [
        { match: { container: 'main' }, ...crash('2s') },
        { match: { container: 'other' }, ...crash('61s') },
      ],
      duration: '6m',
    })
    expect(backoffs(run).slice(0, 5)).toEqual([0, 10, 20, 40, 80])
    expect(backoffs(run, 'other').slice(0, 3)).toEqual([0, 10, 20])
    expect(backoffs(run, 'calm')).toEqual([0])
  })

  it('an init container does, and a sidecar', () => {
    const run = (restartPolicy: string | undefined) =>
      smallRun({
        manifests: [
          pod('a', {
            initContainers: [
              { name: 'setup', image: IMAGE, ...(restartPolicy === undefined ? {} : { restartPolicy }) },
            ],
          }),
        ],
        behaviors: [{ match: { container: 'setup' }, ...crash('2s') }],
        duration: '10m',
      })
    expect(backoffs(run(undefined), 'setup').slice(0, 5)).toEqual([0, 10, 20, 40, 80])
    expect(backoffs(run('Always'), 'setup').slice(0, 5)).toEqual([0, 10, 20, 40, 80])
    expect(started(run(undefined), 'main')).toEqual([])
    expect(started(run('Always'), 'main')).toHaveLength(1)
  })
})

describe('who forgets', () => {
  const template = (spec: object = {}) => ({
    metadata: { labels: { app: 'a' } },
    spec: { containers: [{ name: 'main', image: IMAGE }], ...spec },
  })

  it('a pod of another uid begins anew, though it has the same name', () => {
    const run = smallRun({
      manifests: [
        {
          apiVersion: 'apps/v1',
          kind: 'StatefulSet',
          metadata: { name: 'a' },
          spec: { replicas: 1, serviceName: 'a', selector: { matchLabels: { app: 'a' } }, template: template() },
        },
      ],
      behaviors: [crash('2s')],
      timeline: [{ at: '4m', kubectl: 'delete pod a-0' }],
      duration: '6m',
    })
    const after = started(run, 'main', 'default/a-0').filter(({ at }) => at > 240_000)
    expect(after.map(({ event }) => event.backoffMillis).slice(0, 3)).toEqual([undefined, 10_000, 20_000])
    expect(after[0]!.event.restart).toBe(0)
  })

  it('so does one that a ReplicaSet or a Job makes in its place', () => {
    const job = smallRun({
      manifests: [
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { name: 'a' },
          spec: {
            backoffLimit: 3,
            template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: IMAGE }] } },
          },
        },
      ],
      behaviors: [crash('2s')],
      duration: '10m',
    })
    expect(backoffs(job)).toEqual([0, 0, 0, 0])
    expect(job.of(ContainerBackedOff)).toEqual([])
    const set = smallRun({
      manifests: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          metadata: { name: 'a' },
          spec: { replicas: 1, selector: { matchLabels: { app: 'a' } }, template: template() },
        },
      ],
      behaviors: [crash('2s')],
      timeline: [{ at: '4m', kubectl: 'delete pods -l app=a' }],
      duration: '5m',
    })
    expect(
      started(set)
        .filter(({ at }) => at > 240_000)
        .map(({ event }) => event.restart)[0],
    ).toBe(0)
  })

  it.each([
    ['a kubelet that starts again', { stopKubelet: { node: 'n-1', for: '5s' } }],
    ['a machine that starts again', { reboot: { node: 'n-1' } }],
  ])('%s', (_, fault) => {
    const run = smallRun({
      manifests: [pod('a')],
      behaviors: [crash('2s')],
      timeline: [{ at: '4m', ...fault }],
      duration: '10m',
    })
    const after = started(run).filter(({ at }) => at > 240_000)
    // Its restarts are counted on, its back-off begins anew.
    expect(after[0]!.event.restart).toBeGreaterThan(2)
    expect(after.map(({ event }) => event.backoffMillis).slice(0, 3)).toEqual([10_000, 20_000, 40_000])
  })

  it('images have a back-off of their own', () => {
    const run = smallRun({
      manifests: [
        pod('a', {
          containers: [
            { name: 'main', image: 'example/missing:1' },
            { name: 'other', image: IMAGE },
          ],
        }),
      ],
      behaviors: [{ match: { container: 'other' }, ...crash('2s') }],
      images: { missing: ['example/missing:*'] },
      duration: '5m',
    })
    expect(run.of(ImagePullFailed).length).toBeGreaterThan(2)
    expect(backoffs(run, 'other').slice(0, 4)).toEqual([0, 10, 20, 40])
  })
})
