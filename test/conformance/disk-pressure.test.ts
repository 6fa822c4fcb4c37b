import {
  ContainerExited,
  EvictionThresholdMet,
  NodePressureChanged,
  NodeRebooted,
  NodeStatusPosted,
  NodeTainted,
  NodeUntainted,
  PodKilledByKubelet,
  PodRejected,
} from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { pod, smallRun } from './small-run.ts'

/** pkg/kubelet/eviction/{eviction_manager,helpers}.go; semantics 4.2 to 4.4. */

const GI = 1024 ** 3

const node = { name: 'n', count: 1, capacity: { cpu: '8', memory: '16Gi', 'ephemeral-storage': '10Gi' } }
const twoDisks = { ...node, disks: { imagefs: '10Gi' } }
const split = { ...node, disks: { imagefs: '10Gi', containerfs: 'nodefs' } }
const INODES = { ...node, disks: { nodefsInodes: 1_000 } }

/** A container that writes what its image says: `disk-8gi` to its own file system, `volume-8gi` to the volume `data`, … */
const writes = (name: string, image: string, resources: object = {}, spec: object = {}) =>
  pod(name, {
    nodeName: 'n-1',
    containers: [{ name: 'main', image: image.toLowerCase(), resources }],
    volumes: [{ name: 'data', emptyDir: {} }],
    ...spec,
  })
const requests = (storage: string) => ({ requests: { 'ephemeral-storage': storage } })
const limits = (storage: string) => ({ limits: { 'ephemeral-storage': storage } })

const SIZES = ['1Gi', '2Gi', '3Gi', '4Gi', '5Gi', '6Gi', '7Gi', '8Gi', '8900Mi', '9Gi', '9500Mi']
const COUNTS = ['100', '200', '300', '400', '500', '600', '700', '900', '960', '970', '30000', '32000']
const behaviors = [
  ...SIZES.flatMap((size) => [
    { match: { image: `disk-${size.toLowerCase()}` }, disk: size },
    { match: { image: `volume-${size.toLowerCase()}` }, volumes: { data: size } },
  ]),
  ...COUNTS.flatMap((count) => [
    { match: { image: `files-${count}` }, inodes: count },
    { match: { image: `processes-${count}` }, processes: count },
  ]),
  { match: { image: 'leak' }, disk: { leak: { rise: '10Mi', every: '1s' } } },
  { match: { image: 'logs' }, logs: { leak: { rise: '10Mi', every: '1s' } } },
]
const images = { size: 0 }
const run = (manifests: readonly object[], more: object = {}) =>
  smallRun({ nodes: [node], behaviors, images, manifests, duration: '10m', ...more })
type Run = ReturnType<typeof run>
const evicted = (result: Run) => result.of(PodKilledByKubelet).map(({ event }) => event.pod.slice('default/'.length))
const messages = (result: Run) => result.of(PodKilledByKubelet).map(({ event }) => event.message)
const kubelet = (flags: object) => ({ flags: { kubelet: flags } })

const priorityClass = (name: string, value: number) => ({
  apiVersion: 'scheduling.k8s.io/v1',
  kind: 'PriorityClass',
  metadata: { name },
  value,
})
const classes = [priorityClass('low', -10), priorityClass('high', 10)]
const low = { priorityClassName: 'low' }
const high = { priorityClassName: 'high' }
const critical = { priorityClassName: 'system-cluster-critical' }

