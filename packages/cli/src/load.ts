import { type DecodedScenario, formatIssues, loadScenario } from '@wavetank/scenario'
import { nodeFiles } from '@wavetank/scenario/node'
import { isLeft } from 'fp-ts/lib/Either.js'
import { scenarioOptions } from 'wavetank'
import type { Terminal } from './terminal.ts'

/** Loads a scenario; every problem of every file goes to the terminal at once. Warnings too, and the scenario is there. */
export const loadFor = async (terminal: Terminal, path: string): Promise<DecodedScenario | undefined> => {
  const loaded = await loadScenario(path, { files: nodeFiles, ...scenarioOptions })
  if (isLeft(loaded)) {
    terminal.err(formatIssues(loaded.left))
    return undefined
  }
  const { warnings } = loaded.right
  if (warnings.length > 0) terminal.err(formatIssues(warnings))
  return loaded.right
}
