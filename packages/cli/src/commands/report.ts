import type { RunEnd } from '@wavetank/kernel'
import { foldPage } from '@wavetank/report'
import { renderPage } from '@wavetank/report-page'
import { type Verdict, verdictsFold } from 'wavetank'
import type { ExitCode } from '../exit-code.ts'
import { type ExportOptions, endOf, exportLog } from '../export-run.ts'
import { createOutput } from '../output.ts'
import { foldSummary } from '../summary-fold.ts'
import type { Terminal } from '../terminal.ts'

type Window = { readonly from?: number; readonly to?: number }

/** The verdicts with the windows that the log's header has of them. */
const withWindows = (verdicts: readonly Verdict[], expected: readonly unknown[], duration: number) =>
  verdicts.map(({ index, name, kind, expression, verdict, at, evidence }) => {
    const { from = 0, to = duration } = (expected[index] ?? {}) as Window
    return {
      name,
      kind,
      expression,
      verdict,
      from,
      to: Math.min(to, duration),
      ...(at === undefined ? {} : { at }),
      ...(evidence === undefined ? {} : { evidence }),
    }
  })

/** One HTML file with all that a run came to, which opens without a network. */
export const report = (terminal: Terminal, options: ExportOptions): Promise<ExitCode> =>
  exportLog(terminal, options, ({ path, reading: { header } }) => {
    const { name, duration, expect } = header
    const output = createOutput(terminal, options.output)
    const summary = foldSummary()
    const verdicts = verdictsFold()
    const page = foldPage(duration)
    return {
      apply: (entry, view) => {
        summary.apply(entry, view)
        verdicts.apply(entry)
        page.apply(entry, view)
      },
      finish: (pass, at) => {
        const { view, entries, end } = pass
        const digest = endOf(pass, at).digest ?? 'no digest: the log has no end'
        const { end: reason = 'stopped', kinds = [] } = end?.state === 'complete' ? end.footer : {}
        const runEnd: RunEnd =
          reason === 'budget' || reason === 'loop' ? { reason, at, entries, kinds } : { reason, at, entries }
        const decided = verdicts.result(expect)
        // Without the path: the page is the same wherever the log lies.
        const { log: _, ...said } = summary.result({ name, view, end: runEnd, verdicts: decided, log: path, digest })
        const data = page.result({ name, digest, view, at, expectations: withWindows(decided, expect, duration) })
        output.write(renderPage({ summary: said, data }))
        output.finish()
      },
      abandon: output.abandon,
    }
  })
