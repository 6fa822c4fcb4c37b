import { InvariantViolation } from '@wavetank/kernel'
import { isBrokenRun, isEngineFailure } from '@wavetank/study'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatFileError, isFileError } from '../file-error.ts'
import type { Terminal } from '../terminal.ts'

/**
 * Says why runs could not be made; what nobody knows is thrown on.
 *
 * @param output where the command writes, if it does
 */
export const reportFailed = (terminal: Terminal, error: unknown, output: string): ExitCode => {
  if (isEngineFailure(error)) {
    terminal.err(`error: ${error.engineFailure}\n${error.hint === undefined ? '' : `    ${error.hint}\n`}`)
    return EXIT.wrongInput
  }
  if (isFileError(error)) {
    terminal.err(formatFileError(output, error))
    return EXIT.wrongInput
  }
  const broken = isBrokenRun(error) ? error.brokenRun : error instanceof InvariantViolation ? error.message : undefined
  if (broken === undefined) throw error
  terminal.err(`wavetank is wrong: ${broken}\n    please report it with the scenario and the command\n`)
  return EXIT.wrongModel
}
