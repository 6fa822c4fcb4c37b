import { type ClusterView, createClusterStore } from '@wavetank/cluster'
import {
  createFileSource,
  createFolds,
  type Entry,
  type LogEnd,
  type LogIssue,
  type LogReading,
  type LogSource,
  readLog,
} from '@wavetank/kernel'
import { chain, type Either } from 'fp-ts/lib/Either.js'
import { bindControllers, type ControllerSettings, catalogue } from './bind-controllers.ts'
import { LogFooter, LogHeader } from './log-header.ts'

export type Reading = LogReading<LogHeader, LogFooter>

/** Opens the log of a run. Its entries come in batches, checked and decoded; nothing is held in memory. */
export const openLog = (source: LogSource): Either<LogIssue, Reading> =>
  readLog(source, { catalogue, header: LogHeader, footer: LogFooter })

export const openLogFile = (path: string): Either<LogIssue, Reading> => chain(openLog)(createFileSource(path))

/** A cluster as it was at some instant of a run. */
export interface StateAt {
  readonly header: LogHeader
  readonly view: ClusterView
  /** The memory of the controllers, by name. */
  readonly slices: Readonly<Record<string, unknown>>
  /** Entries that count. */
  readonly entries: number
  /** The instant of the last of them. */
  readonly at: number
  /** How the log ends; absent if it was not read to its end. */
  readonly end: LogEnd<LogFooter> | undefined
}

/**
 * Rebuilds the cluster as it was at `until`, from the log alone.
 *
 * @param until the last instant that counts, in milliseconds, or the last entry; the end of the log by default
 * @param onEntry told of every entry once it has been applied
 */
export const stateAt = (
  reading: Reading,
  until: number | { readonly seq: number } = Number.POSITIVE_INFINITY,
  onEntry?: (entry: Entry, view: ClusterView) => void,
): StateAt => {
  const model = createClusterStore()
  const isLater = (entry: Entry): boolean => (typeof until === 'number' ? entry.at > until : entry.seq > until.seq)
  const folds = createFolds(model, bindControllers(reading.header as ControllerSettings))
  let entries = 0
  let at = 0
  let over = false
  for (const batch of reading.batches) {
    for (const entry of batch) {
      if (isLater(entry)) {
        over = true
        break
      }
      folds.apply(entry)
      onEntry?.(entry, model.view)
      entries++
      at = entry.at
    }
    if (over) break
  }
  const end = over ? undefined : reading.end()
  reading.close()
  return { header: reading.header, view: model.view, slices: folds.slices, entries, at, end }
}
