import { decodeScenario, formatIssues, gatherTexts, memoryFiles } from '@wavetank/scenario'
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { scenarioOptions } from 'wavetank'
import { createLocalEngine } from '../engine/local-engine.ts'
import { cheapestMachines, leastNodes } from './find-nodes.ts'
import { readPriceList } from './price-list.ts'
import { createTester, testFor } from './sufficiency.ts'
import { createVariants } from './variants.ts'

const HEAD = 'apiVersion: wavetank.dev/v1alpha1\nkind: Scenario\nmetadata: { name: s }\nduration: 5m\n'

const deployment = (name: string, replicas: number, cpu: string): string => `
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: ${name} }
    spec:
      replicas: ${replicas}
      selector: { matchLabels: { app: ${name} } }
      template:
        metadata: { labels: { app: ${name} } }
        spec: { containers: [{ name: c, image: i, resources: { requests: { cpu: "${cpu}", memory: 10Mi } } }] }`
const ALL_RUN = 'expect:\n  - { name: all run, at: 4m, that: "pods.all(p, ready(p))" }\n'
const pool = (name: string, count: number, cpu: number, more = ''): string =>
  `  - { name: ${name}, count: ${count}, capacity: { cpu: "${cpu}" }, allocatable: { cpu: "${cpu}" }${more} }\n`

const open = async (text: string, replications = 1) => {
  const input = await gatherTexts('s.yaml', memoryFiles({ 's.yaml': HEAD + text }))
  if (isLeft(input)) throw new Error(formatIssues(input.left))
  const decoded = decodeScenario(input.right, scenarioOptions)
  if (isLeft(decoded)) throw new Error(formatIssues(decoded.left))
  const test = testFor({ probability: 0.95, confidence: 0.95, replications })
  return {
    variants: createVariants(input.right, scenarioOptions),
    tester: createTester(createLocalEngine(), test, { seed: 1 }),
  }
}
const nodesFor = async (text: string, pools: readonly string[] = ['w'], max = 50) => {
  const { variants, tester } = await open(text)
  return leastNodes(variants, pools, tester, { max })
}

