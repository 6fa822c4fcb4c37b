import { formatIssues, loadScenario } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { expect, it } from 'vitest'
import { scenarioOptions, simulate } from 'wavetank'
import { nodeFiles } from '../../packages/scenario/src/node-files.ts'
import { nodeFailurePicture } from './pages/node-failure-picture.ts'

it('the picture of the README shows the run that the scenario gives', async () => {
  const options = { files: nodeFiles, ...scenarioOptions }
  const loaded = await loadScenario(`${import.meta.dirname}/../../scenarios/node-failure.yaml`, options)
  if (isLeft(loaded)) throw new Error(formatIssues(loaded.left))
  const { entries, end } = simulate(loaded.right.scenario)
  await expect(nodeFailurePicture(entries, end.at)).toMatchFileSnapshot('../../docs/node-failure.svg')
})
