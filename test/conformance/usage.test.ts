import { ContainerExited, ContainerStarted, cpuOver, podUsageAt } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { pod, smallRun } from './small-run.ts'

const limited = (limits: object): object =>
  pod('a', { containers: [{ name: 'main', image: 'example/a:1', resources: { limits } }] })

describe('memory over the limit of a container: killed by the kernel, exit code 137, OOMKilled', () => {
  it.each([
    ['a leak, at the millisecond it passes the limit', { leak: { from: '64Mi', rise: '64Mi', every: '1m' } }, 60_001],
    [
      'a step',
      {
        steps: [
          { after: '0s', value: '1Mi' },
          { after: '30s', value: '129Mi' },
        ],
      },
      30_000,
    ],
    ['a constant, as soon as it starts', '200Mi', 0],
  ])('%s', (_, memory, after) => {
    const run = smallRun({ manifests: [limited({ memory: '128Mi' })], behaviors: [{ memory }] })
    const [started] = run.of(ContainerStarted)
    const [exited] = run.of(ContainerExited)
    expect(exited!.event).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
    // The least memory that is over the limit is a byte over it.
    expect(exited!.at - started!.at).toBe(after)
  })

  it('is not reached by what stays at the limit', () => {
    const memory = { leak: { rise: '1Mi', every: '1s', max: '128Mi' } }
    const run = smallRun({ manifests: [limited({ memory: '128Mi' })], behaviors: [{ memory }] })
    expect(run.of(ContainerExited)).toEqual([])
  })

  it('is reached again by every restart, at the same age', () => {
    const memory = { leak: { rise: '1Mi', every: '1s' } }
    const run = smallRun({ manifests: [limited({ memory: '20Mi' })], behaviors: [{ memory }] })
    const starts = run.of(ContainerStarted)
    const ages = run.of(ContainerExited).map(({ at }, i) => at - starts[i]!.at)
    expect(ages.length).toBeGreaterThan(3)
    expect(new Set(ages)).toEqual(new Set([20_001]))
  })
})

describe('what runs and what it uses', () => {
  const behaviors = [{ cpu: '700m', memory: '1Mi' }]
  const usage = (run: ReturnType<typeof smallRun>, resource: 'cpu' | 'memory'): number =>
    podUsageAt(run.view, 'default/a' as never, resource, run.view.now)

  it('is there while the process runs, CPU at most at its limit', () => {
    expect(usage(smallRun({ manifests: [pod('a')], behaviors }), 'cpu')).toBe(700)
    expect(usage(smallRun({ manifests: [pod('a')], behaviors }), 'memory')).toBe(1_048_576)
    expect(usage(smallRun({ manifests: [limited({ cpu: '250m' })], behaviors }), 'cpu')).toBe(250)
  })

  it('adds up over the containers of a pod and over pods, those without a behaviour of their own using nothing', () => {
    const containers = ['one', 'two', 'quiet'].map((name) => ({ name, image: 'example/a:1' }))
    const run = smallRun({
      manifests: [pod('a', { containers }), pod('b', { containers })],
      behaviors: ['one', 'two'].map((container) => ({ match: { container }, cpu: '300m' })),
    })
    expect(usage(run, 'cpu')).toBe(600)
    expect(podUsageAt(run.view, 'default/b' as never, 'cpu', 60_000)).toBe(600)
  })

  it.each([
    [
      'exits',
      { behaviors: [{ ...behaviors[0], run: { for: '5s' } }], manifests: [pod('a', { restartPolicy: 'Never' })] },
    ],
    ['is deleted', { behaviors, manifests: [pod('a')], timeline: [{ at: '1m', kubectl: 'delete pod a' }] }],
    [
      'is deleted by force',
      { behaviors, manifests: [pod('a')], timeline: [{ at: '1m', kubectl: 'delete pod a --force --grace-period=0' }] },
    ],
    [
      'loses its machine',
      { behaviors, manifests: [pod('a')], timeline: [{ at: '1m', fail: { node: 'n-1' } }], duration: '2m' },
    ],
  ])('is gone when the process %s', (_, scenario) => {
    const run = smallRun(scenario)
    expect(run.of(ContainerStarted)[0]?.event.usage).toBe(0)
    expect(usage(run, 'cpu')).toBe(0)
    expect(usage(run, 'memory')).toBe(0)
    expect((run.view.usage.get('default/a') ?? []).filter(({ endedAt }) => endedAt > run.view.now)).toEqual([])
  })

  it('begins anew with a restarted process', () => {
    const run = smallRun({
      manifests: [pod('a')],
      behaviors: [{ cpu: { leak: { rise: '1m', every: '1s' } }, run: { for: '100s' } }],
      duration: '150s',
    })
    const [first, second] = run.of(ContainerStarted)
    expect(second!.at - first!.at).toBeGreaterThan(100_000)
    expect(podUsageAt(run.view, 'default/a' as never, 'cpu', second!.at + 20_000)).toBe(20)
  })
})

