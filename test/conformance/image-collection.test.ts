import {
  DeadContainersRemoved,
  EvictionThresholdMet,
  ImageCollectionFailed,
  ImagePulled,
  ImagesRemoved,
  NodePressureChanged,
  PodKilledByKubelet,
} from '@wavetank/cluster'
import { foldKubeEvents } from '@wavetank/report'
import { describe, expect, it } from 'vitest'
import { pod, smallRun } from './small-run.ts'

/** pkg/kubelet/images/image_gc_manager.go, pkg/kubelet/kuberuntime/kuberuntime_gc.go, pkg/kubelet/kubelet.go StartGarbageCollection. */

const node = { name: 'n', count: 1, capacity: { cpu: '8', memory: '16Gi', 'ephemeral-storage': '10Gi' } }
const MI = 1024 ** 2

/** A pod that runs `image` for ever, or for a while and then ends. */
const runs = (name: string, image: string, spec: object = {}) =>
  pod(name, { nodeName: 'n-1', containers: [{ name: 'main', image }], ...spec })
const ends = (name: string, image: string) => runs(name, image, { restartPolicy: 'Never' })

const sizes = Object.fromEntries(['1000', '2000', '3000', '4000', '5000', '8000'].map((n) => [`i-${n}`, `${n}Mi`]))
const sized = { sizes: { ...sizes, 'j-1000': '1000Mi', 'k-1000': '1000Mi' } }
const quiet = { evictionHard: {} }
const run = (more: object) =>
  smallRun({ nodes: [node], images: sized, flags: { kubelet: quiet }, duration: '30m', ...more })
type Run = ReturnType<typeof run>
const gone = (result: Run) => result.of(ImagesRemoved).map(({ at, event }) => [at, ...event.images])
const gc = (flags: object) => ({ flags: { kubelet: { ...quiet, ...flags } } })
const at = (when: string, kubectl: string) => ({ at: when, kubectl })
const fill = (when: string, by: string, more: object = {}) => ({ at: when, fillDisk: { node: 'n-1', by, ...more } })

describe('images are removed when their disk is fuller than imageGCHighThresholdPercent', () => {
  /** `old` is not used any more from the first minute on, `kept` is. */
  const manifests = [runs('old', 'i-2000'), runs('kept', 'i-3000')]
  const timeline = [at('1m', 'delete pod old')]

  it('every 5 minutes from the start of the kubelet', () => {
    expect(gone(run({ manifests, timeline: [...timeline, fill('6m', '4000Mi')] }))).toEqual([[600_000, 'i-2000']])
  })

  it('not those that a container uses, running or not', () => {
    const crashing = [{ match: { image: 'i-2000' }, run: { for: '1s', exitCode: 1 } }]
    const result = run({ manifests, behaviors: crashing, timeline: [fill('6m', '4000Mi')] })
    expect(gone(result)).toEqual([])
  })

  it.each([
    ['84 % in use is less', `${Math.floor(0.84 * 10_240) - 5_000}Mi`, false],
    ['84.1 % is 85: what is free is rounded down', `${Math.ceil(0.841 * 10_240) - 5_000}Mi`, true],
  ])('%s', (_, by, isRemoved) => {
    expect(gone(run({ manifests, timeline: [...timeline, fill('6m', by)] })).length > 0).toBe(isRemoved)
  })

  it.each([
    ['49 %: full', { imageGCHighThresholdPercent: 49, imageGCLowThresholdPercent: 40 }, true],
    ['50 %: not yet', { imageGCHighThresholdPercent: 50, imageGCLowThresholdPercent: 40 }, false],
    ['100 % without a maximum age: never', { imageGCHighThresholdPercent: 100 }, false],
  ])('imageGCHighThresholdPercent %s', (_, flags, isRemoved) => {
    const full = flags.imageGCHighThresholdPercent === 100 ? [fill('6m', '7000Mi')] : []
    expect(gone(run({ manifests, timeline: [...timeline, ...full], ...gc(flags) })).length > 0).toBe(isRemoved)
  })

  it('the disk of the images counts, not that of the node', () => {
    const disks = { nodes: [{ ...node, disks: { imagefs: '10Gi' } }] }
    expect(gone(run({ manifests, timeline: [...timeline, fill('6m', '4000Mi')], ...disks }))).toEqual([])
    const onImages = fill('6m', '4000Mi', { disk: 'imagefs' })
    expect(gone(run({ manifests, timeline: [...timeline, onImages], ...disks }))).toEqual([[600_000, 'i-2000']])
  })

  it('an image that was removed must be pulled again', () => {
    const again = [...timeline, fill('6m', '4000Mi'), at('12m', 'apply -f again.yaml')]
    const result = run({ manifests, timeline: again, files: { 'again.yaml': runs('again', 'i-2000') } })
    expect(result.of(ImagePulled).map(({ event }) => event.image)).toEqual(['i-3000', 'i-2000', 'i-2000'])
  })

  it('the node’s status has it no more', () => {
    const result = run({ manifests, timeline: [...timeline, fill('6m', '4000Mi')] })
    expect([...result.view.nodes.get('n-1')!.images.keys()]).toEqual(['i-3000'])
    expect(result.view.nodes.get('n-1')!.imageBytes).toBe(3_000 * MI)
  })
})

