import { formatMillis, type RunEnd } from '@wavetank/kernel'
import { formatSummary } from '@wavetank/report'
import { stateAt, verdictsFold } from 'wavetank'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { instantOf, openLogFor, reportState } from '../open-log.ts'
import { createProgress } from '../progress.ts'
import { foldSummary } from '../summary-fold.ts'
import type { Terminal } from '../terminal.ts'

export interface ReplayOptions {
  readonly at?: number
  readonly log?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

const ENTRIES_BETWEEN_LOOKS = 8_192

/** Rebuilds the state from a log alone, checks every line of it, and says what it found. */
export const replayCommand = (terminal: Terminal, options: ReplayOptions): ExitCode => {
  const opened = openLogFor(terminal, options.log)
  if (opened === undefined) return EXIT.wrongInput
  const { path, reading } = opened
  const summary = foldSummary()
  const verdicts = verdictsFold()
  const progress = createProgress(
    terminal,
    Math.min(options.at ?? Number.POSITIVE_INFINITY, reading.header.duration),
    options.quiet === true,
  )
  const state = stateAt(reading, options.at, (entry, view) => {
    summary.apply(entry, view)
    verdicts.apply(entry)
    if (entry.seq % ENTRIES_BETWEEN_LOOKS === 0) progress.show(entry.at, entry.seq)
  })
  progress.clear()
  const whole = reportState(terminal, path, state, options.at)
  const { header, end } = state
  const at = instantOf(state, options.at)
  const reason = end?.state === 'complete' ? end.footer.end : 'stopped'
  const runEnd: RunEnd =
    reason === 'budget' || reason === 'loop'
      ? { reason, at, entries: state.entries, kinds: (end?.state === 'complete' && end.footer.kinds) || [] }
      : { reason, at, entries: state.entries }
  const result = summary.result({
    name: header.name,
    view: state.view,
    end: runEnd,
    verdicts: verdicts.result(header.expect),
    log: path,
    digest: end?.state === 'complete' ? end.digest : 'none: the log was not read to its end',
  })
  if (options.json === true) terminal.out(`${JSON.stringify(result)}\n`)
  else if (options.quiet !== true) terminal.out(formatSummary(result))
  if (end === undefined && options.quiet !== true)
    terminal.err(`replayed ${state.entries} entries, up to ${formatMillis(at)}\n`)
  return whole ? EXIT.fine : EXIT.wrongInput
}
