import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CATALOG } from '@wavetank/cluster/api'
import { formatIssues, loadScenario, memoryFiles, scenarioSchema, verbs } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { checkExpression, FUNCTIONS, flagCatalog, scenarioOptions, simulate } from 'wavetank'
import { blocksOf, fillIn, regionsOf, table } from './pages/document.ts'
import { fieldsTable, formsTable, mappingsOf } from './pages/scenario-fields.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')
const format = read('docs/scenario-format.md')
const expectations = read('docs/expectations.md')
const fidelity = read('docs/fidelity.md')
const schema = scenarioSchema(flagCatalog)

/** Mappings that look the same as another that the page has, or that another page has. */
const isElsewhere = (path: string): boolean =>
  /probes\.(readiness|startup)|^timeline\[\]\.|^failures\[\]\.|^flags(\.|$)/.test(path)

const otherFields = (): string => {
  const listed = regionsOf(format).flatMap((name) => (name.startsWith('fields ') ? [name.slice(7)] : []))
  return mappingsOf(schema)
    .filter((path) => !listed.includes(path) && !isElsewhere(path))
    .map((path) => `\`${path}\`:\n\n${fieldsTable(schema, path)}`)
    .join('\n')
}

const generated = (name: string): string => {
  if (name.startsWith('fields ')) return fieldsTable(schema, name.slice(7))
  if (name === 'other fields') return otherFields()
  if (name === 'distributions') return formsTable(schema, 'DurationDistribution')
  if (name === 'usages') return formsTable(schema, 'CpuUsage')
  if (name === 'simulated kinds')
    return `${CATALOG.flatMap(({ kind, simulated }) => (simulated ? [kind] : [])).join(', ')}\n`
  if (name === 'verbs')
    return table(
      ['command', ''],
      [...verbs].map(({ usage, doc }) => [`\`${usage}\``, doc]),
    )
  if (name === 'functions')
    return table(
      ['function', '', 'example'],
      FUNCTIONS.map(({ signature, doc, example }) => [
        `\`${signature.replaceAll('google.protobuf.', '')}\``,
        doc,
        `\`${example}\``,
      ]),
    )
  throw new Error(`nothing generates ${name}`)
}

// `npx vitest run test/docs --update` writes the tables anew.
it.each([
  ['scenario-format', format],
  ['expectations', expectations],
  ['fidelity', fidelity],
])('the tables of docs/%s.md are current', async (name, page) => {
  await expect(fillIn(page, generated)).toMatchFileSnapshot(`../../docs/${name}.md`)
})

const HEAD: readonly (readonly [field: string, line: string])[] = [
  ['apiVersion', 'apiVersion: wavetank.dev/v1alpha1'],
  ['kind', 'kind: Scenario'],
  ['metadata', 'metadata: { name: example }'],
  ['duration', 'duration: 30m'],
  ['manifests', 'manifests: [manifests/web.yaml]'],
  ['nodes', 'nodes: [{ name: worker, count: 3 }]'],
]

/** A part of a scenario, made whole. */
const whole = (part: string): string =>
  `${HEAD.filter(([field]) => !new RegExp(`^${field}:`, 'm').test(part))
    .map(([, line]) => line)
    .join('\n')}\n${part}`

const WEB = `
apiVersion: v1
kind: ReplicationController
metadata: { name: web }
spec:
  selector: { app: web }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: "example/web:1" }
        - { name: crash, image: "example/crash:1" }
        - { name: other, image: "example/other:1" }
`
const RECORD = blocksOf(format, 'csv').find((block) => block.startsWith('node,'))!
const ARRIVING = blocksOf(format, 'csv').find((block) => block.startsWith('name,at,'))!
const NODE = 'apiVersion: v1\nkind: Node\nmetadata: { name: n1 }\n'

describe('examples of scenario-format.md', () => {
  it.each(blocksOf(format, 'yaml').map((block) => [block]))('%s', async (block) => {
    const files = memoryFiles({
      'x.yaml': whole(block),
      'manifests/web.yaml': WEB,
      'nodes/n1.yaml': NODE,
      'failures.csv': RECORD,
      'pods.csv': ARRIVING,
    })
    const loaded = await loadScenario('x.yaml', { files, ...scenarioOptions })
    // Examples of behaviours may match nothing here; that is a warning.
    expect(isLeft(loaded) ? formatIssues(loaded.left) : 'loads').toBe('loads')
  })
})

describe('examples of expectations.md', () => {
  it.each(FUNCTIONS.map(({ example }) => [example]))('%s compiles', (example) => {
    expect(checkExpression(example)).toBeUndefined()
  })

  it('hold in the run that the page names', async () => {
    const story = read('scenarios/node-failure.yaml').replace(/^expect:[\s\S]*/m, '')
    const claims = blocksOf(expectations, 'yaml').map((block) => block.replace(/^expect:\n/, ''))
    const files = memoryFiles({ 'x.yaml': `${story}expect:\n${claims.join('')}`, ...manifests })
    const loaded = await loadScenario('x.yaml', { files, ...scenarioOptions })
    if (isLeft(loaded)) throw new Error(formatIssues(loaded.left))
    const { verdicts } = simulate(loaded.right.scenario)
    expect(verdicts.length).toBeGreaterThanOrEqual(8)
    expect(verdicts.filter(({ verdict }) => verdict !== 'met')).toEqual([])
  })
})

const manifests = Object.fromEntries(
  ['bare-pod', 'hostname-rc'].map((name) => [`node-failure/${name}.yaml`, read(`scenarios/node-failure/${name}.yaml`)]),
)

/** `**` stands for any folders, `*` for any part of a name. */
const pattern = (glob: string): RegExp => {
  const parts: Readonly<Record<string, string>> = { '**/': '(?:.+/)?', '*': '[^/]*', '.': '\\.' }
  return new RegExp(`^${glob.replace(/\*\*\/|\*|\./g, (part) => parts[part]!)}`)
}

/** Without what is installed: packages that use one another would be walked through again and again. */
const pathsBelow = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.name === 'node_modules') return []
    return entry.isDirectory() ? [path, ...pathsBelow(path)] : [path]
  })

it('every test and scenario that fidelity.md names is there', () => {
  const files = ['packages', 'test', 'scenarios'].flatMap(pathsBelow)
  const named = [...fidelity.matchAll(/`((?:test|packages|scenarios)\/[^`]*)`/g)].map(([, path]) => path!)
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((path) => !files.some((file) => pattern(path).test(file) || `${file}/` === path))).toEqual([])
})
