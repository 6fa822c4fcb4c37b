import {
  ApiServerCameBack,
  ApiServerSlowed,
  ApiServerWentDown,
  DiskSlowed,
  KubeletStopped,
  NodeFailed,
  NodeFrozen,
  NodePartitioned,
  NodeReconnected,
  NodeRecovered,
  NodeShutdownRequested,
} from '@wavetank/cluster'
import { DisruptionIgnored, FailureSkipped } from '@wavetank/controllers'
import { ControllersStarted, ControllersStopped } from '@wavetank/kernel'
import { describe, expect, it } from 'vitest'
import { smallRun } from './small-run.ts'

/** Failure models: the theory of alternating renewal processes is what they are held against. */

const HOUR = 3_600_000
const nodes = (count: number, more: object = {}) => [{ name: 'w', count, zones: ['a', 'b', 'c', 'd'], ...more }]
const run = (failures: readonly object[], more: object = {}) =>
  smallRun({ nodes: nodes(50), duration: '1000h', failures, ...more })

const machines = (timeToFailure: unknown, timeToRepair: unknown = '1h', more: object = {}) => ({
  name: 'machines',
  fail: { pool: 'w' },
  timeToFailure,
  timeToRepair,
  ...more,
})

describe('as many failures as the distributions say', () => {
  // The number of cycles in a long time is normal, with mean T/μ and variance T·σ²/μ³ for each node (renewal theory;
  // Cox, Renewal Theory, 1962, chapter 3); μ and σ are those of a whole cycle. Bounds are four standard deviations.
  const T = 1_000
  const N = 50
  it.each([
    ['exponential', { exponential: { mean: '50h' } }, 50, 50],
    // Γ(1.5) and Γ(2) of shape 2: mean 0.8862 of the scale, variance 0.2146 of its square.
    ['Weibull', { weibull: { scale: '40h', shape: 2 } }, 35.45, 18.53],
    // Mean is median·exp(σ²/2); variance is mean²·(exp(σ²) − 1).
    ['log-normal', { lognormal: { median: '30h', sigma: 0.5 } }, 33.99, 18.12],
    ['empirical', { empirical: ['10h', '20h', '60h'] }, 30, 21.6],
    ['uniform', { uniform: ['20h', '40h'] }, 30, 5.77],
  ])('%s', (_, timeToFailure, mean, deviation) => {
    const failed = run([machines(timeToFailure)]).of(NodeFailed).length
    const cycle = mean + 1
    const expected = (N * T) / cycle
    const sd = Math.sqrt((N * T * deviation ** 2) / cycle ** 3)
    // A start with everything as new costs half of (σ²/μ² − 1) failures a node.
    const start = (N * (deviation ** 2 / cycle ** 2 - 1)) / 2
    expect(Math.abs(failed - expected - start)).toBeLessThan(4 * sd + N / 20)
  })

  it('every failure is mended after its time', () => {
    const result = run([machines({ exponential: { mean: '50h' } })])
    const failed = result.of(NodeFailed)
    const recovered = result.of(NodeRecovered)
    expect(recovered.length).toBeGreaterThan(900)
    for (const { at, event } of recovered)
      expect(failed.some((one) => one.event.node === event.node && one.at === at - HOUR)).toBe(true)
  })

  it('the time to failure begins with the repair', () => {
    const result = run([machines('10h', '2h')], { nodes: nodes(1) })
    expect(
      result
        .of(NodeFailed)
        .map(({ at }) => at / HOUR)
        .slice(0, 3),
    ).toEqual([10, 22, 34])
  })
})

describe('draws belong to their model and node', () => {
  const failuresOf = (result: ReturnType<typeof run>, node: string) =>
    result.of(NodeFailed).flatMap(({ at, event }) => (event.node === node ? [at] : []))
  const one = run([machines({ exponential: { mean: '50h' } })])

  it('more nodes, or another model, move nothing', () => {
    const other = { name: 'hangs', freeze: { zone: 'b' }, timeToFailure: '70h', timeToRepair: '1m' }
    const more = run([other, machines({ exponential: { mean: '50h' } })], { nodes: nodes(60) })
    expect(failuresOf(more, 'w-1')).toEqual(failuresOf(one, 'w-1'))
    expect(more.of(NodeFrozen).length).toBeGreaterThan(100)
  })

  it('a mean twice as long doubles the time to the first failure of each node', () => {
    const rare = run([machines({ exponential: { mean: '100h' } })])
    const [first] = failuresOf(one, 'w-2')
    expect(Math.abs(failuresOf(rare, 'w-2')[0]! - 2 * first!)).toBeLessThanOrEqual(2)
  })

  it('another seed gives other failures', () => {
    const other = run([machines({ exponential: { mean: '50h' } })], { seed: 2 })
    expect(failuresOf(other, 'w-1')).not.toEqual(failuresOf(one, 'w-1'))
  })
})

