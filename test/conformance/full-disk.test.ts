import {
  type ClusterView,
  ContainerExited,
  ContainerStarted,
  DiskGotRoom,
  DiskRanFull,
  ImagePulled,
  ImagePullFailed,
  nextRetry,
  totalUsageAt,
  wouldExceed,
} from '@wavetank/cluster'
import { createDraw } from '@wavetank/kernel'
import { describe, expect, it } from 'vitest'
import { eventsAbout, pod, smallRun } from './small-run.ts'

/**
 * A write to a file system without room fails with ENOSPC (write(2)); nobody evicts or collects anything here, so that it
 * comes to that. Pulls: containerd, internal/cri/server/images/image_pull.go; their back-off: pkg/kubelet/images.
 */

const MI = 1024 ** 2
const GI = 1024 ** 3

const node = { name: 'n', count: 1, capacity: { cpu: '8', memory: '16Gi', 'ephemeral-storage': '10Gi' } }
const twoDisks = { ...node, disks: { imagefs: '5Gi' } }
const lax = { kubelet: { evictionHard: {}, imageGCHighThresholdPercent: 100 } }

const writer = (name: string, image: string, spec: object = {}) =>
  pod(name, {
    nodeName: 'n-1',
    containers: [{ name: 'main', image, imagePullPolicy: 'IfNotPresent' }],
    volumes: [{ name: 'data', emptyDir: {} }],
    ...spec,
  })
const leak = (mebibytes: number) => ({ leak: { rise: `${mebibytes}Mi`, every: '1s' } })
const behaviors = [
  { match: { image: 'leak' }, disk: leak(100) },
  { match: { image: 'dies' }, disk: leak(100), onFullDisk: { exitCode: 28 } },
  { match: { image: 'stays' }, disk: leak(100), onFullDisk: 'ignore' },
  { match: { image: 'volume' }, volumes: { data: leak(100) }, onFullDisk: {} },
  { match: { image: 'logs' }, logs: leak(10), onFullDisk: {} },
  { match: { image: 'files' }, inodes: { leak: { rise: '10000', every: '1s' } }, onFullDisk: {} },
  {
    match: { image: 'later' },
    disk: {
      steps: [
        { after: '0s', value: '1Gi' },
        { after: '3m', value: '2Gi' },
      ],
    },
    onFullDisk: { exitCode: 28 },
  },
]
const run = (manifests: readonly object[], more: object = {}) =>
  smallRun({ nodes: [node], behaviors, images: { size: 0 }, manifests, duration: '10m', flags: lax, ...more })
type Run = ReturnType<typeof run>

const used = (view: ClusterView, key: string, part: 'disk' | 'logs' | 'inodes', at: number): number => {
  const running = view.usage.get(key as never)?.find(({ endedAt }) => endedAt > at)
  return totalUsageAt([running!.local![part]!] as never, at)
}
const atOf = (entries: readonly { readonly at: number }[]) => entries.map(({ at }) => at)
const started = (result: Run) => result.of(ContainerStarted)[0]!.at

