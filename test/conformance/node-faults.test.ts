import {
  ContainerExited,
  ContainerStarted,
  cpuOver,
  memoryOver,
  NodeMarkedUnknown,
  NodeStatusPosted,
  NodeTainted,
  PodMarkedForDeletion,
  PodMarkedNotReady,
  PodRejected,
  PodStatusReported,
  ProbeFailed,
  podMetrics,
  podUsageAt,
} from '@wavetank/cluster'
import { DisruptionIgnored } from '@wavetank/controllers'
import { describe, expect, it } from 'vitest'
import { pod, smallRun } from './small-run.ts'

/** What reaches whom when something between a node and its control plane is broken; semantics 1.7, 4.7, 5, controllers 8.6. */

const bound = (name: string, spec: object = {}, labels: object = {}) => pod(name, { nodeName: 'n-1', ...spec }, labels)
const nodes = [{ name: 'n', count: 3, zones: ['a', 'b', 'c'], capacity: { cpu: '8', memory: '16Gi' } }]
const run = (timeline: readonly object[], more: object = {}) =>
  smallRun({ nodes, manifests: [bound('a')], duration: '20m', timeline, ...more })
const n1 = { node: 'n-1' }
const crashing = { behaviors: [{ run: { for: '150s', exitCode: 1 } }] }
const podA = (result: ReturnType<typeof run>) => result.view.pods.get('default/a')!

describe('a network partition', () => {
  const cut = (span: string, more: object = {}) => run([{ at: '2m', partition: { ...n1, for: span } }], more)

  it('looks to the control plane like a crash: Unknown, tainted, pods not ready', () => {
    const result = cut('4m')
    const crash = run([{ at: '2m', fail: n1 }])
    expect(result.of(NodeMarkedUnknown).map(({ at }) => at)).toEqual(crash.of(NodeMarkedUnknown).map(({ at }) => at))
    expect(result.of(PodMarkedNotReady).map(({ event }) => event.pod)).toEqual(['default/a'])
    expect(result.of(NodeTainted).map(({ event }) => event.taint.effect)).toEqual(['NoSchedule', 'NoExecute'])
  })

  it('does nothing to the containers, and after it all is as before', () => {
    const result = cut('4m')
    expect(result.of(ContainerExited)).toEqual([])
    expect(result.of(ContainerStarted)).toHaveLength(1)
    expect(result.of(PodMarkedForDeletion)).toEqual([])
    const healed = result.of(NodeStatusPosted)
    expect(healed).toHaveLength(1)
    expect(healed[0]!.at - 360_000).toBeLessThanOrEqual(10_500)
    expect(result.view.nodes.get('n-1')?.taints).toEqual([])
    expect(podA(result).conditions.find(({ type }) => type === 'Ready')?.status).toBe('True')
    expect(podA(result).containers[0]?.restartCount).toBe(0)
  })

  it('that is shorter than the grace period is noticed by nobody', () => {
    const result = cut('30s')
    expect(result.of(NodeMarkedUnknown)).toEqual([])
    expect(result.of(NodeStatusPosted)).toEqual([])
  })

  it('two short ones do not add up', () => {
    const result = run([
      { at: '2m', partition: { ...n1, for: '35s' } },
      { at: '160s', partition: { ...n1, for: '35s' } },
    ])
    expect(result.of(NodeMarkedUnknown)).toEqual([])
  })

  it('the kubelet restarts what crashes meanwhile, and reports it afterwards', () => {
    const result = cut('4m', crashing)
    const during = result.of(PodStatusReported).filter(({ at }) => at > 120_000 && at < 360_000)
    expect(during).toEqual([])
    expect(result.of(ContainerStarted).some(({ at }) => at > 120_000 && at < 360_000)).toBe(true)
    const after = result.of(PodStatusReported).find(({ at }) => at >= 360_000)!
    expect(after.event.containers[0]?.restartCount).toBeGreaterThan(0)
  })

  it('what was deleted meanwhile runs on, and is stopped when the kubelet hears of it', () => {
    const result = cut('10m')
    const [deleted] = result.of(PodMarkedForDeletion)
    const [exited] = result.of(ContainerExited)
    expect(deleted!.at).toBeLessThan(720_000)
    expect(exited!.at).toBeGreaterThanOrEqual(720_000)
    expect(result.view.pods.has('default/a')).toBe(false)
  })

  it('a pod that is bound to the node meanwhile starts afterwards', () => {
    const result = run(
      [
        { at: '2m', partition: { ...n1, for: '45s' } },
        { at: '130s', kubectl: 'apply -f late.yaml' },
      ],
      { files: { 'late.yaml': bound('late') } },
    )
    const started = result.of(ContainerStarted).find(({ event }) => event.pod === 'default/late')!
    expect(started.at).toBeGreaterThanOrEqual(165_000)
  })
})

