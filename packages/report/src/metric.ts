import type { ClusterView } from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import type { FactOf, Facts } from './facts.ts'

/** Where a run is when a metric is read. */
export interface MetricEnd {
  readonly view: ClusterView
  /** Milliseconds of the run, not before the last entry. */
  readonly at: number
}

/**
 * A number, or a few, that a run is judged by: a fold over its log.
 *
 * What it looks at is O(1) in each entry, so that it can be folded while the run goes on.
 */
export interface Metric<Name extends string = string, R = unknown> {
  readonly name: Name
  readonly doc: string
  /** Of the numbers in its result. */
  readonly unit: string
  readonly initial: () => unknown
  /** By kind of event. It sees the cluster as it is after the entry. */
  readonly apply: Readonly<Record<string, (state: never, entry: Entry<never>, view: ClusterView) => void>>
  readonly result: (state: never, end: MetricEnd) => R
}

export const defineMetric = <Name extends string, S, R, F extends Facts>(metric: {
  readonly name: Name
  readonly doc: string
  readonly unit: string
  /** The events that it looks at; there is a fold for each. */
  readonly facts: F
  readonly initial: () => S
  readonly apply: { readonly [K in keyof F]: (state: S, entry: Entry<FactOf<F[K]>>, view: ClusterView) => void }
  readonly result: (state: S, end: MetricEnd) => R
}): Metric<Name, R> => metric as unknown as Metric<Name, R>

/** The results of metrics, by name. */
export type MetricResults<M extends readonly Metric[]> = {
  readonly [K in M[number] as K['name']]: K extends Metric<string, infer R> ? R : never
}

export interface MetricFold<M extends readonly Metric[]> {
  /** To be called with every entry, after the view has it. */
  readonly apply: (entry: Entry, view: ClusterView) => void
  /** What the metrics come to at a time not before the last entry; the fold can go on afterwards. */
  readonly results: (view: ClusterView, at: number) => MetricResults<M>
}

type Fold = (entry: Entry, view: ClusterView) => void

export const foldMetrics = <M extends readonly Metric[]>(metrics: M): MetricFold<M> => {
  const states = metrics.map(({ initial }) => initial())
  const folds = new Map<string, Fold[]>()
  metrics.forEach((metric, i) => {
    const state = states[i] as never
    for (const [kind, apply] of Object.entries(metric.apply)) {
      const others = folds.get(kind) ?? []
      others.push((entry, view) => apply(state, entry as Entry<never>, view))
      folds.set(kind, others)
    }
  })
  return {
    apply: (entry, view) => {
      const all = folds.get(entry.event.kind)
      if (all !== undefined) for (const fold of all) fold(entry, view)
    },
    results: (view, at) =>
      Object.fromEntries(
        metrics.map((metric, i) => [metric.name, metric.result(states[i] as never, { view, at })]),
      ) as MetricResults<M>,
  }
}
