import { type ClusterView, type DeepReadonly, isReady, type Pod } from '@wavetank/cluster'
import type { Entry, LogEnd, LogIssue } from '@wavetank/kernel'
import { foldMetrics, metrics, podStatus, type RunMetrics } from '@wavetank/report'
import { type Either, isLeft, map } from 'fp-ts/lib/Either.js'
import { createCausalIndex } from '../causes/causal-index.ts'
import { chainTo } from '../causes/story.ts'
import { type Cause, entriesAt, tellAll } from '../causes/telling.ts'
import { type Verdict, verdictsFold } from '../expectations/verdicts.ts'
import { stateAt } from '../log.ts'
import type { LogFooter, LogHeader } from '../log-header.ts'
import type { Open } from './first-divergence.ts'

/** What a pod has come to at the end of a run. */
export interface PodEnd {
  readonly status: string
  readonly node: string
  readonly ready: boolean
  readonly restarts: number
}

/** One of two runs, in numbers. */
export interface Side {
  readonly header: LogHeader
  readonly end: LogEnd<LogFooter> | undefined
  readonly at: number
  readonly entries: number
  readonly metrics: RunMetrics
  /** Entries by kind of event. */
  readonly kinds: ReadonlyMap<string, number>
  readonly pods: ReadonlyMap<string, PodEnd>
  readonly nodes: ReadonlySet<string>
  readonly verdicts: readonly Verdict[]
  /** What led to the entry with which it parts from the other one, that entry last. */
  readonly causes: readonly Cause[]
}

const podEnd = (pod: DeepReadonly<Pod>): PodEnd => {
  const { status, restarts } = podStatus(pod)
  return { status, node: pod.node, ready: isReady(pod as Pod), restarts }
}

const podsOf = ({ pods }: ClusterView): ReadonlyMap<string, PodEnd> =>
  new Map([...pods.values()].map((pod) => [pod.key, podEnd(pod)]))

/** Causes of a divergence that are told, the nearest. */
const CAUSES_MAX = 6

/** @param parting the entry with which it parts from the other one */
export const readSide = (open: Open, parting: Entry | undefined): Either<LogIssue, Side> => {
  const opened = open()
  if (isLeft(opened)) return opened
  const index = createCausalIndex()
  const fold = foldMetrics(metrics)
  const verdicts = verdictsFold()
  const kinds = new Map<string, number>()
  const state = stateAt(opened.right, Number.POSITIVE_INFINITY, (entry, view) => {
    fold.apply(entry, view)
    verdicts.apply(entry)
    kinds.set(entry.event.kind, (kinds.get(entry.event.kind) ?? 0) + 1)
    if (parting !== undefined && entry.seq <= parting.seq) index.add(entry)
  })
  const at = state.end?.state === 'complete' ? state.end.footer.endedAt : state.at
  const chain = parting === undefined ? [] : chainTo(index, parting.seq)
  return map(
    (entries: readonly Entry[]): Side => ({
      header: state.header,
      end: state.end,
      at,
      entries: state.entries,
      metrics: fold.results(state.view, at),
      kinds,
      pods: podsOf(state.view),
      nodes: new Set(state.view.nodes.keys()),
      verdicts: verdicts.result(state.header.expect),
      causes: tellAll(entries, false),
    }),
  )(entriesAt(open, chain.slice(-CAUSES_MAX)))
}
