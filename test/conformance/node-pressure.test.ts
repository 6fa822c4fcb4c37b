import {
  ContainerExited,
  ContainerStopping,
  EvictionThresholdMet,
  NodeOutOfMemory,
  NodePressureChanged,
  NodeStatusPosted,
  NodeTainted,
  NodeUntainted,
  PodKilledByKubelet,
  PodRejected,
} from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { oomScoreAdj } from '../../packages/controllers/src/kubelet/eviction-ranking.ts'
import { pod, smallRun } from './small-run.ts'

/** pkg/kubelet/eviction/{eviction_manager,helpers}.go, pkg/kubelet/qos/policy.go; semantics 4.1 to 4.4. */

const node = { name: 'n', count: 1, capacity: { cpu: '8', memory: '4Gi' } }

/** The image of which each container uses so much. */
const using = (memory: string): string => `example/uses:${memory}`

/** A pod with the memory that its image says: `leak`, `512Mi`, … */
const uses = (name: string, image: string, resources: object = {}, spec: object = {}) =>
  pod(name, { nodeName: 'n-1', containers: [{ name: 'main', image: using(image), resources }], ...spec })
const requests = (memory: string) => ({ requests: { memory } })

const SIZES = ['100Mi', '500Mi', '900Mi', '1000Mi', '1500Mi', '2Gi', '3900Mi', '4000Mi', '5Gi']
const behaviors = [
  { match: { image: using('leak') }, memory: { leak: { from: '100Mi', rise: '1Mi', every: '1s' } } },
  { match: { image: using('fast') }, memory: { leak: { from: '100Mi', rise: '1Gi', every: '1s' } } },
  {
    match: { image: using('peak') },
    memory: {
      steps: [
        { after: '0s', value: '100Mi' },
        { after: '60s', value: '3500Mi' },
        { after: '95s', value: '100Mi' },
      ],
    },
  },
  ...SIZES.map((memory) => ({ match: { image: using(memory) }, memory })),
]
const run = (manifests: readonly object[], more: object = {}) =>
  smallRun({ nodes: [node], behaviors, manifests, duration: '20m', ...more })
const evicted = (result: ReturnType<typeof run>) =>
  result.of(PodKilledByKubelet).map(({ event }) => event.pod.slice('default/'.length))
const kubelet = (flags: object, pool: object = {}) => ({ flags: { kubelet: flags }, nodes: [{ ...node, ...pool }] })

describe('whom memory pressure evicts: rankMemoryPressure', () => {
  const priorityClass = (name: string, value: number) => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
  })
  it.each([
    [
      'those above their request before those below, whatever they use',
      [
        uses('below', '2Gi', requests('2100Mi')),
        uses('above', '500Mi', requests('100Mi')),
        uses('rest', '1500Mi', requests('1600Mi')),
      ],
      'above',
    ],
    [
      'without a request every byte is above it',
      [
        uses('some', '1500Mi', requests('1400Mi')),
        uses('best-effort', '500Mi'),
        uses('rest', '2Gi', requests('2100Mi')),
      ],
      'best-effort',
    ],
    [
      'lower priority before higher, though it uses less',
      [
        uses('low', '500Mi', {}, { priorityClassName: 'low' }),
        uses('high', '1500Mi', {}, { priorityClassName: 'high' }),
        uses('rest', '2Gi', requests('3Gi')),
      ],
      'low',
    ],
    [
      'the larger excess, not the larger use',
      [
        uses('large', '2Gi', requests('1900Mi')),
        uses('excess', '900Mi', requests('100Mi')),
        uses('rest', '1000Mi', requests('1100Mi')),
        uses('small', '100Mi', requests('200Mi')),
      ],
      'excess',
    ],
    [
      'QoS class is no key: a Burstable pod above its request goes before a BestEffort one with less excess',
      [
        uses('burstable', '1500Mi', requests('100Mi')),
        uses('best-effort', '500Mi'),
        uses('rest', '2Gi', requests('3Gi')),
      ],
      'burstable',
    ],
  ])('%s', (_, manifests, first) => {
    expect(evicted(run([priorityClass('low', -10), priorityClass('high', 10), ...manifests]))[0]).toBe(first)
  })

  it('never a critical pod', () => {
    const critical = { priorityClassName: 'system-cluster-critical' }
    const result = run([
      uses('critical', '2Gi', {}, critical),
      uses('other', '1500Mi', requests('1400Mi')),
      uses('rest', '500Mi', requests('600Mi')),
    ])
    expect(evicted(result)).toEqual(['other'])
  })

  it('one at a time, until there is enough', () => {
    const result = run(['a', 'b', 'c', 'd'].map((name) => uses(name, '1000Mi', requests('100Mi'))))
    // Four use 4000Mi of 4096Mi, less than 100Mi is left; without one it is enough.
    expect(evicted(result)).toHaveLength(1)
  })
})