describe('a load that containers divide', () => {
  const web = (name: string, spec: object = {}): object => pod(name, spec, { app: 'web' })
  const probe = { httpGet: { path: '/', port: 80 }, periodSeconds: 1 }
  const probed = { containers: [{ name: 'main', image: 'example/a:1', readinessProbe: probe }] }
  const cpu = (run: ReturnType<typeof smallRun>, name: string, at = run.view.now): number =>
    podUsageAt(run.view, `default/${name}` as never, 'cpu', at)

  it('is divided evenly among those whose pods are Ready; the others use none', () => {
    const run = smallRun({
      manifests: [web('a'), web('b'), web('slow', probed)],
      behaviors: [
        { match: { image: 'example/a:1' }, cpu: { shared: '900m' }, probes: { readiness: { succeedAfter: '5m' } } },
      ],
    })
    expect([cpu(run, 'a', 120_000), cpu(run, 'b', 120_000), cpu(run, 'slow', 120_000)]).toEqual([450, 450, 0])
    expect([cpu(run, 'a', 500_000), cpu(run, 'b', 500_000), cpu(run, 'slow', 500_000)]).toEqual([300, 300, 300])
  })

  it('is what was there before and after a pod leaves, over any span', () => {
    const run = smallRun({
      manifests: [web('a'), web('b')],
      behaviors: [{ cpu: { shared: '900m' } }],
      timeline: [{ at: '5m', kubectl: 'delete pod b' }],
    })
    const [a] = run.view.usage.get('default/a' as never) ?? []
    expect(cpuOver(a!, 299_000, 300_000)).toBeCloseTo(450_000, 3)
    expect(cpuOver(a!, 300_000, 301_000)).toBeCloseTo(900_000, 3)
    expect(cpuOver(a!, 299_000, 301_000)).toBeCloseTo(1_350_000, 3)
    expect(run.view.sharedLoads.get(0)?.members).toBe(1)
  })

  it('is cut off at the limit of each, and what is above is lost', () => {
    const limits = { containers: [{ name: 'main', image: 'example/a:1', resources: { limits: { cpu: '100m' } } }] }
    const run = smallRun({ manifests: [web('a', limits), web('b')], behaviors: [{ cpu: { shared: '900m' } }] })
    expect([cpu(run, 'a'), cpu(run, 'b')]).toEqual([100, 450])
  })

  it('is lost on a machine that died, until its pods are no longer Ready', () => {
    const onNode = (name: string, node: string): object =>
      web(name, { nodeName: node, tolerations: [{ operator: 'Exists' }] })
    const run = smallRun({
      nodes: [{ name: 'n', count: 2, capacity: { cpu: '8', memory: '16Gi' } }],
      manifests: [onNode('a', 'n-1'), onNode('b', 'n-2')],
      behaviors: [{ cpu: { shared: '800m' } }],
      timeline: [{ at: '5m', fail: { node: 'n-2' } }],
    })
    // The node lifecycle controller notices after 50 s at most.
    expect([cpu(run, 'a', 301_000), cpu(run, 'b', 301_000)]).toEqual([400, 0])
    expect([cpu(run, 'a', 360_000), cpu(run, 'b', 360_000)]).toEqual([800, 0])
  })
})