describe('a kubelet that is down', () => {
  const down = (span: string, more: object = {}) => run([{ at: '2m', stopKubelet: { ...n1, for: span } }], more)

  it('is to the control plane a node that is down, and its containers run on', () => {
    const result = down('8m')
    expect(result.of(NodeMarkedUnknown)).toHaveLength(1)
    expect(result.of(PodMarkedForDeletion)).toHaveLength(1)
    // Nobody stops it before the kubelet is back.
    expect(result.of(ContainerExited).map(({ at }) => at >= 600_000)).toEqual([true])
  })

  it('restarts no container; what has ended is started when the kubelet is back, without back-off', () => {
    const result = down('3m', crashing)
    const during = result.of(ContainerStarted).filter(({ at }) => at > 121_000 && at < 300_000)
    expect(result.of(ContainerExited).some(({ at }) => at > 121_000 && at < 300_000)).toBe(true)
    expect(during).toEqual([])
    const back = result.of(ContainerStarted).find(({ at }) => at >= 300_000)!
    expect(back.at).toBeLessThan(302_000)
  })

  it('a restart of the kubelet leaves containers and restart counts alone', () => {
    const result = down('10s')
    expect(result.of(ContainerExited)).toEqual([])
    expect(podA(result)).toMatchObject({ phase: 'Running', containers: [{ restartCount: 0 }] })
  })

  it('asks for admission again: a pod that does not match any more is refused and killed', () => {
    const labelled = [{ ...nodes[0], labels: { disk: 'ssd' } }]
    const result = run(
      [
        { at: '1m', kubectl: 'label node n-1 disk-' },
        { at: '2m', stopKubelet: { ...n1, for: '10s' } },
      ],
      { nodes: labelled, manifests: [bound('a', { nodeSelector: { disk: 'ssd' } })] },
    )
    expect(result.of(PodRejected).map(({ event }) => event.reason)).toEqual(['NodeAffinity'])
    expect(result.of(ContainerExited)).toHaveLength(1)
    expect(podA(result)).toMatchObject({ phase: 'Failed', reason: 'NodeAffinity' })
  })

  it('answers no probe: readiness does not change until it is back', () => {
    const probe = { readinessProbe: { httpGet: { port: 80 }, periodSeconds: 5, failureThreshold: 1 } }
    const result = down('40s', {
      manifests: [bound('a', { containers: [{ name: 'main', image: 'example/a:1', ...probe }] })],
      behaviors: [{ probes: { readiness: { failAfter: '130s' } } }],
    })
    const lost = result.of(PodStatusReported).find(({ at, event }) => at > 100_000 && !event.ready)!
    expect(lost.at).toBeGreaterThanOrEqual(160_000)
    expect(lost.at).toBeLessThan(170_000)
  })
})