describe('what containers write', () => {
  it('is no more than the disk has, from the millisecond at which it has none left', () => {
    const result = run([writer('a', 'leak')])
    const [full] = result.of(DiskRanFull)
    expect(result.of(DiskRanFull)).toHaveLength(1)
    expect(full!.at - started(result)).toBe(Math.ceil((10 * GI) / ((100 * MI) / 1_000)))
    expect(full!.event).toMatchObject({ what: 'nodefs.available', used: 10 * GI, lost: 0 })
    expect(full!.event.levels).toEqual([{ pod: 'default/a', container: 'main', part: 'disk', level: 10 * GI }])
    expect(used(result.view, 'default/a', 'disk', 600_000)).toBe(10 * GI)
  })

  it('several share the room as it comes, and none has more than it had', () => {
    const result = run([writer('a', 'leak'), writer('b', 'stays')])
    const [full] = result.of(DiskRanFull)
    const levels = full!.event.levels.map(({ level }) => level)
    expect(levels.reduce((a, b) => a + b)).toBeLessThanOrEqual(10 * GI)
    expect(levels.reduce((a, b) => a + b)).toBeGreaterThan(10 * GI - 3)
  })

  it('a disk that is filled from outside is no fuller than full', () => {
    const result = run([writer('a', 'leak')], {
      duration: '3m',
      timeline: [{ at: '60s', fillDisk: { node: 'n-1', by: '20Gi' } }],
    })
    // All that is left is gone in that millisecond.
    const written = Math.floor(((59_999 - started(result)) * 100 * MI) / 1_000)
    const found = used(result.view, 'default/a', 'disk', 180_000)
    expect(Math.abs(found - written)).toBeLessThanOrEqual(1)
    expect(result.view.nodes.get('n-1')!.machine.filled.nodefs.bytes + found).toBe(10 * GI)
  })

  it('goes on when there is room again, from where it was', () => {
    const timeline = [{ at: '30s', fillDisk: { node: 'n-1', by: '20Gi', for: '60s' } }]
    const result = run([writer('a', 'leak')], { timeline, duration: '95s' })
    expect(atOf(result.of(DiskRanFull))).toEqual([30_000])
    expect(atOf(result.of(DiskGotRoom))).toEqual([90_000])
    const rest = used(result.view, 'default/a', 'disk', 95_000) - used(result.view, 'default/a', 'disk', 90_000)
    expect(Math.floor(rest / MI + 0.5)).toBe(500)
    const before = used(run([writer('a', 'leak')], { duration: '30s' }).view, 'default/a', 'disk', 30_000)
    expect(Math.abs(used(result.view, 'default/a', 'disk', 90_000) - before)).toBeLessThan((100 * MI) / 1_000)
  })

  it('a mebibyte makes room, less does not', () => {
    const freed = (by: string) =>
      run([], {
        timeline: [
          { at: '1m', fillDisk: { node: 'n-1', by: '10Gi' } },
          { at: '2m', fillDisk: { node: 'n-1', by } },
          { at: '3m', freeDisk: { node: 'n-1' } },
        ],
      })
    expect(atOf(freed('1Mi').of(DiskGotRoom))).toEqual([180_000])
    const part = run([writer('a', 'leak', { restartPolicy: 'Never', activeDeadlineSeconds: 60 })], {
      timeline: [{ at: '70s', fillDisk: { node: 'n-1', by: '10Gi' } }],
    })
    expect(part.of(DiskRanFull)).toHaveLength(1)
  })

  it('on another disk is another matter', () => {
    const nodes = [twoDisks]
    const full = (image: string) =>
      run([writer('a', image)], { nodes })
        .of(DiskRanFull)
        .map(({ event }) => event.what)
    expect(full('leak')).toEqual(['imagefs.available'])
    expect(full('volume')[0]).toBe('nodefs.available')
    expect(full('files')[0]).toBe('imagefs.inodesFree')
  })

  it('one that has ended leaves what it had, until its pod is gone', () => {
    const timeline = [{ at: '3m', kubectl: 'delete pod a' }]
    const result = run([writer('a', 'leak', { restartPolicy: 'Never' })], {
      timeline,
      behaviors: [{ disk: leak(100), run: { for: '150s' } }],
    })
    expect(result.of(DiskRanFull)).toHaveLength(1)
    expect(atOf(result.of(DiskGotRoom))).toEqual([180_000])
  })

  it('what a machine wrote before it hung stays, and goes on after', () => {
    const timeline = [{ at: '60s', freeze: { node: 'n-1', for: '60s' } }]
    const hung = run([writer('a', 'leak')], { timeline }).of(DiskRanFull)[0]!
    expect(hung.at - run([writer('a', 'leak')]).of(DiskRanFull)[0]!.at).toBe(60_000)
  })
})

