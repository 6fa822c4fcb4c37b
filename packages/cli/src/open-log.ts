import { issueOfEnd, type LogEnd } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type LogFooter, openLogFile, type Reading } from 'wavetank'
import { lastLog } from './last-run.ts'
import type { Terminal } from './terminal.ts'

export interface OpenedLog {
  readonly path: string
  readonly reading: Reading
}

/** Opens the log that a command asks for, or the last run of this folder; says on the terminal why it cannot. */
export const openLogFor = (terminal: Terminal, asked: string | undefined): OpenedLog | undefined => {
  const path = asked ?? lastLog()
  if (path === undefined) {
    terminal.err('error: there is no run in this folder yet\n    run a scenario first, or name a log: --log PATH\n')
    return undefined
  }
  const reading = openLogFile(path)
  if (isLeft(reading)) {
    const { code, line, message, hint } = reading.left
    terminal.err(`${path}:${line} error ${code} ${message}\n${hint === undefined ? '' : `    ${hint}\n`}`)
    return undefined
  }
  return { path, reading: reading.right }
}

/** Says what is wrong with the end of a log, if anything. */
export const reportEnd = (terminal: Terminal, path: string, end: LogEnd<LogFooter> | undefined): boolean => {
  const issue = end === undefined ? undefined : issueOfEnd(end)
  if (issue === undefined) return true
  terminal.err(
    `${path}:${issue.line} ${issue.severity} ${issue.code} ${issue.message}\n${issue.hint === undefined ? '' : `    ${issue.hint}\n`}`,
  )
  return issue.severity !== 'error'
}
