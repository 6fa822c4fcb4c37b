import { kindByName } from '@wavetank/cluster/api'
import { formatMillis } from '@wavetank/kernel'
import { formatJson } from '@wavetank/report'
import { isLeft } from 'fp-ts/lib/Either.js'
import { openLogFile, whyExpectation, whyObject } from 'wavetank'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatWhy, formatWhyExpectation, titleOf } from '../format-why.ts'
import { formatLogIssue, instantOf, logPathFor, reportState } from '../open-log.ts'
import type { Terminal } from '../terminal.ts'

export interface WhyCommandOptions {
  readonly at?: number
  readonly log?: string
  readonly namespace?: string
  readonly full?: boolean
  readonly json?: boolean
}

/** Candidates that are named. */
const NAMED_MAX = 5

/** Why an expectation failed, or how it came to be met. */
const whyExpect = (terminal: Terminal, name: string, options: WhyCommandOptions): ExitCode => {
  if (options.at !== undefined) {
    terminal.err(
      'error: --at does not go with an expectation\n    it is explained as of the instant at which it was decided\n',
    )
    return EXIT.wrongInput
  }
  const path = logPathFor(terminal, options.log)
  if (path === undefined) return EXIT.wrongInput
  const found = whyExpectation(() => openLogFile(path), name, options.full === true)
  if (isLeft(found)) {
    terminal.err(formatLogIssue(path, found.left))
    return EXIT.wrongInput
  }
  const answer = found.right
  if ('names' in answer) {
    const names = answer.names.map((one) => `    expect/${one}\n`).join('')
    terminal.err(
      answer.names.length === 0
        ? 'error: the scenario of this run expects nothing\n'
        : `error: which expectation? "${name}" is none, or several; there is\n${names}`,
    )
    return EXIT.wrongInput
  }
  terminal.out(options.json === true ? formatJson({ ...answer }) : formatWhyExpectation(answer))
  return EXIT.fine
}

/** Why an object is as it is: the chain from a fault, a command or the scenario's beginning down to it. */
export const why = (
  terminal: Terminal,
  kindName: string,
  name: string | undefined,
  options: WhyCommandOptions,
): ExitCode => {
  if (kindName === 'expect') return whyExpect(terminal, name ?? '', options)
  const kind = kindByName(kindName)?.kind
  if (kind === undefined || name === undefined || name === '') {
    terminal.err('error: why what?\n    wavetank why pod/NAME, node/NAME, deployment/NAME, …, or expect/NAME\n')
    return EXIT.wrongInput
  }
  const path = logPathFor(terminal, options.log)
  if (path === undefined) return EXIT.wrongInput
  const { namespace = 'default', full = false } = options
  const asked = { kind, namespace, name }
  const found = whyObject(() => openLogFile(path), asked, {
    full,
    ...(options.at === undefined ? {} : { until: options.at }),
  })
  if (isLeft(found)) {
    terminal.err(formatLogIssue(path, found.left))
    return EXIT.wrongInput
  }
  const { state, why: answer } = found.right
  const whole = reportState(terminal, path, state, options.at)
  if (!whole && state.end?.state === 'complete') return EXIT.wrongInput
  const at = instantOf(state, options.at)
  if ('candidates' in answer) {
    const { candidates } = answer
    const names = candidates.slice(0, NAMED_MAX).map(titleOf).join(', ')
    terminal.err(
      candidates.length === 0
        ? `error: the log says nothing of ${kindName}/${name} up to ${formatMillis(at)}\n    \`wavetank get ${kindName} -A\` shows what is there; -n names another namespace than ${namespace}\n`
        : `error: ${candidates.length} names begin with ${name}: ${names}${candidates.length > NAMED_MAX ? ', …' : ''}\n    write more of the name\n`,
    )
    return EXIT.wrongInput
  }
  terminal.out(options.json === true ? formatJson({ ...answer }) : formatWhy(answer))
  return whole ? EXIT.fine : EXIT.wrongInput
}
