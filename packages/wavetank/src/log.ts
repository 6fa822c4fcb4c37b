import { type ClusterView, createClusterStore } from '@wavetank/cluster'
import {
  createFileSource,
  createFolds,
  type Entry,
  type LogEnd,
  type LogIssue,
  type LogPlace,
  type LogReading,
  type LogSource,
  readLog,
} from '@wavetank/kernel'
import { chain, type Either, map } from 'fp-ts/lib/Either.js'
import { bindControllers, type ControllerSettings, catalogue } from './bind-controllers.ts'
import { keptState } from './checkpoints.ts'
import { LogFooter, LogHeader } from './log-header.ts'

export type Reading = LogReading<LogHeader, LogFooter>

/** Opens the log of a run. Its entries come in batches, checked and decoded; nothing is held in memory. */
export const openLog = (source: LogSource, from?: LogPlace): Either<LogIssue, Reading> =>
  readLog(source, { catalogue, header: LogHeader, footer: LogFooter, from })

export const openLogFile = (path: string): Either<LogIssue, Reading> =>
  chain((source: LogSource) => openLog(source))(createFileSource(path))

/** A cluster as it was at some instant of a run. */
export interface ViewAt {
  readonly header: LogHeader
  readonly view: ClusterView
  /** Entries that count. */
  readonly entries: number
  /** The instant of the last of them. */
  readonly at: number
  /** How the log ends; absent if it was not read to its end. */
  readonly end: LogEnd<LogFooter> | undefined
}

/** The same with the memory of the controllers, by name. */
export interface StateAt extends ViewAt {
  readonly slices: Readonly<Record<string, unknown>>
}

/** The last instant that counts, in milliseconds, or the last entry. */
export type Until = number | { readonly seq: number }

type Apply = (entry: Entry) => void

/** Applies the entries of a log up to an instant. */
const readUntil = (
  reading: Reading,
  until: Until,
  from: Pick<LogPlace, 'seq' | 'at'>,
  apply: Apply,
): Omit<ViewAt, 'view'> => {
  const isLater = (entry: Entry): boolean => (typeof until === 'number' ? entry.at > until : entry.seq > until.seq)
  let entries = from.seq
  let { at } = from
  let over = false
  for (const batch of reading.batches) {
    for (const entry of batch) {
      if (isLater(entry)) {
        over = true
        break
      }
      apply(entry)
      entries++
      at = entry.at
    }
    if (over) break
  }
  const end = over ? undefined : reading.end()
  reading.close()
  return { header: reading.header, entries, at, end }
}

const BEGINNING = { seq: 0, at: 0 }

/**
 * Rebuilds the cluster as it was at `until`, from the log alone.
 *
 * @param until the end of the log by default
 * @param onEntry told of every entry once it has been applied
 */
export const stateAt = (
  reading: Reading,
  until: Until = Number.POSITIVE_INFINITY,
  onEntry?: (entry: Entry, view: ClusterView) => void,
): StateAt => {
  const model = createClusterStore()
  const folds = createFolds(model, bindControllers(reading.header as ControllerSettings))
  const read = readUntil(reading, until, BEGINNING, (entry) => {
    folds.apply(entry)
    onEntry?.(entry, model.view)
  })
  return { ...read, view: model.view, slices: folds.slices }
}

/**
 * The cluster as it was at `until`, from the last checkpoint before it and what the log has from there; from the log
 * alone if there is none.
 *
 * @param until milliseconds of the run; the end of the log by default
 * @param build what runs: checkpoints of another build are not read
 */
export const viewAt = (
  path: string,
  build: string,
  until: number = Number.POSITIVE_INFINITY,
): Either<LogIssue, ViewAt> => {
  const { place, model } = keptState(path, build, until) ?? { place: undefined, model: createClusterStore() }
  return map((reading: Reading) => ({
    ...readUntil(reading, until, place ?? BEGINNING, model.apply),
    view: model.view,
  }))(chain((source: LogSource) => openLog(source, place))(createFileSource(path)))
}

/** Who looks at a cluster as its log goes on. */
export interface Watcher {
  /** The cluster at the first instant. */
  readonly start: (view: ClusterView, at: number) => void
  /** The cluster after an instant in which something happened. */
  readonly changed: (view: ClusterView, at: number) => void
}

/**
 * Shows the cluster at an instant, and then after every later one in which something happened.
 *
 * @param from milliseconds of the run
 * @param until the last instant; the end of the log by default
 */
export const watchView = (
  path: string,
  build: string,
  from: number,
  watcher: Watcher,
  until: number = Number.POSITIVE_INFINITY,
): Either<LogIssue, ViewAt> => {
  const { place, model } = keptState(path, build, from) ?? { place: undefined, model: createClusterStore() }
  let at = place?.at ?? 0
  let hasStarted = false
  const instantIsOver = (): void => {
    if (hasStarted) watcher.changed(model.view, at)
    else watcher.start(model.view, from)
    hasStarted = true
  }
  return map((reading: Reading) => {
    const read = readUntil(reading, until, place ?? BEGINNING, (entry) => {
      if (entry.at > at && (hasStarted || entry.at > from)) instantIsOver()
      at = entry.at
      model.apply(entry)
    })
    instantIsOver()
    return { ...read, view: model.view }
  })(chain((source: LogSource) => openLog(source, place))(createFileSource(path)))
}