describe('signals and their default thresholds: defaults_linux.go DefaultEvictionHard, helpers.go makeSignalObservations', () => {
  const pressure = (manifests: readonly object[], more: object = {}) => [
    ...new Set(
      run(manifests, more)
        .of(NodePressureChanged)
        .map(({ event }) => event.condition),
    ),
  ]
  it.each<[string, readonly object[], object, readonly string[]]>([
    ['one disk: less than 15 % for images', [writes('a', 'disk-9Gi')], {}, ['DiskPressure']],
    ['one disk: 20 % left is enough', [writes('a', 'disk-8Gi')], {}, []],
    ['nodefs alone: less than 10 %', [writes('a', 'volume-9500Mi')], { nodes: [twoDisks] }, ['DiskPressure']],
    ['nodefs alone: 13 % left is enough', [writes('a', 'volume-8900Mi')], { nodes: [twoDisks] }, []],
    ['imagefs alone: less than 15 %', [writes('a', 'disk-9Gi')], { nodes: [twoDisks] }, ['DiskPressure']],
    ['split: what containers write is on nodefs', [writes('a', 'disk-9500Mi')], { nodes: [split] }, ['DiskPressure']],
    ['split: and 13 % left are enough there', [writes('a', 'disk-8900Mi')], { nodes: [split] }, []],
    ['inodes: less than 5 %', [writes('a', 'files-960')], { nodes: [INODES] }, ['DiskPressure']],
    ['inodes: 10 % left is enough', [writes('a', 'files-900')], { nodes: [INODES] }, []],
    ['processes have no threshold by default', [writes('a', 'processes-32000')], {}, []],
    [
      'pid.available',
      [writes('a', 'processes-32000')],
      kubelet({ evictionHard: { 'pid.available': '1000' } }),
      ['PIDPressure'],
    ],
    [
      'pid.available is a percentage of kernel.pid_max',
      [writes('a', 'processes-30000')],
      { ...kubelet({ evictionHard: { 'pid.available': '10%' } }), nodes: [{ ...node, pids: 33_000 }] },
      ['PIDPressure'],
    ],
    ['0% is no threshold', [writes('a', 'disk-9500Mi')], kubelet({ evictionHard: { 'nodefs.available': '0%' } }), []],
    [
      'evictionHard as a whole replaces the defaults',
      [writes('a', 'disk-9500Mi')],
      kubelet({ evictionHard: { 'memory.available': '100Mi' } }),
      [],
    ],
    [
      'a quantity',
      [writes('a', 'disk-8Gi')],
      kubelet({ evictionHard: { 'nodefs.available': '3Gi' } }),
      ['DiskPressure'],
    ],
  ])('%s', (_, manifests, more, expected) => {
    expect(pressure(manifests, more)).toEqual(expected)
  })

  it('are strict: what is just enough is enough', () => {
    const hard = kubelet({ evictionHard: { 'nodefs.available': '2Gi' } })
    expect(evicted(run([writes('a', 'disk-8Gi')], hard))).toEqual([])
    const more = { ...hard, behaviors: [{ disk: `${8 * GI + 1}` }] }
    expect(evicted(run([writes('a', 'disk')], more))).toEqual(['a'])
  })
})

