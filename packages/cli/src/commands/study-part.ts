import { existsSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import {
  formatShard,
  isSameStudy,
  mergeParts,
  openJournal,
  readPart,
  readParts,
  runsOfShard,
  type Shard,
  type Study,
  writePart,
} from '@wavetank/study'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { BUILD } from '../build.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatFileError, isFileError } from '../file-error.ts'
import { makeFolder, RUNS_FOLDER, safeName } from '../last-run.ts'
import type { Terminal } from '../terminal.ts'
import { loadStudyFor, makeRuns, refuse, type StudyOptions, tellResults } from './study.ts'

/** A part that is there and whole need not be made again: whoever starts a pod anew does not know. */
const isThere = async (path: string, loaded: Study, { index, count }: Shard): Promise<boolean> => {
  if (!existsSync(path)) return false
  const part = await readPart(path)
  if (!isRight(part)) return false
  const { study, build, shard } = part.right
  return isSameStudy(study, loaded) && build === BUILD && shard.index === index && shard.count === count
}

const OF_A_WHOLE = ['html', 'point', 'replication', 'log'] as const

/** Makes the runs of one shard of a study, and writes them as a part. */
export const makePart = async (
  terminal: Terminal,
  file: string,
  options: StudyOptions,
  shard: Shard,
): Promise<ExitCode> => {
  const ofWhole = OF_A_WHOLE.find((name) => options[name] !== undefined)
  if (ofWhole !== undefined)
    return refuse(
      terminal,
      `--${ofWhole} is for a whole study, and --shard makes a part`,
      'wavetank study merge PARTS…',
    )
  const loaded = await loadStudyFor(terminal, file)
  if (loaded === undefined) return EXIT.wrongInput
  const path = options.output ?? `${safeName(loaded.name)}-${shard.index}-of-${shard.count}.parquet`
  const journalPath = `${path}.journal`
  const tell = (text: string): void => {
    if (options.json === true) terminal.out(`${JSON.stringify({ part: path, shard: formatShard(shard) })}\n`)
    else if (options.quiet !== true) terminal.out(text)
  }
  try {
    makeFolder(dirname(path))
    if (options.restart !== true && (await isThere(path, loaded, shard))) {
      tell(`${path} is there already: shard ${formatShard(shard)} of ${loaded.name}\n`)
      return EXIT.fine
    }
    const head = { study: loaded.digest, name: `${loaded.name} ${formatShard(shard)}`, build: BUILD }
    const journal = openJournal(journalPath, head, options.restart)
    if (isLeft(journal)) return refuse(terminal, journal.left.message, journal.left.hint)
    let made: ExitCode
    try {
      made = await makeRuns(terminal, options, {
        ...{ file, study: loaded, journal: journal.right, journalPath, isOwn: runsOfShard(loaded, shard) },
        finish: (outcomes) => {
          writePart(path, loaded, { file, build: BUILD, shard }, outcomes)
          tell(`${path}: ${outcomes.length} runs, shard ${formatShard(shard)} of ${loaded.name}\n`)
          return EXIT.fine
        },
      })
    } finally {
      journal.right.close()
    }
    // The part has it all.
    if (made === EXIT.fine) rmSync(journalPath, { force: true })
    return made
  } catch (error) {
    if (!isFileError(error)) throw error
    terminal.err(formatFileError(path, error))
    return EXIT.wrongInput
  }
}

/** Puts the parts of a study together: the results that one process would have had. */
export const studyMerge = async (
  terminal: Terminal,
  paths: readonly string[],
  options: Pick<StudyOptions, 'output' | 'json' | 'quiet' | 'html'>,
): Promise<ExitCode> => {
  try {
    const parts = await readParts(paths)
    if (isLeft(parts)) return refuse(terminal, parts.left.message, parts.left.hint)
    const [first, ...others] = parts.right
    const merged = await mergeParts([first!, ...others])
    if (isLeft(merged)) return refuse(terminal, merged.left.message, merged.left.hint)
    const { file, study, outcomes } = merged.right
    const folder = options.output ?? `${RUNS_FOLDER}/${safeName(study.name)}.study`
    makeFolder(folder)
    return await tellResults(terminal, file, study, options, folder, outcomes)
  } catch (error) {
    if (!isFileError(error)) throw error
    terminal.err(formatFileError(options.output ?? paths[0]!, error))
    return EXIT.wrongInput
  }
}
