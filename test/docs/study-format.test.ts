import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { formatIssues, formatSchema, memoryFiles } from '@wavetank/scenario'
import { loadStudy, metrics, studySchema } from '@wavetank/study'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { scenarioOptions } from 'wavetank'
import { blocksOf, fillIn, table } from './pages/document.ts'
import { fieldsTable } from './pages/scenario-fields.ts'

const page = readFileSync(join(import.meta.dirname, '../../docs/study-format.md'), 'utf8')

const metricsTable = (): string =>
  metrics
    .map(({ name, doc, unit, of }) => {
      const fields = Object.entries(of.fields).map(([field, { doc: about, absent, presence }]) => [
        `\`${field}\``,
        presence === 'required' ? 'required' : absent === undefined ? '' : `\`${absent}\``,
        about,
      ])
      const inUnit = typeof unit === 'function' ? '' : ` In ${unit === 'ratio' ? 'shares of 1' : unit}.`
      return `### ${name}\n\n${doc}${inUnit}\n\n${fields.length === 0 ? '' : `${table(['field', 'default', ''], fields)}\n`}`
    })
    .join('')

const generated = (name: string): string =>
  (name === 'metrics' ? metricsTable() : fieldsTable(studySchema, name.slice('fields '.length))).replaceAll(
    '(#durations)',
    '(scenario-format.md#durations)',
  )

// `npx vitest run test/docs --update` writes the tables anew.
it('the tables of docs/study-format.md are current', async () => {
  await expect(fillIn(page, generated)).toMatchFileSnapshot('../../docs/study-format.md')
})

it('the JSON Schema of studies is current', async () => {
  await expect(formatSchema(studySchema)).toMatchFileSnapshot('../../docs/reference/study.schema.json')
})

const SHOP = `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: { name: shop }
duration: 1h
nodes: [{ name: worker, count: 3 }]
manifests:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web, namespace: shop }
    spec:
      replicas: 2
      selector: { matchLabels: { app: web } }
      template:
        metadata: { labels: { app: web } }
        spec: { containers: [{ name: web, image: example/web }] }
  - apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: { name: web, namespace: shop }
    spec: { minAvailable: 1, selector: { matchLabels: { app: web } } }
`
const HEAD: readonly (readonly [field: string, line: string])[] = [
  ['apiVersion', 'apiVersion: wavetank.dev/v1alpha1'],
  ['kind', 'kind: Study'],
  ['metadata', 'metadata: { name: example }'],
  ['scenario', 'scenario: shop.yaml'],
  ['measure', 'measure: [evictions]'],
]
const load = async (part: string) => {
  const head = HEAD.filter(([field]) => !new RegExp(`^${field}:`, 'm').test(part)).map(([, line]) => line)
  const files = memoryFiles({
    'study.yaml': `${head.join('\n')}\n${part}`,
    'shop.yaml': SHOP,
    'machines.csv': blocksOf(page, 'csv')[0]!,
  })
  const loaded = await loadStudy('study.yaml', { files, ...scenarioOptions })
  return isLeft(loaded) ? formatIssues(loaded.left) : loaded.right.points.length
}

describe('examples of study-format.md', () => {
  const [first, variants] = blocksOf(page, 'yaml')
  it.each([
    ['the first', first!, 6],
    ['variants', variants!, 4],
    ['a table', 'vary: [{ name: machines, csv: machines.csv }]\n', 2],
  ])('%s has as many points as it says', async (_, text, points) => {
    expect(await load(text)).toBe(points)
  })
})
