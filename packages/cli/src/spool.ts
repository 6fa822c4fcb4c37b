import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Texts by number, in temporary files once they are long. */
export interface TextSpool {
  readonly append: (number: number, text: string) => void
  /** All that was appended, piece by piece; pieces end anywhere. */
  readonly textOf: (number: number) => Generator<string>
  readonly remove: () => void
}

const BUFFER_CHARS = 64 * 1024
const CHUNK_BYTES = 1024 * 1024

/** Its functions throw what the file system throws. */
export const createTextSpool = (): TextSpool => {
  let folder: string | undefined
  const buffers = new Map<number, string>()
  const files = new Map<number, number>()
  const flush = (number: number, text: string): void => {
    let file = files.get(number)
    if (file === undefined) {
      folder ??= mkdtempSync(join(tmpdir(), 'wavetank-spool-'))
      file = openSync(join(folder, String(number)), 'w+')
      files.set(number, file)
    }
    const bytes = Buffer.from(text)
    let written = 0
    while (written < bytes.length) written += writeSync(file, bytes, written)
    buffers.set(number, '')
  }
  return {
    append: (number, text) => {
      const buffer = (buffers.get(number) ?? '') + text
      if (buffer.length > BUFFER_CHARS) flush(number, buffer)
      else buffers.set(number, buffer)
    },
    textOf: function* (number) {
      const file = files.get(number)
      if (file !== undefined) {
        const decoder = new TextDecoder()
        const chunk = Buffer.alloc(CHUNK_BYTES)
        for (let position = 0; ; ) {
          const read = readSync(file, chunk, 0, CHUNK_BYTES, position)
          if (read === 0) break
          position += read
          yield decoder.decode(chunk.subarray(0, read), { stream: true })
        }
      }
      const rest = buffers.get(number) ?? ''
      if (rest !== '') yield rest
    },
    remove: () => {
      for (const file of files.values()) closeSync(file)
      files.clear()
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}
