import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { afterAll, describe, expect, it } from 'vitest'
import type { DesignPoint, Outcome } from '../design-point.ts'
import type { Study } from '../file/load-study.ts'
import { formatResults } from './format-results.ts'
import { formatValue } from './format-value.ts'
import { writeResponses } from './parquet.ts'
import { digestOf, resultsOf } from './results.ts'

const folder = mkdtempSync(join(tmpdir(), 'wavetank-results-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const study: Study = {
  name: 'nodes',
  axes: [{ name: 'workers', values: [2, 3] }],
  points: [2, 3].map((value, index) => ({ index, levels: [{ axis: 'workers', value }] }) as unknown as DesignPoint),
  measures: [
    { name: 'up', metric: 'availability', of: {}, unit: 'ratio' },
    { name: 'recover', metric: 'timeToRecover', of: {}, unit: 'milliseconds' },
  ],
  prices: [],
  replications: { min: 4, max: 4, until: [], confidence: 0.95 },
  seed: 1,
  quantiles: [0.5],
  baselines: [undefined, 0],
  digest: 'd',
  warnings: [],
}
const outcome = (point: number, number: number, up: number, recover: number | null): Outcome => ({
  point,
  number,
  seed: number,
  responses: { up, recover },
  expectations: { fine: up > 0.95 ? 'met' : 'failed' },
  entries: 5,
  end: 'horizon',
})
const outcomes = [
  outcome(0, 0, 0.9, 61_000),
  outcome(0, 1, 0.92, null),
  outcome(0, 2, 0.94, 63_000),
  outcome(0, 3, 0.96, 65_000),
  outcome(1, 0, 0.91, null),
  outcome(1, 1, 0.93, null),
  outcome(1, 2, 0.95, null),
  outcome(1, 3, 0.97, null),
]

describe('results', () => {
  it('compare what has the same seed: a small difference is seen through a large spread', () => {
    const { points } = resultsOf(study, outcomes)
    const up = points[1]!.measures.up!
    expect(up.halfWidth).toBeGreaterThan(0.03)
    expect(up.difference).toMatchObject({ count: 4, verdict: 'greater' })
    expect(up.difference!.mean).toBeCloseTo(0.01, 10)
    expect(points[0]!.measures.up!.difference).toBeUndefined()
  })

  it('count runs without an answer apart', () => {
    const { points } = resultsOf(study, outcomes)
    expect(points[0]!.measures.recover).toMatchObject({ count: 3, missing: 1, mean: 63_000 })
    expect(points[1]!.measures.recover).toMatchObject({ count: 0, missing: 4 })
    expect(points[1]!.expectations.fine).toMatchObject({ count: 4, mean: 0.25 })
  })

  it('are printed as tables', () => {
    expect(`\n${formatResults(resultsOf(study, outcomes))}`).toMatchInlineSnapshot(`
      "
      nodes: 2 points, 8 runs, seed 1; means with 95% intervals
      POINT   workers   up               recover                      RUNS
      0       2         0.93 ±0.041085   1m03s ±4.97s (3 of 4 runs)   4
      1       3         0.94 ±0.041085   – (0 of 4 runs)              4

      Quantiles over the replications, with their intervals
      POINT   workers   MEASURE   p50
      0       2         up        0.93 [-∞, ∞]
      1       3         up        0.94 [-∞, ∞]
      0       2         recover   1m03s [-∞, ∞]
      1       3         recover   –

      Differences from the baseline, in pairs of equal seeds; ▲ greater, ▼ less, all 95% sure together
      POINT   workers   BASELINE   up           recover
      1       3         0          +0.01 ±0 ▲   –

      Share of the runs in which expectations were met
      POINT   workers   fine
      0       2         0.25 [0.045587, 0.69936]
      1       3         0.25 [0.045587, 0.69936]
      "
    `)
  })

  it('are rows in Parquet, one for every answer', async () => {
    writeResponses(study, outcomes, folder)
    const rows = await parquetReadObjects({ file: await asyncBufferFromFile(join(folder, 'responses.parquet')) })
    expect(rows).toHaveLength(outcomes.length * 3)
    expect(rows.slice(0, 3)).toEqual([
      {
        point: 0n,
        levels: '{"workers":2}',
        replication: 0n,
        seed: 0n,
        entries: 5n,
        kind: 'measure',
        name: 'up',
        unit: 'ratio',
        value: 0.9,
      },
      {
        point: 0n,
        levels: '{"workers":2}',
        replication: 0n,
        seed: 0n,
        entries: 5n,
        kind: 'measure',
        name: 'recover',
        unit: 'milliseconds',
        value: 61_000,
      },
      {
        point: 0n,
        levels: '{"workers":2}',
        replication: 0n,
        seed: 0n,
        entries: 5n,
        kind: 'expectation',
        name: 'fine',
        unit: 'truth',
        value: 0,
      },
    ])
    expect(rows[4]!.value).toBeNull()
  })

  it('have a digest of every answer, whatever the order of its names', () => {
    const digest = digestOf(outcomes)
    const { responses, ...rest } = outcomes[0]!
    const turned = { ...rest, responses: Object.fromEntries(Object.entries(responses).reverse()) }
    expect(digestOf([turned, ...outcomes.slice(1)])).toBe(digest)
    expect(digestOf([outcome(0, 0, 0.9, 61_001), ...outcomes.slice(1)])).not.toBe(digest)
    expect(digestOf([outcome(0, 0, 0.9, null), ...outcomes.slice(1)])).not.toBe(digest)
  })
})

it.each([
  [0.99987654, 'ratio', '0.99988'],
  [1, 'ratio', '1'],
  [125_400, 'milliseconds', '2m05s'],
  [3_600_000, 'milliseconds', '1h00m'],
  [250, 'milliseconds', '250ms'],
  [-1_500, 'milliseconds', '-1.5s'],
  [0, 'milliseconds', '0ms'],
  [1_234_567, 'count', '1234567'],
  [12.3456, 'count', '12.35'],
  [0.00001234, 'number', '0.00001234'],
  [Number.POSITIVE_INFINITY, 'milliseconds', '∞'],
] as const)('%s in %s is %s', (value, unit, expected) => {
  expect(formatValue(value, unit)).toBe(expected)
})
