import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join, relative } from 'node:path'

/** The folder, beside the working directory's own files, in which runs are kept. */
export const RUNS_FOLDER = '.wavetank'
const LAST = join(RUNS_FOLDER, 'last')

const safe = (name: string): string => name.replaceAll(/[^A-Za-z0-9._-]+/g, '-')

/** Where the log of a run goes if nobody says where. */
export const defaultLogPath = (name: string, seed: number): string => join(RUNS_FOLDER, `${safe(name)}-${seed}.ndjson`)

/** Makes the folder of a log, and remembers the log as the last run of this folder. */
export const prepareLog = (path: string): void => {
  mkdirSync(dirname(path), { recursive: true })
}

export const rememberLog = (path: string): void => {
  mkdirSync(RUNS_FOLDER, { recursive: true })
  writeFileSync(LAST, `${isAbsolute(path) ? path : relative('.', path)}\n`)
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
