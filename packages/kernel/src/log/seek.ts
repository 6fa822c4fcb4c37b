import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import type { Either } from 'fp-ts/Either'
import { left, right } from 'fp-ts/Either'
import type { LogIssue } from './issue.ts'
import { readIssue } from './source.ts'

/** A file of which any part can be read. */
export interface LogFile {
  readonly size: number
  /** Fills `into` from its start with what is at `position`, as far as it can, and says how many bytes that were. May throw. */
  readonly readAt: (into: Uint8Array, position: number) => number
  readonly close: () => void
}

/** The file at `path`, as large as it is now. */
export const openLogFile = (path: string): Either<LogIssue, LogFile> => {
  try {
    const file = openSync(path, 'r')
    return right({
      size: fstatSync(file).size,
      readAt: (into, position) => readSync(file, into, 0, into.length, position),
      close: () => closeSync(file),
    })
  } catch (error) {
    return left(readIssue(error))
  }
}

const BLOCK_BYTES = 1024
const LINE_FEED = 10
/** How every entry starts. */
const ENTRY = /^\{"seq":\d+,"at":(\d+),/

/**
 * Where the line of the first entry later than `at` starts; if there is none, where the footer or, without one, the last
 * line that is torn or the end of the file is.
 *
 * Looks at some thirty places in the file rather than at all lines, so it checks nothing: in a log that is damaged, the
 * place is that of some line. May throw what `readAt` throws.
 */
export const findLaterThan = (file: LogFile, at: number): number => {
  const block = Buffer.alloc(BLOCK_BYTES)

  /** Where the first line starts that starts at `position` or later. */
  const lineFrom = (position: number): number => {
    if (position === 0) return 0
    for (let from = position - 1; from < file.size; from += BLOCK_BYTES) {
      const read = file.readAt(block, from)
      if (read === 0) break
      const found = block.subarray(0, read).indexOf(LINE_FEED)
      if (found >= 0) return from + found + 1
    }
    return file.size
  }

  const isLater = (line: number): boolean => {
    const read = file.readAt(block, line)
    const time = ENTRY.exec(block.toString('latin1', 0, Math.min(read, 64)))?.[1]
    return time === undefined || Number(time) > at
  }

  let low = lineFrom(1)
  let high = file.size
  while (low < high) {
    const middle = low + Math.floor((high - low) / 2)
    if (isLater(lineFrom(middle))) high = middle
    else low = middle + 1
  }
  return lineFrom(low)
}
