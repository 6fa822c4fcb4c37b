import { type ClusterView, formatTime } from '@wavetank/cluster'
import type { RunEnd } from '@wavetank/kernel'
import type { RunMetrics } from './metrics/registry.ts'

/** What became of one expectation of the scenario. */
export interface SummaryVerdict {
  readonly name: string
  readonly kind: string
  readonly expression: string
  readonly verdict: 'met' | 'failed'
  /** When it was decided, in milliseconds of the run. */
  readonly at: number
  readonly evidence?: string | undefined
}

export interface SummaryInput {
  readonly name: string
  readonly view: ClusterView
  readonly metrics: RunMetrics
  readonly end: RunEnd
  /** In the order of the scenario; those that were not decided are missing. */
  readonly verdicts?: readonly SummaryVerdict[] | undefined
  /** How many expectations the scenario has; as many as there are verdicts, by default. */
  readonly expectations?: number | undefined
  /** Problems of the input that did not keep it from running, one line each. */
  readonly warnings?: readonly string[] | undefined
  /** Where the log is, if it was kept. */
  readonly log?: string | undefined
  /** Of the log. */
  readonly digest: string
}

/** What a run came to, as data: JSON holds all of it. Times are milliseconds of the run. */
export interface Summary extends RunMetrics {
  readonly seed: number
  readonly name: string
  /** Wall clock at the start, RFC 3339. */
  readonly start: string
  /** Virtual time that has passed. */
  readonly simulatedMillis: number
  readonly entries: number
  readonly end: {
    readonly reason: RunEnd['reason']
    /** The events that went round, if the run was stopped because it would not have ended. */
    readonly kinds?: readonly string[]
  }
  readonly expectations: {
    readonly total: number
    readonly met: number
    readonly failed: number
    readonly verdicts: readonly SummaryVerdict[]
  }
  readonly warnings: readonly string[]
  readonly log?: string
  readonly digest: string
}

export const summarize = (input: SummaryInput): Summary => {
  const { name, view, metrics, end, verdicts = [], warnings = [], digest } = input
  const count = (verdict: SummaryVerdict['verdict']): number =>
    verdicts.filter((other) => other.verdict === verdict).length
  return {
    seed: view.settings.seed,
    name,
    start: formatTime(view.settings.start),
    simulatedMillis: end.at,
    entries: end.entries,
    end: { reason: end.reason, ...('kinds' in end ? { kinds: end.kinds } : {}) },
    ...metrics,
    expectations: {
      total: input.expectations ?? verdicts.length,
      met: count('met'),
      failed: count('failed'),
      verdicts,
    },
    warnings,
    ...(input.log === undefined ? {} : { log: input.log }),
    digest,
  }
}