describe('a machine that hangs', () => {
  it('says nothing and gets nowhere; its processes end as much later', () => {
    const result = run([{ at: '2m', freeze: { ...n1, for: '3m' } }], crashing)
    const plain = run([], crashing)
    expect(result.of(NodeMarkedUnknown)).toHaveLength(1)
    expect(result.of(ContainerExited)[0]!.at - plain.of(ContainerExited)[0]!.at).toBe(180_000)
    expect(result.view.nodes.get('n-1')?.taints).toEqual([])
  })

  it('loses nothing: no restart, no new sandbox', () => {
    const result = run([{ at: '2m', freeze: { ...n1, for: '3m' } }])
    expect(result.of(ContainerStarted)).toHaveLength(1)
    expect(podA(result)).toMatchObject({ phase: 'Running', containers: [{ restartCount: 0 }] })
  })

  // A guest that is not run computes nothing, and its monotonic clock stands: kernel, Documentation/virt/kvm.
  describe('the time of its processes stands', () => {
    const hang = { at: '2m', freeze: { ...n1, for: '3m' } }
    const limited = bound('a', {
      containers: [{ name: 'main', image: 'example/a:1', resources: { limits: { memory: '128Mi' } } }],
    })
    const leak = { behaviors: [{ memory: { leak: { from: '8Mi', rise: '8Mi', every: '20s' } } }] }
    const exits = (timeline: readonly object[], more: object) => run(timeline, more).of(ContainerExited)

    it('a leak comes to its limit as much later', () => {
      const first = (timeline: readonly object[]) => exits(timeline, { ...leak, manifests: [limited] })[0]
      const [hung, plain] = [first([hang]), first([])]
      expect(hung?.event).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
      expect(hung!.at - plain!.at).toBe(180_000)
    })

    it('what follows the clock does so again as soon as it gets on', () => {
      const memory = {
        steps: [
          { at: '0s', value: '1Mi' },
          { at: '3m', value: '200Mi' },
        ],
      }
      const [exit] = exits([hang], { behaviors: [{ memory }], manifests: [limited] })
      expect(exit?.at).toBe(300_000)
    })

    it('while it hangs it uses no CPU and keeps its memory', () => {
      const behaviors = [{ cpu: '500m', memory: { leak: { rise: '60', every: '1s' } } }]
      const { view, of } = run([hang], { behaviors })
      const [{ at: started }] = of(ContainerStarted) as unknown as readonly [{ readonly at: number }]
      const use = (resource: 'cpu' | 'memory', at: number) => podUsageAt(view, 'default/a' as never, resource, at)
      const [process] = view.usage.get('default/a' as never)!
      expect([119_999, 120_000, 299_999, 300_000].map((at) => use('cpu', at))).toEqual([500, 0, 0, 500])
      const age = (at: number) => Math.floor(use('memory', at) / 0.06 + 0.5)
      expect([119_000, 120_000, 299_999, 300_000, 301_000].map((at) => age(at) + started)).toEqual([
        119_000, 120_000, 120_000, 120_000, 121_000,
      ])
      expect(cpuOver(process!, 60_000, 360_000)).toBe(500 * 120_000)
      expect(memoryOver(process!, 120_000, 300_000) / 180_000).toBe(use('memory', 120_000))
    })

    it('metrics-server gets no answer, and has metrics again after two looks that were answered', () => {
      const behaviors = [{ cpu: '500m' }]
      const at = (second: number) => {
        const { view } = run([hang], { behaviors, duration: `${second}s` })
        return podMetrics(view, 'default/a' as never, second * 1_000)?.containers[0]?.cpuNanos
      }
      expect([119, 121, 299, 301, 314, 316].map(at)).toEqual([5e8, undefined, undefined, undefined, undefined, 5e8])
    })

    it('answers to probes come as much later', () => {
      const containers = [{ name: 'main', image: 'example/a:1', livenessProbe: { httpGet: { path: '/', port: 80 } } }]
      const more = {
        manifests: [bound('a', { containers })],
        behaviors: [{ probes: { liveness: { failAfter: '5m' } } }],
      }
      const [hung, plain] = [run([hang], more).of(ProbeFailed)[0], run([], more).of(ProbeFailed)[0]]
      expect(hung!.at - plain!.at).toBe(180_000)
    })
  })
})

describe('groups of nodes', () => {
  it('a zone', () => {
    const result = run([{ at: '2m', fail: { zone: 'b' } }])
    expect(result.of(NodeMarkedUnknown).map(({ event }) => event.node)).toEqual(['n-2'])
  })

  it('whatever has certain labels', () => {
    const result = run([{ at: '2m', partition: { selector: 'topology.kubernetes.io/zone in (a,c)' } }])
    expect(result.of(NodeMarkedUnknown).map(({ event }) => event.node)).toEqual(['n-1', 'n-3'])
  })
})

describe('faults that change nothing are said to be ignored', () => {
  it.each([
    ['heal', 'the node is not cut off'],
    ['thaw', 'the node does not hang'],
    ['startKubelet', 'the kubelet runs'],
    ['recover', 'the node has power'],
  ])('%s: %s', (fault, reason) => {
    const [ignored] = run([{ at: '1m', [fault]: n1 }], { duration: '2m' }).of(DisruptionIgnored)
    expect(ignored?.event.reason).toBe(reason)
  })

  it.each(['partition', 'freeze', 'stopKubelet', 'fail'])('%s twice', (fault) => {
    const twice = [
      { at: '1m', [fault]: n1 },
      { at: '70s', [fault]: n1 },
    ]
    expect(run(twice, { duration: '2m' }).of(DisruptionIgnored)).toHaveLength(1)
  })
})