describe('which, and how many: freeSpace, byLastUsedAndDetected', () => {
  const three = [runs('a', 'i-1000'), runs('b', 'j-1000'), runs('c', 'k-1000')]

  it('least recently used first, as seen by looks 5 minutes apart, until the low threshold is reached', () => {
    const timeline = [
      at('6m', 'delete pod b'),
      at('11m', 'delete pod a'),
      at('16m', 'delete pod c'),
      fill('17m', '5700Mi'),
    ]
    // 8700Mi in use, 80 % are 8192Mi: one image is enough.
    expect(gone(run({ manifests: three, timeline }))).toEqual([[1_200_000, 'j-1000']])
  })

  it('more of them, where one is not enough', () => {
    const timeline = [
      at('6m', 'delete pod b'),
      at('11m', 'delete pod a'),
      at('16m', 'delete pod c'),
      fill('17m', '6700Mi'),
    ]
    expect(gone(run({ manifests: three, timeline }))).toEqual([[1_200_000, 'j-1000', 'i-1000']])
  })

  it('of two that were used last at one look, the one that was seen first', () => {
    const later = { 'b.yaml': runs('b', 'j-1000') }
    const timeline = [at('7m', 'apply -f b.yaml'), at('11m', 'delete pod a b'), fill('12m', '6700Mi')]
    expect(gone(run({ manifests: [runs('a', 'k-1000')], timeline, files: later }))).toEqual([[900_000, 'k-1000']])
  })

  it('imageGCLowThresholdPercent is how far', () => {
    const timeline = [at('1m', 'delete pod a b c'), fill('6m', '5700Mi')]
    const low = gc({ imageGCLowThresholdPercent: 60 })
    expect(gone(run({ manifests: three, timeline, ...low }))).toEqual([[600_000, 'i-1000', 'j-1000', 'k-1000']])
  })

  it('not one that the kubelet has known for less than imageMinimumGCAge', () => {
    const timeline = [at('4m', 'delete pod a b c'), fill('4m30s', '7200Mi')]
    const minimum = (imageMinimumGCAge: string) =>
      gone(run({ manifests: three, timeline, ...gc({ imageMinimumGCAge }) }))[0]?.[0]
    // The look after 5 minutes sees the images for the first time.
    expect(minimum('0s')).toBe(300_000)
    expect(minimum('2m')).toBe(600_000)
    expect(minimum('6m')).toBe(900_000)
  })
})