describe('the least number of nodes', () => {
  it.each([
    // Ten of 1 on bins of 4; six of 3 on bins of 5 fit one each; pairs of 2 and 3 fill bins of 5 exactly.
    ['ten of one on four', 1, 4, [[10, '1']], 3],
    ['one to a node', 1, 5, [[6, '3']], 6],
    ['from above', 9, 4, [[10, '1']], 3],
    ['half cores', 2, 1, [[7, '500m']], 4],
  ] as const)('is that of packing: %s', async (_, count, cpu, apps, expected) => {
    const text = `nodes:\n${pool('w', count, cpu)}manifests:${apps.map(([n, c], i) => deployment(`a${i}`, n, c)).join('')}\n${ALL_RUN}`
    const { counts, tried, remarks } = await nodesFor(text)
    expect(counts).toEqual({ w: expected })
    expect(tried.find((one) => one.counts.w === expected - 1)?.finding?.isEnough).toBe(false)
    expect(remarks).toEqual([])
  })

  it('is that of counting, whatever the sizes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 9 }),
        async (cpu, each, n) => {
          fc.pre(each <= cpu)
          const text = `nodes:\n${pool('w', 3, cpu)}manifests:${deployment('a', n, `${each}`)}\n${ALL_RUN}`
          expect((await nodesFor(text)).counts).toEqual({ w: Math.ceil(n / Math.floor(cpu / each)) })
        },
      ),
      { seed: 7, numRuns: 12 },
    )
  })

  it('has room for a zone that fails', async () => {
    const text = `nodes:\n${pool('w', 3, 2, ', zones: [a, b, c]')}manifests:${deployment('a', 4, '1')}
timeline: [{ at: 10s, fail: { zone: a } }]
flags: { kube-apiserver: { default-unreachable-toleration-seconds: 5, default-not-ready-toleration-seconds: 5 } }
expect: [{ name: four are ready, at: 4m, that: "pods.filter(p, ready(p)).size() == 4" }]
`
    // What two zones have left has to hold four pods of one CPU.
    expect((await nodesFor(text)).counts).toEqual({ w: 3 })
  })

  it('is looked for pool by pool, where one has what the other has not', async () => {
    const selector = deployment('a', 4, '1').replace(
      'spec: { containers',
      'spec: { nodeSelector: { disk: ssd }, containers',
    )
    const text = `nodes:\n${pool('ssd', 1, 2, ', labels: { disk: ssd }')}${pool('w', 6, 2)}manifests:${selector}${deployment('b', 2, '1')}\n${ALL_RUN}`
    const found = await nodesFor(text, ['ssd', 'w'])
    expect(found.counts).toEqual({ ssd: 2, w: 1 })
    expect(found.remarks.join()).toContain('ssd, then w')
  })

  it('is not there where nothing is enough', async () => {
    const text = `nodes:\n${pool('w', 1, 1)}manifests:${deployment('a', 1, '2')}\n${ALL_RUN}`
    expect((await nodesFor(text, ['w'], 8)).counts).toBeUndefined()
  })

  it('keeps the nodes that the scenario names', async () => {
    const text = `nodes:\n${pool('w', 4, 4)}manifests:${deployment('a', 1, '1')}\ntimeline: [{ at: 4m30s, fail: { node: w-3 } }]\n${ALL_RUN}`
    expect((await nodesFor(text)).counts).toEqual({ w: 3 })
  })

  it('is the same whatever the number of seeds where luck does not matter', async () => {
    const text = `nodes:\n${pool('w', 1, 4)}manifests:${deployment('a', 10, '1')}\n${ALL_RUN}`
    const { variants, tester } = await open(text, 5)
    expect((await leastNodes(variants, ['w'], tester, { max: 50 })).counts).toEqual({ w: 3 })
  })

  it('grows with the probability that is asked for', async () => {
    // Of five nodes each fails within the run with a probability of a tenth or so; one node has to be left.
    const text = `nodes:\n${pool('w', 1, 4)}
failures: [{ name: f, fail: { pool: w }, timeToFailure: { exponential: { mean: 10m } }, timeToRepair: 10h }]
expect:
  - { name: one is up, at: 4m30s, that: "nodes.exists(n, n.status.conditions.exists(c, c.type == 'Ready' && c.status == 'True'))" }
`
    const at = async (probability: number) => {
      const { variants } = await open(text)
      const test = testFor({ probability, confidence: 0.9, replications: 60 })
      const tester = createTester(createLocalEngine(), test, { seed: 1 })
      return (await leastNodes(variants, ['w'], tester, { max: 20 })).counts!.w!
    }
    const [half, most] = [await at(0.5), await at(0.95)]
    expect(half).toBeGreaterThanOrEqual(1)
    expect(most).toBeGreaterThan(half)
  })
})

const PRICES = `type,cpu,memory,price,max
small,2,8Gi,1,10
large,8,32Gi,3.5,10
gpu,4,16Gi,9,
`
const listOf = (text: string, file = 'prices.csv') => {
  const read = readPriceList(file, text)
  if (isLeft(read)) throw new Error(formatIssues(read.left))
  return read.right.map((type) => ({ ...type, allocatable: type.capacity }))
}

describe('the cheapest machines', () => {
  const mixFor = async (text: string, prices = PRICES) => {
    const { variants, tester } = await open(text)
    const found = await cheapestMachines(variants, 'w', listOf(prices), tester, {
      nodesMax: 20,
      testsMax: 200,
      usesRequests: true,
    })
    if (isLeft(found)) throw new Error(formatIssues(found.left.map((issue) => ({ ...issue }))))
    return found.right
  }

  it.each([
    [8, '1', { large: 1 }, 3.5],
    [10, '1', { large: 1, small: 1 }, 4.5],
    [3, '2', { small: 3 }, 3],
    [4, '2', { large: 1 }, 3.5],
  ] as const)('for %d pods of %s are %j', async (n, cpu, counts, price) => {
    const text = `nodes:\n${pool('w', 1, 2)}manifests:${deployment('a', n, cpu)}\n${ALL_RUN}`
    const found = await mixFor(text)
    expect(found.mix).toEqual({ counts, price })
    expect(found.atLeast).toBe(price)
  })

  it('need not give what other nodes have', async () => {
    const text = `nodes:\n${pool('w', 1, 2)}${pool('fixed', 1, 8)}manifests:${deployment('a', 10, '1')}\n${ALL_RUN}`
    expect((await mixFor(text)).mix).toEqual({ counts: { small: 1 }, price: 1 })
  })

  it('keep zones, labels and faults of the pool whose place they take', async () => {
    const text = `nodes:\n${pool('w', 3, 2, ', zones: [a, b], labels: { disk: ssd }')}
manifests:${deployment('a', 2, '1').replace('spec: { containers', 'spec: { nodeSelector: { disk: ssd }, containers')}
timeline: [{ at: 4m30s, fail: { pool: w } }]
${ALL_RUN}`
    const { variants } = await open(text)
    const decoded = variants.withMachines('w', listOf(PRICES), [2, 1, 0])
    if (isLeft(decoded)) throw new Error(formatIssues(decoded.left))
    const { nodes, timeline } = decoded.right.scenario
    expect(nodes.map(({ metadata }) => [metadata.name, metadata.labels?.disk])).toEqual([
      ['w-large-1', 'ssd'],
      ['w-small-1', 'ssd'],
      ['w-small-2', 'ssd'],
    ])
    expect(timeline[0]!.action).toMatchObject({ kind: 'fail', selector: 'wavetank.dev/pool=w' })
    expect((await mixFor(text)).mix).toEqual({ counts: { small: 1 }, price: 1 })
  })

  it('are none where none is enough', async () => {
    const text = `nodes:\n${pool('w', 1, 2)}manifests:${deployment('a', 1, '16')}\n${ALL_RUN}`
    expect((await mixFor(text)).mix).toBeUndefined()
  })
})

