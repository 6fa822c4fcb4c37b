import type { Entry } from '@wavetank/kernel'
import { subjectOf } from './subject.ts'

/** Which entries of a log are meant; all of them without any. */
export interface EntryFilter {
  /** Kinds of events. */
  readonly kinds?: ReadonlySet<string> | undefined
  /** The first instant, in milliseconds of the run. */
  readonly from?: number | undefined
  /** The object that they are about; any namespace if none is given. */
  readonly about?: { readonly kind: string; readonly namespace: string | undefined; readonly name: string } | undefined
}

export const isMeant = ({ at, event }: Entry, { kinds, from = 0, about }: EntryFilter): boolean => {
  if (at < from) return false
  if (kinds !== undefined && !kinds.has(event.kind)) return false
  if (about === undefined) return true
  const { kind, namespace, name } = subjectOf(event)
  return (
    name === about.name &&
    kind === about.kind &&
    (about.namespace === undefined || namespace === null || namespace === about.namespace)
  )
}

/** An entry as one line of JSON: as in the log, without the checksum. */
export const formatNdjson = ({ seq, at, cause, by, event }: Entry): string =>
  `${JSON.stringify({ seq, at, cause, by, ...event })}\n`
