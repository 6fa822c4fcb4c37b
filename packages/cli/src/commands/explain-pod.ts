import { formatMillis } from '@wavetank/kernel'
import { formatJson } from '@wavetank/report'
import { isLeft } from 'fp-ts/lib/Either.js'
import { explainPodAt, openLogFile, simulatorAnnotations } from 'wavetank'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatPodReport } from '../format-pod-report.ts'
import { formatLogIssue, instantOf, logPathFor, reportState } from '../open-log.ts'
import type { Terminal } from '../terminal.ts'

export interface ExplainPodOptions {
  readonly at?: number
  readonly log?: string
  readonly namespace?: string
  readonly output?: string
}

const OUTPUTS = ['table', 'json', 'annotations']

/** Why a pod is on its node, or what keeps it from one: a table per node and plugin, worked out from the log. */
export const explainPod = (terminal: Terminal, name: string, options: ExplainPodOptions): ExitCode => {
  const { namespace = 'default', output = 'table' } = options
  if (!OUTPUTS.includes(output)) {
    terminal.err(`error: unknown output format "${output}"\n    one of ${OUTPUTS.join(', ')}\n`)
    return EXIT.wrongInput
  }
  const path = logPathFor(terminal, options.log)
  if (path === undefined) return EXIT.wrongInput
  const explained = explainPodAt(() => openLogFile(path), `${namespace}/${name}`, options.at)
  if (isLeft(explained)) {
    terminal.err(formatLogIssue(path, explained.left))
    return EXIT.wrongInput
  }
  const { state, report } = explained.right
  const whole = reportState(terminal, path, state, options.at)
  if (!whole && state.end?.state === 'complete') return EXIT.wrongInput
  const at = instantOf(state, options.at)
  if ('goneAt' in report) {
    const { goneAt } = report
    const gone = goneAt === undefined ? '' : `; it was removed at ${formatMillis(goneAt)}`
    terminal.err(
      `error: there is no pod ${namespace}/${name} at ${formatMillis(at)}${gone}\n    \`wavetank get pods -A --at …\` shows those that are there\n`,
    )
    return EXIT.wrongInput
  }
  if (output === 'json') terminal.out(formatJson({ at, ...report }))
  else if (output === 'table') terminal.out(formatPodReport(report, at))
  else if (report.table === undefined) {
    terminal.err(`error: no scheduler of this cluster was asked about ${namespace}/${name}\n`)
    return EXIT.wrongInput
  } else terminal.out(formatJson(simulatorAnnotations(report.table.explanation)))
  return whole ? EXIT.fine : EXIT.wrongInput
}
