import { kindByName } from '@wavetank/cluster/api'
import { type GetOptions, getTable } from '@wavetank/report'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { readInstant, readToldInstant } from '../open-log.ts'
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

/** Whether Kubernetes' Events are asked for, for which the whole log must be read: `events`, `pods,ev`, `events/web.17c`. */
const asksForEvents = (kinds: string): boolean =>
  kinds.split(',').some((kind) => kindByName(kind.split('/')[0] ?? '')?.kind === 'Event')

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
  const withEvents = asksForEvents(kinds)
  const told = withEvents ? readToldInstant(terminal, options) : undefined
  const instant = withEvents ? told : readInstant(terminal, options)
  if (instant === undefined) return EXIT.wrongInput
  const { state, at, whole } = instant
  const asked: GetOptions = {
    kinds: [kinds],
    names,
    namespace: options.allNamespaces === true ? { all: true } : options.namespace,
    selector: options.selector,
    output: output as Output | undefined,
    showLabels: options.showLabels,
    labelColumns: options.labelColumns?.split(','),
    noHeaders: options.headers === false,
    kubeEvents: told?.events,
  }
  const { text, notices, errors } = getTable(state.view, at, asked)
  terminal.out(text)
  for (const line of [...notices, ...errors]) terminal.err(`${line}\n`)
  if (!whole) return EXIT.wrongInput
  return errors.length > 0 ? EXIT.expectationFailed : EXIT.fine
}