describe('what a process does about it: onFullDisk', () => {
  const exits = (image: string, more: object = {}) => run([writer('a', image)], more).of(ContainerExited)

  it('nothing, unless its behaviour says so', () => {
    expect(exits('leak')).toEqual([])
    expect(exits('stays')).toEqual([])
  })

  it('it ends with its first write that fails, and again after each restart', () => {
    const result = run([writer('a', 'dies', { restartPolicy: 'Always' })])
    const found = result.of(ContainerExited)
    expect(found[0]!.event).toMatchObject({ exitCode: 28, reason: 'Error', restart: 0 })
    expect(found[0]!.at - result.of(DiskRanFull)[0]!.at).toBeLessThanOrEqual(1)
    // What the dead container has written stays, so that the next one can write nothing.
    expect(found.length).toBeGreaterThan(3)
    const again = result.of(ContainerStarted)[1]!
    expect(found[1]!.at - again.at).toBeLessThanOrEqual(1)
  })

  it('an empty directory counts, and is as full for the next instance', () => {
    const result = run([writer('a', 'volume')])
    const found = result.of(ContainerExited)
    expect(found[0]!.event.exitCode).toBe(1)
    expect(found[1]!.at).toBe(result.of(ContainerStarted)[1]!.at)
    const [process] = [...(result.view.usage.get('default/a' as never) ?? [])].slice(-1)
    expect(totalUsageAt([process!.local!.volumes[0]!.curve] as never, 600_000)).toBe(10 * GI)
  })

  it('files count where there are inodes for no more of them', () => {
    const [exit] = exits('files')
    expect(exit!.event.exitCode).toBe(1)
    // 10 Gi / 16 Ki files at 10,000 a second.
    expect(Math.floor(exit!.at / 1_000)).toBe(Math.floor(655_360 / 10_000) + 1)
  })

  it('a log does not: it is the runtime that writes it', () => {
    const flags = { kubelet: { ...lax.kubelet, containerLogMaxSize: '20Gi' } }
    const result = run([writer('a', 'logs')], { flags, duration: '25m' })
    expect(result.of(DiskRanFull)).toHaveLength(1)
    expect(result.of(ContainerExited)).toEqual([])
    expect(used(result.view, 'default/a', 'logs', 1_500_000)).toBe(10 * GI)
  })

  it('who writes nothing while the disk is full notices nothing', () => {
    const filled = (span: string) => [{ at: '1m', fillDisk: { node: 'n-1', by: '20Gi', for: span } }]
    expect(exits('later', { timeline: filled('90s') })).toEqual([])
    const [exit] = exits('later', { timeline: filled('5m') })
    expect(exit!.at - started(run([writer('a', 'later')]))).toBe(180_000)
  })

  it('a container that is stopped, or whose node is down, does not end a second time', () => {
    const timeline = [
      { at: '1m', fillDisk: { node: 'n-1', by: '20Gi' } },
      { at: '2m', fail: { node: 'n-1' } },
    ]
    expect(exits('later', { timeline })).toEqual([])
    const deleted = run([writer('a', 'later', { terminationGracePeriodSeconds: 5 })], {
      timeline: [timeline[0]!, { at: '2m', kubectl: 'delete pod a' }],
    })
    expect(deleted.of(ContainerExited).map(({ event }) => event.exitCode)).toEqual([143])
  })
})

