import type { DesignPoint, Outcome, Replication } from '../design-point.ts'

/**
 * Whatever makes runs: this process, a pool of worker threads, workers behind a queue. A study, a search for capacity and
 * a survey of failures all ask an engine, and none of them knows which.
 *
 * Outcomes are a function of point and seed alone. They come in whatever order; whoever needs one sorts them.
 */
export interface Engine {
  /**
   * Makes every replication, or throws an `EngineFailure`. Points keep their index over all calls of one engine: what a
   * point is never changes, so that workers may keep it.
   *
   * @param onOutcome told of each outcome once, as soon as it is known: the journal writes it, progress counts it
   */
  readonly evaluate: (
    points: readonly DesignPoint[],
    replications: readonly Replication[],
    onOutcome?: (outcome: Outcome) => void,
    signal?: AbortSignal,
  ) => Promise<readonly Outcome[]>
  readonly close: () => Promise<void>
}

/** Why runs could not be made, for whoever reads it on a terminal. */
export interface EngineFailure {
  readonly engineFailure: string
  readonly hint?: string
}
export const isEngineFailure = (error: unknown): error is EngineFailure =>
  typeof error === 'object' && error !== null && 'engineFailure' in error

/** A run that broke the model: wavetank is wrong. */
export interface BrokenRun {
  readonly brokenRun: string
  readonly point: number
  readonly number: number
}
export const isBrokenRun = (error: unknown): error is BrokenRun =>
  typeof error === 'object' && error !== null && 'brokenRun' in error
