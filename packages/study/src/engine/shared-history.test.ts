import type { Scenario } from '@wavetank/scenario'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DesignPoint } from '../design-point.ts'
import { pointOf, scenarioFrom } from '../scenario.test-helper.ts'
import { evaluatePoint, evaluatePoints } from './evaluate-point.ts'
import { createFamilies, splitFamilies } from './families.ts'

const scenario = (timeline: readonly string[], more = '', duration = '2h'): Promise<Scenario> =>
  scenarioFrom(`duration: ${duration}
nodes: [{name: w, count: 4, capacity: {cpu: '4'}}]
manifests:
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: default}
  spec:
    replicas: 6
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec: {containers: [{name: web, image: example/web, resources: {requests: {cpu: '1'}}}]}
behaviors: [{crash: {after: {exponential: {mean: 40m}}}}]
timeline: [${timeline.join(', ')}]
expect: [{name: some, always: 'pods.exists(p, ready(p))', after: 1m}]
${more}`)

const ASKED = {
  up: ['availability', {}],
  recover: ['timeToRecover', { since: 'fault' }],
  pending: ['timePending', {}],
  cpu: ['utilisation', {}],
  fragments: ['fragmentation', {}],
  restarts: ['restarts', {}],
  hours: ['nodeHours', {}],
  pods: ['expression', { expression: 'pods.size()' }],
} as const

const point = async (index: number, ...args: Parameters<typeof scenario>): Promise<DesignPoint> =>
  pointOf(await scenario(...args), ASKED, { index, warmup: 300_000 as DesignPoint['warmup'] })

const alone = (points: readonly DesignPoint[], seed: number) =>
  points.map((one) => evaluatePoint(one, { number: 0, seed }))

const FAULTS = [
  'fail: {node: w-1, for: 10m}',
  'freeze: {node: w-2, for: 5m}',
  "kubectl: 'scale deployment web --replicas=9'",
]

describe('points that share a part of their history', () => {
  it('come to what each comes to alone, whenever they part and whatever they have in common', async () => {
    const entry = fc
      .tuple(fc.constantFrom('10m', '30m', '30m', '1h', '1h30m'), fc.constantFrom(...FAULTS))
      .map(([at, fault]) => `{at: ${at}, ${fault}}`)
    const timelines = fc.array(fc.array(entry, { maxLength: 3 }), { minLength: 2, maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(timelines, fc.nat(1_000), async (written, seed) => {
        const points = await Promise.all(written.map((timeline, index) => point(index, timeline)))
        expect(evaluatePoints(points, { number: 0, seed })).toEqual(alone(points, seed))
      }),
      { numRuns: 8, seed: 4 },
    )
  })

  it('may be as long as they like, expect what they like, and have nothing in common', async () => {
    const late = `{at: 1h, ${FAULTS[0]}}`
    const points = await Promise.all([
      point(0, [late]),
      point(1, [late], '', '90m'),
      point(2, [late], 'limits: {entries: 100}'),
      point(3, [late]),
      point(4, [], 'flags: {kube-controller-manager: {node-monitor-grace-period: 20s}}'),
      point(5, [], 'flags: {kube-controller-manager: {node-monitor-grace-period: 20s}}', '3h'),
    ])
    const outcomes = evaluatePoints(points, { number: 0, seed: 9 })
    expect(outcomes).toEqual(alone(points, 9))
    expect(outcomes.map(({ end }) => end)).toEqual(['horizon', 'horizon', 'budget', 'horizon', 'horizon', 'horizon'])
  })
})

describe('families', () => {
  it('are the points that differ in nothing but what happens later, for each seed', async () => {
    const points = await Promise.all([
      point(0, []),
      point(1, [`{at: 1h, ${FAULTS[0]}}`]),
      point(2, [], 'flags: {kube-controller-manager: {node-monitor-grace-period: 20s}}'),
    ])
    const replications = [0, 1].flatMap((number) => points.map(({ index }) => ({ point: index, number, seed: number })))
    const families = createFamilies()(points, replications)
    expect(families).toEqual([
      { points: [0, 1], number: 0, seed: 0 },
      { points: [2], number: 0, seed: 0 },
      { points: [0, 1], number: 1, seed: 1 },
      { points: [2], number: 1, seed: 1 },
    ])
    expect(splitFamilies(families, 4)).toEqual(families)
    expect(splitFamilies(families, 8).map(({ points: own }) => own)).toEqual([[0], [1], [2], [0], [1], [2]])
  })
})