describe('image pulls', () => {
  const images = { sizes: { big: '6Gi', small: '1Gi' }, size: 0 }
  const pulls = (manifests: readonly object[], more: object = {}) => run(manifests, { images, behaviors: [], ...more })
  const big = writer('a', 'big')

  it('break off where the disk has no room for them, after what there was', () => {
    const result = pulls([big], { nodes: [twoDisks] })
    const [failed] = result.of(ImagePullFailed)
    expect(failed!.event).toMatchObject({ image: 'big', error: 'NoSpace' })
    // 1 s, and 5 Gi at 1 Gi a second.
    expect(failed!.at - 6_000).toBeLessThan(1_000)
    expect(result.of(ImagePulled)).toEqual([])
  })

  it('say what containerd says, and back off as every pull does', () => {
    const scenario = { nodes: [twoDisks], images, manifests: [big], flags: lax }
    const said = eventsAbout(scenario, 'a')
    const error =
      /Warning Failed Failed to pull image "big": failed to pull and unpack image "docker.io\/library\/big:latest": failed to copy: write \/var\/lib\/containerd\/io.containerd.content.v1.content\/ingest\/[0-9a-f]{64}\/data: no space left on device/
    expect(said.some((line) => error.test(line))).toBe(true)
    expect(said).toContain('Warning Failed Error: ErrImagePull')
    expect(said).toContain('Warning Failed Error: ImagePullBackOff')
    const failures = atOf(pulls([big], { nodes: [twoDisks] }).of(ImagePullFailed))
    const draw = createDraw(1)
    let next = failures[0]!
    while (next < failures[0]! + 10_000) next = nextRetry(draw, 'default/a', next)
    // The pull itself takes its 6 s again.
    expect(failures[1]).toBe(next + 6_000)
  })

  it('succeed with the next try after room has been made', () => {
    const timeline = [
      { at: '0s', fillDisk: { node: 'n-1', by: '8Gi' } },
      { at: '2m', freeDisk: { node: 'n-1' } },
    ]
    const result = pulls([big], { timeline })
    expect(result.of(ImagePullFailed).length).toBeGreaterThan(2)
    expect(result.of(ImagePulled)[0]!.at).toBeGreaterThan(120_000)
    expect(result.of(ContainerStarted)).toHaveLength(1)
  })

  it('of which something else takes the room break off at once', () => {
    const timeline = [{ at: '3s', fillDisk: { node: 'n-1', by: '8Gi' } }]
    expect(pulls([big], { timeline }).of(ImagePullFailed)[0]!.at).toBe(3_000)
  })

  it('at one time: the one that comes second has no room any more', () => {
    const flags = { kubelet: { ...lax.kubelet, serializeImagePulls: false } }
    const result = pulls([big, writer('b', 'other')], { flags, images: { sizes: { big: '6Gi', other: '5Gi' } } })
    expect(result.of(ImagePulled)[0]!.event.image).toBe('other')
    expect(result.of(ImagePullFailed)[0]).toMatchObject({ at: result.of(ImagePulled)[0]!.at, event: { image: 'big' } })
  })

  it('need no room for what is there, and none without a disk that is known', () => {
    expect(pulls([writer('a', 'small'), writer('b', 'small')]).of(ImagePullFailed)).toEqual([])
    const unknown = { ...node, capacity: { cpu: '8', memory: '16Gi', 'ephemeral-storage': '0' } }
    expect(pulls([big], { nodes: [unknown] }).of(ImagePullFailed)).toEqual([])
  })

  it('need inodes', () => {
    const timeline = [{ at: '0s', fillDisk: { node: 'n-1', inodes: 1_000_000 } }]
    expect(pulls([writer('a', 'small')], { timeline }).of(ImagePullFailed)[0]!.event.error).toBe('NoSpace')
  })

  it('have room once the kubelet has removed what nobody uses', () => {
    const old = writer('a', 'old', { restartPolicy: 'Never' })
    const result = pulls([old, writer('b', 'new')], {
      duration: '20m',
      images: { sizes: { old: '6Gi', new: '5Gi' } },
      behaviors: [{ match: { image: 'old' }, run: { for: '10s' } }],
      flags: { kubelet: { evictionHard: {}, imageGCHighThresholdPercent: 50, imageGCLowThresholdPercent: 40 } },
      timeline: [{ at: '1m', kubectl: 'delete pod a' }],
    })
    expect(result.of(ImagePullFailed)[0]!.event).toMatchObject({ image: 'new', error: 'NoSpace' })
    expect(result.of(ImagePulled).map(({ event }) => event.image)).toEqual(['old', 'new'])
  })
})

describe('a curve that is held', () => {
  const at = (level: number) =>
    wouldExceed(
      {
        origin: 1_000,
        curve: { since: 'container', pieces: [] },
        held: {
          free: { since: 'container', pieces: [{ from: 0, value: 0, rise: 1, per: 10 }] },
          level,
          since: 0,
          what: 'nodefs.available',
        },
      },
      0,
    )

  it('is missed from the first whole unit that has no room', () => {
    expect(at(5)).toBe(1_060)
    expect(at(0)).toBe(1_010)
  })
})
