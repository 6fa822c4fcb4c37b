import {
  findObject,
  NodeMarkedUnknown,
  NodeTainted,
  NodeUntainted,
  PodMarkedForDeletion,
  PodMarkedNotReady,
  PodStatusReported,
} from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { pod, type SmallRun, smallRun } from './small-run.ts'

/**
 * Source: pkg/controller/nodelifecycle/node_lifecycle_controller.go, with scheduler/rate_limited_queue.go beside it;
 * `§` is the section of the behavioural specification. Nodes fall silent at 2 min.
 */

const DOWN = 120
const UNREACHABLE = 'node.kubernetes.io/unreachable'
const NOT_READY = 'node.kubernetes.io/not-ready'
const CORDONED = 'node.kubernetes.io/unschedulable'

const seconds = (entries: readonly { readonly at: number }[]): readonly number[] => entries.map(({ at }) => at / 1_000)

const nodes = (count: number, zones?: readonly string[], more: object = {}) => [
  { name: 'n', count, capacity: { cpu: '8', memory: '16Gi' }, ...(zones === undefined ? {} : { zones }), ...more },
]
const pinned = (name: string, node: string, spec: object = {}) => pod(name, { nodeName: node, ...spec })
const manager = (flags: object) => ({ flags: { 'kube-controller-manager': flags } })

interface Fault {
  readonly at?: string
  readonly for?: string
}
const fails = (names: readonly number[], { at = `${DOWN}s`, ...more }: Fault = {}): readonly object[] =>
  names.map((n) => ({ at, fail: { node: `n-${n}`, ...more } }))
const returns = (names: readonly number[], at: string): readonly object[] =>
  names.map((n) => ({ at, recover: { node: `n-${n}` } }))
const upTo = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i + 1)

