import { isKind } from '@wavetank/cluster/api'
import { formatIssues, memoryFiles } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { scenarioOptions } from 'wavetank'
import { loadStudy, type Study } from './load-study.ts'

const SCENARIO = `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: {name: shop}
duration: 1h
manifests: [web.yaml]
nodes:
- {name: worker, count: 2, capacity: {cpu: '2'}}
- {name: big, count: 1, capacity: {cpu: '8'}}
expect:
- {name: runs, eventually: 'pods.all(p, ready(p))'}
`
const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: nginx, resources: {requests: {cpu: 500m}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec:
  minAvailable: 1
  selector: {matchLabels: {app: web}}
`
const HEAD = 'apiVersion: wavetank.dev/v1alpha1\nkind: Study\nmetadata: {name: nodes}\n'

const load = async (text: string, others: Readonly<Record<string, string>> = {}) =>
  loadStudy('study.yaml', {
    files: memoryFiles({ 'study.yaml': HEAD + text, 'shop.yaml': SCENARIO, 'web.yaml': WEB, ...others }),
    ...scenarioOptions,
  })
const study = async (text: string, others?: Readonly<Record<string, string>>): Promise<Study> => {
  const loaded = await load(text, others)
  if (isLeft(loaded)) throw new Error(formatIssues(loaded.left))
  return loaded.right
}
const issues = async (text: string, others?: Readonly<Record<string, string>>): Promise<readonly string[]> => {
  const loaded = await load(text, others)
  if (!isLeft(loaded)) throw new Error('it loads')
  return loaded.left.map(({ file, line, column, code, message }) => `${file}:${line}:${column} ${code} ${message}`)
}

const replicasOf = (points: Study['points']) =>
  points.map(({ scenario }) =>
    scenario.objects.flatMap((object) => (isKind(object, 'Deployment') ? [object.spec.replicas] : [])),
  )

describe('a study', () => {
  it('has a point for every combination, the last axis fastest', async () => {
    const { points, axes } = await study(`scenario: shop.yaml
vary:
- {name: workers, path: 'nodes[name=worker].count', range: {from: 1, to: 3}}
- {name: replicas, manifest: Deployment/shop/web, path: spec.replicas, values: [1, 5]}
measure: [evictions]
`)
    expect(axes).toEqual([
      { name: 'workers', values: [1, 2, 3] },
      { name: 'replicas', values: [1, 5] },
    ])
    expect(points.map(({ levels }) => levels.map(({ value }) => value))).toEqual([
      [1, 1],
      [1, 5],
      [2, 1],
      [2, 5],
      [3, 1],
      [3, 5],
    ])
    expect(points.map(({ scenario }) => scenario.nodes.length)).toEqual([2, 2, 3, 3, 4, 4])
    expect(replicasOf(points)).toEqual([[1], [5], [1], [5], [1], [5]])
  })

  it('takes a scenario as it is, and one point if nothing is varied', async () => {
    const { points, replications } = await study(
      `scenario:\n${SCENARIO.replace(/^/gm, '  ')}\nmeasure: [{metric: availability, workload: shop/web}]\n`,
    )
    expect(points).toHaveLength(1)
    expect(points[0]!.measures).toEqual([
      { name: 'availability shop/web', metric: 'availability', of: { workload: 'shop/web' }, unit: 'ratio' },
    ])
    expect(replications).toEqual({ min: 10, max: 10, until: [], confidence: 0.95 })
  })

  it('has variants of several fields, with objects more or less', async () => {
    const { points } = await study(`scenario: shop.yaml
vary:
- name: shape
  variants:
  - name: as it is
  - name: without budget
    remove: [pdb/shop/web]
  - name: more
    set:
      nodes[name=worker].capacity.cpu: '4'
      Deployment/shop/web spec.replicas: 9
      flags.kube-controller-manager.node-monitor-grace-period: 20s
    add:
    - {apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {}}
measure: [evictions]
`)
    expect(replicasOf(points)).toEqual([[2], [2], [9]])
    const kinds = points.map(({ scenario }) => scenario.objects.map(({ kind }) => kind).sort())
    expect(kinds).toEqual([
      ['Deployment', 'PodDisruptionBudget'],
      ['Deployment'],
      ['ConfigMap', 'Deployment', 'PodDisruptionBudget'],
    ])
    expect(points.map(({ scenario }) => scenario.nodes[1]!.status?.capacity?.cpu)).toEqual(['2', '2', '4'])
  })

  it('reads variants from a table', async () => {
    const { points } = await study('scenario: shop.yaml\nvary: [{name: machine, csv: m.csv}]\nmeasure: [evictions]\n', {
      'm.csv':
        'name, nodes[name=worker].count, Deployment/shop/web spec.replicas, nodes[name=big].capacity.memory\nsmall, 1, 3, 8Gi\nlarge, 2, 4,\n',
    })
    expect(points.map(({ levels }) => levels)).toEqual([
      [{ axis: 'machine', value: 'small' }],
      [{ axis: 'machine', value: 'large' }],
    ])
    expect(replicasOf(points)).toEqual([[3], [4]])
    expect(points.map(({ scenario }) => scenario.nodes[0]!.status?.capacity?.memory)).toEqual(['8Gi', '16Gi'])
  })

  it('leaves out combinations, and finds the baseline of each', async () => {
    const { points, baselines } = await study(`scenario: shop.yaml
vary:
- {name: workers, path: 'nodes[name=worker].count', values: [1, 2, 3]}
- {name: replicas, path: Deployment/shop/web spec.replicas, values: [1, 2]}
except: [{workers: 3, replicas: 1}, {workers: [1], replicas: 2}]
compare: {baseline: {workers: 2}}
measure: [evictions]
`)
    const levels = points.map((point) => point.levels.map(({ value }) => value))
    expect(levels).toEqual([
      [1, 1],
      [2, 1],
      [2, 2],
      [3, 2],
    ])
    expect(baselines).toEqual([1, undefined, undefined, 2])
  })

  it('has another digest when a run could come out differently, and the same when only its reading changes', async () => {
    const base = `scenario: shop.yaml\nvary: [{name: s, path: limits.entries, values: [1000000]}]\nmeasure: [evictions]\n`
    const { digest } = await study(base)
    expect((await study(`${base}replications: 50\nquantiles: [0.5]\nlimit: 1000\n`)).digest).toBe(digest)
    expect((await study(base, { 'shop.yaml': `# a line more\n${SCENARIO}` })).digest).toBe(digest)
    for (const change of ['seed: 2\n', 'warmup: 5m\n', 'prices: [{perHour: 1}]\n'])
      expect((await study(base + change)).digest).not.toBe(digest)
    expect((await study(base, { 'web.yaml': WEB.replace('500m', '600m') })).digest).not.toBe(digest)
  })
})

