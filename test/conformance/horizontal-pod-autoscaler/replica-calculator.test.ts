import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import {
  byMean,
  byUtilization,
  byValue,
  byValuePerPod,
  type CountedPod,
  groupPods,
  type Measured,
} from '../../../packages/controllers/src/horizontal-pod-autoscaler/replica-calculator.ts'

/**
 * The formulas, case by case. Source: pkg/controller/podautoscaler/replica_calculator.go and the cases of
 * replica_calculator_test.go; semantics section 10.2.
 */

const MINUTE = 60_000
const NOW = 60 * MINUTE
const settings = { tolerance: 0.1, cpuInitializationPeriod: 5 * MINUTE, initialReadinessDelay: 30_000 }

/** Long running and ready, unless said otherwise. */
const pod = (name: string, other: Partial<CountedPod> = {}): CountedPod => ({
  name,
  phase: 'Running',
  deleted: false,
  startedAt: 0,
  ready: { status: 'True', since: 1_000 },
  ...other,
})

type State = 'ready' | 'unready' | 'pending' | 'missing' | 'deleted' | 'failed'
const STATES: Readonly<Record<State, Partial<CountedPod>>> = {
  ready: {},
  unready: { startedAt: NOW - MINUTE, ready: { status: 'False', since: NOW - MINUTE } },
  pending: { phase: 'Pending' },
  missing: {},
  deleted: { deleted: true },
  failed: { phase: 'Failed' },
}

/** `[usage]` of a ready pod, or with a state; `missing` pods have no metric. */
type Line = number | readonly [number, State]

const question = (lines: readonly Line[], current: number, isCpu = true) => {
  const states = lines.map((line): readonly [number, State] => (typeof line === 'number' ? [line, 'ready'] : line))
  const pods = states.map(([, state], i) => pod(`p${i}`, STATES[state]))
  const metrics = new Map<string, Measured>(
    states.flatMap(([value, state], i) =>
      state === 'missing' ? [] : [[`p${i}`, { value: BigInt(value), timestamp: NOW, window: MINUTE }] as const],
    ),
  )
  return { pods, metrics, current, isCpu, settings, at: NOW }
}

const requests = (lines: readonly Line[], each = 1_000n): ReadonlyMap<string, bigint> =>
  new Map(lines.map((_, i) => [`p${i}`, each]))

