import { formatJUnit } from '@wavetank/export'
import { verdictsFold } from 'wavetank'
import type { ExitCode } from '../../exit-code.ts'
import { type ExportOptions, endOf, exportLog } from '../../export-run.ts'
import { createOutput } from '../../output.ts'
import type { Terminal } from '../../terminal.ts'

/** What became of the expectations of a run, as JUnit’s XML. */
export const exportJUnit = (terminal: Terminal, options: ExportOptions): Promise<ExitCode> =>
  exportLog(terminal, { ...options, stateless: true }, ({ reading: { header } }) => {
    const output = createOutput(terminal, options.output)
    const fold = verdictsFold()
    return {
      apply: fold.apply,
      finish: (pass, at) => {
        const { name, seed, start, expect } = header
        const digest = endOf(pass, at).digest ?? undefined
        output.write(formatJUnit([{ name, seed, start, simulatedMillis: at, digest, verdicts: fold.result(expect) }]))
        output.finish()
      },
      abandon: output.abandon,
    }
  })
