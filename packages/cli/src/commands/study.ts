import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { formatMillis } from '@wavetank/kernel'
import { formatSummary } from '@wavetank/report'
import { formatIssues } from '@wavetank/scenario'
import { nodeFiles } from '@wavetank/scenario/node'
import {
  formatLevels,
  formatResults,
  formatShard,
  type IsOwn,
  isBrokenRun,
  isEngineFailure,
  isUnfinishedRun,
  type Journal,
  loadStudy,
  type Outcome,
  openJournal,
  resultsOf,
  runStudy,
  type Shard,
  type Study,
  type StudyProgress,
  type StudyResults,
  seedsOf,
  studyPageOf,
  writeResponses,
} from '@wavetank/study'
import { isLeft } from 'fp-ts/lib/Either.js'
import { createSimulation, scenarioOptions } from 'wavetank'
import { BUILD } from '../build.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatFileError, isFileError } from '../file-error.ts'
import { awaitInterruption } from '../interruption.ts'
import { defaultLogPath, makeFolder, RUNS_FOLDER, rememberLog, safeName } from '../last-run.ts'
import { createOutput } from '../output.ts'
import { type EngineOptions, openEngine } from '../study/open-engine.ts'
import type { Terminal } from '../terminal.ts'
import { simulateToLog } from './run.ts'

export interface StudyOptions extends EngineOptions {
  /** Only the runs of this one, as a part for `study merge`. */
  readonly shard?: Shard
  readonly output?: string
  readonly restart?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
  readonly point?: number
  readonly replication?: number
  readonly log?: string
  readonly html?: string
}

export const refuse = (terminal: Terminal, message: string, hint: string): ExitCode => {
  terminal.err(`error: ${message}\n    ${hint}\n`)
  return EXIT.wrongInput
}

/** A study from its file; every problem goes to the terminal at once. */
export const loadStudyFor = async (terminal: Terminal, path: string): Promise<Study | undefined> => {
  const loaded = await loadStudy(path, { files: nodeFiles, ...scenarioOptions })
  if (isLeft(loaded)) {
    terminal.err(formatIssues(loaded.left))
    return undefined
  }
  if (loaded.right.warnings.length > 0) terminal.err(formatIssues(loaded.right.warnings))
  return loaded.right
}

/** Makes the runs of a study, in as many threads as there are cores, and says what they come to. */
export const study = async (terminal: Terminal, file: string, options: StudyOptions): Promise<ExitCode> => {
  const loaded = await loadStudyFor(terminal, file)
  if (loaded === undefined) return EXIT.wrongInput
  const isOne = options.point !== undefined || options.replication !== undefined
  if (isOne && options.redis !== undefined)
    return refuse(terminal, '--point asks for one run, which is made here', 'leave --redis out')
  if (isOne) return runAgain(terminal, file, loaded, options)
  if (options.log !== undefined)
    return refuse(
      terminal,
      'the runs of a study have no logs',
      'one of them again, with its log: --point P --replication R --log PATH',
    )
  const folder = options.output ?? join(RUNS_FOLDER, `${safeName(loaded.name)}.study`)
  const path = join(folder, 'journal.ndjson')
  try {
    makeFolder(folder)
    const head = { study: loaded.digest, name: loaded.name, build: BUILD }
    const journal = openJournal(path, head, options.restart)
    if (isLeft(journal)) return refuse(terminal, journal.left.message, journal.left.hint)
    try {
      return await makeRuns(terminal, options, {
        file,
        study: loaded,
        journal: journal.right,
        journalPath: path,
        finish: (outcomes) => tellResults(terminal, file, loaded, options, folder, outcomes),
      })
    } finally {
      journal.right.close()
    }
  } catch (error) {
    if (!isFileError(error)) throw error
    terminal.err(formatFileError(path, error))
    return EXIT.wrongInput
  }
}

const goOnCommand = (file: string, { output, shard }: StudyOptions): string =>
  [
    `wavetank study ${file}`,
    ...(shard === undefined ? [] : [`--shard ${formatShard(shard)}`]),
    ...(output === undefined ? [] : [`--output ${output}`]),
  ].join(' ')

const againCommand = (file: string, point: number | string, replication: number | string): string =>
  `wavetank study ${file} --point ${point} --replication ${replication} --log run.ndjson`

