import type { RunFacts, TableEnd } from '@wavetank/export'
import type { LogHeader, ViewAt } from 'wavetank'
import { EXIT, type ExitCode } from './exit-code.ts'
import { formatFileError, isFileError } from './file-error.ts'
import { awaitInterruption } from './interruption.ts'
import { type LogPassOptions, passOver } from './log-pass.ts'
import { instantOf, type OpenedLog, openLogFor, reportState } from './open-log.ts'
import type { Terminal } from './terminal.ts'

/** What every export has. */
export interface ExportOptions {
  readonly log?: string
  readonly output?: string
  readonly quiet?: boolean
}

/** An export under way: what looks at the entries, and what becomes of it at the end. */
export interface Exporter {
  readonly before?: LogPassOptions['before']
  readonly apply: LogPassOptions['apply']
  /** The log was read; writes the rest. */
  readonly finish: (pass: ViewAt, at: number) => void
  /** Takes back what was written. */
  readonly abandon: () => void
}

export const factsOf = ({ name, seed, start, expect }: LogHeader): RunFacts => ({ name, seed, start, expect })

export const endOf = ({ end, entries, view }: ViewAt, at: number): TableEnd => ({
  at,
  view,
  entries,
  reason: end?.state === 'complete' ? end.footer.end : 'stopped',
  digest: end?.state === 'complete' ? end.digest : null,
})

/**
 * Opens the log that a command asks for, reads it once, and leaves a whole output or none.
 *
 * @param make may throw what the file system throws
 */
export const exportLog = async (
  terminal: Terminal,
  options: ExportOptions & Pick<LogPassOptions, 'until' | 'stateless'>,
  make: (opened: OpenedLog) => Exporter,
): Promise<ExitCode> => {
  const opened = openLogFor(terminal, options.log)
  if (opened === undefined) return EXIT.wrongInput
  const { until, quiet, stateless = false } = options
  const interruption = awaitInterruption()
  let exporter: Exporter | undefined
  try {
    exporter = make(opened)
    const { before, apply } = exporter
    const pass = await passOver(terminal, opened.reading, interruption, { until, quiet, stateless, before, apply })
    if (pass === 'interrupted' || pass === 'unread') {
      exporter.abandon()
      return pass === 'interrupted' ? EXIT.interrupted : EXIT.fine
    }
    if (!reportState(terminal, opened.path, pass, until)) {
      exporter.abandon()
      return EXIT.wrongInput
    }
    exporter.finish(pass, instantOf(pass, until))
    return EXIT.fine
  } catch (error) {
    exporter?.abandon()
    opened.reading.close()
    if (!isFileError(error)) throw error
    terminal.err(formatFileError(options.output ?? 'standard output', error))
    return EXIT.wrongInput
  } finally {
    interruption.release()
  }
}
