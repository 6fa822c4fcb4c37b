import { API_ISSUE_CODES } from '@wavetank/cluster/api'
import { controllers } from '@wavetank/controllers'
import { LOG_ISSUES } from '@wavetank/kernel'
import { formatSchema, scenarioIssueCodes, scenarioSchema } from '@wavetank/scenario'
import { expect, it } from 'vitest'
import { catalogue, expectationEvents, flagCatalog } from 'wavetank'
import { clusterEvents } from '../../packages/cluster/src/events.ts'
import { controllersPage } from './pages/controllers-page.ts'
import { type EventGroup, eventsPage } from './pages/events-page.ts'
import { issueCodesPage } from './pages/issue-codes-page.ts'

// `npx vitest run test/docs --update` writes all of them anew.
const folder = '../../docs/reference'

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
  await expect(controllersPage(controllers, flagCatalog)).toMatchFileSnapshot(`${folder}/controllers.md`)
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
