import type { Entry, LogEnd, LogIssue } from '@wavetank/kernel'
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js'
import { catalogue } from '../bind-controllers.ts'
import type { Reading } from '../log.ts'
import type { LogFooter, LogHeader } from '../log-header.ts'

/** Whether two entries of two logs say the same, checksums apart. */
export const isSameEntry = (a: Entry, b: Entry): boolean =>
  a.at === b.at &&
  a.cause === b.cause &&
  a.by === b.by &&
  a.event.kind === b.event.kind &&
  catalogue.get(a.event.kind)!.encodeFields(a.event) === catalogue.get(b.event.kind)!.encodeFields(b.event)

/** Every entry, one after another. */
export function* entriesOf(reading: Reading): Generator<Entry> {
  for (const batch of reading.batches) yield* batch
}

export type Open = () => Either<LogIssue, Reading>

/** Where two logs part. */
export interface Divergence {
  readonly headers: readonly [LogHeader, LogHeader]
  /** Entries that both have, one by one the same. */
  readonly same: number
  /** The first that differ; absent where a log has ended. Both are absent if they have the same entries. */
  readonly entries: readonly [Entry | undefined, Entry | undefined]
  /** How they end; absent where they were not read to their end. */
  readonly ends: readonly [LogEnd<LogFooter> | undefined, LogEnd<LogFooter> | undefined]
}

/** Reads two logs side by side as far as they are the same. */
export const firstDivergence = (openA: Open, openB: Open): Either<LogIssue, Divergence> => {
  const a = openA()
  if (isLeft(a)) return a
  const b = openB()
  if (isLeft(b)) {
    a.right.close()
    return b
  }
  const [readA, readB] = [a.right, b.right]
  const [left, other] = [entriesOf(readA), entriesOf(readB)]
  let same = 0
  for (;;) {
    const one = left.next()
    const two = other.next()
    const entryA = one.done === true ? undefined : one.value
    const entryB = two.done === true ? undefined : two.value
    if (entryA !== undefined && entryB !== undefined && isSameEntry(entryA, entryB)) {
      same++
      continue
    }
    const isOver = entryA === undefined && entryB === undefined
    const ends = isOver ? ([readA.end(), readB.end()] as const) : ([undefined, undefined] as const)
    readA.close()
    readB.close()
    return right({ headers: [readA.header, readB.header], same, entries: [entryA, entryB], ends })
  }
}
