import { createOpenMetrics, formatOpenMetrics } from '@wavetank/export'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { type ExportOptions, exportLog } from '../../export-run.ts'
import { createOutput } from '../../output.ts'
import { createTextSpool } from '../../spool.ts'
import type { Terminal } from '../../terminal.ts'

export interface OpenMetricsOptions extends ExportOptions {
  readonly at?: number
  readonly step?: number
}

/** The cluster as kube-state-metrics shows it: at one instant, or over time. */
export const exportOpenMetrics = async (terminal: Terminal, options: OpenMetricsOptions): Promise<ExitCode> => {
  if (options.step === 0) {
    terminal.err('error: --step 0s never gets on\n    for one instant, leave it out\n')
    return EXIT.wrongInput
  }
  return exportLog(terminal, { ...options, until: options.at }, ({ reading: { header } }) => {
    const output = createOutput(terminal, options.output)
    const spool = createTextSpool()
    const metrics = createOpenMetrics({ start: header.start, step: options.step, spool })
    return {
      before: metrics.before,
      apply: ({ event }) => metrics.apply(event),
      finish: (pass, at) => {
        metrics.end(at, pass.view)
        for (const text of formatOpenMetrics(spool.textOf)) output.write(text)
        output.finish()
        spool.remove()
      },
      abandon: () => {
        output.abandon()
        spool.remove()
      },
    }
  })
}
