import { formatIssues, loadScenario, memoryFiles, type Scenario } from '@wavetank/scenario'
import {
  type DesignPoint,
  type Estimate,
  estimateMean,
  evaluatePoint,
  type Measure,
  metricNamed,
  type Outcome,
} from '@wavetank/study'
import { isLeft } from 'fp-ts/lib/Either.js'
import { scenarioOptions } from 'wavetank'

const HEAD = 'apiVersion: wavetank.dev/v1alpha1\nkind: Scenario\nmetadata: {name: validation}\n'

/** Theory knows no latencies: what a cluster needs besides is taken away as far as it can be. */
export const NO_LATENCIES = `latencies: {${[
  'apiWrite',
  'watch',
  'controllerSync',
  'schedulingCycle',
  'volumeWait',
  'sandbox',
  'containerStart',
  'imagePullOverhead',
  'imageCheck',
  'plegRelist',
  'stopContainer',
  'stopSandbox',
  'podCleanup',
  'nodeBoot',
]
  .map((name) => `${name}: 0s`)
  .join(', ')}}\nimages: {size: 0}\n`

export const scenarioFrom = async (text: string, files: Readonly<Record<string, string>> = {}): Promise<Scenario> => {
  const loaded = await loadScenario('s.yaml', {
    files: memoryFiles({ ...files, 's.yaml': HEAD + text }),
    ...scenarioOptions,
  })
  if (isLeft(loaded)) throw new Error(formatIssues(loaded.left))
  return loaded.right.scenario
}

/** `[metric, what it takes]`. */
export type Asked = readonly [metric: string, of?: Readonly<Record<string, unknown>>]

const measureOf = (name: string, [metric, written = {}]: Asked): Measure => {
  const definition = metricNamed(metric)
  const decoded = definition?.of.decode(written)
  if (definition === undefined || decoded === undefined || isLeft(decoded)) throw new Error(`no measure ${metric}`)
  const of = decoded.right as Measure['of']
  return { name, metric, of, unit: typeof definition.unit === 'function' ? definition.unit(of) : definition.unit }
}

export const pointOf = (scenario: Scenario, asked: Readonly<Record<string, Asked>>, warmup = 0): DesignPoint => ({
  index: 0,
  levels: [],
  scenario,
  warmup: warmup as DesignPoint['warmup'],
  measures: Object.entries(asked).map(([name, one]) => measureOf(name, one)),
  prices: [],
})

export const replicate = (point: DesignPoint, seeds: readonly number[]): readonly Outcome[] =>
  seeds.map((seed, number) => evaluatePoint(point, { number, seed }))

export const seedsFrom = (first: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => first + i)

/** Of one response, over outcomes. */
export const estimateOf = (outcomes: readonly Outcome[], name: string, confidence: number): Estimate =>
  estimateMean(
    outcomes.flatMap(({ responses }) => responses[name] ?? []),
    confidence,
  )
