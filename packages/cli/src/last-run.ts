import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { LOG_MAGIC } from '@wavetank/kernel'

/** The folder, beside the working directory's own files, in which runs are kept. */
export const RUNS_FOLDER = '.wavetank'
const LAST = join(RUNS_FOLDER, 'last')

/** A name as a part of a path. */
export const safeName = (name: string): string => name.replaceAll(/[^A-Za-z0-9._-]+/g, '-')

/** Where the log of a run goes if nobody says where. */
export const defaultLogPath = (name: string, seed: number): string =>
  join(RUNS_FOLDER, `${safeName(name)}-${seed}.ndjson`)

/** One folder after another: `recursive: true` of Node 20 never comes back from below /proc. */
export const makeFolder = (path: string): void => {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path)
}

/** Whether the file can be replaced by a log: it is one, or nothing is in it, or it is no file at all but a device. */
const isReplaceable = (path: string): boolean => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined || !found.isFile() || found.size === 0) return true
  const start = Buffer.alloc(LOG_MAGIC.length)
  const file = openSync(path, 'r')
  readSync(file, start, 0, start.length, 0)
  closeSync(file)
  return start.toString('latin1') === LOG_MAGIC
}

/** Whether a log is a file on a disk, and not a device or a pipe. */
export const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() === true

/** Makes the folder of a log; what stands in the way, if anything. */
export const prepareLog = (path: string): string | undefined => {
  try {
    makeFolder(dirname(resolve(path)))
    return isReplaceable(path) ? undefined : `${path} is there, and it is not a log: it would be lost`
  } catch (error) {
    return `cannot write the log ${path}: ${(error as Error).message}`
  }
}

/** Remembers the log as the last run of this folder, where it can. */
export const rememberLog = (path: string): void => {
  try {
    makeFolder(resolve(RUNS_FOLDER))
    writeFileSync(LAST, `${isAbsolute(path) ? path : relative('.', path)}\n`)
  } catch {
    // A folder that cannot be written to has no last run; the log itself is elsewhere.
  }
}

/** The log of the last run of this folder, if there was one. */
export const lastLog = (): string | undefined => {
  try {
    const path = readFileSync(LAST, 'utf8').trim()
    return path === '' ? undefined : path
  } catch {
    return undefined
  }
}
