import { describe, expect, it } from 'vitest'
import { metricNamed } from '../measures/registry.ts'
import { type Asked, pointOf, scenarioFrom } from '../scenario.test-helper.ts'
import { evaluatePoint } from './evaluate-point.ts'

const web = (replicas: number, cpu = '1'): string => `
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: default}
  spec:
    replicas: ${replicas}
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec:
        containers: [{name: web, image: nginx, resources: {requests: {cpu: '${cpu}', memory: 1Gi}}}]
`
const job = (name: string, cpu = '1', deadline?: string): string => `
- apiVersion: batch/v1
  kind: Job
  metadata: {name: ${name}${deadline === undefined ? '' : `, annotations: {wavetank.dev/deadline: ${deadline}}`}}
  spec:
    template:
      metadata: {labels: {app: batch}}
      spec:
        restartPolicy: Never
        containers: [{name: main, image: batch, resources: {requests: {cpu: '${cpu}'}}}]
`
const nodes = (count: number, cpu = '2'): string =>
  `nodes: [{name: w, count: ${count}, capacity: {cpu: '${cpu}', memory: 8Gi}, allocatable: {cpu: '${cpu}', memory: 8Gi}}]\n`

const responses = async (
  text: string,
  asked: Readonly<Record<string, Asked>>,
  rest: Parameters<typeof pointOf>[2] = {},
): Promise<Readonly<Record<string, number | null>>> =>
  evaluatePoint(pointOf(await scenarioFrom(text), asked, rest), { number: 0, seed: 1 }).responses

const minutes = (n: number) => (n * 60_000) as never

describe('a workload whose node fails', () => {
  const text = `duration: 20m\n${nodes(2)}manifests:${web(2)}timeline: [{at: 5m, fail: {node: w-1}}]\n`

  it('is unavailable from when its pod is not ready until another one is', async () => {
    const {
      whole = null,
      one = null,
      recovered,
      fromFault,
      evicted,
      unmeasured,
    } = await responses(
      text,
      {
        whole: ['availability', { workload: 'default/web' }],
        one: ['availability', { workload: 'web', atLeast: 1 }],
        recovered: ['timeToRecover', {}],
        fromFault: ['timeToRecover', { since: 'fault' }],
        evicted: ['evictions', {}],
        unmeasured: ['evictions', { reason: 'PreemptionByScheduler' }],
      },
      { warmup: minutes(1) },
    )
    // 40 s of grace and up to 5 s until somebody looks, 300 s of toleration, and a start.
    expect(recovered).toBeGreaterThan(300_000)
    expect(recovered).toBeLessThan(310_000)
    expect(fromFault! - recovered!).toBeGreaterThan(40_000)
    expect(fromFault! - recovered!).toBeLessThan(46_000)
    expect(whole).toBeCloseTo(1 - recovered! / (19 * 60_000), 10)
    expect(one).toBe(1)
    expect(evicted).toBe(1)
    expect(unmeasured).toBe(0)
  })

  it('that is not whole again by the end counts until then, and a run without an outage has no time to recover', async () => {
    const asked = { recovered: ['timeToRecover', { workload: 'default/*' }] } as const
    const short = await responses(text.replace('20m', '8m'), asked)
    expect(short.recovered).toBeGreaterThan(8 * 60_000 - 300_000 - 60_000)
    expect(short.recovered).toBeLessThan(8 * 60_000 - 300_000 - 40_000)
    expect((await responses(text.replace('20m', '5m'), asked)).recovered).toBeNull()
  })

  it('says how often, not only that, something is', async () => {
    const { bound, all } = await responses(text, { bound: ['events', { kind: 'PodBound' }], all: ['events', {}] })
    expect(bound).toBe(3)
    const { entries } = evaluatePoint(pointOf(await scenarioFrom(text), {}), { number: 0, seed: 1 })
    expect(all).toBe(entries)
  })
})

