import { foldKubeEvents, formatEntry, formatKubeEvents } from '@wavetank/report'
import { stateAt } from 'wavetank'
import { aboutOf } from '../about.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { instantOf, openLogFor, reportState } from '../open-log.ts'
import type { Terminal } from '../terminal.ts'

export interface EventsOptions {
  readonly at?: number
  readonly from?: number
  readonly log?: string
  readonly namespace?: string
  readonly allNamespaces?: boolean
  readonly for?: string
  /** The entries of the log instead of core/v1 Events. */
  readonly entries?: boolean
}

/** What happened: core/v1 Events as `kubectl events` prints them, or the entries of the log themselves. */
export const events = (terminal: Terminal, options: EventsOptions): ExitCode => {
  const about = options.for === undefined ? undefined : aboutOf(options.for)
  if (options.for !== undefined && about === undefined) {
    terminal.err(`error: --for takes an object like pod/web-x2k4q, found "${options.for}"\n`)
    return EXIT.wrongInput
  }
  const opened = openLogFor(terminal, options.log)
  if (opened === undefined) return EXIT.wrongInput
  if (options.entries === true) {
    const from = options.from ?? 0
    const state = stateAt(opened.reading, options.at, (entry) => {
      if (entry.at >= from) terminal.out(`${formatEntry(entry)}\n`)
    })
    return reportState(terminal, opened.path, state, options.at) ? EXIT.fine : EXIT.wrongInput
  }
  const fold = foldKubeEvents()
  const state = stateAt(opened.reading, options.at, fold.apply)
  const whole = reportState(terminal, opened.path, state, options.at)
  const at = instantOf(state, options.at)
  terminal.out(
    formatKubeEvents(fold.events(at), state.view, at, {
      namespace: options.allNamespaces === true ? { all: true } : options.namespace,
      for: about,
    }),
  )
  return whole ? EXIT.fine : EXIT.wrongInput
}