describe('what becomes of an evicted pod', () => {
  const result = run([uses('a', '3900Mi', requests('1Gi')), uses('b', '100Mi', requests('200Mi'))])

  it('is killed within a second of grace, Failed with the reason and the message, and not started again', () => {
    expect(result.of(PodKilledByKubelet).map(({ event }) => [event.pod, event.reason, event.graceSeconds])).toEqual([
      ['default/a', 'Evicted', 1],
    ])
    const message =
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 96Mi. Container main was using 3900Mi, request is 1Gi, has larger consumption of memory. '
    expect(result.view.pods.get('default/a')).toMatchObject({ phase: 'Failed', reason: 'Evicted', message })
    const target = result.view.pods.get('default/a')!.conditions.find(({ type }) => type === 'DisruptionTarget')
    expect(target).toMatchObject({ status: 'True', reason: 'TerminationByKubelet', message })
  })

  it('the kubelet looks every 10 s', () => {
    const [met] = result.of(EvictionThresholdMet)
    expect(met!.at % 10_000).toBe(0)
    expect(met!.event.resource).toBe('memory')
  })

  it('the node says MemoryPressure at its next status, is tainted, and stays so for 5 minutes', () => {
    const [under, over] = result.of(NodePressureChanged)
    expect(under!.event.under).toBe(true)
    const [posted] = result.of(NodeStatusPosted)
    expect(posted!.at - under!.at).toBeLessThanOrEqual(10_500)
    const taint = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' }
    expect(result.of(NodeTainted).map(({ at, event }) => [at, event.taint])).toMatchObject([[posted!.at, taint]])
    // Last seen by the look that evicted; the next one found enough.
    expect(over!.event.under).toBe(false)
    expect(over!.at - under!.at).toBeGreaterThanOrEqual(300_000)
    expect(over!.at - under!.at).toBeLessThan(311_000)
    expect(result.of(NodeUntainted)).toHaveLength(1)
    expect(result.view.nodes.get('n-1')?.taints).toEqual([])
  })
})

describe('thresholds', () => {
  it('are strict: what is just enough is enough', () => {
    const just = { memory: '3996Mi' }
    const result = run([uses('a', 'just')], { behaviors: [just] })
    expect(evicted(result)).toEqual([])
    expect(evicted(run([uses('a', 'just')], { behaviors: [{ memory: '4190109697' }] }))).toEqual(['a'])
  })

  it('what is reserved is in use', () => {
    const manifests = [uses('a', '2Gi'), uses('b', '1000Mi')]
    expect(evicted(run(manifests))).toEqual([])
    expect(evicted(run(manifests, kubelet({ kubeReserved: { memory: '1Gi' } })))).toEqual(['a'])
  })

  it('evictionHard of a pool counts for its nodes', () => {
    const manifests = [uses('a', '2Gi')]
    expect(evicted(run(manifests, kubelet({}, { kubelet: { evictionHard: { 'memory.available': '3Gi' } } })))).toEqual([
      'a',
    ])
  })

  it('a percentage is of the capacity', () => {
    const manifests = [uses('a', '2Gi')]
    expect(evicted(run(manifests, kubelet({ evictionHard: { 'memory.available': '50%' } })))).toEqual([])
    expect(evicted(run(manifests, kubelet({ evictionHard: { 'memory.available': '51%' } })))).toEqual(['a'])
  })

  it('without thresholds nobody is evicted', () => {
    expect(evicted(run([uses('a', '4000Mi')], kubelet({ evictionHard: {} })))).toEqual([])
  })

  const soft = {
    evictionHard: {},
    evictionSoft: { 'memory.available': '1Gi' },
    evictionSoftGracePeriod: { 'memory.available': '90s' },
  }
  it('a soft one is put up with for its grace period, under pressure meanwhile', () => {
    const result = run([uses('leak', 'leak')], { ...kubelet(soft), duration: '1h' })
    const [pressure] = result.of(NodePressureChanged)
    const [killed] = result.of(PodKilledByKubelet)
    expect(killed!.at - pressure!.at).toBe(90_000)
  })

  it('a soft one that is over before its grace period evicts nobody', () => {
    const result = run([uses('a', 'peak')], kubelet(soft))
    expect(result.of(NodePressureChanged).map(({ event }) => event.under)).toEqual([true, false])
    expect(evicted(result)).toEqual([])
  })

  it('pods evicted for a soft one have evictionMaxPodGracePeriod to end', () => {
    const grace = (evictionMaxPodGracePeriod: number) =>
      run([uses('leak', 'leak')], { ...kubelet({ ...soft, evictionMaxPodGracePeriod }), duration: '1h' })
        .of(ContainerStopping)
        .map(({ event }) => event.graceSeconds)
    expect(grace(0)).toEqual([1])
    expect(grace(20)).toEqual([20])
    expect(grace(600)).toEqual([30])
  })

  it('minimum reclaim: evictions go on beyond the threshold', () => {
    const manifests = ['a', 'b', 'c', 'd'].map((name) => uses(name, '1000Mi', requests('100Mi')))
    expect(evicted(run(manifests))).toHaveLength(1)
    expect(evicted(run(manifests, kubelet({ evictionMinimumReclaim: { 'memory.available': '1500Mi' } })))).toHaveLength(
      2,
    )
  })

  it('evictionPressureTransitionPeriod is how long the condition stays', () => {
    const result = run([uses('a', '4000Mi')], kubelet({ evictionPressureTransitionPeriod: '1m' }))
    const [under, over] = result.of(NodePressureChanged)
    expect(over!.at - under!.at).toBeLessThan(75_000)
  })
})

