import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { memoryFiles } from './files.ts'
import { flagCatalogOf } from './flags.ts'
import { loadScenario } from './load-scenario.ts'
import { formatIssues } from './located-issue.ts'

const HEAD = 'apiVersion: wavetank.dev/v1alpha1\nkind: Scenario\nmetadata: {name: s}\nduration: 1h\n'

const autoscaler = (metric: string): string =>
  `apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\nspec:\n  scaleTargetRef: {kind: Deployment, name: d, apiVersion: apps/v1}\n  maxReplicas: 2\n  metrics:\n  - ${metric}\n`

const QUEUE =
  '{type: External, external: {metric: {name: queue, selector: {matchLabels: {of: a}}}, target: {type: Value, value: 1}}}'
const RPS = '{type: Pods, pods: {metric: {name: rps}, target: {type: AverageValue, averageValue: 1}}}'
const INGRESS =
  '{type: Object, object: {metric: {name: hits}, describedObject: {kind: Ingress, name: main}, target: {type: Value, value: 1}}}'

const load = (metrics: string, metric?: string) =>
  loadScenario('s.yaml', {
    files: memoryFiles({
      's.yaml': `${HEAD}${metric === undefined ? '' : 'manifests: [a.yaml]\n'}metrics:\n${metrics}`,
      'a.yaml': autoscaler(metric ?? ''),
      'v.csv': 'at,value\n0,3\n',
    }),
    flags: flagCatalogOf([]),
  })

describe('metrics of a scenario', () => {
  it.each([
    ['- {name: queue, value: 30}', { of: 'external', namespace: 'default', labels: {} }],
    [
      '- {name: queue, value: {csv: v.csv}, namespace: shop, labels: {a: b}}',
      { namespace: 'shop', labels: { a: 'b' } },
    ],
    ['- {name: hits, object: Ingress/main, value: 1}', { of: { kind: 'Ingress', name: 'main' } }],
    ['- {name: rps, pods: app=web, value: {daily: {low: 1, high: 2, peak: "10:00"}}}', { of: { pods: 'app=web' } }],
  ])('are read: %s', async (written, metric) => {
    const loaded = await load(`${written}\n`)
    expect(isRight(loaded) ? loaded.right.scenario.metrics[0] : formatIssues(loaded.left)).toMatchObject(metric)
  })

  it('count in thousandths', async () => {
    const loaded = await load('- {name: queue, value: 1.5}\n')
    expect(isRight(loaded) && loaded.right.scenario.metrics[0]?.value.pieces).toEqual([{ from: 0, value: 1_500 }])
  })

  it.each([
    ['- {name: q}', undefined, 's.yaml:6:3 error WT011 metrics[0]: `value` is missing'],
    ['- {name: q, value: -1}', undefined, 's.yaml:6:20 error WT015'],
    ['- {name: q, value: {leak: {rise: 1, every: 1s}}}', undefined, 's.yaml:6:27 error WT029'],
    ['- {name: q, value: {csv: gone.csv}}', undefined, 's.yaml:6:26 error WT004'],
    ['- {name: q, value: 1, object: Ingress/a, pods: a=b}', undefined, 's.yaml:6:48 error WT022'],
    ['- {name: q, value: 1, pods: "a in"}', undefined, 's.yaml:6:29 error WT012'],
    ['- {name: queu, value: 1}', QUEUE, 'a.yaml:8:48 error WT043'],
    ['- {name: queue, value: 1, labels: {of: b}}', QUEUE, 'a.yaml:8:48 error WT043'],
    ['- {name: queue, value: 1, labels: {of: a}, namespace: shop}', QUEUE, 'a.yaml:8:48 error WT043'],
    ['- {name: rps, value: 1}', RPS, 'no metric of pods "rps" in namespace default'],
    ['- {name: hits, object: Ingress/other, value: 1}', INGRESS, 'no metric of this object "hits"'],
  ])('are refused: %s', async (metrics, metric, message) => {
    const loaded = await load(`${metrics}\n`, metric)
    expect(isLeft(loaded) ? formatIssues(loaded.left) : 'nothing').toContain(message)
  })

  it.each([
    ['- {name: queue, value: 1, labels: {of: a}}', QUEUE],
    ['- {name: rps, pods: app=web, value: 1}', RPS],
    ['- {name: hits, object: Ingress/main, value: 1}', INGRESS],
  ])('are there for who asks: %s', async (metrics, metric) => {
    const loaded = await load(`${metrics}\n`, metric)
    expect(isRight(loaded) || formatIssues(loaded.left)).toBe(true)
  })
})
