import { closeSync, openSync, readSync } from 'node:fs'
import type { Either } from 'fp-ts/Either'
import { left, right } from 'fp-ts/Either'
import type { LogIssue } from './issue.ts'

/** Where the bytes of a log come from. */
export interface LogSource {
  /** Fills `into` from its start, as far as it can, and says how many bytes there are now; 0 at the end. May throw. */
  readonly read: (into: Uint8Array) => number
  /** Goes on from there; absent where that is not possible, as in a pipe. */
  readonly seek?: (offset: number) => void
  readonly close: () => void
}

const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOENT: ['there is no such file', 'check the path, or run a scenario first'],
  EISDIR: ['it is a folder', 'name a file inside it'],
  ENOTDIR: ['a part of the path is not a folder', 'check the path'],
  EACCES: ['permission denied', 'check the permissions of the file'],
}

/** The issue for an error that opening or reading a log threw. */
export const readIssue = (error: unknown): LogIssue => {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''
  const known = REASONS[code]
  const reason = known?.[0] ?? (error instanceof Error ? error.message : String(error))
  return {
    code: 'WT314',
    severity: 'error',
    path: [],
    message: `the log cannot be read: ${reason}${known === undefined ? '' : ` (${code})`}`,
    hint: known?.[1] ?? 'copy the file to another disk and try again',
  }
}

/** A source that reads a file, or an open file descriptor, which stays open. */
export const createFileSource = (target: string | number): Either<LogIssue, LogSource> => {
  let file: number
  try {
    file = typeof target === 'number' ? target : openSync(target, 'r')
  } catch (error) {
    return left(readIssue(error))
  }
  if (typeof target === 'number')
    return right({ read: (into) => readSync(file, into, 0, into.length, null), close: () => {} })
  let from: number | null = null
  return right({
    read: (into) => {
      const count = readSync(file, into, 0, into.length, from)
      if (from !== null) from += count
      return count
    },
    seek: (offset) => {
      from = offset
    },
    close: () => closeSync(file),
  })
}

/** A source that reads bytes in memory. */
export const createMemorySource = (bytes: Uint8Array): LogSource => {
  let position = 0
  return {
    read: (into) => {
      const count = Math.min(into.length, bytes.length - position)
      into.set(bytes.subarray(position, position + count))
      position += count
      return count
    },
    seek: (offset) => {
      position = offset
    },
    close: () => {},
  }
}
