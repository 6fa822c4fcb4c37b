import { existsSync, realpathSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { checkpointsPath, formatMillis, type Millis } from '@wavetank/kernel'
import { formatSummary } from '@wavetank/report'
import { type Fork, formatDuration, formatIssues, loadFork } from '@wavetank/scenario'
import { nodeFiles } from '@wavetank/scenario/node'
import { isLeft } from 'fp-ts/lib/Either.js'
import { isForkDiverged, openLogFile, planFork, readOriginal, scenarioOptions, simulateFork } from 'wavetank'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatLogIssue, logPathFor } from '../open-log.ts'
import type { Terminal } from '../terminal.ts'
import { simulateToLog } from './run.ts'

export interface ForkCommandOptions {
  readonly at?: number
  readonly edit?: string
  readonly log?: string
  readonly output?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/** Beside the log of the original: `shop-7.fork-5m.ndjson`. */
const forkLogPath = (original: string, at: number): string =>
  join(dirname(original), `${basename(original).replace(/\.ndjson$/, '')}.fork-${formatDuration(at as Millis)}.ndjson`)

const isSameFile = (a: string, b: string): boolean =>
  existsSync(a) && existsSync(b) && realpathSync(a) === realpathSync(b)

/** Goes on from an instant of a run, with what a file changes, and writes the log of the whole. */
export const fork = async (terminal: Terminal, options: ForkCommandOptions): Promise<ExitCode> => {
  const refuse = (message: string, hint: string): ExitCode => {
    terminal.err(`error: ${message}\n    ${hint}\n`)
    return EXIT.wrongInput
  }
  if (options.at === undefined)
    return refuse('a fork needs its instant', 'wavetank fork --at 5m --edit FILE; see `wavetank fork --help`')
  const at = options.at as Millis
  const original = logPathFor(terminal, options.log)
  if (original === undefined) return EXIT.wrongInput
  const opened = openLogFile(original)
  if (isLeft(opened)) {
    terminal.err(formatLogIssue(original, opened.left))
    return EXIT.wrongInput
  }
  const read = readOriginal(opened.right, at)
  if (isLeft(read)) return refuse(read.left.message, read.left.hint)
  const path = options.output ?? forkLogPath(original, at)
  if (isSameFile(path, original))
    return refuse(
      `${path} is the log of the original: it would be lost`,
      'write the fork to another place with -o PATH',
    )
  let edit: Fork | undefined
  if (options.edit !== undefined) {
    const loaded = await loadFork(options.edit, read.right.base, { files: nodeFiles, ...scenarioOptions })
    if (isLeft(loaded)) {
      terminal.err(formatIssues(loaded.left))
      return EXIT.wrongInput
    }
    edit = loaded.right
    if (edit.warnings.length > 0) terminal.err(formatIssues(edit.warnings))
  }
  const planned = planFork(read.right, edit)
  if (isLeft(planned)) {
    terminal.err(formatIssues(planned.left))
    return EXIT.wrongInput
  }
  const { header } = planned.right.plan
  const again = `wavetank fork --at ${formatDuration(at)}${options.edit === undefined ? '' : ` --edit ${options.edit}`} --log ${original}`
  try {
    return await simulateToLog(
      terminal,
      options,
      {
        path,
        name: header.name,
        seed: header.seed,
        again,
        format: (summary) => `${formatSummary(summary)}\nwavetank diff ${original} ${path}\n`,
        start: (sinkOptions) => {
          const simulation = simulateFork(() => openLogFile(original), planned.right, at, sinkOptions)
          if (isLeft(simulation)) throw new Error(simulation.left.message)
          return simulation.right
        },
      },
      isForkDiverged,
    )
  } catch (error) {
    if (!isForkDiverged(error)) throw error
    for (const half of [path, checkpointsPath(path)]) rmSync(half, { force: true })
    const { seq, at: when, event } = error.diverged
    return refuse(
      `run again, the original is another run: from entry #${seq} at ${formatMillis(when)} on, ${event.kind}`,
      'it was made by another version of wavetank, or a behaviour of the edit matches containers from before; run the scenario again, and fork that',
    )
  }
}
