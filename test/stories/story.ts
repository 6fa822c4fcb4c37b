import { readdirSync, readFileSync } from 'node:fs'
import { createNullSink, type LogSink } from '@wavetank/kernel'
import { loadScenario, memoryFiles, type Scenario } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { createSimulation, createTrial, type SimulationResult, scenarioOptions, type TrialResult } from 'wavetank'

/** The stories that are shipped, and what becomes of them when something is changed. */

const FOLDER = `${import.meta.dirname}/../../scenarios`

/** Text by path, relative to the folder of the scenarios. */
export type Files = Readonly<Record<string, string>>

const textsBelow = (folder: string): Files =>
  Object.fromEntries(
    readdirSync(`${FOLDER}/${folder}`, { withFileTypes: true }).flatMap((found) => {
      const path = folder === '' ? found.name : `${folder}/${found.name}`
      if (found.isDirectory()) return Object.entries(textsBelow(path))
      return [[path, readFileSync(`${FOLDER}/${path}`, 'utf8')] as const]
    }),
  )

const texts = textsBelow('')

/** The scenario files, by name without ending. */
export const stories: readonly string[] = Object.keys(texts)
  .filter((path) => /^[^/]+\.yaml$/.test(path))
  .map((path) => path.replace('.yaml', ''))
  .sort()

/** The scenario file of a story, and the files that it names. */
export const filesOf = (story: string): Files => {
  const own = texts[`${story}.yaml`]!
  // Mostly a folder of its own; two stories may share one.
  const isNamed = (path: string): boolean => path.includes('/') && own.includes(path.slice(0, path.indexOf('/') + 1))
  return Object.fromEntries(Object.entries(texts).filter(([path]) => path === `${story}.yaml` || isNamed(path)))
}

/** The scenario, or nothing if its files are wrong. */
export const readStory = async (story: string, files: Files = filesOf(story)): Promise<Scenario | undefined> => {
  const options = { files: memoryFiles(files), ...scenarioOptions }
  const loaded = await loadScenario(`${story}.yaml`, options)
  return isLeft(loaded) ? undefined : loaded.right.scenario
}

/** The names of the expectations that fail, and of who did anything. */
export const tryStory = (
  scenario: Scenario,
): { readonly failures: ReadonlySet<string>; readonly actors: ReadonlySet<string> } => {
  const actors = new Set<string>()
  const trial = createTrial(scenario, { onEntry: ({ by }) => actors.add(by) })
  let result: TrialResult | undefined
  while (result === undefined) result = trial.advance(100_000)
  const failed = result.verdicts.filter(({ verdict }) => verdict === 'failed')
  return { failures: new Set(failed.map(({ name }) => name)), actors }
}

/** Runs to the end; a run that goes in circles has an end as well. */
export const runStory = (scenario: Scenario, sink: LogSink = createNullSink()): SimulationResult => {
  const simulation = createSimulation(scenario, { sink })
  for (;;) {
    const result = simulation.advance(100_000)
    if (result !== undefined) return result
  }
}
