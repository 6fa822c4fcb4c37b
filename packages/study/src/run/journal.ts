/**
 * The journal of a study: what has been found out, a line for every outcome.
 *
 * 1. Lines are appended in whatever order outcomes come, and synced before they count as written.
 * 2. Whatever ends the writer (a kill, a full disk) leaves whole lines and at most one torn one, which is cut off when the
 *    journal is opened again.
 * 3. The head names the study and the build of wavetank: outcomes of another study are never taken for this one's.
 * 4. Two writers at a time would write over each other's ends: a lock with the number of the process keeps the second out.
 */

import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { Outcome } from '../design-point.ts'
import { OutcomeJson } from '../outcome-json.ts'

export interface JournalHead {
  /** `Study.digest`. */
  readonly study: string
  readonly name: string
  /** Of wavetank: another one may come to other outcomes. */
  readonly build: string
}

const MAGIC = 'wavetank.dev/study-journal/v1'
const Head = t.type({ journal: t.literal(MAGIC), study: t.string, name: t.string, build: t.string })

/** Why a journal cannot be gone on with. */
export interface JournalProblem {
  readonly message: string
  readonly hint: string
}

export interface Journal {
  /** What was there when it was opened, in the order in which it was written. */
  readonly outcomes: readonly Outcome[]
  /** Kept until the next `sync`. */
  readonly add: (outcome: Outcome) => void
  /** Has everything on the disk. Throws what the file system throws, and then the journal is as it was before. */
  readonly sync: () => void
  readonly close: () => void
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const lock = (path: string): JournalProblem | undefined => {
  const owner = `${path}.lock`
  for (;;) {
    try {
      writeFileSync(owner, `${process.pid}\n`, { flag: 'wx' })
      return undefined
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const pid = Number(readFileSync(owner, 'utf8'))
    if (pid > 0 && pid !== process.pid && isAlive(pid))
      return {
        message: `process ${pid} is at work on ${path}`,
        hint: 'wait for it, or name another folder with --output PATH',
      }
    rmSync(owner, { force: true })
  }
}

const headOf = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** The outcomes of a journal's text, and how many of its bytes are whole lines. */
const readLines = (
  path: string,
  bytes: Buffer,
  head: JournalHead,
): Either<JournalProblem, { readonly outcomes: readonly Outcome[]; readonly whole: number }> => {
  const whole = bytes.lastIndexOf(10) + 1
  const [first = '', ...lines] = bytes.subarray(0, whole).toString('utf8').split('\n')
  if (whole === 0) return right({ outcomes: [], whole: 0 })
  const found = headOf(first)
  if (!Head.is(found))
    return left({ message: `${path} is no journal of a study`, hint: 'name another folder with --output PATH' })
  // One that nothing was written to may be anybody's.
  if (lines.length === 1)
    return right({ outcomes: [], whole: found.study === head.study && found.build === head.build ? whole : 0 })
  if (found.study !== head.study)
    return left({
      message: `${path} is of another study: its file, its scenario or its manifests have changed since`,
      hint: 'begin anew with --restart, or keep both with --output PATH',
    })
  if (found.build !== head.build)
    return left({
      message: `${path} was begun by another build of wavetank, whose outcomes may be others`,
      hint: 'begin anew with --restart, or go on with that build',
    })
  const outcomes: Outcome[] = []
  lines.pop()
  for (const [i, line] of lines.entries()) {
    const outcome = headOf(line)
    if (!OutcomeJson.is(outcome))
      return left({
        message: `${path} is damaged: line ${i + 2} is no outcome`,
        hint: 'take the line out, and its run is made again; or begin anew with --restart',
      })
    outcomes.push(outcome)
  }
  return right({ outcomes, whole })
}

/**
 * Opens a journal to go on with, or a new one. Throws what the file system throws.
 *
 * @param restart what is there is lost
 */
export const openJournal = (path: string, head: JournalHead, restart = false): Either<JournalProblem, Journal> => {
  const taken = lock(path)
  if (taken !== undefined) return left(taken)
  const unlock = (): void => rmSync(`${path}.lock`, { force: true })
  let file: number | undefined
  try {
    const bytes = existsSync(path) && !restart ? readFileSync(path) : Buffer.alloc(0)
    const read = readLines(path, bytes, head)
    if (read._tag === 'Left') {
      unlock()
      return read
    }
    file = openSync(path, bytes.length === 0 ? 'w' : 'r+')
    const own = file
    let end = read.right.whole
    ftruncateSync(own, end)
    let waiting = end === 0 ? `${JSON.stringify({ journal: MAGIC, ...head })}\n` : ''
    const sync = (): void => {
      if (waiting === '') return
      const text = Buffer.from(waiting)
      try {
        for (let written = 0; written < text.length; ) {
          written += writeSync(own, text, written, text.length - written, end + written)
        }
        fsyncSync(own)
      } catch (error) {
        ftruncateSync(own, end)
        throw error
      }
      end += text.length
      waiting = ''
    }
    sync()
    return right({
      outcomes: read.right.outcomes,
      add: ({ point, number, seed, responses, expectations, entries, end: reason }) => {
        const line = { point, number, seed, responses, expectations, entries, end: reason }
        waiting += `${JSON.stringify(line)}\n`
      },
      sync,
      close: () => {
        closeSync(own)
        unlock()
      },
    })
  } catch (error) {
    if (file !== undefined) closeSync(file)
    unlock()
    throw error
  }
}