const taintsOf = (run: SmallRun, name = 'n-1'): readonly string[] =>
  (run.view.nodes.get(name)?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`)
const conditionsOf = (run: SmallRun, name = 'n-1'): readonly string[] => {
  const { status } = findObject(run.view, 'Node', '', name)!.render() as {
    readonly status: { readonly conditions: readonly { readonly type: string; status: string; reason: string }[] }
  }
  return status.conditions.map(({ type, status: value, reason }) => `${type}=${value} ${reason}`)
}
const noExecute = (run: SmallRun) => run.of(NodeTainted).filter(({ event }) => event.taint.effect === 'NoExecute')
const gaps = (times: readonly number[]): readonly number[] =>
  times.slice(1).map((time, i) => Math.round((time - times[i]!) * 10) / 10)

describe('a node that falls silent: monitorNodeHealth, tryUpdateNodeHealth', () => {
  const silent = (more: object = {}) =>
    smallRun({
      nodes: nodes(3),
      manifests: [pinned('a', 'n-1')],
      timeline: fails([1]),
      duration: '20m',
      ...more,
    })
  const unknownAt = (run: SmallRun): number => seconds(run.of(NodeMarkedUnknown))[0]!

  it('is Unknown once it has been silent for 50 s, at a look every 5 s', () => {
    const [at, ...more] = seconds(silent().of(NodeMarkedUnknown))
    // The last lease renewal is up to 10 s before.
    expect(at).toBeGreaterThan(DOWN + 40)
    expect(at).toBeLessThanOrEqual(DOWN + 55)
    expect(more).toEqual([])
  })

  it.each([
    ['100s', 50],
    ['60s', 10],
    ['40s', -10],
  ])('takes its grace period from --node-monitor-grace-period: %s', (grace, later) => {
    const run = silent(manager({ 'node-monitor-grace-period': grace }))
    expect(unknownAt(run) - unknownAt(silent())).toBe(later)
  })

  it.each([1, 2, 20])('is looked at every --node-monitor-period: %i s', (period) => {
    const at = unknownAt(silent(manager({ 'node-monitor-period': `${period}s` })))
    expect(at % period).toBe(0)
    expect(at).toBeLessThanOrEqual(DOWN + 50 + period)
  })

  it('keeps the time of its own last heartbeat: nodes that go together are found one after the other', () => {
    const run = smallRun({ nodes: nodes(30), timeline: fails(upTo(12)), duration: '4m' })
    const at = seconds(run.of(NodeMarkedUnknown))
    expect(at).toHaveLength(12)
    expect(new Set(at).size).toBeGreaterThan(1)
    expect(Math.max(...at) - Math.min(...at)).toBeLessThanOrEqual(15)
  })

  it('has every condition Unknown, as nobody knows any of them: NodeStatusUnknown', () => {
    expect(conditionsOf(silent({ duration: '4m' }))).toEqual([
      'MemoryPressure=Unknown NodeStatusUnknown',
      'DiskPressure=Unknown NodeStatusUnknown',
      'PIDPressure=Unknown NodeStatusUnknown',
      'Ready=Unknown NodeStatusUnknown',
    ])
  })

  it('says of itself how it is once it is back', () => {
    const run = silent({ timeline: fails([1], { for: '3m' }), duration: '8m' })
    expect(conditionsOf(run)).toContain('Ready=True KubeletReady')
    expect(conditionsOf(run)).toContain('MemoryPressure=False KubeletHasSufficientMemory')
  })

  it.each([10, 25, 35])('is never Unknown if it is silent for %i s only', (span) => {
    const run = silent({ timeline: [{ at: '2m', partition: { node: 'n-1', for: `${span}s` } }] })
    expect(run.of(NodeMarkedUnknown)).toEqual([])
    expect(run.of(NodeTainted)).toEqual([])
  })

  it('is forgotten when its Node is deleted meanwhile', () => {
    const run = silent({ timeline: [...fails([1]), { at: '140s', kubectl: 'delete node n-1' }] })
    expect(run.of(NodeMarkedUnknown)).toEqual([])
    expect(run.of(NodeTainted)).toEqual([])
  })

  it('may fall silent again, and is found again', () => {
    const run = silent({ timeline: [...fails([1], { for: '4m' }), ...fails([1], { at: '9m' })] })
    expect(run.of(NodeMarkedUnknown)).toHaveLength(2)
    expect(noExecute(run)).toHaveLength(2)
  })
})

describe('its pods: MarkPodsNotReady', () => {
  const probe = { readinessProbe: { httpGet: { port: 80 }, periodSeconds: 5 } }
  const unready = { containers: [{ name: 'main', image: 'example/a:1', ...probe }] }
  const run = (more: object = {}) =>
    smallRun({
      nodes: nodes(2),
      manifests: [pinned('a', 'n-1'), pinned('b', 'n-1', unready), pinned('c', 'n-2')],
      behaviors: [{ match: { labels: 'never=ready' } }, { probes: { readiness: { succeedAfter: '1h' } } }],
      timeline: fails([1]),
      duration: '4m',
      ...more,
    })
  const ready = ({ view }: SmallRun, name: string): string | undefined =>
    view.pods.get(`default/${name}`)?.conditions.find(({ type }) => type === 'Ready')?.status

  it('are not ready from the moment on at which it is Unknown; those of other nodes are', () => {
    const played = run()
    expect(played.of(PodMarkedNotReady).map(({ event }) => event.pod)).toEqual(['default/a'])
    expect(played.of(PodMarkedNotReady)[0]!.at).toBe(played.of(NodeMarkedUnknown)[0]!.at)
    expect([ready(played, 'a'), ready(played, 'c')]).toEqual(['False', 'True'])
  })

  it('are left alone if they were not ready before', () => {
    expect(ready(run(), 'b')).toBe('False')
    expect(run().of(PodMarkedNotReady)).toHaveLength(1)
  })

  it('keep their phase, and their containers are said to run', () => {
    const a = run().view.pods.get('default/a')!
    expect(a.phase).toBe('Running')
    expect(a.containers.map(({ running }) => running !== undefined)).toEqual([true])
  })

  it('of a DaemonSet are no exception', () => {
    const daemonSet = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'd' },
      spec: {
        selector: { matchLabels: { app: 'd' } },
        template: { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'd', image: 'example/d:1' }] } },
      },
    }
    expect(run({ manifests: [daemonSet] }).of(PodMarkedNotReady)).toHaveLength(1)
  })

  it('are ready again when the kubelet says so', () => {
    const played = run({ timeline: fails([1], { for: '3m' }), duration: '8m' })
    const back = played.of(PodStatusReported).find(({ at, event }) => at > 300_000 && event.pod === 'default/a')!
    expect(back.at).toBeGreaterThan(300_000)
    expect(ready(played, 'a')).toBe('True')
  })
})

describe('taints by condition: doNoScheduleTaintingPass, markNodeForTainting', () => {
  it('Unknown is unreachable: NoSchedule at once, NoExecute by the queue of its zone', () => {
    const run = smallRun({ nodes: nodes(3), timeline: fails([1]), duration: '4m' })
    const [unknown] = run.of(NodeMarkedUnknown)
    const [first, second] = run.of(NodeTainted)
    expect(first).toMatchObject({ at: unknown!.at, event: { taint: { key: UNREACHABLE, effect: 'NoSchedule' } } })
    expect(second).toMatchObject({ event: { taint: { key: UNREACHABLE, effect: 'NoExecute' } } })
    expect(second!.at - unknown!.at).toBeLessThanOrEqual(5_100)
  })

  it('both say since when (SwapNodeControllerTaint)', () => {
    const run = smallRun({ nodes: nodes(3), timeline: fails([1]), duration: '4m' })
    const times = run.of(NodeTainted).map(({ event }) => event.taint.timeAdded)
    expect(times).toHaveLength(2)
    for (const time of times) expect(time).toMatch(/^2025-01-01T00:02:\d\dZ$/)
  })

  const shuttingDown = (more: readonly object[] = []) =>
    smallRun({
      nodes: nodes(3),
      manifests: [pinned('a', 'n-1', { terminationGracePeriodSeconds: 200 })],
      behaviors: [{ onSigterm: 'ignore' }],
      flags: { kubelet: { shutdownGracePeriod: '200s' } },
      timeline: [{ at: '2m', shutdown: { node: 'n-1' } }, ...more],
      duration: '10m',
    })

  it('False is not-ready: the kubelet says that it shuts down', () => {
    const keys = shuttingDown()
      .of(NodeTainted)
      .filter(({ at }) => at < 300_000)
      .map(({ event }) => `${event.taint.key}:${event.taint.effect}`)
    expect(keys).toEqual([`${NOT_READY}:NoSchedule`, `${NOT_READY}:NoExecute`])
  })

  it('one takes the place of the other, for both effects: the machine is off at last', () => {
    const run = shuttingDown()
    expect([...taintsOf(run)].sort()).toEqual([`${UNREACHABLE}:NoExecute`, `${UNREACHABLE}:NoSchedule`])
    expect(run.of(NodeUntainted).map(({ event }) => `${event.key}:${event.effect}`)).toEqual([
      `${NOT_READY}:NoSchedule`,
      `${NOT_READY}:NoExecute`,
    ])
  })

  it.each([
    ['cordon n-1', [`${CORDONED}:NoSchedule`]],
    ['taint node n-1 a=b:NoExecute', ['a:NoExecute']],
  ])('by hand: %s', (kubectl, taints) => {
    const run = smallRun({ nodes: nodes(3), timeline: [{ at: '2m', kubectl }], duration: '4m' })
    expect(taintsOf(run)).toEqual(taints)
  })

  it('a cordoned node loses its taint with uncordon', () => {
    const timeline = [
      { at: '2m', kubectl: 'cordon n-1' },
      { at: '3m', kubectl: 'uncordon n-1' },
    ]
    const run = smallRun({ nodes: nodes(3), timeline, duration: '4m' })
    expect(run.of(NodeTainted)).toHaveLength(1)
    expect(taintsOf(run)).toEqual([])
  })

  it('cordoned and silent are two taints, of which one goes when it is back', () => {
    const timeline = [{ at: '1m', kubectl: 'cordon n-1' }, ...fails([1], { for: '3m' })]
    const during = smallRun({ nodes: nodes(3), timeline, duration: '4m' })
    expect([...taintsOf(during)].sort()).toEqual([
      `${UNREACHABLE}:NoExecute`,
      `${UNREACHABLE}:NoSchedule`,
      `${CORDONED}:NoSchedule`,
    ])
    expect(taintsOf(smallRun({ nodes: nodes(3), timeline, duration: '10m' }))).toEqual([`${CORDONED}:NoSchedule`])
  })

  it('taints of others stay, whatever the node says', () => {
    const pools = nodes(3, undefined, { taints: [{ key: 'dedicated', value: 'batch', effect: 'NoSchedule' }] })
    const run = smallRun({ nodes: pools, timeline: fails([1], { for: '3m' }), duration: '10m' })
    expect(taintsOf(run)).toEqual(['dedicated:NoSchedule'])
  })
})

describe('eviction: by the NoExecute taint', () => {
  const toleration = (key: string, tolerationSeconds?: number) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  })
  const evictions = (run: SmallRun) => {
    const tainted = noExecute(run)[0]!.at
    return run.of(PodMarkedForDeletion).map(({ at, event }) => [event.pod, (at - tainted) / 1_000])
  }

  it('pods go 300 s after it, those that tolerate less earlier, those that tolerate it for ever never', () => {
    const run = smallRun({
      nodes: nodes(3),
      manifests: [
        pinned('a', 'n-1'),
        pinned('b', 'n-1', { tolerations: [toleration(UNREACHABLE, 60)] }),
        pinned('c', 'n-1', { tolerations: [toleration(UNREACHABLE, 0)] }),
        pinned('d', 'n-1', { tolerations: [toleration(UNREACHABLE)] }),
      ],
      timeline: fails([1]),
      duration: '20m',
    })
    expect(evictions(run)).toEqual([
      ['default/c', 0],
      ['default/b', 60],
      ['default/a', 300],
    ])
  })

  it('what is said of not-ready does not help against unreachable', () => {
    const run = smallRun({
      nodes: nodes(3),
      manifests: [pinned('a', 'n-1', { tolerations: [toleration(NOT_READY, 900), toleration(UNREACHABLE, 30)] })],
      timeline: fails([1]),
      duration: '20m',
    })
    expect(evictions(run)).toEqual([['default/a', 30]])
  })

  it('takes the default from --default-unreachable-toleration-seconds', () => {
    const run = smallRun({
      nodes: nodes(3),
      manifests: [pinned('a', 'n-1')],
      flags: { 'kube-apiserver': { 'default-unreachable-toleration-seconds': 45 } },
      timeline: fails([1]),
      duration: '20m',
    })
    expect(evictions(run)).toEqual([['default/a', 45]])
  })

  it('a node that comes back before keeps its pods', () => {
    const run = smallRun({
      nodes: nodes(3),
      manifests: [pinned('a', 'n-1')],
      timeline: fails([1], { for: '3m' }),
      duration: '20m',
    })
    expect(run.of(NodeMarkedUnknown)).toHaveLength(1)
    expect(run.of(PodMarkedForDeletion)).toEqual([])
    expect(run.view.pods.get('default/a')?.phase).toBe('Running')
    expect(taintsOf(run)).toEqual([])
  })

  it('the seconds begin anew with the next taint', () => {
    const run = smallRun({
      nodes: nodes(3),
      manifests: [pinned('a', 'n-1')],
      timeline: [...fails([1], { for: '4m' }), ...fails([1], { at: '8m' })],
      duration: '20m',
    })
    const [, second] = noExecute(run)
    expect(run.of(PodMarkedForDeletion).map(({ at }) => (at - second!.at) / 1_000)).toEqual([300])
  })
})

describe('how fast nodes are tainted: zoneStates, ReducedQPSFunc, handleDisruption', () => {
  interface Outage {
    readonly count: number
    readonly zones?: readonly string[]
    readonly failed: readonly number[]
    readonly flags?: object
    readonly duration?: string
    readonly labels?: object
  }
  const outage = ({ count, zones = ['a'], failed, flags = {}, duration = '15m', labels = {} }: Outage) =>
    smallRun({ nodes: nodes(count, zones, { labels }), timeline: fails(failed), duration, ...manager(flags) })
  /** Gaps between the taints, once all of the nodes are known to be silent. */
  const gapsAfter = (run: SmallRun): readonly number[] => {
    const last = run.of(NodeMarkedUnknown).at(-1)!.at
    return gaps(seconds(noExecute(run).filter(({ at }) => at > last + 5_000)))
  }

  it.each<[string, Outage, number]>([
    ['every 10 s in a healthy zone', { count: 20, failed: upTo(8) }, 10],
    ['--node-eviction-rate 0.5: every 2 s', { count: 40, failed: upTo(20), flags: { 'node-eviction-rate': 0.5 } }, 2],
    [
      '--node-eviction-rate 0.02: every 50 s',
      { count: 20, failed: upTo(8), flags: { 'node-eviction-rate': 0.02 } },
      50,
    ],
    [
      'every 100 s in a large zone with 55 % of its nodes silent',
      { count: 60, failed: upTo(40), duration: '25m' },
      100,
    ],
    [
      '--secondary-node-eviction-rate 0.05: every 20 s there',
      { count: 60, failed: upTo(40), flags: { 'secondary-node-eviction-rate': 0.05 } },
      20,
    ],
    [
      '--large-cluster-size-threshold 9: a zone of 10 is large',
      { count: 10, failed: upTo(8), flags: { 'large-cluster-size-threshold': 9 }, duration: '25m' },
      100,
    ],
    [
      '--unhealthy-zone-threshold 0.9: 8 of 10 is healthy',
      { count: 10, failed: upTo(8), flags: { 'unhealthy-zone-threshold': 0.9 } },
      10,
    ],
    [
      'every 10 s in a zone of which all is silent, while another one is well',
      {
        count: 20,
        zones: ['a', 'b'],
        failed: upTo(20).filter((n) => n % 2 === 1),
      },
      10,
    ],
  ])('%s', (_rule, scene, gap) => {
    const found = gapsAfter(outage(scene))
    expect(found.length).toBeGreaterThanOrEqual(3)
    // The worker looks every 100 ms.
    for (const one of found) expect(Math.abs(one - gap)).toBeLessThanOrEqual(0.1)
  })

  it.each<[string, Outage]>([
    ['a small zone with 55 % of its nodes silent', { count: 20, failed: upTo(11) }],
    ['a zone of exactly 50 is not large', { count: 50, failed: upTo(40) }],
    [
      '--secondary-node-eviction-rate 0 in a large one',
      {
        count: 60,
        failed: upTo(40),
        flags: { 'secondary-node-eviction-rate': 0 },
      },
    ],
    [
      '--unhealthy-zone-threshold 0.3: 4 of 10',
      {
        count: 10,
        failed: upTo(4),
        flags: { 'unhealthy-zone-threshold': 0.3 },
      },
    ],
    [
      'one zone of two, each for itself',
      {
        count: 20,
        zones: ['a', 'b'],
        failed: upTo(16).filter((n) => n % 2 === 1),
      },
    ],
  ])('no more of them: %s', (_rule, scene) => {
    const run = outage(scene)
    const last = run.of(NodeMarkedUnknown).at(-1)!.at
    expect(run.of(NodeMarkedUnknown)).toHaveLength(scene.failed.length)
    expect(noExecute(run).filter(({ at }) => at > last + 5_000)).toEqual([])
    // All of them keep the pods away that are new.
    expect(run.of(NodeTainted).filter(({ event }) => event.taint.effect === 'NoSchedule')).toHaveLength(
      scene.failed.length,
    )
  })

  it.each<[string, Outage]>([
    ['10 of 20 is less than 55 %', { count: 20, failed: upTo(10) }],
    ['2 of 3 is more, but less than 3 nodes', { count: 3, failed: [1, 2] }],
    [
      'nodes of one zone do not count for another',
      {
        count: 20,
        zones: ['a', 'b'],
        failed: upTo(10).filter((n) => n % 2 === 1),
      },
    ],
  ])('all of them in the end: %s', (_rule, scene) => {
    expect(noExecute(outage(scene))).toHaveLength(scene.failed.length)
  })

  it('--node-eviction-rate 0 taints none: SwapLimiter', () => {
    const run = outage({ count: 20, failed: upTo(5), flags: { 'node-eviction-rate': 0 } })
    expect(noExecute(run)).toEqual([])
  })

  it('zones have queues of their own: two nodes of two zones do not wait for each other', () => {
    const run = outage({ count: 20, zones: ['a', 'b'], failed: [1, 2] })
    const unknown = new Map(run.of(NodeMarkedUnknown).map(({ at, event }) => [event.node, at]))
    for (const { at, event } of noExecute(run)) expect(at - unknown.get(event.node)!).toBeLessThanOrEqual(5_100)
  })

  it('nodes without a zone are a zone', () => {
    const run = smallRun({ nodes: nodes(20), timeline: fails(upTo(11)), duration: '15m' })
    const last = run.of(NodeMarkedUnknown).at(-1)!.at
    expect(noExecute(run).filter(({ at }) => at > last + 5_000)).toEqual([])
  })

  it('nodes that are excluded from it do not count: node.kubernetes.io/exclude-disruption', () => {
    const pools = [
      ...nodes(6, ['a']),
      ...nodes(8, ['a'], { name: 'x', labels: { 'node.kubernetes.io/exclude-disruption': '' } }),
    ]
    // 4 of 6 count; with the others it would be 4 of 14.
    const run = smallRun({ nodes: pools, timeline: fails(upTo(4)), duration: '15m' })
    const last = run.of(NodeMarkedUnknown).at(-1)!.at
    expect(noExecute(run).filter(({ at }) => at > last + 5_000)).toEqual([])
  })

  it('a node that is back before its turn loses its place', () => {
    const timeline = [...fails(upTo(8)), ...returns([6, 7, 8], '200s')]
    const run = smallRun({ nodes: nodes(20, ['a']), timeline, duration: '15m' })
    const tainted = new Set(noExecute(run).map(({ event }) => event.node))
    expect(tainted.size).toBeGreaterThanOrEqual(5)
    for (const name of tainted) if (!['n-6', 'n-7', 'n-8'].includes(name)) expect(taintsOf(run, name)).toHaveLength(2)
    for (const name of ['n-6', 'n-7', 'n-8']) expect(taintsOf(run, name)).toEqual([])
  })

  it('a zone that gets better goes on with those that are left', () => {
    const timeline = [...fails(upTo(11)), ...returns([1, 2, 3, 4], '400s')]
    const run = smallRun({ nodes: nodes(20, ['a']), timeline, duration: '20m' })
    const late = noExecute(run).filter(({ at }) => at > 440_000)
    expect(late.length).toBeGreaterThan(0)
    expect(new Set([...run.view.nodes.values()].filter(({ taints }) => taints.length === 2)).size).toBe(7)
  })
})

describe('every zone is silent: the fault is taken to be elsewhere', () => {
  const blackout = (more: readonly object[] = [], duration = '15m') =>
    smallRun({
      nodes: nodes(4, ['a', 'b']),
      manifests: [pinned('p', 'n-1')],
      timeline: [...fails(upTo(4)), ...more],
      duration,
    })

  it('nothing is tainted NoExecute, and what was is untainted', () => {
    const { view } = blackout()
    const taints = [...view.nodes.values()].flatMap((node) => node.taints)
    expect(taints.filter(({ effect }) => effect === 'NoExecute')).toEqual([])
    expect(taints).toHaveLength(4)
  })

  it('nobody is evicted, however long it lasts', () => {
    expect(blackout([], '40m').of(PodMarkedForDeletion)).toEqual([])
  })

  it('one zone of one is every zone', () => {
    const run = smallRun({ nodes: nodes(2), timeline: fails([1, 2]), duration: '15m' })
    expect([...run.view.nodes.values()].flatMap(({ taints }) => taints.map(({ effect }) => effect))).toEqual([
      'NoSchedule',
      'NoSchedule',
    ])
  })

  it('a single node that is the whole cluster keeps its pods', () => {
    const run = smallRun({
      nodes: nodes(1),
      manifests: [pinned('p', 'n-1')],
      timeline: fails([1]),
      duration: '30m',
    })
    expect(run.of(PodMarkedForDeletion)).toEqual([])
  })

  it('afterwards those that are still silent are tainted, and the seconds count from then', () => {
    // Zone b is back; n-1 is in zone a.
    const run = blackout(returns([2, 4], '10m'), '30m')
    const tainted = noExecute(run).filter(({ at, event }) => at > 600_000 && event.node === 'n-1')
    expect(tainted).toHaveLength(1)
    const [evicted] = run.of(PodMarkedForDeletion)
    expect((evicted!.at - tainted[0]!.at) / 1_000).toBe(300)
  })

  it('afterwards all is as before, if all are back', () => {
    const run = blackout(returns(upTo(4), '10m'), '20m')
    expect([...run.view.nodes.values()].flatMap(({ taints }) => taints)).toEqual([])
    expect(run.of(PodMarkedForDeletion)).toEqual([])
  })
})

describe('a node that is back: markNodeAsReachable', () => {
  const back = () => smallRun({ nodes: nodes(3), timeline: fails([1], { for: '4m' }), duration: '10m' })

  it('loses NoSchedule with its first status, NoExecute with the next look at it', () => {
    const run = back()
    const gone = new Map(run.of(NodeUntainted).map(({ at, event }) => [event.effect, at]))
    const first = gone.get('NoSchedule')!
    const second = gone.get('NoExecute')!
    expect(first).toBeGreaterThan(360_000)
    expect(second - first).toBeLessThanOrEqual(5_000)
    expect(second % 5_000).toBe(0)
  })

  it('is not marked again', () => {
    expect(back().of(NodeMarkedUnknown)).toHaveLength(1)
  })
})
