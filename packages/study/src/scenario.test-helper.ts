import { formatIssues, loadScenario, memoryFiles, type Scenario } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { scenarioOptions } from 'wavetank'
import type { DesignPoint } from './design-point.ts'
import { unitOf } from './measures/define-metric.ts'
import type { Measure } from './measures/measure.ts'
import { metricNamed } from './measures/registry.ts'

const HEAD = 'apiVersion: wavetank.dev/v1alpha1\nkind: Scenario\nmetadata: {name: s}\n'

/** A scenario from its text without the head. */
export const scenarioFrom = async (text: string): Promise<Scenario> => {
  const loaded = await loadScenario('s.yaml', { files: memoryFiles({ 's.yaml': HEAD + text }), ...scenarioOptions })
  if (isLeft(loaded)) throw new Error(formatIssues(loaded.left))
  return loaded.right.scenario
}

/** `[metric, what it takes]`, decoded as a study file would. */
export type Asked = readonly [metric: string, of?: Readonly<Record<string, unknown>>]

export const measureOf = ([metric, of = {}]: Asked, name = metric): Measure => {
  const definition = metricNamed(metric)
  if (definition === undefined) throw new Error(`no metric ${metric}`)
  const decoded = definition.of.decode(of)
  if (isLeft(decoded)) throw new Error(`${metric}: ${JSON.stringify(decoded.left)}`)
  return { name, metric, of: decoded.right as Measure['of'], unit: unitOf(definition, decoded.right) }
}

export const pointOf = (
  scenario: Scenario,
  asked: Readonly<Record<string, Asked>>,
  rest: Partial<DesignPoint> = {},
): DesignPoint => ({
  index: 0,
  levels: [],
  scenario,
  warmup: 0 as DesignPoint['warmup'],
  measures: Object.entries(asked).map(([name, one]) => measureOf(one, name)),
  prices: [],
  ...rest,
})
