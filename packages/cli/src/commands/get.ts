import { readFileSync } from 'node:fs'
import { kindByName } from '@wavetank/cluster/api'
import { type GetOptions, type GetResult, getTable, parseOutput, watchTable } from '@wavetank/report'
import { type Either, isLeft, right, tryCatch } from 'fp-ts/lib/Either.js'
import { type Watcher, watchView } from 'wavetank'
import { BUILD } from '../build.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatLogIssue, logPathFor, readInstant, readToldInstant, reportState } from '../open-log.ts'
import type { Terminal } from '../terminal.ts'

export interface GetCommandOptions {
  readonly at?: number
  readonly log?: string
  readonly namespace?: string
  readonly allNamespaces?: boolean
  readonly selector?: string
  readonly output?: string
  readonly sortBy?: string
  readonly showLabels?: boolean
  readonly labelColumns?: string
  readonly headers?: boolean
  readonly watch?: boolean
  readonly until?: number
  readonly outputWatchEvents?: boolean
}

/** A template from a file. */
const readTemplate = (path: string): Either<string, string> =>
  tryCatch(
    () => readFileSync(path, 'utf8'),
    (error) => `cannot read the template ${path}: ${(error as Error).message}`,
  )

/** Whether Kubernetes' Events are asked for, for which the whole log must be read: `events`, `pods,ev`, `events/web.17c`. */
const asksForEvents = (kinds: string): boolean =>
  kinds.split(',').some((kind) => kindByName(kind.split('/')[0] ?? '')?.kind === 'Event')

const say = (terminal: Terminal, { text, notices, errors }: GetResult): ExitCode => {
  terminal.out(text)
  for (const line of [...notices, ...errors]) terminal.err(`${line}\n`)
  return errors.length > 0 ? EXIT.expectationFailed : EXIT.fine
}

const watch = (terminal: Terminal, options: GetCommandOptions, asked: GetOptions): ExitCode => {
  const path = logPathFor(terminal, options.log)
  if (path === undefined) return EXIT.wrongInput
  const table = watchTable(asked, options.outputWatchEvents)
  let code: ExitCode = EXIT.fine
  const told = (result: GetResult): void => {
    const one = say(terminal, result)
    if (code === EXIT.fine) code = one
  }
  const from = options.at ?? 0
  const watcher: Watcher = {
    start: (view, at) => told(table.start(view, at)),
    changed: (view, at) => {
      if (code === EXIT.fine) told(table.changes(view, at))
    },
  }
  const read = watchView(path, BUILD, from, watcher, options.until)
  if (isLeft(read)) {
    terminal.err(formatLogIssue(path, read.left))
    return EXIT.wrongInput
  }
  return reportState(terminal, path, read.right, options.at) ? code : EXIT.wrongInput
}

/** The cluster at some instant, as `kubectl get` would have printed it. */
export const get = (
  terminal: Terminal,
  kinds: string,
  names: readonly string[],
  options: GetCommandOptions,
): ExitCode => {
  const refuse = (problem: string): ExitCode => {
    terminal.err(`error: ${problem}\n`)
    return EXIT.wrongInput
  }
  const output = options.output === undefined ? right(undefined) : parseOutput(options.output, readTemplate)
  if (isLeft(output)) return refuse(output.left)
  const withEvents = asksForEvents(kinds)
  const asked: GetOptions = {
    kinds: [kinds],
    names,
    namespace: options.allNamespaces === true ? { all: true } : options.namespace,
    selector: options.selector,
    output: output.right,
    sortBy: options.sortBy,
    showLabels: options.showLabels,
    labelColumns: options.labelColumns?.split(','),
    noHeaders: options.headers === false,
  }
  if (options.watch === true) {
    if (withEvents) return refuse('Events cannot be watched\n    wavetank events --at … prints those of an instant')
    return watch(terminal, options, asked)
  }
  for (const [flag, value] of [
    ['--until', options.until],
    ['--output-watch-events', options.outputWatchEvents],
  ])
    if (value !== undefined) return refuse(`${flag} goes with --watch`)
  const told = withEvents ? readToldInstant(terminal, options) : undefined
  const instant = withEvents ? told : readInstant(terminal, options)
  if (instant === undefined) return EXIT.wrongInput
  const { state, at, whole } = instant
  const code = say(terminal, getTable(state.view, at, { ...asked, kubeEvents: told?.events }))
  return whole ? code : EXIT.wrongInput
}
