import { describe, expect, it } from 'vitest'
import { evaluatePoint } from '../engine/evaluate-point.ts'
import { type Asked, pointOf, scenarioFrom } from '../scenario.test-helper.ts'
import { metrics } from './registry.ts'

/** What metrics that need to know more are asked. */
const OF: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  expression: { expression: 'pods.size()' },
}

/** Something of everything: a workload, Jobs with a deadline, a fault, an expectation. */
const SCENARIO = `duration: 40m
nodes: [{name: worker, count: 3, capacity: {cpu: '2'}}]
manifests:
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web}
  spec:
    replicas: 4
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec: {containers: [{name: web, image: example/web, resources: {requests: {cpu: '1'}}}]}
- apiVersion: batch/v1
  kind: Job
  metadata: {name: report, annotations: {wavetank.dev/deadline: 5m}}
  spec:
    template:
      spec: {restartPolicy: Never, containers: [{name: main, image: example/report}]}
behaviors:
- {match: {image: example/report}, run: {for: 10m}}
- {match: {image: example/web}, crash: {after: {exponential: {mean: 10m}}}}
timeline: [{at: 12m, fail: {node: worker-1, for: 10m}}, {at: 25m, kubectl: cordon worker-2}]
expect: [{name: some, always: 'pods.exists(p, ready(p))', after: 1m}]
`
const asked = Object.fromEntries(metrics.map(({ name }): [string, Asked] => [name, [name, OF[name] ?? {}]]))

describe('metrics', () => {
  it('have a name of their own and say what they are', () => {
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length)
    for (const { doc, of } of metrics) {
      expect(doc).toMatch(/^[A-Z0-9].*\.$/s)
      for (const { doc: about } of Object.values(of.fields)) expect(about).toMatch(/^[A-Z0-9`].*[.…]$/s)
    }
  })

  it.each([0, 600_000])('come to the same alone as beside all others, with %s ms of warm-up', async (warmup) => {
    const scenario = await scenarioFrom(SCENARIO)
    const measured = (some: Readonly<Record<string, Asked>>) =>
      evaluatePoint(pointOf(scenario, some, { prices: [{ perHour: 1 }], warmup: warmup as never }), {
        number: 0,
        seed: 3,
      }).responses
    const all = measured(asked)
    for (const [name, one] of Object.entries(asked)) expect(measured({ [name]: one })).toEqual({ [name]: all[name] })
    // Each has something to say of such a run, or it would not be seen that it does.
    const silent = Object.keys(all).filter((name) => all[name] === null)
    expect(silent).toEqual(warmup === 0 ? [] : ['jobMakespan', 'jobTime', 'jobWait', 'jobLateness', 'jobTardiness'])
  })

  it('that could not be measured from the beginning on leave out what was before', async () => {
    const scenario = await scenarioFrom(SCENARIO)
    const late = pointOf(scenario, asked, { prices: [{ perHour: 1 }], warmup: (39 * 60_000) as never })
    const { responses } = evaluatePoint(late, { number: 0, seed: 3 })
    expect(responses).toMatchObject({ evictions: 0, jobsLate: 0, timePending: null, timeToRecover: expect.anything() })
    expect(responses.nodeHours).toBeCloseTo(3 / 60, 10)
    expect(responses.cost).toBeCloseTo(3 / 60, 10)
  })
})