describe('admission under memory pressure: eviction_manager.go Admit', () => {
  const toleration = { key: 'node.kubernetes.io/memory-pressure', operator: 'Exists', effect: 'NoSchedule' }
  it.each([
    ['BestEffort pods are refused', uses('late', '100Mi'), ['Evicted']],
    ['unless they tolerate the taint', uses('late', '100Mi', {}, { tolerations: [toleration] }), []],
    ['others are not', uses('late', '100Mi', requests('100Mi')), []],
    ['nor are critical ones', uses('late', '100Mi', {}, { priorityClassName: 'system-node-critical' }), []],
  ])('%s', (_, late, reasons) => {
    const result = run([uses('a', '4000Mi')], {
      timeline: [{ at: '1m', kubectl: 'apply -f late.yaml' }],
      files: { 'late.yaml': late },
      duration: '90s',
    })
    expect(result.of(PodRejected).map(({ event }) => event.reason)).toEqual(reasons)
    if (reasons.length > 0)
      expect(result.view.pods.get('default/late')?.message).toBe(
        'Pod was rejected: The node had condition: [MemoryPressure]. ',
      )
  })
})

describe('a node without memory: the kernel kills before the kubelet has looked', () => {
  it('by use and oom_score_adj, exit code 137, and the pod is restarted, not evicted', () => {
    const result = run([uses('fast', 'fast', requests('1Gi')), uses('b', '900Mi', requests('1Gi'))], {
      duration: '30s',
    })
    const [oom] = result.of(NodeOutOfMemory)
    expect(oom!.event).toMatchObject({ node: 'n-1', pod: 'default/fast', container: 'main' })
    expect(result.of(ContainerExited)[0]!.event).toMatchObject({
      pod: 'default/fast',
      exitCode: 137,
      reason: 'OOMKilled',
    })
    expect(result.view.pods.get('default/fast')?.containers[0]?.restartCount).toBeGreaterThan(0)
  })

  it('goes on until what is left fits', () => {
    const result = run([uses('a', '5Gi'), uses('b', '5Gi')], { ...kubelet({ evictionHard: {} }), duration: '20s' })
    expect(new Set(result.of(NodeOutOfMemory).map(({ event }) => event.pod))).toEqual(
      new Set(['default/a', 'default/b']),
    )
  })

  it.each([
    [
      'BestEffort before Burstable, whatever they use',
      [uses('a', '2Gi', requests('1Gi')), uses('b', '1500Mi'), uses('c', 'fast', requests('2Gi'))],
      'b',
    ],
    [
      'Guaranteed last',
      [
        uses('a', 'fast', { requests: { cpu: '1', memory: '3Gi' }, limits: { cpu: '1', memory: '3Gi' } }),
        uses('b', '1500Mi', requests('900Mi')),
      ],
      'b',
    ],
    [
      'of two alike the one that uses more',
      [uses('a', '900Mi', requests('1Gi')), uses('b', 'fast', requests('1Gi'))],
      'b',
    ],
  ])('%s', (_, manifests, victim) => {
    const result = run(manifests, { ...kubelet({ evictionHard: {} }), duration: '9s' })
    expect(result.of(NodeOutOfMemory)[0]?.event.pod).toBe(`default/${victim}`)
  })

  it.each([
    ['Guaranteed', { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } }, -997],
    ['BestEffort', {}, 1000],
    ['Burstable: less, the more it requests', { requests: { memory: '1Gi' } }, 750],
    ['Burstable that requests nearly nothing: below BestEffort', { requests: { memory: '1' } }, 999],
    ['Burstable that requests nearly all: above Guaranteed', { requests: { memory: '4Gi' } }, 3],
  ])('oom_score_adj, %s', (_, resources, expected) => {
    const { view } = run([uses('a', '100Mi', resources)], { duration: '1s' })
    expect(oomScoreAdj(view.pods.get('default/a')!, 'main', 4 * 1024 ** 3)).toBe(expected)
  })
})

describe('looks that find nothing are no events', () => {
  it('a leak that takes half a day costs what one of minutes costs', () => {
    const slow = (every: string) =>
      run([uses('a', 'slow', requests('1Gi'))], {
        behaviors: [{ memory: { leak: { from: '100Mi', rise: '1Mi', every } } }],
        duration: '48h',
      })
    expect(slow('30s').entries.length).toBe(slow('1s').entries.length)
    expect(evicted(slow('30s'))).toEqual(['a'])
  })
})
