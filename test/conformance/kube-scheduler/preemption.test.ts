import { PodAccepted, PodBound, PodDeleted, podDisruptionBudgetEvents } from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { numCandidates } from '../../../packages/controllers/src/kube-scheduler/plugins/default-preemption/default-preemption.ts'
import { createTestCluster, type TestCluster } from './cluster.ts'

/** Section numbers are those of the behaviour contract, semantics/node-and-scheduler.md. */

interface Existing {
  readonly name: string
  readonly node: string
  readonly priority: number
  readonly cpu: string
  /** Minutes after 09:00. */
  readonly started?: number
  readonly labels?: Readonly<Record<string, string>>
}

const existing = (cluster: TestCluster, { name, node, priority, cpu, started = 0, labels = {} }: Existing): void => {
  cluster.pod(name, { requests: { cpu }, labels, spec: { priority } })
  cluster.happen(PodBound({ pod: `shop/${name}`, node }))
  cluster.happen(PodAccepted({ pod: `shop/${name}`, node }), started * 60_000)
}

const victimsOf = (emissions: readonly SimEvent[]): unknown =>
  (emissions.find(({ kind }) => kind === 'PreemptionDue') as { readonly victims?: unknown } | undefined)?.victims

const attempt = (cluster: TestCluster, at = 7_200_000): readonly SimEvent[] =>
  cluster.react(cluster.happen({ kind: 'SchedulingCycleDue' }, at))

/** A budget for the pods that are `guarded`, of which so many may go. */
const guard = (
  cluster: TestCluster,
  disruptionsAllowed: number,
  selector: object = { matchLabels: { app: 'guarded' } },
  disruptedPods: Readonly<Record<string, number>> = {},
): void => {
  const object = 'shop/guard'
  const spec = { selector, maxUnavailable: 0 }
  cluster.happen(podDisruptionBudgetEvents.Created({ object, uid: 'guard', labels: {}, annotations: {}, spec }))
  const numbers = { expectedPods: 3, currentHealthy: 3, desiredHealthy: 3 - disruptionsAllowed }
  cluster.happen(podDisruptionBudgetEvents.StatusReported({ object, ...numbers, disruptionsAllowed, disruptedPods }))
}

/** The worked example of 8.10. */
const example = (): TestCluster => {
  const cluster = createTestCluster()
  for (const name of ['n1', 'n2', 'n3']) cluster.node(name, { allocatable: { cpu: '4' } })
  existing(cluster, { name: 'a', node: 'n1', priority: 100, cpu: '2', started: 60 })
  existing(cluster, { name: 'b', node: 'n1', priority: 10, cpu: '2', started: 65 })
  existing(cluster, { name: 'c', node: 'n2', priority: 10, cpu: '1', started: 30 })
  existing(cluster, { name: 'd', node: 'n2', priority: 10, cpu: '3', started: 0 })
  existing(cluster, { name: 'e', node: 'n3', priority: 10, cpu: '1500m', started: 40, labels: { app: 'guarded' } })
  existing(cluster, { name: 'f', node: 'n3', priority: 10, cpu: '1500m', started: 50 })
  existing(cluster, { name: 'g', node: 'n3', priority: 2_000, cpu: '500m', started: 0 })
  guard(cluster, 0)
  return cluster
}

