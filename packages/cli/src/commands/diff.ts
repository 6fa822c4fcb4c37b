import { issueOfEnd } from '@wavetank/kernel'
import { formatJson } from '@wavetank/report'
import { isLeft } from 'fp-ts/lib/Either.js'
import { diffLogs, openLogFile } from 'wavetank'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatDiff } from '../format-diff.ts'
import { formatLogIssue } from '../open-log.ts'
import type { Terminal } from '../terminal.ts'

export interface DiffOptions {
  readonly json?: boolean
  readonly quiet?: boolean
}

/** Compares two runs: 0 if they are the same, 1 if they differ, as diff has it. */
export const diff = (terminal: Terminal, a: string, b: string, options: DiffOptions): ExitCode => {
  for (const path of [a, b]) {
    const opened = openLogFile(path)
    if (isLeft(opened)) {
      terminal.err(formatLogIssue(path, opened.left))
      return EXIT.wrongInput
    }
    opened.right.close()
  }
  const found = diffLogs(
    () => openLogFile(a),
    () => openLogFile(b),
  )
  if (isLeft(found)) {
    terminal.err(formatLogIssue(`${a} or ${b}`, found.left))
    return EXIT.wrongInput
  }
  const { diff: difference, ends } = found.right
  let whole = true
  ends.forEach((end, i) => {
    const issue = end === undefined ? undefined : issueOfEnd(end)
    if (issue === undefined) return
    terminal.err(formatLogIssue([a, b][i]!, issue))
    if (issue.severity === 'error') whole = false
  })
  if (difference !== undefined && options.quiet !== true)
    terminal.out(options.json === true ? formatJson({ ...difference }) : formatDiff(difference, a, b))
  if (!whole) return EXIT.wrongInput
  return difference === undefined ? EXIT.fine : EXIT.differs
}