describe('by utilization: GetResourceReplicas', () => {
  it.each<[string, readonly Line[], number, number, number, number]>([
    ['scale up: ceil(ratio · pods)', [300, 500, 700], 3, 30, 5, 50],
    ['scale up with requests of a whole', [900, 900, 900], 3, 45, 6, 90],
    ['scale down', [100, 300, 500, 250, 250], 5, 50, 3, 28],
    ['the percentage drops what is behind the point', [299, 299], 2, 10, 6, 29],
    ['in tolerance above: 1.1 is still in it', [550, 550], 2, 50, 2, 55],
    ['in tolerance below: 0.9 is still in it', [450, 450], 2, 50, 2, 45],
    ['out of tolerance above', [560, 560], 2, 50, 3, 56],
    ['out of tolerance below, and still rounded up to the same', [440, 440], 2, 50, 2, 44],
    ['no use at all: nothing is left', [0, 0, 0], 3, 50, 0, 0],
    ['counts the pods with metrics, not the replicas', [1_000, 1_000], 5, 50, 4, 100],
    ['an unready pod on the way up counts as using nothing', [300, 500, [700, 'unready']], 3, 30, 3, 40],
    ['… and may leave it at the current number', [400, [500, 'unready'], [700, 'unready']], 3, 30, 3, 40],
    ['a pending pod counts as an unready one', [300, 500, [700, 'pending']], 3, 30, 3, 40],
    ['unready pods on the way down do not count at all', [100, 100, [0, 'unready'], [0, 'unready']], 4, 50, 1, 10],
    ['a deleted pod counts for nothing, its metric neither', [300, 500, 700, [100, 'deleted']], 3, 30, 5, 50],
    ['a failed pod counts for nothing, its metric neither', [300, 500, 700, [100, 'failed']], 3, 30, 5, 50],
    ['a missing pod on the way up counts as using nothing', [1_000, 1_000, [0, 'missing']], 3, 50, 4, 100],
    ['… which can keep it where it is', [550, 650, [0, 'missing']], 3, 50, 3, 60],
    ['a missing pod on the way down counts as using all it requests', [100, 100, 100, [0, 'missing']], 4, 50, 3, 10],
    [
      '… and can turn it round, which keeps the current number',
      [300, 300, [0, 'missing'], [0, 'missing']],
      4,
      50,
      4,
      30,
    ],
    ['… or as using the target, where that is more', [100, 100, 100, [0, 'missing']], 4, 200, 2, 10],
    ['missing and unready on the way up', [900, [0, 'missing'], [0, 'unready']], 3, 25, 4, 90],
    ['with fewer pods than replicas, never against the direction', [600, [0, 'missing']], 6, 25, 6, 60],
  ])('%s', (_, lines, current, target, replicas, utilization) => {
    const answer = byUtilization(question(lines, current), requests(lines), target)
    expect(isLeft(answer) ? answer.left : answer.right).toMatchObject({ replicas, utilization })
  })

  it.each<[string, readonly Line[], ReturnType<typeof requests> | { problem: string }, string]>([
    [
      'no pod is ready',
      [[1, 'unready']],
      requests([1]),
      'did not receive metrics for targeted pods (pods might be unready)',
    ],
    [
      'no pod has metrics',
      [[1, 'missing']],
      requests([1]),
      'did not receive metrics for targeted pods (pods might be unready)',
    ],
    [
      'a request is missing',
      [5],
      { problem: 'missing request for cpu in container c of Pod p0' },
      'missing request for cpu in container c of Pod p0',
    ],
    ['nothing is requested', [5], new Map([['p0', 0n]]), 'no metrics returned matched known pods'],
  ])('fails if %s', (_, lines, wanted, problem) => {
    expect(byUtilization(question(lines, 1), wanted, 50)).toEqual({ _tag: 'Left', left: problem })
  })

  it('has the mean of what is used beside the percentage, without what is behind the point', () => {
    const answer = byUtilization(question([100, 101], 2), requests([1, 2]), 50)
    expect(answer).toMatchObject({ right: { value: 100n } })
  })

  it('adds amounts up beyond what a double can count', () => {
    const lines = Array.from({ length: 3 }, () => Number.MAX_SAFE_INTEGER)
    const answer = byUtilization(question(lines, 3), requests(lines, BigInt(Number.MAX_SAFE_INTEGER)), 50)
    expect(answer).toMatchObject({ right: { utilization: 100, replicas: 6 } })
  })
})

describe('by the mean: calcPlainMetricReplicas', () => {
  it.each<[string, readonly Line[], number, bigint, number, bigint]>([
    ['scale up', [20_000, 10_000, 30_000], 3, 15_000n, 4, 20_000n],
    ['scale down', [12_000, 12_000, 12_000, 12_000, 12_000], 5, 20_000n, 3, 12_000n],
    ['in tolerance', [20_000, 21_000, 21_000], 3, 20_000n, 3, 20_666n],
    ['a pending pod on the way up counts as 0', [50_000, 15_000, [30_000, 'pending']], 3, 15_000n, 5, 32_500n],
    ['a missing pod on the way down counts as the target', [5_000, 5_000, [0, 'missing']], 3, 20_000n, 2, 5_000n],
    ['a missing pod on the way up counts as 0', [60_000, [0, 'missing']], 2, 15_000n, 4, 60_000n],
    ['a deleted pod counts for nothing', [20_000, 10_000, 30_000, [9, 'deleted']], 3, 15_000n, 4, 20_000n],
  ])('%s', (_, lines, current, target, replicas, value) => {
    const answer = byMean(question(lines, current, false), target)
    expect(isLeft(answer) ? answer.left : answer.right).toEqual({ replicas, value })
  })

  it('asks for no readiness where the metric is not CPU', () => {
    const answer = byMean(question([[30_000, 'unready']], 1, false), 10_000n)
    expect(answer).toMatchObject({ right: { replicas: 3 } })
  })
})