describe('pods that do not fit', () => {
  const text = `duration: 10m\n${nodes(2)}manifests:${web(3, '1500m')}`

  it('are counted over time, wait, and leave the free rest unusable', async () => {
    const found = await responses(text, {
      end: ['unschedulablePods', { statistic: 'end' }],
      max: ['unschedulablePods', { statistic: 'max', workload: 'Deployment/default/web' }],
      mean: ['pendingPods', {}],
      pending: ['timePending', { statistic: 'max' }],
      median: ['timePending', { statistic: 'p50' }],
      cpu: ['utilisation', {}],
      memory: ['utilisation', { resource: 'memory', statistic: 'max' }],
      cpuFragments: ['fragmentation', {}],
      none: ['unschedulablePods', { workload: 'StatefulSet/default/*' }],
    })
    expect(found.end).toBe(1)
    expect(found.max).toBe(1)
    expect(found.mean).toBeGreaterThan(0.99)
    expect(found.pending).toBeGreaterThan(590_000)
    expect(found.median).toBeLessThan(5_000)
    expect(found.cpu).toBeCloseTo(0.75, 2)
    expect(found.memory).toBe(2 / 16)
    expect(found.cpuFragments).toBeGreaterThan(0.99)
    expect(found.none).toBe(0)
  })

  it('leave no fragments where they do fit', async () => {
    const asked = { free: ['fragmentation', { statistic: 'end' }] } as const
    expect(await responses(`duration: 10m\n${nodes(2)}manifests:${web(2, '500m')}`, asked)).toEqual({ free: 0 })
    // Of the free core, three pods could use all and one of another shape nothing.
    const mixed = `duration: 10m\n${nodes(2)}manifests:${web(3, '500m')}${job('big', '1500m')}`
    expect((await responses(mixed, asked)).free).toBe(1 / 4)
  })
})

describe('Jobs', () => {
  const text = `duration: 20m\n${nodes(1, '1')}manifests:${job('a', '1', '3m')}${job('b', '1', '3m')}
behaviors: [{match: {image: batch}, run: {for: 2m}}]
`
  it('wait for each other on one node, and the second is late', async () => {
    const found = await responses(text, {
      makespan: ['jobMakespan', {}],
      time: ['jobTime', { statistic: 'max' }],
      wait: ['jobWait', { statistic: 'max' }],
      first: ['jobWait', { statistic: 'min' }],
      finished: ['jobsFinished', {}],
      failed: ['jobsFinished', { condition: 'Failed' }],
      late: ['jobsLate', {}],
      lateness: ['jobLateness', { statistic: 'min' }],
      tardiness: ['jobTardiness', { statistic: 'min' }],
      system: ['jobsInSystem', {}],
      waiting: ['jobsWaiting', {}],
      one: ['jobsFinished', { job: 'default/a' }],
    })
    expect(found.makespan).toBe(found.time)
    expect(found.makespan).toBeGreaterThan(240_000)
    expect(found.makespan).toBeLessThan(260_000)
    expect(found.wait).toBeGreaterThan(120_000)
    expect(found.first).toBeLessThan(5_000)
    expect(found).toMatchObject({ finished: 2, failed: 0, late: 1, one: 1, tardiness: 0 })
    expect(found.lateness).toBeLessThan(0)
    // Little's law: what waits and what runs add up, in Job time.
    expect(found.system! * 20 * 60_000).toBeCloseTo(found.makespan! + found.lateness! + 180_000, 3)
    expect(found.waiting! * 20 * 60_000).toBeCloseTo(found.wait! + found.first!, 3)
  })

  it('that do not end have no makespan', async () => {
    const found = await responses(text.replace('20m', '3m'), { makespan: ['jobMakespan', {}], time: ['jobTime', {}] })
    expect(found.makespan).toBeNull()
    expect(found.time).toBeGreaterThan(120_000)
  })
})