describe('whom pressure of a disk evicts: helpers.go rankDiskPressureFunc, rankPIDPressure', () => {
  const nodefs = kubelet({ evictionHard: { 'nodefs.available': '4Gi' } })
  const imagefs = kubelet({ evictionHard: { 'imagefs.available': '4Gi' } })
  const inodes = kubelet({ evictionHard: { 'nodefs.inodesFree': '40%' } })
  const pids = kubelet({ evictionHard: { 'pid.available': '2000' } })
  it.each<[string, readonly object[], object, string]>([
    [
      'those above their request before those below, whatever they use',
      [writes('below', 'disk-4Gi', requests('5Gi')), writes('above', 'disk-3Gi', requests('1Gi'))],
      nodefs,
      'above',
    ],
    [
      'without a request every byte is above it',
      [writes('below', 'disk-5Gi', requests('5Gi')), writes('none', 'disk-2Gi')],
      nodefs,
      'none',
    ],
    [
      'lower priority before higher, though it uses less',
      [writes('low', 'disk-1Gi', {}, low), writes('high', 'disk-6Gi', {}, high)],
      nodefs,
      'low',
    ],
    [
      'above the request comes before priority',
      [writes('low', 'disk-1Gi', requests('2Gi'), low), writes('high', 'disk-6Gi', {}, high)],
      nodefs,
      'high',
    ],
    [
      'the larger excess, not the larger use',
      [writes('large', 'disk-4Gi', requests('3Gi')), writes('excess', 'disk-3Gi', requests('1Gi'))],
      nodefs,
      'excess',
    ],
    [
      'QoS class is no key',
      [
        writes('guaranteed', 'disk-6Gi', {
          requests: { cpu: '1', memory: '1Gi' },
          limits: { cpu: '1', memory: '1Gi' },
        }),
        writes('best-effort', 'disk-1Gi'),
      ],
      nodefs,
      'guaranteed',
    ],
    [
      'one disk: what is in volumes counts',
      [writes('disk', 'disk-3Gi'), writes('volume', 'volume-4Gi')],
      nodefs,
      'volume',
    ],
    [
      'nodefs alone: what containers write themselves is elsewhere',
      [writes('disk', 'disk-5Gi'), writes('volume', 'volume-2Gi'), writes('rest', 'volume-5Gi', requests('6Gi'))],
      { ...nodefs, nodes: [twoDisks] },
      'volume',
    ],
    [
      'imagefs alone: what is in volumes is elsewhere',
      [writes('volume', 'volume-5Gi'), writes('disk', 'disk-2Gi'), writes('rest', 'disk-5Gi', requests('6Gi'))],
      { ...imagefs, nodes: [twoDisks] },
      'disk',
    ],
    [
      'split: on nodefs all of it counts',
      [writes('disk', 'disk-4Gi'), writes('volume', 'volume-3Gi')],
      { ...nodefs, nodes: [split] },
      'disk',
    ],
    [
      'inodes: those of lower priority first',
      [writes('low', 'files-100', {}, low), writes('high', 'files-600', {}, high)],
      { ...inodes, nodes: [INODES] },
      'low',
    ],
    [
      'inodes: the one with most of them',
      [writes('few', 'files-300'), writes('many', 'files-400')],
      { ...inodes, nodes: [INODES] },
      'many',
    ],
    [
      'inodes are compared less the bytes that are requested',
      [writes('few', 'files-300'), writes('many', 'files-400', requests('1Gi'))],
      { ...inodes, nodes: [INODES] },
      'few',
    ],
    [
      'processes: those of lower priority first',
      [writes('low', 'processes-960', {}, low), writes('high', 'processes-30000', {}, high)],
      pids,
      'low',
    ],
    [
      'processes: then the one with most of them',
      [writes('few', 'processes-960'), writes('many', 'processes-30000')],
      pids,
      'many',
    ],
  ])('%s', (_, manifests, more, first) => {
    expect(evicted(run([...classes, ...manifests], more))[0]).toBe(first)
  })

  it('pods of which nothing is measured, because no container of them runs, go first', () => {
    const crashing = { match: { image: 'crash' }, run: { for: '1s', exitCode: 1 } }
    const result = run([writes('crash', 'crash', requests('1Gi'), high), writes('a', 'leak', {}, low), ...classes], {
      behaviors: [crashing, ...behaviors],
      duration: '30m',
    })
    expect(evicted(result)[0]).toBe('crash')
    expect(messages(result)[0]).toMatch(/^The node was low on resource: ephemeral-storage\. [^.]*\. $/)
  })

  it('never a critical pod', () => {
    const result = run([writes('critical', 'disk-5Gi', {}, critical), writes('other', 'disk-4Gi', requests('5Gi'))])
    expect(evicted(result)).toEqual(['other'])
  })

  it('one at a time, until there is enough', () => {
    expect(evicted(run(['a', 'b', 'c'].map((name) => writes(name, 'disk-3Gi'))))).toHaveLength(1)
  })
})