describe('by one value: getUsageRatioReplicaCount, GetExternalPerPodMetricReplicas', () => {
  const three = [pod('a'), pod('b'), pod('c', { ready: { status: 'False', since: 1_000 } })]
  it.each([
    ['Value: ceil(ratio · ready running pods)', byValue(three, 3, 20_000n, 10_000n, settings), 4],
    ['Value in tolerance: the current number, ready or not', byValue(three, 3, 10_500n, 10_000n, settings), 3],
    ['Value with nobody ready: none', byValue([], 3, 20_000n, 10_000n, settings), 0],
    ['Value is capped at int32', byValue(three, 3, 10n ** 30n, 1n, settings), 2_147_483_647],
    ['AverageValue: ceil(value / target), whatever is ready', byValuePerPod(3, 45_000n, 10_000n, settings), 5],
    [
      'AverageValue: the tolerance is that of value / (target · replicas)',
      byValuePerPod(4, 43_000n, 10_000n, settings),
      4,
    ],
    ['AverageValue: nothing to do, nobody to do it', byValuePerPod(4, 0n, 10_000n, settings), 0],
  ])('%s', (_, proposal, replicas) => {
    expect(proposal.replicas).toBe(replicas)
  })

  it('shows the mean of a value per pod rounded up', () => {
    expect(byValuePerPod(3, 10_000n, 5_000n, settings).value).toBe(3_334n)
  })
})

describe('who is ready: groupPods', () => {
  const one = (other: Partial<CountedPod>, metric: Partial<Measured> | undefined, isCpu = true): string => {
    const metrics = new Map(
      metric === undefined ? [] : [['a', { value: 1n, timestamp: NOW, window: MINUTE, ...metric }]],
    )
    const groups = groupPods([pod('a', other)], metrics, isCpu, settings, NOW)
    if (groups.readyCount === 1) return 'ready'
    return (['unready', 'missing', 'ignored'] as const).find((group) => groups[group].length === 1) ?? 'none'
  }
  const young = NOW - 4 * MINUTE
  it.each<[string, Partial<CountedPod>, Partial<Measured> | undefined, boolean, string]>([
    ['deleted', { deleted: true }, {}, true, 'ignored'],
    ['failed', { phase: 'Failed' }, {}, true, 'ignored'],
    ['pending, with or without a metric', { phase: 'Pending' }, undefined, true, 'unready'],
    ['without a metric', {}, undefined, true, 'missing'],
    ['without a Ready condition', { ready: undefined }, {}, true, 'unready'],
    ['without a start time', { startedAt: undefined }, {}, true, 'unready'],
    ['young and not ready', { startedAt: young, ready: { status: 'False', since: young } }, {}, true, 'unready'],
    [
      'young and ready, a whole window ago',
      { startedAt: young, ready: { status: 'True', since: NOW - MINUTE } },
      {},
      true,
      'ready',
    ],
    [
      'young and ready, but the sample began before',
      { startedAt: young, ready: { status: 'True', since: NOW - MINUTE + 1 } },
      {},
      true,
      'unready',
    ],
    [
      'five minutes old, ready a moment ago',
      { startedAt: NOW - 5 * MINUTE, ready: { status: 'True', since: NOW - 1 } },
      {},
      true,
      'ready',
    ],
    ['old, not ready since its first 30 s', { ready: { status: 'False', since: 29_999 } }, {}, true, 'unready'],
    ['old, was ready once and is not now', { ready: { status: 'False', since: 30_000 } }, {}, true, 'ready'],
    ['not ready, measured by memory', { ready: { status: 'False', since: 0 } }, {}, false, 'ready'],
  ])('%s', (_, other, metric, isCpu, group) => {
    expect(one(other, metric, isCpu)).toBe(group)
  })
})
