const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOENT: ['the folder does not exist', 'create the folder first'],
  ENOTDIR: ['a part of the path is not a folder', 'check the path'],
  EISDIR: ['it is a folder', 'name a file inside it'],
  EACCES: ['permission denied', 'name another place with -o PATH'],
  EPERM: ['permission denied', 'name another place with -o PATH'],
  EROFS: ['the file system is read-only', 'name another place with -o PATH'],
  ENOSPC: ['the disk is full', 'make room, or name another disk with -o PATH'],
  EDQUOT: ['the disk quota is used up', 'make room, or name another disk with -o PATH'],
  EFBIG: ['the file is as large as it may become', 'raise the limit (ulimit -f)'],
  EMFILE: ['too many files are open', 'raise the limit (ulimit -n)'],
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : ''

/** Whether the file system said no, as opposed to wavetank being wrong. */
export const isFileError = (error: unknown): boolean =>
  error instanceof Error && 'syscall' in error && codeOf(error) !== ''

/** `error: out/x.json cannot be written: the disk is full (ENOSPC)`, with what to do. */
export const formatFileError = (path: string, error: unknown): string => {
  const code = codeOf(error)
  const [reason, hint] = REASONS[code] ?? [(error as Error).message, 'name another place with -o PATH']
  return `error: ${path} cannot be written: ${reason}${REASONS[code] === undefined ? '' : ` (${code})`}\n    ${hint}\n`
}