describe('what becomes of it: eviction_manager.go synchronize', () => {
  const result = run([writes('a', 'disk-9Gi', requests('1Gi'))], { duration: '20m' })

  it('the pod is killed within a second of grace, and Failed with the reason and the message', () => {
    const message =
      'The node was low on resource: ephemeral-storage. Threshold quantity: 1073741840, available: 1Gi. Container main was using 9Gi, request is 1Gi, has larger consumption of ephemeral-storage. '
    const [killed] = result.of(PodKilledByKubelet)
    expect(killed!.event).toMatchObject({ reason: 'Evicted', graceSeconds: 1, message })
    expect(result.view.pods.get('default/a')).toMatchObject({ phase: 'Failed', reason: 'Evicted', message })
    const target = result.view.pods.get('default/a')!.conditions.find(({ type }) => type === 'DisruptionTarget')
    expect(target).toMatchObject({ status: 'True', reason: 'TerminationByKubelet', message })
  })

  it('the kubelet looks every 10 s, and says what it is after', () => {
    const [met] = result.of(EvictionThresholdMet)
    expect(met!.at % 10_000).toBe(0)
    expect(met!.event.resource).toBe('ephemeral-storage')
  })

  it('the node says DiskPressure at its next status, is tainted, and stays so for 5 minutes', () => {
    const [under, over] = result.of(NodePressureChanged)
    expect(under!.event).toMatchObject({ condition: 'DiskPressure', under: true })
    const [posted] = result.of(NodeStatusPosted)
    expect(posted!.at - under!.at).toBeLessThanOrEqual(10_500)
    const taint = { key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }
    expect(result.of(NodeTainted).map(({ at, event }) => [at, event.taint])).toMatchObject([[posted!.at, taint]])
    expect(over!.event.under).toBe(false)
    expect(over!.at - under!.at).toBeGreaterThanOrEqual(300_000)
    expect(over!.at - under!.at).toBeLessThan(311_000)
    expect(result.of(NodeUntainted)).toHaveLength(1)
    expect(result.view.nodes.get('n-1')?.taints).toEqual([])
  })

  it.each<[string, object, object, string]>([
    [
      'inodes',
      writes('a', 'files-970'),
      { nodes: [INODES] },
      'The node was low on resource: inodes. Threshold quantity: 50, available: 30. ',
    ],
    [
      'processes',
      writes('a', 'processes-32000'),
      kubelet({ evictionHard: { 'pid.available': '1000' } }),
      'The node was low on resource: pids. Threshold quantity: 1k, available: 768. ',
    ],
    [
      'quantities as they were given',
      writes('a', 'disk-8Gi'),
      kubelet({ evictionHard: { 'nodefs.available': '3G' } }),
      'The node was low on resource: ephemeral-storage. Threshold quantity: 3G, available: 2Gi. Container main was using 8Gi, request is 0, has larger consumption of ephemeral-storage. ',
    ],
    [
      'volumes are no container’s own',
      writes('a', 'volume-9Gi'),
      {},
      'The node was low on resource: ephemeral-storage. Threshold quantity: 1073741840, available: 1Gi. ',
    ],
  ])('messages: %s', (_, manifest, more, message) => {
    expect(messages(run([manifest], more))).toEqual([message])
  })

  it('memory goes before disks: byEvictionPriority', () => {
    const both = [{ match: { image: 'both' }, memory: '16300Mi', disk: '9500Mi' }]
    expect(run([writes('a', 'both')], { behaviors: both }).of(EvictionThresholdMet)[0]?.event.resource).toBe('memory')
  })

  it('what an evicted pod had on the disk is free again', () => {
    const later = [{ at: '5m', kubectl: 'apply -f b.yaml' }]
    const files = { 'b.yaml': writes('b', 'disk-8Gi', {}, critical) }
    const again = run([writes('a', 'disk-9Gi')], { timeline: later, files, duration: '30m' })
    expect(evicted(again)).toEqual(['a'])
  })
})