describe('kubectl commands', () => {
  const text = `duration: 10m\n${nodes(2)}manifests:${web(2)}timeline:
- {at: 1m, kubectl: 'drain w-1'}
- {at: 2m, kubectl: 'cordon w-2'}
- {at: 3m, kubectl: 'drain w-2'}
`
  const budget = `- apiVersion: policy/v1
  kind: PodDisruptionBudget
  metadata: {name: web}
  spec: {minAvailable: 2, selector: {matchLabels: {app: web}}}
`
  it('take their time, and those that do not come back as long as the run lasts', async () => {
    const asked = {
      all: ['commandTime', { statistic: 'max' }],
      first: ['commandTime', { command: 'drain w-1' }],
      cordon: ['commandTime', { command: 'cordon' }],
    } as const
    const free = await responses(text, asked)
    expect(free.first).toBeGreaterThan(900)
    expect(free.first).toBeLessThan(10_000)
    expect(free.cordon).toBeLessThan(100)
    const held = await responses(text.replace('timeline:', `${budget}timeline:`), asked)
    expect(held.first).toBe(9 * 60_000)
    expect(held.all).toBe(9 * 60_000)
  })

  it('that a run does not have cannot be asked about', async () => {
    const scenario = await scenarioFrom(text)
    const problems = metricNamed('commandTime')!.check?.({ command: 'drian' }, scenario, [])
    expect(problems).toEqual([
      [
        ['command'],
        {
          code: 'WT061',
          message: 'no command of the timeline begins with `drian`',
          hint: 'it has: drain w-1; cordon w-2; drain w-2',
        },
      ],
    ])
  })
})

describe('what a study asks besides', () => {
  const text = `duration: 2h\n${nodes(3)}manifests:${web(2)}timeline: [{at: 1h, kubectl: 'delete node w-3'}]
expect:
- {name: two, eventually: 'pods.filter(p, ready(p)).size() == 2'}
- {name: ten, at: 1h, that: 'pods.size() == 10'}
`
  it('is what nodes cost, what was expected, and any number of the end', async () => {
    const prices = [
      { nodes: 'w-1', perHour: 1 },
      { labels: { 'kubernetes.io/os': 'linux' }, perHour: 0.25 },
    ]
    const found = await responses(
      text,
      {
        cost: ['cost', {}],
        few: ['cost', { nodes: 'w-1' }],
        hours: ['nodeHours', {}],
        met: ['expectationsMet', {}],
        ten: ['expectationsMet', { expectation: 'ten' }],
        pods: ['expression', { expression: 'pods.size()' }],
        share: ['expression', { expression: 'double(pods.size()) / 4.0' }],
        true: ['expression', { expression: 'nodes.size() == 2' }],
        age: ['expression', { expression: 't' }],
        gone: ['expression', { expression: "node('w-3').spec.podCIDR.size()" }],
        restarts: ['restarts', {}],
      },
      { prices },
    )
    expect(found).toEqual({
      cost: 2 + 0.5 + 0.25,
      few: 2,
      hours: 5,
      met: 0.5,
      ten: 0,
      pods: 2,
      share: 0.5,
      true: 1,
      age: 7_200_000,
      gone: null,
      restarts: 0,
    })
  })

  it('begins after the warm-up', async () => {
    const asked = {
      hours: ['nodeHours', {}],
      bound: ['events', { kind: 'PodBound' }],
      age: ['timePending', {}],
    } as const
    expect(await responses(text, asked, { warmup: minutes(90) })).toEqual({ hours: 1, bound: 0, age: null })
  })

  it('says how the run ended and what became of what it expected', async () => {
    const outcome = evaluatePoint(pointOf(await scenarioFrom(text), {}, { index: 4 }), { number: 3, seed: 9 })
    expect(outcome).toMatchObject({
      point: 4,
      number: 3,
      seed: 9,
      responses: {},
      expectations: { two: 'met', ten: 'failed' },
      end: 'horizon',
    })
  })
})

it('has the same outcome for the same seed, and another for another', async () => {
  const text = `duration: 6h\n${nodes(3)}manifests:${web(3)}
failures: [{name: f, fail: {selector: kubernetes.io/os}, timeToFailure: {exponential: {mean: 1h}}, timeToRepair: 5m}]
`
  const point = pointOf(await scenarioFrom(text), { up: ['availability', {}], slow: ['timeToRecover', {}] })
  const once = evaluatePoint(point, { number: 0, seed: 5 })
  expect(evaluatePoint(point, { number: 0, seed: 5 })).toEqual(once)
  expect(evaluatePoint(point, { number: 0, seed: 6 }).responses).not.toEqual(once.responses)
})
