import type { Millis } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import type { Measure } from './measures/measure.ts'
import type { Price } from './measures/price.ts'

/** The value of one axis at one point. */
export interface Level {
  readonly axis: string
  /** As the study file has it: what tables and commands show. */
  readonly value: string | number | boolean
}

/**
 * One combination of levels (design of experiments: a *design point*), ready to be run: plain data that survives JSON, so
 * that any worker on any machine can run it.
 */
export interface DesignPoint {
  /** Of the study: what outcomes refer to. From 0, in the order of the axes, the last one fastest. */
  readonly index: number
  readonly levels: readonly Level[]
  /** The seed is each replication's own. */
  readonly scenario: Scenario
  /** What is measured begins here; milliseconds of the run. */
  readonly warmup: Millis
  readonly measures: readonly Measure[]
  /** What `cost` goes by. */
  readonly prices: readonly Price[]
}

/** One run of one point. Equal numbers have equal seeds at every point: common random numbers. */
export interface Replication {
  readonly point: number
  /** From 0. */
  readonly number: number
  readonly seed: number
}

/** What one run came to. */
export interface Outcome extends Replication {
  /** By the name of the measure; `null` where the run has no answer: the time to recover of what never failed. */
  readonly responses: Readonly<Record<string, number | null>>
  /** By the name of the expectation. */
  readonly expectations: Readonly<Record<string, 'met' | 'failed'>>
  readonly entries: number
  /** Anything but `horizon` and `quiet` is a run that could not be finished. */
  readonly end: 'horizon' | 'quiet' | 'stopped' | 'budget' | 'loop'
}