describe('when there are not enough: FreeDiskSpaceFailed, ImageGCFailed', () => {
  const said = (scenario: object) => {
    const result = run(scenario)
    const events = foldKubeEvents()
    for (const entry of result.entries) events.apply(entry, result.view)
    return events
      .events(1_800_000)
      .filter(({ reason }) => reason === 'FreeDiskSpaceFailed' || reason === 'ImageGCFailed')
      .map(({ reason, message, count }) => [reason, message, count])
  }

  it('says so at each look, and from the second in a row on that it failed', () => {
    const message =
      'Failed to garbage collect required amount of images. Attempted to free 847249408 bytes, but only found 0 bytes eligible to free.'
    expect(said({ manifests: [runs('a', 'i-1000')], timeline: [fill('6m', '8000Mi', { for: '10m' })] })).toEqual([
      ['FreeDiskSpaceFailed', message, 2],
      ['ImageGCFailed', message, 1],
    ])
  })

  it('what could be removed has been', () => {
    const result = run({
      manifests: [runs('a', 'i-1000'), runs('b', 'i-2000')],
      timeline: [at('1m', 'delete pod a'), fill('6m', '7200Mi', { for: '5m' })],
    })
    expect(gone(result)).toEqual([[600_000, 'i-1000']])
    const [failed] = result.of(ImageCollectionFailed)
    expect(failed!.event).toMatchObject({ freedBytes: 1_000 * MI, isRepeated: false })
  })
})

describe('imageMaximumGCAge: freeOldImages', () => {
  const manifests = [runs('a', 'i-1000'), runs('b', 'i-2000')]
  it.each([
    // Used last, as far as the kubelet knows, after 5 minutes.
    ['7m', 900_000],
    ['12m', 1_200_000],
  ])('%s: images that have not been used for longer go, however much is free', (imageMaximumGCAge, expected) => {
    const result = run({ manifests, timeline: [at('6m', 'delete pod a')], ...gc({ imageMaximumGCAge }) })
    expect(gone(result)).toEqual([[expected, 'i-1000']])
  })

  it('not before the kubelet itself is that old', () => {
    const timeline = [at('1m', 'delete pod a'), at('2m', 'delete pod b')]
    expect(gone(run({ manifests, timeline, ...gc({ imageMaximumGCAge: '12m' }) }))).toEqual([
      [900_000, 'i-1000', 'i-2000'],
    ])
  })
})

