import { kindByName } from '@wavetank/cluster/api'
import { formatMillis } from '@wavetank/kernel'
import { formatJson } from '@wavetank/report'
import { EXPLAINED_KINDS, explainObject, stateAt } from 'wavetank'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatStanding, titleOf } from '../format-why.ts'
import { instantOf, openLogFor, reportState } from '../open-log.ts'
import type { Terminal } from '../terminal.ts'

export interface ExplainObjectOptions {
  readonly at?: number
  readonly log?: string
  readonly namespace?: string
  readonly output?: string
}

const OUTPUTS = ['table', 'json']

export const canExplain = (kind: string): boolean => EXPLAINED_KINDS.includes(kind)

/** How a workload, a node, a claim or a budget stands, and what keeps it from getting on. */
export const explainObjectCommand = (
  terminal: Terminal,
  kind: string,
  name: string,
  options: ExplainObjectOptions,
): ExitCode => {
  const { namespace = 'default', output = 'table' } = options
  if (!canExplain(kind)) {
    const known = EXPLAINED_KINDS.map((other) => kindByName(other)?.singular ?? other)
    terminal.err(
      `error: nothing keeps a ${kind} from getting on\n    wavetank explain takes pod, ${known.join(', ')}\n`,
    )
    return EXIT.wrongInput
  }
  if (!OUTPUTS.includes(output)) {
    terminal.err(`error: unknown output format "${output}"\n    one of ${OUTPUTS.join(', ')}\n`)
    return EXIT.wrongInput
  }
  const opened = openLogFor(terminal, options.log)
  if (opened === undefined) return EXIT.wrongInput
  const state = stateAt(opened.reading, options.at)
  const whole = reportState(terminal, opened.path, state, options.at)
  if (!whole && state.end?.state === 'complete') return EXIT.wrongInput
  const at = instantOf(state, options.at)
  const found = explainObject(state, at, { kind, namespace, name })
  if ('candidates' in found) {
    const names = found.candidates.slice(0, 5).map(titleOf).join(', ')
    terminal.err(
      found.candidates.length === 0
        ? `error: there is no ${kind} ${name} at ${formatMillis(at)}\n    \`wavetank get ${kindByName(kind)?.plural} -A --at …\` shows those that are there\n`
        : `error: ${found.candidates.length} names begin with ${name}: ${names}\n    write more of the name\n`,
    )
    return EXIT.wrongInput
  }
  const { object, standing } = found
  terminal.out(output === 'json' ? formatJson({ object, at, ...standing }) : formatStanding(object, at, standing))
  return whole ? EXIT.fine : EXIT.wrongInput
}
