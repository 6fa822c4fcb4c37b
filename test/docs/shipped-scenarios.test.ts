import { readdirSync } from 'node:fs'
import { formatIssues, loadScenario } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { expect, it } from 'vitest'
import { scenarioOptions } from 'wavetank'
import { nodeFiles } from '../../packages/scenario/src/node-files.ts'

const folder = `${import.meta.dirname}/../../scenarios`
const scenarios = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

it.each(scenarios)('%s loads without a word', async (name) => {
  const options = { files: nodeFiles, ...scenarioOptions }
  const loaded = await loadScenario(`${folder}/${name}`, options)
  const issues = isLeft(loaded)
    ? loaded.left
    : // A story may hold what nothing acts on yet, as the notes it was taken from do: a headless Service.
      loaded.right.warnings.filter(({ code }) => code !== 'WT027')
  expect(issues.length === 0 ? '' : formatIssues(issues)).toBe('')
})
