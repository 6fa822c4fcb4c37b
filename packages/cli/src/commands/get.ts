import { foldKubeEvents, type GetOptions, getTable } from '@wavetank/report'
import { stateAt } from 'wavetank'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { instantOf, openLogFor, reportState } from '../open-log.ts'
import type { Terminal } from '../terminal.ts'

export interface GetCommandOptions {
  readonly at?: number
  readonly log?: string
  readonly namespace?: string
  readonly allNamespaces?: boolean
  readonly selector?: string
  readonly output?: string
  readonly showLabels?: boolean
  readonly labelColumns?: string
  readonly headers?: boolean
}

const OUTPUTS = ['wide', 'name', 'yaml', 'json'] as const
type Output = (typeof OUTPUTS)[number]

/** The cluster at some instant, as `kubectl get` would have printed it. */
export const get = (
  terminal: Terminal,
  kinds: string,
  names: readonly string[],
  options: GetCommandOptions,
): ExitCode => {
  const { output } = options
  if (output !== undefined && !(OUTPUTS as readonly string[]).includes(output)) {
    terminal.err(`error: unknown output format "${output}"\n    one of ${OUTPUTS.join(', ')}\n`)
    return EXIT.wrongInput
  }
  const opened = openLogFor(terminal, options.log)
  if (opened === undefined) return EXIT.wrongInput
  const events = foldKubeEvents()
  const state = stateAt(opened.reading, options.at, events.apply)
  const whole = reportState(terminal, opened.path, state, options.at)
  const at = instantOf(state, options.at)
  const asked: GetOptions = {
    kinds: [kinds],
    names,
    namespace: options.allNamespaces === true ? { all: true } : options.namespace,
    selector: options.selector,
    output: output as Output | undefined,
    showLabels: options.showLabels,
    labelColumns: options.labelColumns?.split(','),
    noHeaders: options.headers === false,
    kubeEvents: events.events(at),
  }
  const { text, notices, errors } = getTable(state.view, at, asked)
  terminal.out(text)
  for (const line of [...notices, ...errors]) terminal.err(`${line}\n`)
  if (!whole) return EXIT.wrongInput
  return errors.length > 0 ? EXIT.expectationFailed : EXIT.fine
}
