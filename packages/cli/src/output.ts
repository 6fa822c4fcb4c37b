import { closeSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { LOG_MAGIC } from '@wavetank/kernel'
import type { Terminal } from './terminal.ts'

/** Where the text that a command makes goes: all of it, or nothing. */
export interface Output {
  readonly write: (text: string) => void
  readonly finish: () => void
  /** Takes back what was written, where that is possible. */
  readonly abandon: () => void
}

const BUFFER_CHARS = 256 * 1024

const writeAll = (file: number, text: string): void => {
  const bytes = Buffer.from(text)
  let written = 0
  while (written < bytes.length) written += writeSync(file, bytes, written)
}

class LogInTheWay extends Error {
  readonly code = 'EEXIST'
  readonly syscall = 'open'
}

const isLog = (path: string): boolean => {
  const start = Buffer.alloc(LOG_MAGIC.length)
  const file = openSync(path, 'r')
  readSync(file, start, 0, start.length, 0)
  closeSync(file)
  return start.toString('latin1') === LOG_MAGIC
}

/** Under another name until it is whole, so that nobody ever finds half a file; a device is written to as it is. */
const createFile = (path: string): Output => {
  const found = statSync(path, { throwIfNoEntry: false })
  const inPlace = found !== undefined && !found.isFile()
  if (found?.isFile() === true && isLog(path)) throw new LogInTheWay('it is a log, which would be lost')
  const draft = inPlace ? path : `${path}.${process.pid}.tmp`
  const file = openSync(draft, 'w')
  let buffer = ''
  let isOpen = true
  const flush = (): void => {
    writeAll(file, buffer)
    buffer = ''
  }
  const close = (): void => {
    if (isOpen) closeSync(file)
    isOpen = false
  }
  return {
    write: (text) => {
      buffer += text
      if (buffer.length > BUFFER_CHARS) flush()
    },
    finish: () => {
      flush()
      close()
      if (!inPlace) renameSync(draft, path)
    },
    abandon: () => {
      close()
      if (!inPlace) rmSync(draft, { force: true })
    },
  }
}

const toTerminal = (terminal: Terminal): Output => {
  let buffer = ''
  return {
    write: (text) => {
      buffer += text
      if (buffer.length < BUFFER_CHARS) return
      terminal.out(buffer)
      buffer = ''
    },
    finish: () => {
      if (buffer !== '') terminal.out(buffer)
    },
    abandon: () => {},
  }
}

/** Standard output for `-` or without a path. Throws what the file system throws. */
export const createOutput = (terminal: Terminal, path: string | undefined): Output =>
  path === undefined || path === '-' ? toTerminal(terminal) : createFile(path)
