import { readdir, readFile, stat } from 'node:fs/promises'
import type { FileReader } from './files.ts'

const reasonOf = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied'
  return error instanceof Error ? error.message : String(error)
}

/** The files of this machine. */
export const nodeFiles: FileReader = {
  status: async (path) => {
    try {
      const found = await stat(path)
      if (found.isDirectory()) return { kind: 'folder' }
      if (found.isFile()) return { kind: 'file', bytes: found.size }
      return { kind: 'unreadable', reason: 'it is neither a file nor a folder' }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      return code === 'ENOENT' || code === 'ENOTDIR'
        ? { kind: 'missing' }
        : { kind: 'unreadable', reason: reasonOf(error) }
    }
  },
  read: async (path) => {
    try {
      return await readFile(path)
    } catch (error) {
      return { reason: reasonOf(error) }
    }
  },
  list: async (path) => {
    try {
      return await readdir(path)
    } catch {
      return []
    }
  },
}
