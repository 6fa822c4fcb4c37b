import { describe, expect, it } from 'vitest'
import { type Asked, estimateOf, NO_LATENCIES, pointOf, replicate, scenarioFrom, seedsFrom } from './study.ts'

/**
 * A DaemonSet on n nodes that fail and are repaired after exponential times is the textbook's k-of-n system: its pods are
 * in series with their nodes, start again with them, and move nowhere. Times are in days, so that the minute in which
 * a failure is noticed, or a node boots, does not count.
 */

const NODES = 4
const DAY = 86_400_000
const FAILURE = 10
const REPAIR = 2
/** A failure is noticed after 45 s, and counts until the pod is ready: a minute or two in twelve days, at most four at a time. */
const FOR_NOTICING = (4 * 2) / (12 * 24 * 60)
const UP = FAILURE / (FAILURE + REPAIR)

const binomial = (n: number, k: number): number => (k === 0 ? 1 : (binomial(n, k - 1) * (n - k + 1)) / k)

/** The share of time with at least k of n up: nodes fail and are repaired by themselves, so that their states are independent. */
const atLeast = (k: number): number => {
  let sum = 0
  for (let up = k; up <= NODES; up++) sum += binomial(NODES, up) * UP ** up * (1 - UP) ** (NODES - up)
  return sum
}

/** The same with at most m broken at a time: a birth-death chain cut off at m, whose states weigh C(n, j) (λ/μ)ʲ. */
const atLeastOfChain = (k: number, atMost: number): number => {
  let all = 0
  let good = 0
  for (let broken = 0; broken <= atMost; broken++) {
    const weight = binomial(NODES, broken) * (REPAIR / FAILURE) ** broken
    all += weight
    if (NODES - broken >= k) good += weight
  }
  return good / all
}

const scenarioOf = (days: number, more = '') =>
  scenarioFrom(`duration: ${days * 24}h
${NO_LATENCIES}nodes: [{name: node, count: ${NODES}}]
manifests:
- apiVersion: apps/v1
  kind: DaemonSet
  metadata: {name: replicas, namespace: default}
  spec:
    selector: {matchLabels: {app: replicas}}
    template:
      metadata: {labels: {app: replicas}}
      spec: {containers: [{name: main, image: replica}]}
failures:
- name: machines
  fail: {pool: node}
  timeToFailure: {exponential: {mean: ${FAILURE * 24}h}}
  timeToRepair: {exponential: {mean: ${REPAIR * 24}h}}
${more}
`)

const asked: Readonly<Record<string, Asked>> = Object.fromEntries(
  [1, 2, 3, 4].map((k) => [`${k} of 4`, ['availability', { workload: 'default/replicas', atLeast: k }] as const]),
)

describe('k of n replicas on nodes that fail and are repaired', () => {
  it.each([
    ['by themselves', '', atLeast],
    ['one at a time', '  atMost: 1', (k: number) => atLeastOfChain(k, 1)],
    ['two at a time', '  atMost: 2', (k: number) => atLeastOfChain(k, 2)],
  ])('%s are available as the Markov chain says', async (_, more, truth) => {
    const point = pointOf(await scenarioOf(1000, more), asked, 20 * DAY)
    const outcomes = replicate(point, seedsFrom(1, 10))
    for (const k of [1, 2, 3, 4]) {
      const estimate = estimateOf(outcomes, `${k} of 4`, 0.999)
      expect(estimate.low, `${k} of ${NODES}`).toBeLessThanOrEqual(truth(k) + FOR_NOTICING)
      expect(estimate.high, `${k} of ${NODES}`).toBeGreaterThanOrEqual(truth(k) - FOR_NOTICING)
      // An interval that holds everything would say nothing.
      expect(estimate.halfWidth, `${k} of ${NODES}`).toBeLessThan(0.07)
    }
  })
})

/** As many of 60 intervals hold the truth as a binomial distribution of that chance allows, but for bad luck of 1 in 10,000. */
const BOUNDS = [
  { confidence: 0.8, least: 35, most: 58 },
  { confidence: 0.9, least: 44, most: 60 },
  { confidence: 0.95, least: 49, most: 60 },
]

describe('intervals of studies of such a system', () => {
  const STUDIES = 60
  const REPLICATIONS = 3

  it('cover the truth as often as they say', async () => {
    const point = pointOf(await scenarioOf(80), asked, 20 * DAY)
    const outcomes = replicate(point, seedsFrom(1, STUDIES * REPLICATIONS))
    for (const { confidence, least, most } of BOUNDS) {
      for (const k of [3, 4]) {
        let hits = 0
        for (let study = 0; study < STUDIES; study++) {
          const own = outcomes.slice(study * REPLICATIONS, (study + 1) * REPLICATIONS)
          const { low, high } = estimateOf(own, `${k} of 4`, confidence)
          if (low <= atLeast(k) && atLeast(k) <= high) hits++
        }
        const what = `${hits} of ${STUDIES} at ${confidence}, ${k} of ${NODES}`
        expect(hits, what).toBeGreaterThanOrEqual(least)
        expect(hits, what).toBeLessThanOrEqual(most)
      }
    }
  })
})