describe('what is wrong with a study', () => {
  it('is told all at once, with its place', async () => {
    expect(
      await issues(`scenario: shop.yaml
vary:
- {name: a, path: 'nodes[name=wroker].count', values: [1, 2]}
- {name: b, path: 'Deployment/shop/wbe spec.replicas', values: [1, 2]}
- {name: a, path: 'nodes[7].count', values: [1, 1]}
- {name: c, variants: [{name: x, remove: [PodDisruptionBudget/web]}]}
measure:
- {metric: availability, workload: shop/wbe}
- {metric: utilisation, resource: gpu}
- evictions
- evictions
- expression: pods.siez()
replications: {until: [{measure: cost, relative: 0.1}]}
only: [{d: 1}, {a: 9}]
warmup: 2h
`),
    ).toEqual([
      'study.yaml:6:19 WT060 `nodes[name=wroker].count` leads nowhere in the scenario',
      'study.yaml:7:19 WT060 `Deployment/shop/wbe spec.replicas` leads nowhere in the scenario',
      'study.yaml:8:10 WT021 "a" is also the name of vary[0]',
      'study.yaml:8:19 WT060 `nodes[7].count` leads nowhere in the scenario',
      'study.yaml:8:49 WT021 "1" is there twice on axis a',
      'study.yaml:9:43 WT060 no manifest of the scenario is PodDisruptionBudget/web',
      'study.yaml:11:36 WT061 the scenario has no workload shop/wbe',
      'study.yaml:12:35 WT061 no node has any gpu',
      'study.yaml:14:3 WT021 "evictions" is also the name of measure[2]',
      'study.yaml:15:15 WT040 there is no function `siez`',
      'study.yaml:16:34 WT061 the study has no measure "cost"',
      'study.yaml:17:12 WT061 there is no axis "d"',
      'study.yaml:17:20 WT061 axis a has no level 9',
      'study.yaml:18:9 WT026 the warm-up is as long as the run: nothing would be measured',
    ])
  })

  it.each([
    ['an unknown metric', 'measure: [availabilty]', 'study.yaml:5:11 WT061 there is no metric availabilty'],
    [
      'a field that a metric does not have',
      'measure: [{metric: evictions, atLeast: 3}]',
      'study.yaml:5:31 WT010 unknown field `atLeast`',
    ],
    ['a metric that needs more', 'measure: [expression]', 'study.yaml:5:11 WT011 expression needs to know more'],
    ['no measure', 'seed: 3', 'study.yaml:1:1 WT011 `measure` is missing'],
    [
      'no path',
      "vary: [{path: 'a..b', values: [1]}]\nmeasure: [evictions]",
      'study.yaml:5:15 WT060 `..b` is no step of a path',
    ],
    [
      'an axis of seeds, which are those of replications',
      'vary: [{path: seed, range: {from: 1, to: 9}}]\nmeasure: [evictions]',
      'study.yaml:5:15 WT029 every replication has a seed of its own, whatever the scenario says',
    ],
    [
      'a baseline that nothing is compared with',
      'vary: [{path: limits.entries, values: [9, 10]}]\nexcept: [{limits.entries: 9}]\ncompare: {baseline: {limits.entries: 9}}\nmeasure: [evictions]',
      'study.yaml:7:21 WT061 no point is compared with another one',
    ],
    [
      'an axis without values',
      'vary: [{name: a, path: seed}]\nmeasure: [evictions]',
      'study.yaml:5:8 WT022 the axis has no values',
    ],
  ])('%s', async (_, text, expected) => {
    expect(await issues(`scenario: shop.yaml\n${text}\n`)).toEqual([expected])
  })

  it('at a point is told of that point, in the file that is varied', async () => {
    expect(
      await issues(`scenario: shop.yaml
vary:
- {name: workers, path: 'nodes[name=worker].count', values: [1, -2, 3]}
- {name: replicas, path: Deployment/shop/web spec.replicas, values: [1, many]}
measure: [evictions]
`),
    ).toEqual([
      'shop.yaml:7:25 WT016 must be between 0 and 100000, found -2 (at workers=-2, replicas=1 and 1 other point)',
      'web.yaml:5:13 WT102 spec.replicas: Invalid value: "many": expected a whole number, got text (at workers=1, replicas=many and 2 other points)',
    ])
  })

  it('is a study of more runs than anybody wants, before a single point is made', async () => {
    const axes = ['a', 'b', 'c', 'd', 'e', 'f'].map(
      (name) => `- {name: ${name}, path: limits.entries, range: {from: 1, to: 10}}`,
    )
    expect(
      await issues(`scenario: shop.yaml\nvary:\n${axes.join('\n')}\nmeasure: [evictions]\nreplications: 1000\n`),
    ).toEqual([
      'study.yaml:5:1 WT062 this study could make 1000000000 runs (1000000 points × 1000 replications), more than its limit of 100000',
    ])
  })

  it('is a scenario or a table that is not there, or a scenario in its place', async () => {
    expect(await issues('scenario: shoop.yaml\nvary: [{name: a, csv: a.csv}]\nmeasure: [evictions]\n')).toEqual([
      'study.yaml:4:11 WT004 shoop.yaml: no such file or folder',
      'study.yaml:5:23 WT004 a.csv: no such file or folder',
    ])
    const loaded = await loadStudy('shop.yaml', { files: memoryFiles({ 'shop.yaml': SCENARIO }), ...scenarioOptions })
    expect(isLeft(loaded) && loaded.left.map(({ message }) => message)).toEqual(['this is a Scenario, not a study'])
  })
})
