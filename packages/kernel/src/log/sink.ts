import { closeSync, openSync, writeSync } from 'node:fs'
import type { Either } from 'fp-ts/Either'
import { left, right } from 'fp-ts/Either'
import type { LogIssue } from './issue.ts'

/** Where the bytes of a log go. */
export interface LogSink {
  /** Takes all of `bytes` or throws; they are valid during the call only, as the writer reuses them. */
  readonly write: (bytes: Uint8Array) => void
  readonly close: () => void
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOSPC: ['the disk is full', 'make room, or write the log to another disk with --log PATH'],
  EDQUOT: ['the disk quota is used up', 'make room, or write the log to another disk with --log PATH'],
  EFBIG: ['the file is as large as it may become', 'raise the limit (ulimit -f), or end the run earlier with --until'],
  EPIPE: ['whatever read from the pipe has ended', 'write the log to a file, and read from that'],
  EACCES: ['permission denied', 'write the log to another place with --log PATH'],
  EPERM: ['permission denied', 'write the log to another place with --log PATH'],
  EROFS: ['the file system is read-only', 'write the log to another place with --log PATH'],
  ENOENT: ['the folder does not exist', 'create the folder first'],
  ENOTDIR: ['a part of the path is not a folder', 'check the path'],
  EISDIR: ['it is a folder', 'name a file inside it'],
  EMFILE: ['too many files are open', 'raise the limit (ulimit -n)'],
}

/** The issue for an error that a sink threw, or that opening a file threw. */
export const writeIssue = (error: unknown): LogIssue => {
  const code = codeOf(error)
  const known = REASONS[code]
  const reason = known?.[0] ?? (error instanceof Error ? error.message : String(error))
  return {
    code: 'WT315',
    severity: 'error',
    path: [],
    message: `the log cannot be written: ${reason}${known === undefined ? '' : ` (${code})`}`,
    hint: known?.[1] ?? 'write the log to another place with --log PATH',
  }
}

/** A sink that replaces the file at `path`, or writes to an open file descriptor, which stays open. */
export const createFileSink = (target: string | number): Either<LogIssue, LogSink> => {
  let file: number
  try {
    file = typeof target === 'number' ? target : openSync(target, 'w')
  } catch (error) {
    return left(writeIssue(error))
  }
  const pause = new Int32Array(new SharedArrayBuffer(4))
  return right({
    write: (bytes) => {
      let written = 0
      while (written < bytes.length) {
        try {
          written += writeSync(file, bytes, written, bytes.length - written)
        } catch (error) {
          // A pipe that the shell made non-blocking is only full for now.
          if (codeOf(error) !== 'EAGAIN') throw error
          Atomics.wait(pause, 0, 0, 1)
        }
      }
    },
    close: () => {
      if (typeof target === 'string') closeSync(file)
    },
  })
}

/** A sink that keeps what it is given. */
export interface MemorySink extends LogSink {
  /** All bytes so far, in one piece. */
  readonly bytes: () => Uint8Array
}

/** A sink in memory, for tests and for short runs. */
export const createMemorySink = (): MemorySink => {
  let bytes = new Uint8Array(4096)
  let length = 0
  return {
    write: (more) => {
      if (length + more.length > bytes.length) {
        const larger = new Uint8Array(Math.max(2 * bytes.length, length + more.length))
        larger.set(bytes.subarray(0, length))
        bytes = larger
      }
      bytes.set(more, length)
      length += more.length
    },
    close: () => {},
    bytes: () => bytes.slice(0, length),
  }
}

/** A sink that keeps nothing, for runs of which only the digest matters. */
export const createNullSink = (): LogSink => ({ write: () => {}, close: () => {} })
