import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isLeft } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defineEvent, type Entry } from '../event.ts'
import { checkpointsPath, createCheckpointWriter, findCheckpoint, type LogPlace } from './checkpoints.ts'
import { readLog } from './reader.ts'
import { createFileSink } from './sink.ts'
import { createFileSource } from './source.ts'
import { createLogWriter } from './writer.ts'

const Counted = defineEvent('Counted', { doc: 'A number.', data: { number: t.number } })
const catalogue = new Map([[Counted.kind, Counted]])
const Header = t.type({ seed: t.number })
const Footer = t.type({ end: t.string })

let folder: string
let log: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wavetank-checkpoints-'))
  log = join(folder, 'run.ndjson')
})
afterEach(() => rmSync(folder, { recursive: true }))

const stateOf = (seq: number): Uint8Array => new TextEncoder().encode(`state after ${seq}`.repeat(20))

/** A log of a thousand entries, a second each, with a checkpoint after every hundred. */
const write = (seed = 1, build = 'b1'): void => {
  const sink = createFileSink(log)
  if (isLeft(sink)) throw new Error(sink.left.message)
  const writer = createLogWriter({ catalogue, header: { seed }, sink: sink.right })
  const checkpoints = createCheckpointWriter(checkpointsPath(log), build)
  for (let seq = 0; seq < 1000; seq++) {
    writer.append({ seq, at: seq * 1000, cause: null, by: 'test', event: Counted({ number: seq * seed }) })
    if (seq % 100 === 99) checkpoints.add({ place: writer.place(), state: stateOf(seq + 1) })
  }
  writer.finish({ end: 'horizon' })
  checkpoints.close()
}

const before =
  (at: number) =>
  (place: LogPlace): boolean =>
    place.at <= at

const found = (at: number, build = 'b1'): number | undefined => findCheckpoint(log, build, before(at))?.place.seq

const readFrom = (from: LogPlace | undefined) => {
  const source = createFileSource(log)
  if (isLeft(source)) throw new Error(source.left.message)
  const reading = readLog(source.right, { catalogue, header: Header, footer: Footer, from })
  if (isLeft(reading)) throw new Error(reading.left.message)
  const entries: Entry[] = [...reading.right.batches].flat()
  return { header: reading.right.header, entries, end: reading.right.end() }
}

describe('checkpoints beside a log', () => {
  it('the last one that is not later than the instant is found, with its state', () => {
    write()
    expect(found(98_999)).toBeUndefined()
    expect(found(99_000)).toBe(100)
    expect(found(555_000)).toBe(500)
    expect(found(Number.POSITIVE_INFINITY)).toBe(1000)
    expect(findCheckpoint(log, 'b1', before(555_000))?.state).toEqual(Buffer.from(stateOf(500)))
  })

  it('the log goes on from there as it does from its beginning', () => {
    write()
    const whole = readFrom(undefined)
    for (const at of [99_000, 555_000, Number.POSITIVE_INFINITY]) {
      const { place } = findCheckpoint(log, 'b1', before(at))!
      const rest = readFrom(place)
      expect(rest.header).toEqual({ seed: 1 })
      expect(rest.entries).toEqual(whole.entries.slice(place.seq))
      expect(rest.end).toEqual(whole.end)
    }
  })

  it('what is damaged behind the place is found at its line', () => {
    write()
    const { place } = findCheckpoint(log, 'b1', before(555_000))!
    writeFileSync(log, readFileSync(log, 'latin1').replace('"number":700', '"number":701'), 'latin1')
    const { entries, end } = readFrom(place)
    expect(entries).toHaveLength(200)
    expect(end).toMatchObject({ state: 'damaged', code: 'WT306', line: 702, recovered: 700 })
  })

  it('those of another build, another log or no log at all are not used', () => {
    write()
    expect(found(555_000, 'b2')).toBeUndefined()
    const own = readFileSync(checkpointsPath(log))
    write(2)
    writeFileSync(checkpointsPath(log), own)
    expect(found(555_000)).toBeUndefined()
    rmSync(log)
    expect(found(555_000)).toBeUndefined()
  })

  it('a log that is shorter than its checkpoints uses those that are in it', () => {
    write()
    const bytes = readFileSync(log)
    const { place } = findCheckpoint(log, 'b1', before(555_000))!
    writeFileSync(log, bytes.subarray(0, place.offset + 10))
    expect(found(Number.POSITIVE_INFINITY)).toBe(500)
    writeFileSync(log, bytes.subarray(0, place.offset - 1))
    expect(found(Number.POSITIVE_INFINITY)).toBe(400)
  })

  it('wherever their file is torn, what is whole is used, and never anything else', () => {
    write()
    const bytes = readFileSync(checkpointsPath(log))
    const usable = new Set<number | undefined>()
    for (let length = 0; length < bytes.length; length += 13) {
      writeFileSync(checkpointsPath(log), bytes.subarray(0, length))
      const checkpoint = findCheckpoint(log, 'b1', before(Number.POSITIVE_INFINITY))
      if (checkpoint !== undefined) expect(checkpoint.state).toEqual(Buffer.from(stateOf(checkpoint.place.seq)))
      usable.add(checkpoint?.place.seq)
    }
    expect([...usable]).toEqual([undefined, 100, 200, 300, 400, 500, 600, 700, 800, 900])
  })

  it('a state with a changed byte is passed over', () => {
    write()
    const text = readFileSync(checkpointsPath(log), 'latin1')
    writeFileSync(checkpointsPath(log), text.replace('state after 1000', 'state after 1001'), 'latin1')
    expect(found(Number.POSITIVE_INFINITY)).toBe(900)
  })

  it('those of an earlier run go when a new one begins, and none are made without a state', () => {
    write()
    createCheckpointWriter(checkpointsPath(log), 'b1').close()
    expect(existsSync(checkpointsPath(log))).toBe(false)
  })

  it('what cannot be written is left out, and nothing of it stays', () => {
    const writer = createCheckpointWriter(join(folder, 'missing', 'x.checkpoints'), 'b1')
    const place = { seq: 1, at: 0, offset: 10, crc: 0 }
    expect(() => writer.add({ place, state: stateOf(1) })).not.toThrow()
    expect(() => writer.close()).not.toThrow()
    expect(existsSync(join(folder, 'missing'))).toBe(false)
  })
})