describe('DefaultPreemption (8.10)', () => {
  it('chooses n1 and its youngest victim in the worked example', () => {
    const cluster = example()
    cluster.pod('p', { requests: { cpu: '2' }, spec: { priority: 1_000 } })
    const emissions = attempt(cluster)
    expect(emissions[0]).toEqual({
      kind: 'PodUnschedulable',
      pod: 'shop/p',
      message: '0/3 nodes are available: 3 Insufficient cpu.',
      plugins: ['NodeResourcesFit'],
      nominatedNode: 'n1',
    })
    expect(victimsOf(emissions)).toEqual(['shop/b'])
  })

  it('spares what a budget guards, and takes the pod beside it', () => {
    const cluster = example()
    for (const node of ['n1', 'n2']) cluster.happen({ kind: 'NodeCordoned', node } as never)
    cluster.pod('p', { requests: { cpu: '2' }, spec: { priority: 1_000 } })
    expect(victimsOf(attempt(cluster))).toEqual(['shop/f'])
  })

  it('counts a budget only for pods with labels that it matches and that are not going already', () => {
    const cases = [
      { selector: {}, spared: false },
      { selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] }, spared: true },
      { selector: { matchLabels: { app: 'guarded' } }, disrupted: { e: 0 }, spared: false },
      { selector: { matchExpressions: [{ key: 'other', operator: 'DoesNotExist' }] }, spared: true },
    ]
    for (const { selector, disrupted = {}, spared } of cases) {
      const cluster = createTestCluster()
      cluster.node('n', { allocatable: { cpu: '2' } })
      existing(cluster, { name: 'e', node: 'n', priority: 10, cpu: '1', started: 40, labels: { app: 'guarded' } })
      existing(cluster, { name: 'f', node: 'n', priority: 10, cpu: '1', started: 30 })
      guard(cluster, 0, selector, disrupted as Readonly<Record<string, number>>)
      cluster.pod('p', { requests: { cpu: '1' }, spec: { priority: 1_000 } })
      // `e` is the younger one, and would be taken without a budget; `f` has no labels, so no budget is for it.
      expect(victimsOf(attempt(cluster))).toEqual([spared ? 'shop/f' : 'shop/e'])
    }
  })

  it('never takes pods of equal or higher priority', () => {
    const cluster = createTestCluster()
    cluster.node('n', { allocatable: { cpu: '4' } })
    existing(cluster, { name: 'peer', node: 'n', priority: 1_000, cpu: '4' })
    cluster.pod('p', { requests: { cpu: '2' }, spec: { priority: 1_000 } })
    expect(attempt(cluster)).toMatchObject([
      {
        kind: 'PodUnschedulable',
        message:
          '0/1 nodes are available: 1 Insufficient cpu. ' +
          'preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
      },
    ])
  })

  it('does not preempt for a pod whose policy is Never', () => {
    const cluster = example()
    cluster.pod('p', { requests: { cpu: '2' }, spec: { priority: 1_000, preemptionPolicy: 'Never' } })
    expect(attempt(cluster)[0]).toMatchObject({
      message: '0/3 nodes are available: 3 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.',
    })
  })

  it('tells the victim why, and deletes it', () => {
    const cluster = example()
    cluster.pod('p', { requests: { cpu: '2' }, spec: { priority: 1_000 } })
    const emissions = attempt(cluster)
    for (const event of emissions.slice(0, 1)) cluster.happen(event, 7_200_000)
    const due = emissions.find(({ kind }) => kind === 'PreemptionDue')!
    expect(cluster.react(cluster.happen(due, 7_200_010))).toEqual([
      {
        kind: 'PodDisruptionTargeted',
        pod: 'shop/b',
        reason: 'PreemptionByScheduler',
        message: 'default-scheduler: preempting to accommodate a higher priority pod',
      },
      { kind: 'PodMarkedForDeletion', pod: 'shop/b', graceSeconds: 30 },
    ])
  })

  it('keeps the room for the pod that made it, and lets it in when the victim is gone', () => {
    const cluster = example()
    cluster.pod('p', { requests: { cpu: '2' }, spec: { priority: 1_000 } })
    const emissions = attempt(cluster)
    cluster.happen(emissions[0]!, 7_200_000)
    const due = emissions.find(({ kind }) => kind === 'PreemptionDue')!
    for (const event of cluster.react(cluster.happen(due, 7_200_010))) cluster.happen(event, 7_200_010)
    cluster.happen(PodDeleted({ pod: 'shop/b' }), 7_230_000)
    // A lesser pod that would fit as well finds the room taken.
    cluster.pod('lesser', { requests: { cpu: '2' }, spec: { priority: 5 } })
    expect(cluster.own.queue.pods.get('shop/p')?.place).toBe('active')
    expect(cluster.cycle(7_231_000)).toMatchObject({ kind: 'PodBound', pod: 'shop/p', node: 'n1' })
    expect(cluster.cycle(7_232_000)).toMatchObject({ kind: 'PodUnschedulable', pod: 'shop/lesser' })
  })

  it('does not let a lesser pod into room that is kept', () => {
    const cluster = example()
    cluster.pod('p', { requests: { cpu: '2' }, spec: { priority: 1_000 } })
    cluster.happen(attempt(cluster)[0]!, 7_200_000)
    cluster.happen(PodDeleted({ pod: 'shop/b' }), 7_230_000)
    cluster.pod('lesser', { requests: { cpu: '2' }, spec: { priority: 5 } })
    const waiting = cluster.own.queue.pods.get('shop/p')!
    expect(waiting.place).toBe('unschedulable')
    expect(cluster.cycle(7_231_000)).toMatchObject({ kind: 'PodUnschedulable', pod: 'shop/lesser' })
  })

  it.each([
    [5, 5],
    [100, 100],
    [500, 100],
    [5_000, 500],
  ])('of %i nodes looks at %i at most', (nodes, candidates) => {
    const args = { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 }
    expect(numCandidates(nodes, args)).toBe(candidates)
  })
})

