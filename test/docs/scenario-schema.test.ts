import { existsSync, readdirSync } from 'node:fs'
import { isLeft } from 'fp-ts/lib/Either.js'
import { expect, it } from 'vitest'
import { controllers } from '../../packages/controllers/src/index.ts'
import {
  flagCatalogOf,
  formatIssues,
  formatSchema,
  loadScenario,
  scenarioSchema,
} from '../../packages/scenario/src/index.ts'
import { nodeFiles } from '../../packages/scenario/src/node-files.ts'

const flags = flagCatalogOf(controllers)
const folder = `${import.meta.dirname}/../../scenarios`
const scenarios = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.yaml')) : []

// `npx vitest run test/docs --update` writes it anew.
it('the JSON Schema of the reference is current', async () => {
  await expect(formatSchema(scenarioSchema(flags))).toMatchFileSnapshot('../../docs/reference/scenario.schema.json')
})

it('every scenario that we ship loads without a word', async () => {
  const complaints: string[] = []
  for (const name of scenarios) {
    const loaded = await loadScenario(`${folder}/${name}`, { files: nodeFiles, flags })
    const issues = isLeft(loaded) ? loaded.left : loaded.right.warnings
    if (issues.length > 0) complaints.push(formatIssues(issues))
  }
  expect(complaints).toEqual([])
})
