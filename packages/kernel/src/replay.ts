import { type BoundController, createFolds, type Folds, type Model } from './controller.ts'
import type { Entry } from './event.ts'

/**
 * Rebuilds the state that a run had, from its entries alone: the folds run, nobody reacts.
 *
 * @param until the last instant that counts, in milliseconds; everything by default
 * @returns the memory of the controllers; the model is written in place
 */
export const replay = <View>(
  entries: Iterable<Entry>,
  model: Model<View>,
  controllers: readonly BoundController<View>[],
  until: number = Number.POSITIVE_INFINITY,
): Folds['slices'] => {
  const folds = createFolds(model, controllers)
  for (const entry of entries) {
    if (entry.at > until) break
    folds.apply(entry)
  }
  return folds.slices
}
