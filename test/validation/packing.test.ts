import { describe, expect, it } from 'vitest'
import { pointOf, replicate, scenarioFrom } from './study.ts'

/** Pods are items, nodes are bins, and of some instances it is known how many bins they need. */

interface Batch {
  /** Millicores of each pod. */
  readonly size: number
  readonly count: number
}

const deployment = (name: string, { size, count }: Batch): string => `
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: ${name}}
  spec:
    replicas: ${count}
    selector: {matchLabels: {app: ${name}}}
    template:
      metadata: {labels: {app: ${name}}}
      spec:
        containers: [{name: main, image: item, resources: {requests: {cpu: ${size}m}}}]
`

const profile = (strategy: 'MostAllocated' | 'LeastAllocated'): string => `schedulerConfiguration:
  apiVersion: kubescheduler.config.k8s.io/v1
  kind: KubeSchedulerConfiguration
  profiles:
  - plugins: {score: {disabled: [{name: '*'}], enabled: [{name: NodeResourcesFit}]}}
    pluginConfig:
    - name: NodeResourcesFit
      args: {scoringStrategy: {type: ${strategy}, resources: [{name: cpu, weight: 1}]}}
`

/** Each batch a minute after the one before it. */
const fits = async (
  batches: readonly Batch[],
  capacity: number,
  nodes: number,
  scheduler: string,
): Promise<boolean> => {
  const names = batches.map((_, i) => `batch-${i}`)
  const files = Object.fromEntries(
    batches.map((batch, i) => [
      `${names[i]}.yaml`,
      deployment(names[i]!, batch).replace(/^\n- /, '').replaceAll('\n  ', '\n'),
    ]),
  )
  const scenario = await scenarioFrom(
    `duration: ${batches.length + 2}m
nodes: [{name: bin, count: ${nodes}, capacity: {cpu: ${capacity}m, pods: 500}, allocatable: {cpu: ${capacity}m}}]
${scheduler}timeline: [${names.map((name, i) => `{at: ${i + 1}m, kubectl: apply -f ${name}.yaml}`).join(', ')}]
`,
    files,
  )
  const [outcome] = replicate(
    pointOf(scenario, { without: ['pendingPods', { statistic: 'end' }], bound: ['events', { kind: 'PodBound' }] }),
    [1],
  )
  const { without, bound } = outcome!.responses
  expect(bound! + without!).toBe(batches.reduce((sum, { count }) => sum + count, 0))
  return without === 0
}

/** The least number of nodes on which all pods have one. */
const leastNodes = async (batches: readonly Batch[], capacity: number, scheduler: string): Promise<number> => {
  let nodes = 1
  while (!(await fits(batches, capacity, nodes, scheduler))) nodes++
  return nodes
}

describe('the least number of nodes', () => {
  it.each([
    [{ size: 300, count: 10 }, 1000, 4],
    [{ size: 500, count: 9 }, 1000, 5],
    [{ size: 501, count: 9 }, 1000, 9],
  ])('for pods of one size, %j on nodes of %d millicores, is %d', async (batch, capacity, expected) => {
    expect(await leastNodes([batch], capacity, '')).toBe(expected)
  })

  // Coffman, Garey and Johnson, Bin Packing with Divisible Item Sizes, Journal of Complexity 3, 1987: the largest first is optimal.
  it.each(['MostAllocated', 'LeastAllocated'] as const)(
    'for sizes that divide each other, the largest first, is what they add up to, with %s',
    async (strategy) => {
      const batches = [
        { size: 800, count: 2 },
        { size: 400, count: 3 },
        { size: 200, count: 5 },
        { size: 100, count: 10 },
      ]
      expect(await leastNodes(batches, 800, profile(strategy))).toBe(Math.ceil(4800 / 800))
    },
  )

  it('is the optimum where small pods are packed, and what leaves room for large ones where they are spread', async () => {
    // Five small ones fill a node, or leave no room on five.
    const batches = [
      { size: 200, count: 5 },
      { size: 900, count: 5 },
    ]
    expect(await leastNodes(batches, 1000, profile('MostAllocated'))).toBe(6)
    expect(await leastNodes(batches, 1000, profile('LeastAllocated'))).toBe(10)
  })

  it('is never less than the optimum of a packing without a gap', async () => {
    // Triplets that fill a node each (Falkenauer 1996): 3 · 1000, and first fit needs more.
    const batches = [
      { size: 260, count: 3 },
      { size: 330, count: 3 },
      { size: 410, count: 3 },
    ]
    expect(await leastNodes(batches, 1000, profile('MostAllocated'))).toBeGreaterThan(3)
    expect(await leastNodes([...batches].reverse(), 1000, profile('LeastAllocated'))).toBe(3)
  })
})
