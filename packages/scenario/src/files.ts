import type { Problem } from './codec.ts'

/** What there is at a path. */
export type FileStatus =
  | { readonly kind: 'file'; readonly bytes: number }
  | { readonly kind: 'folder' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly reason: string }

/**
 * Where files come from: a disk, an archive, the memory of a browser. Paths have forward slashes.
 *
 * Nothing throws: what cannot be read has a status that says so.
 */
export interface FileReader {
  readonly status: (path: string) => Promise<FileStatus>
  /** Only asked for files. */
  readonly read: (path: string) => Promise<Uint8Array | { readonly reason: string }>
  /** The names in a folder, files and folders, in any order. */
  readonly list: (path: string) => Promise<readonly string[]>
}

/** Larger files are refused before they are read. */
export const FILE_BYTES_MAX = 32 * 1024 * 1024

/** Files in memory, by path; folders are what the paths say. */
export const memoryFiles = (files: Readonly<Record<string, string | Uint8Array>>): FileReader => {
  const contents = new Map(
    Object.entries(files).map(([path, content]) => [
      normalizePath(path),
      typeof content === 'string' ? new TextEncoder().encode(content) : content,
    ]),
  )
  const inside = (folder: string, path: string): string | undefined =>
    folder === '.' ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined
  const list = (folder: string): readonly string[] => {
    const names = [...contents.keys()].flatMap((path) => inside(normalizePath(folder), path)?.split('/')[0] ?? [])
    return [...new Set(names)]
  }
  return {
    status: async (path) => {
      const content = contents.get(normalizePath(path))
      if (content !== undefined) return { kind: 'file', bytes: content.length }
      return { kind: list(path).length > 0 ? 'folder' : 'missing' }
    },
    read: async (path) => contents.get(normalizePath(path)) ?? { reason: 'no such file' },
    list: async (path) => list(path),
  }
}

/** Without `.`, empty steps, and `..` where it can be resolved. */
export const normalizePath = (path: string): string => {
  const steps: string[] = []
  for (const step of path.split('/')) {
    if (step === '' || step === '.') continue
    const last = steps[steps.length - 1]
    if (step === '..' && last !== undefined && last !== '..') steps.pop()
    else if (step !== '..' || !path.startsWith('/')) steps.push(step)
  }
  const joined = steps.join('/')
  return path.startsWith('/') ? `/${joined}` : joined === '' ? '.' : joined
}

/** A path as seen from the folder of another file. */
export const besideFile = (file: string, path: string): string => {
  if (path.startsWith('/')) return normalizePath(path)
  const slash = file.lastIndexOf('/')
  return normalizePath(slash < 0 ? path : `${file.slice(0, slash + 1)}${path}`)
}

/** The text of a file, or why it is none. */
export const decodeText = (bytes: Uint8Array): string | Problem => {
  if (bytes.includes(0))
    return { code: 'WT007', message: 'is not a text file', hint: 'manifests are YAML or JSON in UTF-8' }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return { code: 'WT007', message: 'is not UTF-8', hint: 'save it as UTF-8' }
  }
}

/** `33.6 MiB` */
export const formatMebibytes = (bytes: number): string => `${Math.ceil((bytes / 1024 / 1024) * 10) / 10} MiB`