describe('a kubelet that starts, at 37 s, looks every 10 s from then on: eviction_manager.go Start', () => {
  const fill = { at: '55s', fillDisk: { node: 'n-1', by: '9500Mi' } }
  const metAt = (more: object) => run([], more).of(EvictionThresholdMet)[0]?.at
  const stopped = (at: number) => ({ at: `${at}s`, stopKubelet: { pool: 'n', for: `${37 - at}s` } })

  it.each<[string, object]>([
    ['one that had not looked yet', { timeline: [stopped(2), fill] }],
    ['also where every look is an event', { timeline: [stopped(2), fill], fidelity: 'every-tick' }],
    [
      'one that had watched something',
      { timeline: [{ at: '2s', fillDisk: { node: 'n-1', by: '1Mi' } }, stopped(12), fill] },
    ],
  ])('%s', (_, more) => {
    expect(metAt(more)).toBe(57_000)
  })

  it('what the last one had found is forgotten', () => {
    const full = { at: '2s', fillDisk: { node: 'n-1', by: '9500Mi' } }
    const found = run([], { timeline: [full, stopped(12)] }).of(NodePressureChanged)
    expect(found.map(({ at, event }) => [at, event.under])).toEqual([
      [10_000, true],
      [47_000, true],
    ])
  })

  it('a machine that was rebooted', () => {
    const result = run([], {
      timeline: [
        { at: '12s', reboot: { node: 'n-1' } },
        { ...fill, at: '5m' },
      ],
    })
    const [rebooted] = result.of(NodeRebooted)
    const [met] = result.of(EvictionThresholdMet)
    expect(met!.at).toBe(rebooted!.at + Math.ceil((300_000 - rebooted!.at) / 10_000) * 10_000)
  })

  it('an image that fills the disk of a node of which nothing else is known', () => {
    const tight = { ...node, disks: { imagefs: '1Gi' } }
    const result = run([pod('late', { nodeName: 'n-1' })], {
      nodes: [tight],
      images: { size: '1000Mi' },
      timeline: [{ at: '1ms', stopKubelet: { pool: 'n', for: '12345ms' } }],
    })
    expect(result.of(EvictionThresholdMet)[0]!.at % 10_000).toBe(2_346)
  })
})

describe('soft thresholds, minimum reclaim and the transition: eviction_manager.go synchronize', () => {
  const soft = {
    evictionHard: {},
    evictionSoft: { 'nodefs.available': '3Gi' },
    evictionSoftGracePeriod: { 'nodefs.available': '90s' },
  }
  const leak = [writes('leak', 'leak', {}, { terminationGracePeriodSeconds: 25 })]

  it('a soft one is put up with for its grace period, under pressure meanwhile', () => {
    const result = run(leak, { ...kubelet(soft), duration: '30m' })
    const [pressure] = result.of(NodePressureChanged)
    const [killed] = result.of(PodKilledByKubelet)
    expect(killed!.at - pressure!.at).toBe(90_000)
  })

  it.each([
    [0, 1],
    [10, 10],
    [60, 25],
  ])('with evictionMaxPodGracePeriod %d the pod has %d s to end', (evictionMaxPodGracePeriod, expected) => {
    const result = run(leak, { ...kubelet({ ...soft, evictionMaxPodGracePeriod }), duration: '30m' })
    expect(result.of(PodKilledByKubelet)[0]!.event.graceSeconds).toBe(expected)
  })

  it('a soft one that is over before its grace period evicts nobody', () => {
    const peak = {
      disk: {
        steps: [
          { after: '0s', value: 0 },
          { after: '60s', value: '8Gi' },
          { after: '125s', value: 0 },
        ],
      },
    }
    const result = run([writes('a', 'peak')], { ...kubelet(soft), behaviors: [peak] })
    expect(result.of(NodePressureChanged).map(({ event }) => event.under)).toEqual([true, false])
    expect(evicted(result)).toEqual([])
  })

  it('minimum reclaim: evictions go on beyond the threshold', () => {
    const three = ['a', 'b', 'c'].map((name) => writes(name, 'disk-3Gi'))
    const least = (amount: string) => kubelet({ evictionMinimumReclaim: { 'nodefs.available': amount } })
    expect(evicted(run(three, least('2Gi')))).toHaveLength(1)
    expect(evicted(run(three, least('4Gi')))).toHaveLength(2)
    expect(evicted(run(three, least('70%')))).toHaveLength(3)
  })

  it('evictionPressureTransitionPeriod is how long the condition stays', () => {
    const [under, over] = run([writes('a', 'disk-9Gi')], kubelet({ evictionPressureTransitionPeriod: '1m' })).of(
      NodePressureChanged,
    )
    expect(over!.at - under!.at).toBeGreaterThanOrEqual(60_000)
    expect(over!.at - under!.at).toBeLessThan(75_000)
  })

  it('a transition that ended while the machine hung is over at the look after it', () => {
    const result = run([writes('a', 'disk-9Gi')], {
      timeline: [{ at: '4m', freeze: { node: 'n-1', for: '2m4s' } }],
      duration: '20m',
    })
    expect(result.of(NodePressureChanged).map(({ at, event }) => [at > 364_000 && at <= 374_000, event.under])).toEqual(
      [
        [false, true],
        [true, false],
      ],
    )
  })

  it('each condition has a transition of its own', () => {
    const both = [
      { match: { image: 'a' }, disk: '9500Mi' },
      { match: { image: 'b' }, memory: { steps: [{ after: '2m', value: '16300Mi' }] } },
    ]
    const result = run([writes('a', 'a'), writes('b', 'b')], { behaviors: both, duration: '20m' })
    const spans = new Map<string, number>()
    for (const { at, event } of result.of(NodePressureChanged)) {
      spans.set(event.condition, at - (spans.get(event.condition) ?? 0))
    }
    expect([...spans.keys()]).toEqual(['DiskPressure', 'MemoryPressure'])
    for (const span of spans.values()) expect(Math.round(span / 100_000)).toBe(3)
  })
})

