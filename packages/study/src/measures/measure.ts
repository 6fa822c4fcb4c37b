/**
 * What is asked of a run: a metric by name, with what it is about, or an expression. Plain data; `registry.ts` says what
 * each metric is and how it is computed from the entries of a run.
 */
export interface Measure {
  readonly name: string
  /** Of the registry; `expression` for CEL that gives a number or a truth value (1 or 0) at the end of the run. */
  readonly metric: string
  /** What the metric takes, checked by its own codec: `{ workload: 'shop/web' }`. */
  readonly of: Readonly<Record<string, string | number | boolean>>
  /** `truth` is 1 or 0. */
  readonly unit: 'ratio' | 'truth' | 'milliseconds' | 'count' | 'cost' | 'number'
}
