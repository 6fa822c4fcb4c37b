import type { ClusterView } from '@wavetank/cluster'
import { type Entry, invariant } from '@wavetank/kernel'
import type { Listener, RunEnd } from './define-metric.ts'
import type { Measure } from './measure.ts'
import type { Price } from './price.ts'
import { metricNamed } from './registry.ts'

/** The measures of one run under way. */
export interface MeasureFolds {
  /** For every entry, once it has been applied. */
  readonly apply: (entry: Entry, view: ClusterView) => void
  readonly responses: (end: RunEnd) => Readonly<Record<string, number | null>>
}

type Fold = (entry: Entry<never>, view: ClusterView) => void

/** @param warmup what is measured begins here; milliseconds of the run */
export const foldMeasures = (measures: readonly Measure[], prices: readonly Price[], warmup: number): MeasureFolds => {
  const shared = new Map<unknown, unknown>()
  const share = <T>(create: () => T): T => {
    if (!shared.has(create)) shared.set(create, create())
    return shared.get(create) as T
  }
  const folds = measures.map(({ name, metric, of }) => {
    const definition = metricNamed(metric)
    invariant(definition !== undefined, `there is no metric ${metric}`)
    return { name, ...definition.fold(of, { prices, share }) }
  })
  const listeners = new Set<Listener>(folds.flatMap(({ listens }) => listens))
  const byKind = new Map<string, Fold[]>()
  for (const listener of listeners)
    for (const [kind, apply] of listener) {
      const others = byKind.get(kind)
      if (others === undefined) byKind.set(kind, [apply])
      else others.push(apply)
    }
  let begun = warmup <= 0
  const begin = (): void => {
    begun = true
    for (const fold of folds) fold.begin(warmup)
  }
  return {
    // Hot path: once per entry.
    apply: (entry, view) => {
      if (!begun && entry.at >= warmup) begin()
      const all = byKind.get(entry.event.kind)
      if (all !== undefined) for (let i = 0; i < all.length; i++) all[i]!(entry as Entry<never>, view)
    },
    responses: (end) => {
      if (!begun) begin()
      return Object.fromEntries(folds.map(({ name, result }) => [name, result(end)]))
    },
  }
}