describe('admission under pressure: eviction_manager.go Admit', () => {
  const toleration = (key: string) => ({ tolerations: [{ key, operator: 'Exists', effect: 'NoSchedule' }] })
  const guaranteed = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } }
  it.each<[string, object, readonly string[]]>([
    ['BestEffort pods are refused', writes('late', 'late'), ['Evicted']],
    ['Burstable ones too', writes('late', 'late', requests('1Gi')), ['Evicted']],
    ['and Guaranteed ones', writes('late', 'late', guaranteed), ['Evicted']],
    ['whatever they tolerate', writes('late', 'late', {}, toleration('node.kubernetes.io/disk-pressure')), ['Evicted']],
    ['but not critical ones', writes('late', 'late', {}, critical), []],
  ])('DiskPressure: %s', (_, late, reasons) => {
    const timeline = [{ at: '1m', kubectl: 'apply -f late.yaml' }]
    const result = run([writes('a', 'disk-9Gi')], { timeline, files: { 'late.yaml': late }, duration: '90s' })
    expect(result.of(PodRejected).map(({ event }) => event.reason)).toEqual(reasons)
    if (reasons.length > 0)
      expect(result.view.pods.get('default/late')?.message).toBe(
        'Pod was rejected: The node had condition: [DiskPressure]. ',
      )
  })

  it('PIDPressure: all but critical pods are refused', () => {
    const late = writes('late', 'late', guaranteed)
    const timeline = [{ at: '1m', kubectl: 'apply -f late.yaml' }]
    const result = run([writes('a', 'processes-32000')], {
      ...kubelet({ evictionHard: { 'pid.available': '1000' } }),
      timeline,
      files: { 'late.yaml': late },
      duration: '90s',
    })
    expect(result.view.pods.get('default/late')?.message).toBe(
      'Pod was rejected: The node had condition: [PIDPressure]. ',
    )
  })

  it('the scheduler keeps away from the taint', () => {
    const late = pod('late')
    const timeline = [{ at: '1m', kubectl: 'apply -f late.yaml' }]
    const result = run([writes('a', 'disk-9Gi')], {
      nodes: [{ ...node, count: 2 }],
      timeline,
      files: { 'late.yaml': late },
      duration: '90s',
    })
    expect(result.view.pods.get('default/late')?.node).toBe('n-2')
  })
})