describe('a price list', () => {
  it('may be YAML, with labels and taints', () => {
    const [type] = listOf(
      '- { type: a, cpu: 4, memory: 16Gi, price: 0.5, max: 3, nvidia.com/gpu: 2, labels: { x: z } }',
      'p.yaml',
    )
    expect(type).toMatchObject({
      name: 'a',
      price: 0.5,
      max: 3,
      capacity: { cpu: '4', memory: '16Gi', 'nvidia.com/gpu': '2' },
      labels: { x: 'z' },
    })
  })

  it('has every problem named at its place', () => {
    const complaints = (text: string, file = 'p.csv'): string => {
      const read = readPriceList(file, text)
      return isLeft(read) ? formatIssues(read.left) : 'fine'
    }
    expect(complaints('type,cpu,memory,price,max\na,four,16Gi,cheap,1.5\na,1,1Gi,,\nb,1\n')).toMatchInlineSnapshot(`
      "p.csv:2:3 error WT041 \`cpu\` is missing
      p.csv:2:3 error WT041 \`cpu\`: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
      p.csv:2:13 error WT041 \`price\` is no number from 0: "cheap"
      p.csv:2:19 error WT041 \`max\` is no whole number up to 100000: "1.5"
      p.csv:3:1 error WT041 type "a" is there twice
      p.csv:3:9 error WT041 \`price\` is missing
      p.csv:4:1 error WT041 the header has 5 names, this row has 2 values
      7 errors, 0 warnings
      "
    `)
    expect(complaints('type,cpus,price\n')).toMatchInlineSnapshot(`
      "p.csv:1:1 error WT041 the table has no column \`cpu\`
          did you mean \`cpus\`?
      p.csv:1:1 error WT041 the table has no column \`memory\`
          known: type, cpus, price
      p.csv:1:6 error WT041 unknown column \`cpus\`
          did you mean \`cpu\`?
      3 errors, 0 warnings
      "
    `)
    expect(
      complaints('- { type: a, cpu: 1, memroy: 1Gi, price: [], labels: { a: 1 } }\n- a\n', 'p.yaml'),
    ).toMatchInlineSnapshot(`
      "p.yaml:1:3 error WT041 \`memory\` is missing
      p.yaml:1:3 error WT041 \`price\` is missing
      p.yaml:1:30 error WT041 unknown field \`memroy\`
          did you mean \`memory\`?
      p.yaml:1:42 error WT041 \`price\` is not what it should be
      p.yaml:1:54 error WT041 \`labels\` is not what it should be
          labels are texts: put quotes around their values
      p.yaml:2:3 error WT041 a type is a mapping
          - { type: m, cpu: 4, memory: 16Gi, price: 0.2 }
      6 errors, 0 warnings
      "
    `)
    expect(complaints('')).toMatchInlineSnapshot(`
      "p.csv:1:1 error WT041 the table has no column \`cpu\`
      p.csv:1:1 error WT041 the table has no column \`memory\`
      p.csv:1:1 error WT041 the table has no column \`price\`
      p.csv:1:1 error WT041 the table has no column \`type\`
      4 errors, 0 warnings
      "
    `)
  })
})
