import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { expect, it } from 'vitest'
import { defineEvent } from '../event.ts'
import { findLaterThan, type LogFile, openLogFile } from './seek.ts'
import { createMemorySink } from './sink.ts'
import { createLogWriter } from './writer.ts'

const Said = defineEvent('Said', { doc: 'Something was said.', data: { text: t.string } })

const logOf = (drafts: readonly { readonly later: number; readonly length: number }[]): Buffer => {
  const sink = createMemorySink()
  const writer = createLogWriter({ catalogue: new Map([['Said', Said]]), header: { seed: 1 }, sink })
  let at = 0
  drafts.forEach(({ later, length }, seq) => {
    at += later
    writer.append({ seq, at, cause: null, by: 'kubelet', event: Said({ text: 'x'.repeat(length) }) })
  })
  writer.finish({ end: 'horizon' })
  return Buffer.from(sink.bytes())
}

const fileOf = (bytes: Uint8Array): LogFile => ({
  size: bytes.length,
  readAt: (into, position) => {
    const part = bytes.subarray(position, position + into.length)
    into.set(part)
    return part.length
  },
  close: () => {},
})

/** The same, by looking at every line. */
const findSlowly = (bytes: Buffer, at: number): number => {
  let offset = 0
  for (const line of bytes.toString().split(/(?<=\n)/)) {
    if (offset > 0) {
      const entry: { readonly at: number; readonly end?: string } = JSON.parse(line)
      if (entry.end !== undefined || entry.at > at) break
    }
    offset += line.length
  }
  return offset
}

const drafts = fc.array(
  fc.record({ later: fc.nat(3), length: fc.oneof(fc.nat(20), fc.constantFrom(900, 1024, 5000)) }),
  { maxLength: 40 },
)

it('finds the line that a look at every line finds', () => {
  fc.assert(
    fc.property(drafts, fc.integer({ min: -1, max: 130 }), (given, at) => {
      const bytes = logOf(given)
      expect(findLaterThan(fileOf(bytes), at)).toBe(findSlowly(bytes, at))
    }),
    { numRuns: 500 },
  )
})

it('gives the end of a log that was cut there, and the last line of one that is torn', () => {
  const bytes = logOf([
    { later: 1, length: 3 },
    { later: 1, length: 3 },
  ])
  const footer = bytes.lastIndexOf('{"end"')
  expect(findLaterThan(fileOf(bytes.subarray(0, footer)), 2)).toBe(footer)
  expect(findLaterThan(fileOf(bytes.subarray(0, footer + 3)), 2)).toBe(footer)
})

it('looks at few places of a large file', () => {
  const bytes = logOf(Array.from({ length: 20_000 }, () => ({ later: 1, length: 50 })))
  const file = fileOf(bytes)
  let reads = 0
  const offset = findLaterThan(
    {
      ...file,
      readAt: (into, position) => {
        reads++
        return file.readAt(into, position)
      },
    },
    12_345,
  )
  expect(bytes.toString('latin1', offset, offset + 24)).toBe('{"seq":12345,"at":12346,')
  expect(reads).toBeLessThan(60)
})

it('reads a file, and refuses one that is not there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wavetank-seek-'))
  try {
    const path = join(folder, 'log.ndjson')
    const bytes = logOf([{ later: 5, length: 1 }])
    writeFileSync(path, bytes)
    const file = openLogFile(path)
    if (E.isLeft(file)) throw new Error(file.left.message)
    expect(findLaterThan(file.right, 4)).toBe(findSlowly(bytes, 4))
    file.right.close()
    expect(openLogFile(join(folder, 'none'))).toMatchObject(E.left({ code: 'WT314' }))
  } finally {
    rmSync(folder, { recursive: true })
  }
})