describe('limits of local storage: eviction_manager.go localStorageEviction', () => {
  const volume = (sizeLimit: string, medium?: string) => ({
    volumes: [{ name: 'data', emptyDir: { sizeLimit, medium } }],
  })
  const two = (name: string, first: object, second: object) =>
    writes(
      name,
      'disk-2Gi',
      {},
      {
        containers: [
          { name: 'main', image: 'disk-2gi', resources: first },
          { name: 'side', image: 'disk-1gi', resources: second },
        ],
      },
    )
  it.each<[string, object, object, readonly string[]]>([
    [
      'more in a volume than its sizeLimit',
      writes('a', 'volume-2Gi', {}, volume('1Gi')),
      {},
      ['Usage of EmptyDir volume "data" exceeds the limit "1Gi". '],
    ],
    [
      'the limit in canonical form',
      writes('a', 'volume-2Gi', {}, volume('1024Mi')),
      {},
      ['Usage of EmptyDir volume "data" exceeds the limit "1Gi". '],
    ],
    ['as much as its sizeLimit', writes('a', 'volume-2Gi', {}, volume('2Gi')), {}, []],
    ['a volume of memory cannot be larger', writes('a', 'volume-2Gi', {}, volume('1Gi', 'Memory')), {}, []],
    [
      'a pod with more than all its containers may have',
      writes('a', 'disk-2Gi', limits('1Gi')),
      {},
      ['Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. '],
    ],
    ['exactly as much', writes('a', 'disk-2Gi', limits('2Gi')), {}, []],
    [
      'what is in volumes counts for the pod',
      writes('a', 'volume-2Gi', limits('1Gi')),
      {},
      ['Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. '],
    ],
    [
      'a container with more than it may have, in a pod that has less',
      two('a', limits('1Gi'), limits('4Gi')),
      {},
      ['Container main exceeded its local ephemeral storage limit "1Gi". '],
    ],
    [
      'one container alone has a limit: it is that of the pod',
      two('a', {}, limits('2Gi')),
      {},
      ['Pod ephemeral local storage usage exceeds the total limit of containers 2Gi. '],
    ],
    [
      'images on a disk of their own: what the container wrote there is not held against it',
      two('a', limits('1Gi'), limits('4Gi')),
      { nodes: [twoDisks] },
      [],
    ],
    [
      'but against the pod',
      writes('a', 'disk-2Gi', limits('1Gi')),
      { nodes: [twoDisks] },
      ['Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. '],
    ],
    ['a critical pod stays', writes('a', 'disk-2Gi', limits('1Gi'), critical), {}, []],
  ])('%s', (_, manifest, more, expected) => {
    const result = run([manifest], more)
    expect(messages(result)).toEqual(expected)
    expect(result.of(NodePressureChanged)).toEqual([])
    expect(result.of(EvictionThresholdMet)).toEqual([])
  })

  it('evicts all of them at one look, with a grace of 1 s, and without a condition DisruptionTarget', () => {
    const result = run(['a', 'b', 'c'].map((name) => writes(name, 'disk-2Gi', limits('1Gi'))))
    const killed = result.of(PodKilledByKubelet)
    expect(killed.map(({ event }) => event.graceSeconds)).toEqual([1, 1, 1])
    expect(new Set(killed.map(({ at }) => at)).size).toBe(1)
    const evictedPod = result.view.pods.get('default/a')!
    expect(evictedPod).toMatchObject({ phase: 'Failed', reason: 'Evicted' })
    expect(evictedPod.conditions.some(({ type }) => type === 'DisruptionTarget')).toBe(false)
  })

  it('comes before pressure: at that look nobody is evicted for it', () => {
    const result = run([
      writes('over', 'disk-2Gi', limits('1Gi'), high),
      writes('full', 'disk-7Gi', {}, low),
      ...classes,
    ])
    expect(evicted(result)).toEqual(['over'])
  })

  it('a log never takes more than its files: containerLogMaxSize × containerLogMaxFiles', () => {
    const logs = (more: object) => messages(run([writes('a', 'logs', limits('60Mi'))], { duration: '5m', ...more }))
    expect(logs({})).toEqual([])
    expect(logs(kubelet({ containerLogMaxFiles: 10 }))).toEqual([
      'Pod ephemeral local storage usage exceeds the total limit of containers 60Mi. ',
    ])
  })
})

