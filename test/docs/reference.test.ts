import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { API_ISSUE_CODES } from '@wavetank/cluster/api'
import { controllers } from '@wavetank/controllers'
import { LOG_ISSUES } from '@wavetank/kernel'
import { kubeEventComponents } from '@wavetank/report'
import { formatSchema, scenarioIssueCodes, scenarioSchema } from '@wavetank/scenario'
import { expect, it } from 'vitest'
import { catalogue, expectationEvents, flagCatalog } from 'wavetank'
import { clusterEvents } from '../../packages/cluster/src/events.ts'
import { controllerFolders, controllerPage } from './pages/controller-page.ts'
import { controllersPage } from './pages/controllers-page.ts'
import { type EventGroup, eventsPage } from './pages/events-page.ts'
import { issueCodesPage } from './pages/issue-codes-page.ts'

// `npx vitest run test/docs --update` writes all of them anew.
const folder = '../../docs/reference'

const folders = controllerFolders()

const groups: readonly EventGroup[] = [
  { title: 'The cluster', doc: 'What the API server stores, and what happens on nodes.', events: clusterEvents },
  ...controllers.map(({ name, doc, events }) => ({ title: name, doc, events })),
  { title: 'Expectations', doc: 'What became of the `expect` of the scenario.', events: expectationEvents },
]

it('the page of events is current, and has every kind that a log can hold', async () => {
  const listed = groups.flatMap(({ events }) => events.map(({ kind }) => kind))
  expect([...listed].sort()).toEqual([...catalogue.keys()].sort())
  await expect(eventsPage(groups)).toMatchFileSnapshot(`${folder}/events.md`)
})

it('the page of controllers and flags is current', async () => {
  await expect(controllersPage(controllers, folders, flagCatalog)).toMatchFileSnapshot(`${folder}/controllers.md`)
})

it.each([...new Set(folders)])('the page of %s is current', async (name) => {
  const inFolder = controllers.filter((_, index) => folders[index] === name)
  const page = controllerPage(name, inFolder, kubeEventComponents)
  await expect(page).toMatchFileSnapshot(`${folder}/controllers/${name}.md`)
})

it('there is a page for each controller, and no other', () => {
  expect(folders).toHaveLength(controllers.length)
  const pages = readdirSync(join(import.meta.dirname, folder, 'controllers'))
  expect(pages.sort()).toEqual([...new Set(folders)].map((name) => `${name}.md`).sort())
})

it('the page of issue codes is current, and no code means two things', async () => {
  const tables = [
    ['Scenarios', scenarioIssueCodes],
    ['Kubernetes objects', API_ISSUE_CODES],
    ['Logs', LOG_ISSUES],
  ] as const
  const codes = tables.flatMap(([, table]) => Object.keys(table))
  expect(codes).toHaveLength(new Set(codes).size)
  await expect(issueCodesPage(tables)).toMatchFileSnapshot(`${folder}/issue-codes.md`)
})

it('the JSON Schema is current', async () => {
  await expect(formatSchema(scenarioSchema(flagCatalog))).toMatchFileSnapshot(`${folder}/scenario.schema.json`)
})
