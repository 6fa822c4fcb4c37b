import type { ClusterView } from '@wavetank/cluster'
import type { Entry, RunEnd } from '@wavetank/kernel'
import { foldMetrics, metrics, type Summary, type SummaryVerdict, summarize } from '@wavetank/report'
import { type Verdict, warningOf } from 'wavetank'

/** Gathers what the summary of a run says, while the run goes on or its log is read. */
export interface SummaryFold {
  readonly apply: (entry: Entry, view: ClusterView) => void
  readonly result: (facts: SummaryFacts) => Summary
}

export interface SummaryFacts {
  readonly name: string
  readonly view: ClusterView
  readonly end: RunEnd
  readonly verdicts: readonly Verdict[]
  readonly log: string
  readonly digest: string
}

/** The same from a run and from its log, which say different things of where an expectation is written. */
const decided = ({ name, kind, expression, verdict, at, evidence }: Verdict): readonly SummaryVerdict[] =>
  verdict === 'undecided' || at === undefined
    ? []
    : [{ name, kind, expression, verdict, at, ...(evidence === undefined ? {} : { evidence }) }]

export const foldSummary = (): SummaryFold => {
  const fold = foldMetrics(metrics)
  const warnings: string[] = []
  return {
    apply: (entry, view) => {
      fold.apply(entry, view)
      const warning = warningOf(entry)
      if (warning !== undefined) warnings.push(warning)
    },
    result: ({ name, view, end, verdicts, log, digest }) =>
      summarize({
        name,
        view,
        end,
        log,
        digest,
        warnings,
        metrics: fold.results(view, end.at),
        verdicts: verdicts.flatMap(decided),
        expectations: verdicts.length,
      }),
  }
}
