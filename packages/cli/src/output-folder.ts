import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** A folder of files that appear together, or not at all. */
export interface OutputFolder {
  /** Where the files are written. */
  readonly draft: string
  /** Puts the files in their place. */
  readonly finish: () => void
  readonly abandon: () => void
}

class FolderTaken extends Error {
  readonly code = 'EEXIST'
  readonly syscall = 'mkdir'
}

/**
 * A folder to be filled; an earlier one of the same kind is replaced. Throws what the file system throws, and if the
 * folder has files that are not of that kind.
 *
 * @param names what may be in such a folder
 */
export const createOutputFolder = (path: string, names: readonly string[]): OutputFolder => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory() === false) throw new FolderTaken(`${path} is a file`)
  const old = found === undefined ? [] : readdirSync(path)
  const other = old.find((name) => !names.includes(name))
  if (other !== undefined) throw new FolderTaken(`it has ${other} in it`)
  const draft = `${path.replace(/[\\/]+$/, '')}.${process.pid}.tmp`
  mkdirSync(draft)
  return {
    draft,
    finish: () => {
      // The old folder is known to have nothing but an earlier export in it.
      if (found === undefined) return renameSync(draft, path)
      for (const name of old) rmSync(join(path, name), { force: true })
      for (const name of readdirSync(draft)) renameSync(join(draft, name), join(path, name))
      rmSync(draft, { recursive: true, force: true })
    },
    abandon: () => rmSync(draft, { recursive: true, force: true }),
  }
}
