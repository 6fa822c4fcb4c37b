import {
  ContainerStarted,
  DiskFilled,
  DiskFreed,
  DiskSlowed,
  ImagePulled,
  NodePressureChanged,
  PodKilledByKubelet,
  PodSandboxStarted,
} from '@wavetank/cluster'
import { DisruptionIgnored } from '@wavetank/controllers'
import { describe, expect, it } from 'vitest'
import { NO_LATENCIES, pod, smallRun } from './small-run.ts'

/** Faults of disks, from the timeline: what they do to a node follows from pkg/kubelet/eviction; semantics 4.2. */

const node = {
  name: 'n',
  count: 2,
  zones: ['a', 'b'],
  capacity: { cpu: '8', memory: '16Gi', 'ephemeral-storage': '10Gi' },
}
const run = (timeline: readonly object[], more: object = {}) =>
  smallRun({
    nodes: [node],
    images: { size: 0 },
    manifests: [pod('a', { nodeName: 'n-1' })],
    timeline,
    duration: '20m',
    ...more,
  })
const pressures = (result: ReturnType<typeof run>) =>
  result.of(NodePressureChanged).map(({ at, event }) => [at, event.node, event.under])

describe('fillDisk: something outside of pods takes the room', () => {
  it('for a while: the pods pay for it, and the pressure ends after its transition', () => {
    const result = run([{ at: '65s', fillDisk: { node: 'n-1', by: '9500Mi', for: '3m' } }])
    expect(result.of(PodKilledByKubelet).map(({ event }) => event.message)).toEqual([
      'The node was low on resource: ephemeral-storage. Threshold quantity: 1073741840, available: 740Mi. ',
    ])
    expect(result.of(DiskFilled)).toHaveLength(1)
    expect(result.of(DiskFreed).map(({ at, event }) => [at, event.bytes])).toEqual([[245_000, 9_500 * 1024 ** 2]])
    const [[begin], [end]] = pressures(result) as unknown as [[number], [number]]
    expect(begin).toBe(70_000)
    expect(end - 245_000).toBeGreaterThan(290_000)
    expect(end - 245_000).toBeLessThan(311_000)
  })

  it('without an end until freeDisk', () => {
    const filled = { at: '65s', fillDisk: { node: 'n-1', by: '9500Mi' } }
    expect(pressures(run([filled]))).toHaveLength(1)
    expect(pressures(run([filled, { at: '5m', freeDisk: { node: 'n-1' } }]))).toHaveLength(2)
  })

  it('one on top of the other', () => {
    const half = (at: string) => ({ at, fillDisk: { node: 'n-1', by: '5000Mi', for: '5m' } })
    expect(pressures(run([half('65s')]))).toEqual([])
    expect(pressures(run([half('65s'), half('2m1s')]))[0]).toEqual([130_000, 'n-1', true])
  })

  it('on the disk of images, which is the node’s own if there is no other', () => {
    const filled = { at: '65s', fillDisk: { node: 'n-1', disk: 'imagefs', by: '9500Mi' } }
    expect(pressures(run([filled]))).toHaveLength(1)
    const other = { nodes: [{ ...node, disks: { imagefs: '50Gi' } }] }
    expect(pressures(run([filled], other))).toEqual([])
  })

  it('with files, of which a disk has no more', () => {
    const result = run([{ at: '65s', fillDisk: { node: 'n-1', inodes: '630k' } }])
    expect(result.of(PodKilledByKubelet).map(({ event }) => event.message)).toEqual([
      'The node was low on resource: inodes. Threshold quantity: 32Ki, available: 25360. ',
    ])
  })

  it('a zone at a time', () => {
    expect(pressures(run([{ at: '65s', fillDisk: { zone: 'b', by: '9500Mi' } }])).map(([, name]) => name)).toEqual([
      'n-2',
    ])
  })

  it('outlives a reboot of the machine', () => {
    const result = run(
      [
        { at: '65s', fillDisk: { node: 'n-1', by: '9500Mi' } },
        { at: '2m', reboot: { node: 'n-1' } },
      ],
      {
        latencies: { ...NO_LATENCIES, nodeBoot: '10s' },
      },
    )
    expect(pressures(result).map(([, , under]) => under)).toEqual([true, true])
  })

  it('freeing what was not filled is a mistake of the story', () => {
    const result = run([{ at: '1m', freeDisk: { node: 'n-1' } }])
    expect(result.of(DisruptionIgnored).map(({ event }) => event.reason)).toEqual(['nothing has been filled'])
  })
})

describe('slowDisk: what reads and writes much takes longer', () => {
  const latencies = {
    ...NO_LATENCIES,
    sandbox: '2s',
    containerStart: '1s',
    imagePullRate: '10Mi',
    imagePullOverhead: '1s',
  }
  const images = { size: '50Mi' }
  const late = pod('late', { nodeName: 'n-1', containers: [{ name: 'main', image: 'example/late:1' }] })
  const files = { 'late.yaml': late }
  const times = (timeline: readonly object[]) => {
    const result = run([...timeline, { at: '100s', kubectl: 'apply -f late.yaml' }], { latencies, images, files })
    const of = (definition: typeof PodSandboxStarted | typeof ImagePulled | typeof ContainerStarted) =>
      result.of(definition as typeof ImagePulled).find(({ event }) => event.pod === 'default/late')!.at
    const [sandbox, image, container] = [of(PodSandboxStarted), of(ImagePulled), of(ContainerStarted)]
    return [sandbox - 100_000, image - sandbox, container - image]
  }

  it('sandbox, pull and start, by the factor', () => {
    expect(times([])).toEqual([2_000, 6_000, 1_000])
    expect(times([{ at: '1m', slowDisk: { node: 'n-1', by: 5 } }])).toEqual([10_000, 30_000, 5_000])
  })

  it('by 10, if nothing else is said', () => {
    expect(times([{ at: '1m', slowDisk: { node: 'n-1' } }])).toEqual([20_000, 60_000, 10_000])
  })

  it('for a while, or until it is mended: what has begun takes its time', () => {
    expect(times([{ at: '1m', slowDisk: { node: 'n-1', by: 5, for: '45s' } }])).toEqual([10_000, 6_000, 1_000])
    expect(
      times([
        { at: '1m', slowDisk: { node: 'n-1', by: 5 } },
        { at: '105s', mendDisk: { node: 'n-1' } },
      ]),
    ).toEqual([10_000, 6_000, 1_000])
  })

  it('mending what is not slow is a mistake of the story', () => {
    const result = run([{ at: '1m', mendDisk: { node: 'n-1' } }])
    expect(result.of(DisruptionIgnored).map(({ event }) => event.reason)).toEqual(['the disk is not slow'])
    expect(result.of(DiskSlowed)).toEqual([])
  })
})