describe('what fails', () => {
  it.each([
    ['partition', NodePartitioned],
    ['stopKubelet', KubeletStopped],
    ['freeze', NodeFrozen],
  ])('%s', (fault, definition) => {
    const result = run([{ name: 'x', [fault]: { node: 'w-1' }, timeToFailure: '10h', timeToRepair: '1m' }])
    const times = result.of(definition as typeof NodeFrozen)
    expect(times).toHaveLength(99)
    expect(new Set(times.map(({ event }) => event.node))).toEqual(new Set(['w-1']))
  })

  it('slowDisk, by as much as it says, and mended after its time', () => {
    const slow = { name: 'x', slowDisk: { node: 'w-1', by: 4 }, timeToFailure: '10h', timeToRepair: '1m' }
    const changes = run([slow], { duration: '25h' }).of(DiskSlowed)
    expect(changes.map(({ at, event }) => [at / 60_000, event.node, event.factor])).toEqual([
      [600, 'w-1', 4],
      [601, 'w-1', 1],
      [1_201, 'w-1', 4],
      [1_202, 'w-1', 1],
    ])
  })

  it('a disk that is slow already, by whomever, is left alone, and so is its repair', () => {
    const slow = { name: 'x', slowDisk: { node: 'w-1', by: 4 }, timeToFailure: '10h', timeToRepair: '1h' }
    const timeline = [{ at: '9h', slowDisk: { node: 'w-1', by: 2, for: '3h' } }]
    const result = run([slow], { duration: '15h', timeline })
    expect(result.of(DiskSlowed).map(({ event }) => event.factor)).toEqual([2, 1])
    expect(result.of(FailureSkipped).map(({ event }) => event.reason)).toEqual(['the disk is slow already'])
  })

  it('a reboot ends by itself', () => {
    const result = run([{ name: 'x', reboot: { node: 'w-1' }, timeToFailure: '10h' }], { duration: '35h' })
    expect(result.of(NodeShutdownRequested).map(({ at }) => at / HOUR)).toEqual([10, 20, 30])
  })

  it('nodes that share a label fail at once, and come back at once', () => {
    const zones = machines('10h', '1h', { together: 'topology.kubernetes.io/zone' })
    const result = run([{ ...zones, timeToFailure: { exponential: { mean: '100h' } } }], { nodes: nodes(12) })
    const at = new Map<number, string[]>()
    for (const { at: when, event } of result.of(NodeFailed)) at.set(when, [...(at.get(when) ?? []), event.node])
    expect(at.size).toBeGreaterThan(20)
    for (const names of at.values()) {
      const zone = (name: string) => result.view.nodes.get(name)!.labels['topology.kubernetes.io/zone']
      expect(names).toHaveLength(3)
      expect(new Set(names.map(zone)).size).toBe(1)
    }
    expect(result.of(NodeRecovered).length % 3).toBe(0)
  })

  it('no more of them at one time than are allowed', () => {
    const most = (atMost: object): number => {
      const result = run([machines({ exponential: { mean: '5h' } }, '2h', atMost)], { duration: '100h' })
      let down = 0
      let worst = 0
      for (const { event } of result.entries) {
        if (event.kind === NodeFailed.kind) down++
        if (event.kind === NodeRecovered.kind) down--
        worst = Math.max(worst, down)
      }
      return worst
    }
    expect(most({})).toBeGreaterThan(10)
    expect(most({ atMost: 3 })).toBe(3)
  })

  it('a node that joins later fails as well, one that is deleted does not any more', () => {
    const late = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'w-9' }, status: { capacity: { cpu: '4' } } }
    const result = run([machines('10h')], {
      nodes: nodes(1),
      duration: '30h',
      timeline: [
        { at: '5h', kubectl: 'create -f late.yaml' },
        { at: '8h', kubectl: 'delete node w-1' },
      ],
      files: { 'late.yaml': late },
    })
    expect(result.of(NodeFailed).map(({ at, event }) => [event.node, at / HOUR])).toEqual([
      ['w-9', 15],
      ['w-9', 26],
    ])
  })
})

describe('overlaps', () => {
  it('a node that is down already is not broken again, nor mended by the model', () => {
    const timeline = [{ at: '9h', fail: { node: 'w-1', for: '5h' } }]
    const result = run([machines('10h', '1h')], { nodes: nodes(1), duration: '22h', timeline })
    expect(result.of(NodeFailed).map(({ at }) => at / HOUR)).toEqual([9, 20])
    expect(result.of(NodeRecovered).map(({ at }) => at / HOUR)).toEqual([14, 21])
    expect(result.of(DisruptionIgnored)).toEqual([])
  })

  it('what somebody else has mended and broken again is theirs', () => {
    const timeline = [
      { at: '11h', recover: { node: 'w-1' } },
      { at: '11h30m', fail: { node: 'w-1', for: '2h' } },
    ]
    const result = run([machines('10h', '2h')], { nodes: nodes(1), duration: '15h', timeline })
    expect(result.of(NodeRecovered).map(({ at }) => at / HOUR)).toEqual([11, 13.5])
  })

  it('faults of different kinds are independent', () => {
    const cut = { name: 'cut', partition: { node: 'w-1' }, timeToFailure: '10h', timeToRepair: '3h' }
    const result = run([machines('11h', '1h'), cut], { nodes: nodes(1), duration: '14h' })
    expect(result.of(NodePartitioned).map(({ at }) => at / HOUR)).toEqual([10])
    expect(result.of(NodeFailed).map(({ at }) => at / HOUR)).toEqual([11])
    expect(result.of(NodeReconnected).map(({ at }) => at / HOUR)).toEqual([13])
  })
})

