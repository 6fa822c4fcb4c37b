import { createPerfettoTrace } from '@wavetank/export'
import type { ExitCode } from '../../exit-code.ts'
import { type ExportOptions, endOf, exportLog, factsOf } from '../../export-run.ts'
import { createOutput } from '../../output.ts'
import type { Terminal } from '../../terminal.ts'

/** A run as a trace that Perfetto’s viewer opens. */
export const exportPerfetto = (terminal: Terminal, options: ExportOptions): Promise<ExitCode> =>
  exportLog(terminal, options, ({ reading: { header } }) => {
    const output = createOutput(terminal, options.output)
    const trace = createPerfettoTrace(factsOf(header), output.write)
    return {
      apply: trace.apply,
      finish: (pass, at) => {
        trace.end(endOf(pass, at))
        output.finish()
      },
      abandon: output.abandon,
    }
  })