describe('under pressure of a disk the kubelet removes what it can before it evicts: buildSignalToNodeReclaimFuncs', () => {
  const hard = {
    flags: {
      kubelet: {
        evictionHard: { 'nodefs.available': '1Gi', 'imagefs.available': '1Gi' },
        imageGCHighThresholdPercent: 100,
      },
    },
  }
  const victims = (result: Run) => result.of(PodKilledByKubelet).map(({ event }) => event.pod)
  const unused = { manifests: [runs('old', 'i-2000'), runs('kept', 'i-1000')] }
  const deleted = at('1m', 'delete pod old')

  it('all unused images; nobody is evicted if that is enough', () => {
    const result = run({ ...hard, ...unused, timeline: [deleted, fill('605s', '6500Mi')] })
    expect(gone(result)).toEqual([[610_000, 'i-2000']])
    expect(victims(result)).toEqual([])
    expect(result.of(EvictionThresholdMet)).toHaveLength(1)
    expect(result.of(NodePressureChanged).map(({ event }) => event.under)).toEqual([true, false])
  })

  it('if it is not, a pod goes at the same look', () => {
    // No more than the whole disk can be filled, so the threshold has to be above what the images leave.
    const evictionHard = { 'nodefs.available': '3Gi', 'imagefs.available': '3Gi' }
    const flags = { kubelet: { ...hard.flags.kubelet, evictionHard } }
    const result = run({ flags, ...unused, timeline: [deleted, fill('605s', '7000Mi')] })
    expect(gone(result)[0]).toEqual([610_000, 'i-2000'])
    expect(victims(result)).toEqual(['default/kept'])
    expect(result.of(PodKilledByKubelet)[0]?.at).toBe(610_000)
  })

  it('nor is it if minimum reclaim asks for more', () => {
    const flags = { kubelet: { ...hard.flags.kubelet, evictionMinimumReclaim: { 'nodefs.available': '3Gi' } } }
    expect(victims(run({ flags, ...unused, timeline: [deleted, fill('605s', '6500Mi')] }))).toEqual(['default/kept'])
  })

  it('images that are too young go later, when nobody is left to evict', () => {
    const critical = { priorityClassName: 'system-node-critical' }
    const result = run({
      ...hard,
      manifests: [runs('old', 'i-2000', critical), runs('kept', 'i-1000', critical)],
      timeline: [deleted, fill('125s', '6500Mi')],
    })
    // Seen first at the look that wanted to make room, after 130 s; two minutes old after 250 s.
    expect(gone(result)).toEqual([[250_000, 'i-2000']])
    expect(victims(result)).toEqual([])
  })

  it('what is left of pods that have ended goes with its image', () => {
    const behaviors = [{ match: { image: 'i-1000' }, run: { for: '20s', exitCode: 0 }, disk: '3000Mi' }]
    const result = run({
      ...hard,
      behaviors,
      manifests: [ends('job', 'i-1000'), runs('kept', 'i-2000')],
      timeline: [fill('605s', '4500Mi')],
    })
    expect(result.of(DeadContainersRemoved).map(({ event }) => event.pods)).toEqual([['default/job']])
    expect(gone(result)).toEqual([[610_000, 'i-1000']])
    expect(victims(result)).toEqual([])
  })

  it('the last dead instance of a container that is to run again stays', () => {
    const behaviors = [{ match: { image: 'i-1000' }, run: { for: '20s', exitCode: 1 }, disk: '1000Mi' }]
    const result = run({
      ...hard,
      behaviors,
      manifests: [runs('crash', 'i-1000')],
      timeline: [fill('605s', '9500Mi', { for: '1m' })],
    })
    expect(result.of(DeadContainersRemoved)).toEqual([])
    expect(victims(result)).toEqual(['default/crash'])
  })

  it.each<[string, object, object, boolean]>([
    ['two disks: the images’ own is full', { imagefs: '10Gi' }, { disk: 'imagefs' }, true],
    ['two disks: the node’s own is full, and images are elsewhere', { imagefs: '10Gi' }, {}, false],
    ['split: the images’ own is full', { imagefs: '10Gi', containerfs: 'nodefs' }, { disk: 'imagefs' }, true],
    ['split: the node’s own is full', { imagefs: '10Gi', containerfs: 'nodefs' }, {}, false],
  ])('%s', (_, disks, where, isRemoved) => {
    const by = 'disk' in where ? '6500Mi' : '9500Mi'
    const result = run({
      ...hard,
      ...unused,
      nodes: [{ ...node, disks }],
      timeline: [deleted, fill('605s', by, where)],
    })
    expect(gone(result)).toEqual(isRemoved ? [[610_000, 'i-2000']] : [])
    expect(victims(result)).toEqual(isRemoved ? [] : ['default/kept'])
  })
})

describe('images alone can fill a disk', () => {
  it('and pods are evicted one after another: those of running containers stay, and those that have come just now', () => {
    const result = run({ flags: {}, manifests: [runs('a', 'i-4000'), runs('b', 'i-5000')] })
    const message =
      'The node was low on resource: ephemeral-storage. Threshold quantity: 1610612800, available: 1240Mi. '
    expect(result.of(PodKilledByKubelet).map(({ event }) => event.message)).toEqual([message, message])
    const [removed] = result.of(ImagesRemoved)
    expect(removed!.event.images).toEqual(['i-4000', 'i-5000'])
    // Two minutes after the look that saw them.
    expect(removed!.at - result.of(EvictionThresholdMet)[0]!.at).toBeGreaterThanOrEqual(120_000)
    expect(removed!.at - result.of(EvictionThresholdMet)[0]!.at).toBeLessThan(135_000)
  })
})
