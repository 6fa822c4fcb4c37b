import { API_ISSUE_CODES } from '@wavetank/cluster/api'
import { LOG_ISSUES } from '@wavetank/kernel'
import { explainCode } from '@wavetank/scenario'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'

/** What a code like WT012 means, and what to do about it. */
export const explain = (terminal: Terminal, code: string): ExitCode => {
  const found = explainCode(code, API_ISSUE_CODES, LOG_ISSUES)
  if (found === undefined) {
    terminal.err(`error: there is no code "${code}"\n    codes are printed with every problem, like WT012\n`)
    return EXIT.wrongInput
  }
  const lines = Object.values(found).filter((text): text is string => typeof text === 'string')
  terminal.out(`${code.toUpperCase()}\n${lines.map((line) => `  ${line}\n`).join('')}`)
  return EXIT.fine
}