describe('on random clusters', () => {
  const priority = fc.constantFrom(0, 10, 100)
  const cpu = fc.constantFrom('500m', '1', '2')
  const placed = fc.record({ priority, cpu, node: fc.nat(2), guarded: fc.boolean() })

  it('victims are less important, and make room where the pod is nominated', () => {
    let preemptions = 0
    fc.assert(
      fc.property(fc.array(placed, { maxLength: 14 }), fc.nat(2), (pods, allowed) => {
        const cluster = createTestCluster()
        for (let i = 0; i < 3; i++) cluster.node(`n${i}`, { allocatable: { cpu: '4' } })
        guard(cluster, allowed)
        const room = [4_000, 4_000, 4_000]
        pods.forEach((pod, i) => {
          const millis = pod.cpu === '500m' ? 500 : Number(pod.cpu) * 1_000
          if (room[pod.node]! < millis) return
          room[pod.node]! -= millis
          const labels: Record<string, string> = pod.guarded ? { app: 'guarded' } : {}
          existing(cluster, { name: `p${i}`, node: `n${pod.node}`, priority: pod.priority, cpu: pod.cpu, labels })
        })
        cluster.pod('new', { requests: { cpu: '3' }, spec: { priority: 50 } })
        const emissions = attempt(cluster)
        const due = emissions.find(({ kind }) => kind === 'PreemptionDue') as
          | { readonly kind: string; readonly node: string; readonly victims: readonly string[] }
          | undefined
        if (due === undefined) return
        preemptions++
        const { pods: all, nodes } = cluster.view
        for (const victim of due.victims) {
          expect(all.get(victim)).toMatchObject({ node: due.node })
          expect(all.get(victim)!.template.spec.priority).toBeLessThan(50)
        }
        cluster.happen(emissions[0]!, 7_200_000)
        cluster.happen(due, 7_200_010)
        for (const victim of due.victims) cluster.happen(PodDeleted({ pod: victim }), 7_230_000)
        expect(cluster.cycle(7_231_000)).toMatchObject({ kind: 'PodBound', pod: 'shop/new', node: due.node })
        const node = nodes.get(due.node)!
        expect(node.requested.cpuMillis).toBeLessThanOrEqual(node.allocatable.cpuMillis)
      }),
      { numRuns: 300, seed: 20_250_902 },
    )
    expect(preemptions).toBeGreaterThan(50)
  })
})
