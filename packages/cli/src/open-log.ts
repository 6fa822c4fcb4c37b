import { formatMillis, issueOfEnd, type LogEnd, type LogIssue } from '@wavetank/kernel'
import { foldKubeEvents, type KubeEvent } from '@wavetank/report'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type LogFooter, openLogFile, type Reading, stateAt, type ViewAt, viewAt } from 'wavetank'
import { BUILD } from './build.ts'
import { lastLog } from './last-run.ts'
import type { Terminal } from './terminal.ts'

export interface OpenedLog {
  readonly path: string
  readonly reading: Reading
}

/** `run.ndjson:7 error WT306 …`: without a line where the whole file is meant. */
export const formatLogIssue = (path: string, { line, severity, code, message, hint }: LogIssue): string =>
  `${path}${line === undefined ? '' : `:${line}`} ${severity} ${code} ${message}\n${hint === undefined ? '' : `    ${hint}\n`}`

/** The log that a command asks for, or the last run of this folder. */
export const logPathFor = (terminal: Terminal, asked: string | undefined): string | undefined => {
  const path = asked ?? lastLog()
  if (path === undefined)
    terminal.err('error: there is no run in this folder yet\n    run a scenario first, or name a log: --log PATH\n')
  return path
}

/** Opens the log that a command asks for; says on the terminal why it cannot. */
export const openLogFor = (terminal: Terminal, asked: string | undefined): OpenedLog | undefined => {
  const path = logPathFor(terminal, asked)
  if (path === undefined) return undefined
  const reading = openLogFile(path)
  if (isLeft(reading)) {
    terminal.err(formatLogIssue(path, reading.left))
    return undefined
  }
  return { path, reading: reading.right }
}

/** Says what is wrong with the end of a log, if anything. */
const reportEnd = (terminal: Terminal, path: string, end: LogEnd<LogFooter> | undefined): boolean => {
  const issue = end === undefined ? undefined : issueOfEnd(end)
  if (issue === undefined) return true
  terminal.err(formatLogIssue(path, issue))
  return issue.severity !== 'error'
}

/** Says what is wrong with the log, or with the instant that was asked for; whether the state is what was asked for. */
export const reportState = (terminal: Terminal, path: string, state: ViewAt, asked: number | undefined): boolean => {
  const { end } = state
  if (asked !== undefined && end?.state === 'complete' && asked > end.footer.endedAt) {
    terminal.err(`error: the run ended at ${formatMillis(end.footer.endedAt)}, before ${formatMillis(asked)}\n`)
    return false
  }
  return reportEnd(terminal, path, end)
}

/** The instant that a state is shown for; never after the end of the run. */
export const instantOf = ({ end, at }: ViewAt, asked: number | undefined): number =>
  end?.state === 'complete' ? Math.min(asked ?? Infinity, end.footer.endedAt) : (asked ?? at)

/** The cluster at an instant of a run. */
export interface Instant {
  readonly state: ViewAt
  /** Milliseconds of the run. */
  readonly at: number
  /** Whether it is what was asked for; if not, that has been said. */
  readonly whole: boolean
}

/** With Kubernetes' Events up to then. */
export interface ToldInstant extends Instant {
  readonly events: readonly KubeEvent[]
}

interface Asked {
  readonly log?: string | undefined
  readonly at?: number | undefined
}

const instantAt = (terminal: Terminal, path: string, state: ViewAt, asked: number | undefined): Instant => ({
  state,
  at: instantOf(state, asked),
  whole: reportState(terminal, path, state, asked),
})

/**
 * The cluster at an instant of the log that a command asks for, from the last checkpoint before it; says on the terminal
 * why there is none.
 */
export const readInstant = (terminal: Terminal, asked: Asked): Instant | undefined => {
  const path = logPathFor(terminal, asked.log)
  if (path === undefined) return undefined
  const state = viewAt(path, BUILD, asked.at)
  if (isLeft(state)) {
    terminal.err(formatLogIssue(path, state.left))
    return undefined
  }
  return instantAt(terminal, path, state.right, asked.at)
}

/** The same with Kubernetes' Events, which all of the log before it tells. */
export const readToldInstant = (terminal: Terminal, asked: Asked): ToldInstant | undefined => {
  const opened = openLogFor(terminal, asked.log)
  if (opened === undefined) return undefined
  const fold = foldKubeEvents()
  const state = stateAt(opened.reading, asked.at, fold.apply)
  const instant = instantAt(terminal, opened.path, state, asked.at)
  return { ...instant, events: fold.events(instant.at) }
}