/** Writes what a study came to into its folder, and tells it. Throws what the file system throws. */
export const tellResults = async (
  terminal: Terminal,
  file: string,
  loaded: Study,
  { json, quiet, html }: Pick<StudyOptions, 'json' | 'quiet' | 'html'>,
  folder: string,
  outcomes: readonly Outcome[],
): Promise<ExitCode> => {
  const results = { ...resultsOf(loaded, outcomes), again: againCommand(file, 'POINT', 'REPLICATION') }
  const text = JSON.stringify(results)
  const written = createOutput(terminal, join(folder, 'results.json'))
  written.write(`${text}\n`)
  written.finish()
  const draft = mkdtempSync(join(folder, 'draft-'))
  try {
    writeResponses(loaded, outcomes, draft)
    renameSync(join(draft, 'responses.parquet'), join(folder, 'responses.parquet'))
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  if (html !== undefined && !(await writePage(terminal, file, outcomes, results, html))) return EXIT.wrongInput
  if (json === true) terminal.out(`${text}\n`)
  else if (quiet !== true)
    terminal.out(
      `${formatResults(results)}\nresults  ${join(folder, 'results.json')}, responses.parquet${html === undefined ? '' : `\npage     ${html}`}\na run    ${againCommand(file, 'P', 'R')}\ndigest   ${results.digest}\n`,
    )
  return EXIT.fine
}

/** What is made, where what is known is kept, and what becomes of it in the end. */
export interface Work {
  readonly file: string
  readonly study: Study
  readonly journal: Journal
  readonly journalPath: string
  readonly isOwn?: IsOwn
  readonly finish: (outcomes: readonly Outcome[]) => ExitCode | Promise<ExitCode>
}

export const makeRuns = async (
  terminal: Terminal,
  options: StudyOptions,
  { file, study: loaded, journal, journalPath, isOwn, finish }: Work,
): Promise<ExitCode> => {
  const abort = new AbortController()
  const interruption = awaitInterruption(() => abort.abort())
  const progress = createStudyProgress(terminal, options.quiet === true || options.json === true)
  const engine = await openEngine(terminal, options, progress.clear)
  if (engine === undefined) {
    interruption.release()
    return EXIT.wrongInput
  }
  let far: StudyProgress = { done: 0, wanted: 0, made: 0 }
  try {
    const outcomes = await runStudy(loaded, {
      engine,
      journal,
      ...(isOwn === undefined ? {} : { isOwn }),
      signal: abort.signal,
      onProgress: (now) => {
        far = now
        progress.show(now)
      },
    })
    progress.clear()
    return await finish(outcomes)
  } catch (error) {
    progress.clear()
    if (interruption.wasAsked()) {
      terminal.err(
        `interrupted: ${far.done} of ${far.wanted} runs are in ${journalPath}\n    go on with: ${goOnCommand(file, options)}\n`,
      )
      return EXIT.interrupted
    }
    if (isEngineFailure(error)) return refuse(terminal, error.engineFailure, error.hint ?? 'run it again to go on')
    if (isBrokenRun(error)) {
      terminal.err(
        `wavetank is wrong: ${error.brokenRun}\n    to see it again: ${againCommand(file, error.point, error.number)}\n    please report it with the study and its scenario\n`,
      )
      return EXIT.wrongModel
    }
    if (isUnfinishedRun(error)) {
      const { point, number, end, entries } = error.unfinishedRun
      const what = end === 'loop' ? 'goes in circles without time going on' : `was ended after ${entries} entries`
      return refuse(
        terminal,
        `replication ${number} of point ${point} (${formatLevels(loaded.points[point]!.levels)}) ${what}`,
        `see why: ${againCommand(file, point, number)}`,
      )
    }
    throw error
  } finally {
    interruption.release()
    await engine.close()
  }
}

/** The results as one HTML file; says why where it cannot be written. The runs are in the journal all the same. */
const writePage = async (
  terminal: Terminal,
  file: string,
  outcomes: readonly Outcome[],
  results: StudyResults,
  path: string,
): Promise<boolean> => {
  const { renderStudyPage } = await import('@wavetank/report-page/study')
  const again = (point: number, replication: number): string => againCommand(file, point, replication)
  const text = renderStudyPage(studyPageOf(results, outcomes, again))
  try {
    const page = createOutput(terminal, path)
    page.write(text)
    page.finish()
    return true
  } catch (error) {
    if (!isFileError(error)) throw error
    terminal.err(formatFileError(path, error))
    return false
  }
}

/** One run of a study as `wavetank run` makes it, with its log. */
const runAgain = async (
  terminal: Terminal,
  file: string,
  loaded: Study,
  { point, replication = 0, log, json, quiet }: StudyOptions,
): Promise<ExitCode> => {
  const chosen = loaded.points[point ?? 0]
  if (chosen === undefined)
    return refuse(
      terminal,
      `there is no point ${point}`,
      `the study has ${loaded.points.length}, from 0 to ${loaded.points.length - 1}`,
    )
  const { scenario, levels } = chosen
  const seed = seedsOf(loaded.seed)(replication)
  const path = log ?? defaultLogPath(`${loaded.name}-${chosen.index}`, replication)
  if (quiet !== true && json !== true && levels.length > 0) terminal.out(`${formatLevels(levels)}\n`)
  return simulateToLog(
    terminal,
    { ...(json === undefined ? {} : { json }), ...(quiet === undefined ? {} : { quiet }) },
    {
      path,
      name: scenario.name,
      seed,
      again: againCommand(file, chosen.index, replication),
      format: formatSummary,
      start: (sinkOptions) => {
        const simulation = createSimulation(scenario, { seed, ...sinkOptions })
        rememberLog(path)
        return simulation
      },
    },
  )
}

const EVERY_MILLIS = 200

/** One line on stderr that is written over: runs, their rate, and the time left for those that are asked for so far. */
const createStudyProgress = (terminal: Terminal, quiet: boolean) => {
  if (quiet || !terminal.isInteractive) return { show: (_: StudyProgress) => {}, clear: () => {} }
  const begun = performance.now()
  let shown = 0
  let visible = false
  return {
    show: ({ done, wanted, made }: StudyProgress) => {
      const now = performance.now()
      if (now - shown < EVERY_MILLIS || wanted === 0) return
      shown = now
      visible = true
      const rate = (made / (now - begun)) * 1_000
      const left = rate > 0 ? (wanted - done) / rate : undefined
      const eta = left === undefined ? '' : `  ${rate.toFixed(1)}/s, ${formatMillis(Math.ceil(left) * 1_000)} left`
      terminal.err(`\r\u001b[K${Math.floor((done / wanted) * 100)}%  ${done} of ${wanted} runs${eta}`)
    },
    clear: () => {
      if (visible) terminal.err('\r\u001b[K')
    },
  }
}