describe('the control plane', () => {
  const fails = (fault: object, more: object = {}) => ({
    name: 'control plane',
    ...fault,
    timeToFailure: { exponential: { mean: '10h' } },
    timeToRepair: '10m',
    ...more,
  })
  const played = (fault: object, more: object = {}) => smallRun({ duration: '200h', failures: [fails(fault)], ...more })

  it.each([
    ['stopController', { stopController: { controller: 'kube-scheduler' } }, ControllersStopped, ControllersStarted],
    ['stopApiServer', { stopApiServer: {} }, ApiServerWentDown, ApiServerCameBack],
  ])('%s: goes down again and again, and comes back after its time', (_, fault, down, up) => {
    const run = played(fault)
    const isMeant = ({ event }: { readonly event: object }) =>
      !('process' in event) || event.process === 'kube-scheduler'
    const downs = run.of(down as typeof ControllersStopped).filter(isMeant)
    const ups = run.of(up as typeof ControllersStarted).filter(isMeant)
    // 200 h of cycles of 10 h 10 min: about 20, within four standard deviations.
    expect(downs.length).toBeGreaterThan(3)
    expect(downs.length).toBeLessThan(38)
    for (const [i, { at }] of ups.entries()) {
      expect(at - downs[i]!.at).toBeGreaterThanOrEqual(600_000)
      expect(at - downs[i]!.at).toBeLessThan(620_000)
    }
  })

  it('slowApiServer: by as much as it says', () => {
    const factors = played({ slowApiServer: { by: 7 } })
      .of(ApiServerSlowed)
      .map(({ event }) => event.factor)
    expect(factors.slice(0, 4)).toEqual([7, 1, 7, 1])
  })

  it('is left alone where it is down already, and what others have taken down is theirs to mend', () => {
    const failures = [fails({ stopApiServer: {} }, { timeToFailure: '1h' })]
    const early = smallRun({ failures, timeline: [{ at: '50m', stopApiServer: { for: '1h' } }], duration: '3h' })
    expect(early.of(FailureSkipped).length).toBeGreaterThan(0)
    const timeline = [
      { at: '61m', startApiServer: {} },
      { at: '62m', stopApiServer: { for: '30m' } },
    ]
    const theirs = smallRun({ failures, timeline, duration: '95m' })
    expect(theirs.of(ApiServerCameBack).map(({ at }) => at / 60_000)).toEqual([61, 92])
  })
})

describe('a record of failures', () => {
  const recorded = (table: string, more: object = {}) =>
    run([{ name: 'last year', recorded: 'failures.csv' }], {
      nodes: nodes(3),
      duration: '10h',
      files: { 'failures.csv': table },
      ...more,
    })

  it('happens as it was: times are spans, seconds, or instants', () => {
    const result = recorded(
      'node,at,for,fault\nw-1,1h,10m,\nw-2,7200,300,partition\nw-3,2025-01-01T03:00:00Z,,reboot\nw-1,5h,,fail\n',
    )
    // A reboot is a failure that boots by itself.
    expect(result.of(NodeFailed).map(({ at, event }) => [event.node, at / HOUR])).toEqual([
      ['w-1', 1],
      ['w-3', 3],
      ['w-1', 5],
    ])
    expect(
      result
        .of(NodeRecovered)
        .filter(({ event }) => event.node === 'w-1')
        .map(({ at }) => at),
    ).toEqual([HOUR + 600_000])
    expect(result.of(NodePartitioned).map(({ at }) => at / HOUR)).toEqual([2])
    expect(result.of(NodeReconnected).map(({ at }) => at)).toEqual([2 * HOUR + 300_000])
    expect(result.of(NodeShutdownRequested).map(({ at, event }) => [event.node, at / HOUR])).toEqual([['w-3', 3]])
  })

  it('rows that overlap are one failure', () => {
    const result = recorded('until,node,at\n2h,w-1,1h\n90m,w-1,80m\n3h,w-1,2h\n5h,w-1,4h\n')
    expect(result.of(NodeFailed).map(({ at }) => at / HOUR)).toEqual([1, 4])
    expect(result.of(NodeRecovered).map(({ at }) => at / HOUR)).toEqual([3, 5])
  })
})
