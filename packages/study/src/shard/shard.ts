import type { Study } from '../file/load-study.ts'
import type { IsOwn } from '../run/run-study.ts'

/**
 * One of several equal parts of a study, made by whoever is told its number and nothing else.
 *
 * Where every point gets a number of runs that is known, runs are dealt out one by one. Where intervals decide how many,
 * whole points are: only who knows all runs of a point knows whether there have to be more.
 */
export interface Shard {
  /** From 0, as JOB_COMPLETION_INDEX of an Indexed Job. */
  readonly index: number
  readonly count: number
}

export const formatShard = ({ index, count }: Shard): string => `${index}/${count}`

/** The runs of a study that are a shard's. */
export const runsOfShard = ({ points, replications }: Pick<Study, 'points' | 'replications'>, shard: Shard): IsOwn =>
  replications.until.length > 0
    ? (point) => point % shard.count === shard.index
    : (point, number) => (number * points.length + point) % shard.count === shard.index