describe('what is on the disk, and for how long', () => {
  const hard = kubelet({ evictionHard: { 'nodefs.available': '2Gi' } })
  const crash = { run: { for: '60s', exitCode: 1 } }

  it('a container that is started again writes anew; its last dead instance is kept', () => {
    // 40Mi a second for a minute: one dead and one running take no more than 4800Mi.
    const disk = { disk: { leak: { rise: '40Mi', every: '1s' } } }
    expect(evicted(run([writes('a', 'x')], { ...hard, behaviors: [{ ...crash, ...disk }], duration: '30m' }))).toEqual(
      [],
    )
    const more = { disk: { leak: { rise: '75Mi', every: '1s' } } }
    const result = run([writes('a', 'x')], { ...hard, behaviors: [{ ...crash, ...more }], duration: '30m' })
    expect(evicted(result)).toEqual(['a'])
    expect(result.of(ContainerExited).length).toBeGreaterThan(1)
  })

  it('an emptyDir outlives the restart of a container', () => {
    const volumes = { volumes: { data: { leak: { rise: '40Mi', every: '1s' } } } }
    const result = run([writes('a', 'x')], { ...hard, behaviors: [{ ...crash, ...volumes }], duration: '30m' })
    expect(evicted(result)).toEqual(['a'])
    // 8Gi at 40Mi a second are 205 s of running: four runs.
    expect(result.of(ContainerExited).length).toBe(4)
  })

  it('and goes with its pod', () => {
    const volumes = { volumes: { data: '5Gi' }, run: { for: '20s', exitCode: 0 } }
    const job = (name: string) => writes(name, 'x', {}, { restartPolicy: 'Never' })
    const timeline = [{ at: '2m', kubectl: 'apply -f b.yaml' }]
    const result = run([job('a')], { ...hard, behaviors: [volumes], timeline, files: { 'b.yaml': job('b') } })
    expect(evicted(result)).toEqual([])
    expect([...result.view.pods.values()].map(({ phase }) => phase)).toEqual(['Succeeded', 'Succeeded'])
  })

  it('an emptyDir of memory is memory of its container: it is killed at its limit', () => {
    const volumes = { volumes: [{ name: 'data', emptyDir: { medium: 'Memory' } }] }
    const limited = { limits: { memory: '1Gi' } }
    const behavior = { memory: '600Mi', volumes: { data: { leak: { rise: '10Mi', every: '1s' } } } }
    const result = run([writes('a', 'x', limited, volumes)], { behaviors: [behavior], duration: '2m' })
    const [exit] = result.of(ContainerExited)
    expect(exit!.event).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
    expect(exit!.at).toBeGreaterThan(42_000)
    expect(exit!.at).toBeLessThan(45_000)
  })

  it('and counts for the memory of the node', () => {
    const volumes = { volumes: [{ name: 'data', emptyDir: { medium: 'Memory' } }] }
    const result = run([writes('a', 'x', {}, volumes)], { behaviors: [{ volumes: { data: '16300Mi' } }] })
    expect(result.of(NodePressureChanged)[0]?.event.condition).toBe('MemoryPressure')
  })
})

describe('looks that find nothing are no events', () => {
  it('a leak that takes half a day costs what one of minutes costs', () => {
    const slow = (every: string) =>
      run([writes('a', 'slow')], {
        ...kubelet({ imageGCHighThresholdPercent: 100 }),
        behaviors: [{ disk: { leak: { rise: '10Mi', every } } }],
        duration: '48h',
      })
    expect(slow('60s').entries.length).toBe(slow('1s').entries.length)
    expect(evicted(slow('60s'))).toEqual(['a'])
  })
})
