import { describeObjects } from '@wavetank/report'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { readToldInstant } from '../open-log.ts'
import type { Terminal } from '../terminal.ts'

export interface DescribeCommandOptions {
  readonly at?: number
  readonly log?: string
  readonly namespace?: string
  readonly allNamespaces?: boolean
  readonly selector?: string
}

/** Objects at some instant, as `kubectl describe` would have printed them. */
export const describe = (
  terminal: Terminal,
  kinds: string,
  names: readonly string[],
  options: DescribeCommandOptions,
): ExitCode => {
  const instant = readToldInstant(terminal, options)
  if (instant === undefined) return EXIT.wrongInput
  const { state, at, events, whole } = instant
  const asked = {
    kinds: kinds.split(','),
    names,
    namespace: options.allNamespaces === true ? ({ all: true } as const) : options.namespace,
    selector: options.selector,
  }
  const { text, notices, errors } = describeObjects(state.view, at, asked, events)
  terminal.out(text)
  for (const line of [...notices, ...errors]) terminal.err(`${line}\n`)
  if (!whole) return EXIT.wrongInput
  return errors.length > 0 ? EXIT.expectationFailed : EXIT.fine
}
