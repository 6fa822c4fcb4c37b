import { createDraw, exponential, millis } from '@wavetank/kernel'
import { evaluatePoint, type Outcome } from '@wavetank/study'
import { describe, expect, it } from 'vitest'
import { type Asked, estimateOf, NO_LATENCIES, pointOf, scenarioFrom, seedsFrom } from './study.ts'

/**
 * Jobs that arrive at random and run for a random time on nodes that hold one pod each are customers of a queue: the Job
 * controller makes their pods, the scheduler is who lets them in, kubelets serve. A Job runs for ten minutes on average,
 * so that what a cluster needs besides, a second or so, does not count for much.
 */

const SERVICE = 600_000

/** The chance to wait in an M/M/c queue with an offered load of a = λ/μ (Erlang 1917). */
const erlangC = (c: number, a: number): number => {
  let term = 1
  let sum = 1
  for (let k = 1; k < c; k++) {
    term *= a / k
    sum += term
  }
  const all = (term * a) / c / (1 - a / c)
  return all / (sum + all)
}

/** How many customers wait, in the mean. */
const meanWaiting = (c: number, load: number): number => (erlangC(c, load) * load) / (c - load)

/** The mean wait of customers by the recursion of Kiefer and Wolfowitz (1955): each goes to the server that is free first. */
const meanWait = (c: number, arrivals: readonly number[], service: number): number => {
  const freeAt = new Array<number>(c).fill(0)
  let sum = 0
  for (const at of arrivals) {
    const server = freeAt.indexOf(Math.min(...freeAt))
    const start = Math.max(at, freeAt[server]!)
    sum += start - at
    freeAt[server] = start + service
  }
  return sum / arrivals.length
}

const job = `
apiVersion: batch/v1
kind: Job
metadata: {generateName: customer-}
spec:
  ttlSecondsAfterFinished: 0
  template:
    metadata: {labels: {app: customer}}
    spec:
      restartPolicy: Never
      containers: [{name: main, image: customer, resources: {requests: {cpu: '1'}}}]
`

/** A pod that did not fit is tried again a second after there is room, not up to ten. */
const SHORT_BACKOFF = `schedulerConfiguration:
  apiVersion: kubescheduler.config.k8s.io/v1
  kind: KubeSchedulerConfiguration
  podMaxBackoffSeconds: 1
`

const asked: Readonly<Record<string, Asked>> = {
  wait: ['jobWait'],
  waiting: ['jobsWaiting'],
  inSystem: ['jobsInSystem'],
  utilisation: ['utilisation'],
}

/** When customers of a Poisson process come, by the seed of the replication. */
const poisson = (seed: number, load: number, customers: number): readonly number[] => {
  const between = exponential(SERVICE / load)
  const draw = createDraw(seed)
  let at = 0
  return Array.from({ length: customers }, (_, i) => {
    at += Math.max(1, Math.round(between(draw('arrival', `${i}`))))
    return at
  })
}

const runQueue = async (
  c: number,
  service: string,
  arrivals: readonly number[],
  { seed = 1, warmup = 0, after = 0 }: { seed?: number; warmup?: number; after?: number },
): Promise<Outcome> => {
  const scenario = await scenarioFrom(
    `duration: ${arrivals[arrivals.length - 1]! + after}ms
${NO_LATENCIES}${SHORT_BACKOFF}nodes: [{name: server, count: ${c}, capacity: {cpu: '1'}, allocatable: {cpu: '1'}}]
behaviors: [{match: {image: customer}, run: {for: ${service}}}]
timeline: [{at: 0s, kubectl: create -f job.yaml}]
`,
    { 'job.yaml': job },
  )
  const [one] = scenario.timeline
  const timeline = arrivals.map((at) => ({ ...one!, at: millis(at) }))
  return evaluatePoint(pointOf({ ...scenario, timeline }, asked, warmup), { number: 0, seed })
}

describe('Jobs on nodes that hold one pod each', () => {
  it.each([
    [1, 0.4],
    [3, 1.5],
  ])('wait as customers of an M/M/c queue with %d servers and an offered load of %d', async (c, load) => {
    const outcomes: Outcome[] = []
    for (const seed of seedsFrom(1, 10))
      outcomes.push(
        await runQueue(c, `{exponential: {mean: ${SERVICE}ms}}`, poisson(seed, load, 300), {
          seed,
          warmup: 20 * SERVICE,
        }),
      )
    const waiting = meanWaiting(c, load)
    const truth = { wait: (waiting * SERVICE) / load, waiting, inSystem: waiting + load, utilisation: load / c }
    for (const [name, value] of Object.entries(truth)) {
      const { low, high } = estimateOf(outcomes, name, 0.999)
      expect(low, name).toBeLessThanOrEqual(value)
      expect(high, name).toBeGreaterThanOrEqual(value)
    }
    // One server more, and far fewer would wait.
    expect(estimateOf(outcomes, 'waiting', 0.999).low).toBeGreaterThan(meanWaiting(c + 1, load))
  })

  it.each([1, 2, 5])(
    'wait to the second as the recursion says, where a service takes the same time, on %d nodes',
    async (c) => {
      const arrivals = poisson(7, 0.8 * c, 300)
      const { responses } = await runQueue(c, `${SERVICE}ms`, arrivals, { after: 20 * SERVICE })
      const expected = meanWait(c, arrivals, SERVICE)
      expect(responses.wait!).toBeGreaterThan(expected)
      expect(responses.wait!).toBeLessThan(expected + 1000)
    },
  )
})
