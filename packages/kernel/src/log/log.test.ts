import { createHash } from 'node:crypto'
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import * as E from 'fp-ts/Either'
import * as t from 'io-ts'
import { describe, expect, it } from 'vitest'
import { defineEvent, type Entry, id, optional, type SimEvent } from '../event.ts'
import { crc32 } from './crc.ts'
import type { LogCatalogue, LoggedKind } from './format.ts'
import { LOG_ISSUES, type LogIssue } from './issue.ts'
import { issueOfEnd, type LogEnd, readLog } from './reader.ts'
import { createFileSink, createMemorySink, createNullSink, type LogSink } from './sink.ts'
import { createFileSource, createMemorySource, type LogSource } from './source.ts'
import { createLogWriter, isLogWriteError } from './writer.ts'

const Started = defineEvent('Started', { doc: 'Something started.', data: { pod: id('PodKey'), attempt: t.number } })
const Said = defineEvent('Said', {
  doc: 'Something was said.',
  data: {
    text: t.string,
    words: optional(t.array(t.string)),
    loud: optional(t.boolean),
    more: optional(t.UnknownRecord),
  },
})
const Ended = defineEvent('Ended', { doc: 'Nothing more to say.', data: {} })
const catalogueOf = (...definitions: readonly LoggedKind[]): LogCatalogue =>
  new Map(definitions.map((definition) => [definition.kind, definition]))
const catalogue = catalogueOf(Started, Said, Ended)

const Header = t.type({ kubernetes: t.string, seed: t.number })
const Footer = t.type({ end: t.string })
const options = { catalogue, header: Header, footer: Footer }
const header = { kubernetes: '1.34', seed: 7 }

const small: readonly Entry[] = [
  { seq: 0, at: 0, cause: null, by: 'scenario', event: Started({ pod: 'shop/cart', attempt: 1 }) },
  { seq: 1, at: 5, cause: 0, by: 'kubelet', event: Said({ text: 'grüß "dich"\n', words: ['a', 'b'], loud: true }) },
  { seq: 2, at: 5, cause: 0, by: 'kubelet', event: Said({ text: 'plain', more: { list: [1, { deep: null }] } }) },
  { seq: 3, at: 90_000, cause: 2, by: 'kubelet', event: Ended({}) },
]

const write = (entries: readonly Entry[], sink = createMemorySink()): { bytes: Buffer; digest: string } => {
  const writer = createLogWriter({ catalogue, header, sink })
  for (const entry of entries) writer.append(entry)
  const digest = writer.finish({ end: 'horizon' })
  return { bytes: Buffer.from(sink.bytes()), digest }
}

interface Whole {
  readonly header: unknown
  readonly entries: readonly Entry[]
  readonly end: LogEnd
}

const readFrom = (source: LogSource, given = options): E.Either<LogIssue, Whole> =>
  E.map(({ header, batches, end }: { header: unknown; batches: Iterable<readonly Entry[]>; end: () => LogEnd }) => ({
    header,
    entries: [...batches].flat(),
    end: end(),
  }))(readLog(source, given))

const read = (bytes: Uint8Array | string, given = options): E.Either<LogIssue, Whole> =>
  readFrom(createMemorySource(typeof bytes === 'string' ? Buffer.from(bytes) : bytes), given)

const wholeOf = <T>(either: E.Either<LogIssue, T>): T => {
  if (E.isLeft(either)) throw new Error(either.left.message)
  return either.right
}

/** The end of a log that is not complete. */
const troubleOf = (bytes: Uint8Array | string, given = options): Exclude<LogEnd, { state: 'complete' }> => {
  const { end } = wholeOf(read(bytes, given))
  if (end.state === 'complete') throw new Error('the log is complete')
  return end
}

/** Lines as a log, with checksums and digest as they should be: what a careful forger makes. */
const seal = (bodies: readonly string[]): string => {
  let crc = 0
  let text = ''
  for (const body of bodies) {
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`
    const bytes = new Uint8Array(Buffer.from(body.replace('DIGEST', digest)))
    crc = crc32(new DataView(bytes.buffer), 0, bytes.length, crc)
    text += `${Buffer.from(bytes).toString()},"crc":"${(crc >>> 0).toString(16).padStart(8, '0')}"}\n`
  }
  return text
}

const HEAD = '{"wavetank":"log","format":1,"kubernetes":"1.34","seed":7'
const ENTRY = '{"seq":0,"at":5,"cause":null,"by":"kubelet","kind":"Ended"'
const FOOT = '{"end":"horizon","entries":1,"at":5,"digest":"DIGEST"'

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }),
)
const plain = fc.stringMatching(/^[ !#-[\]-~]*$/)
const event: fc.Arbitrary<SimEvent> = fc.oneof(
  fc
    .record({ pod: plain, attempt: fc.oneof(fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true })) })
    .map((data) => Started({ ...data, attempt: data.attempt === 0 ? 0 : data.attempt })),
  fc
    .record(
      {
        text,
        words: fc.array(text, { maxLength: 4 }),
        loud: fc.boolean(),
        more: fc.dictionary(text, fc.oneof(fc.nat(), text, fc.constant(null))),
      },
      { requiredKeys: ['text'] },
    )
    .map((data) => Said(data)),
  fc.constant(Ended({})),
)
const entries: fc.Arbitrary<readonly Entry[]> = fc
  .array(fc.tuple(event, fc.oneof(fc.nat(3), fc.nat(2 ** 40)), fc.option(fc.nat()), fc.oneof(plain, text)), {
    maxLength: 30,
  })
  .map((drafts) => {
    let at = 0
    return drafts.map(([happened, later, cause, by], seq) => {
      at += later
      return { seq, at, cause: cause === null || seq === 0 ? null : cause % seq, by, event: happened }
    })
  })

describe('a whole log', () => {
  it('has these bytes and this digest', () => {
    const { bytes, digest } = write(small)
    expect(bytes.toString()).toMatchInlineSnapshot(`
      "{"wavetank":"log","format":1,"kubernetes":"1.34","seed":7,"crc":"9c732c78"}
      {"seq":0,"at":0,"cause":null,"by":"scenario","kind":"Started","pod":"shop/cart","attempt":1,"crc":"c2d95702"}
      {"seq":1,"at":5,"cause":0,"by":"kubelet","kind":"Said","text":"grüß \\"dich\\"\\n","words":["a","b"],"loud":true,"crc":"433940e5"}
      {"seq":2,"at":5,"cause":0,"by":"kubelet","kind":"Said","text":"plain","more":{"list":[1,{"deep":null}]},"crc":"ac78c197"}
      {"seq":3,"at":90000,"cause":2,"by":"kubelet","kind":"Ended","crc":"42f29356"}
      {"end":"horizon","entries":4,"at":90000,"digest":"sha256:8c5f59480eaad6e3c3068eab0ffde7d06264d1b5fc63f4ea41ffcb0aa970cae2","crc":"33572454"}
      "
    `)
    expect(digest).toMatchInlineSnapshot(`"sha256:8c5f59480eaad6e3c3068eab0ffde7d06264d1b5fc63f4ea41ffcb0aa970cae2"`)
  })

  it('has as digest the SHA-256 of all lines but the last', () => {
    const { bytes, digest } = write(small)
    const lines = bytes.toString().split(/(?<=\n)/)
    expect(digest).toBe(`sha256:${createHash('sha256').update(lines.slice(0, -1).join('')).digest('hex')}`)
  })

  it('has the same digest wherever it goes', () => {
    const writer = createLogWriter({ catalogue, header, sink: createNullSink() })
    for (const entry of small) {
      writer.append(entry)
      writer.flush()
    }
    expect(writer.finish({ end: 'horizon' })).toBe(write(small).digest)
  })

  it('comes back as it was, whatever the events say', () => {
    fc.assert(
      fc.property(entries, (given) => {
        const { bytes, digest } = write(given)
        const whole = wholeOf(read(bytes))
        expect(whole.header).toEqual(header)
        expect(whole.entries).toEqual(given)
        expect(whole.end).toEqual({ state: 'complete', footer: { end: 'horizon' }, digest, recovered: given.length })
      }),
      { numRuns: 300 },
    )
  })

  it('has each line as JSON.stringify and encodeFields would write it', () => {
    fc.assert(
      fc.property(entries, (given) => {
        const lines = write(given).bytes.toString().split('\n').slice(1, -2)
        const expected = given.map(({ seq, at, cause, by, event }) => {
          const definition = [Started, Said, Ended].find(({ kind }) => kind === event.kind)
          return `${JSON.stringify({ seq, at, cause, by, kind: event.kind }).slice(0, -1)}${definition!.encodeFields(event)}`
        })
        expect(lines.map((line) => line.slice(0, line.lastIndexOf(',"crc":"')))).toEqual(expected)
      }),
    )
  })

  it('is read the same in pieces of any size', () => {
    const { bytes } = write(small)
    const whole = wholeOf(read(bytes))
    for (let size = 1; size < 200; size += 7) {
      const memory = createMemorySource(bytes)
      const inPieces = readFrom({ ...memory, read: (into) => memory.read(into.subarray(0, size)) })
      expect(wholeOf(inPieces)).toEqual(whole)
    }
  })

  it('may have a line of many megabytes, between short ones', () => {
    const huge = 'x'.repeat(5_000_000)
    const given = [
      ...small,
      { ...small[1]!, seq: 4, at: 90_000, event: Said({ text: huge, words: ['é'.repeat(1000)] }) },
    ]
    const after = { ...small[3]!, seq: 5, at: 90_000 }
    expect(wholeOf(read(write([...given, after]).bytes)).entries).toEqual([...given, after])
  })

  it('is longer than a chunk and comes back all the same', () => {
    const given = Array.from(
      { length: 20_000 },
      (_, seq): Entry => ({
        seq,
        at: seq >> 3,
        cause: seq === 0 ? null : seq - 1,
        by: seq % 3 === 0 ? 'kubelet' : 'kube-scheduler',
        event: seq % 100 === 0 ? Said({ text: `naïve ${seq}` }) : Started({ pod: `shop/cart-${seq}`, attempt: seq }),
      }),
    )
    const { bytes, digest } = write(given)
    expect(bytes.length).toBeGreaterThan(1_000_000)
    const whole = wholeOf(read(bytes))
    expect(whole.entries).toEqual(given)
    expect(whole.end).toMatchObject({ state: 'complete', digest })
  })

  it('is read from the end alone if nobody asks for entries', () => {
    const log = wholeOf(readLog(createMemorySource(write(small).bytes), options))
    expect(log.end()).toMatchObject({ state: 'complete', recovered: 4 })
    expect([...log.batches]).toEqual([])
  })

  it('may be written in other JSON, as long as the checksums are right', () => {
    const spaced = seal([HEAD, ENTRY.replace(',"at"', ' , "at"').replace('"Ended"', '"\\u0045nded"'), FOOT])
    expect(wholeOf(read(spaced))).toMatchObject({
      entries: [{ at: 5, event: { kind: 'Ended' } }],
      end: { state: 'complete' },
    })
  })
})

describe('a torn log', () => {
  it('keeps every whole line, wherever it is cut', () => {
    const { bytes } = write(small)
    const lineEnds = [...bytes.keys()].filter((index) => bytes[index] === 10).map((index) => index + 1)
    for (let length = 0; length < bytes.length; length++) {
      const result = read(bytes.subarray(0, length))
      const lines = lineEnds.filter((end) => end <= length).length
      if (lines === 0) {
        expect(result).toMatchObject(E.left({ code: length === 0 ? 'WT300' : 'WT302' }))
        continue
      }
      const { entries, end } = wholeOf(result)
      const recovered = Math.min(lines - 1, small.length)
      expect(entries).toEqual(small.slice(0, recovered))
      const code = lineEnds.includes(length) ? 'WT305' : 'WT304'
      expect(end).toMatchObject({ state: 'torn', code, line: lines + 1, recovered })
    }
  })

  it('is a warning that says what it recovered', () => {
    const { bytes } = write(small)
    expect(issueOfEnd(wholeOf(read(bytes.subarray(0, bytes.length - 200))).end)).toMatchInlineSnapshot(`
      {
        "code": "WT304",
        "hint": "all 3 entries before that are intact; for the rest, run the scenario again: the same scenario and seed give the same log",
        "line": 5,
        "message": "the log ends inside line 5",
        "path": [],
        "severity": "warning",
      }
    `)
  })

  it('is what a writer leaves that was flushed but never finished', () => {
    const sink = createMemorySink()
    const writer = createLogWriter({ catalogue, header, sink })
    writer.append(small[0]!)
    writer.flush()
    writer.append(small[1]!)
    expect(wholeOf(read(sink.bytes())).entries).toEqual(small.slice(0, 1))
    writer.abandon()
    expect(wholeOf(read(sink.bytes()))).toMatchObject({
      entries: small.slice(0, 2),
      end: { state: 'torn', code: 'WT305' },
    })
  })
})

describe('a damaged log', () => {
  it('is found out for every byte that is another', () => {
    const { bytes } = write(small)
    for (let index = 0; index < bytes.length; index++) {
      for (const flip of [1, 4, 32, 128, bytes[index]! ^ 10, bytes[index]! ^ 34]) {
        if (flip === 0) continue
        const edited = Buffer.from(bytes)
        edited[index] = edited[index]! ^ flip
        const result = read(edited)
        if (E.isLeft(result)) continue
        const { entries, end } = result.right
        expect(end.state).not.toBe('complete')
        expect(entries).toEqual(small.slice(0, entries.length))
        if (end.state === 'damaged') {
          // A line feed that is made or unmade moves the damage by no more than the line it belongs to.
          const line = bytes.subarray(0, index).filter((byte) => byte === 10).length + 1
          expect(end.line).toBe(line)
        }
      }
    }
  })

  const lines = write(small)
    .bytes.toString()
    .split(/(?<=\n)/)

  it.each([
    ['removed', [0, 1, 3, 4, 5], 3],
    ['repeated', [0, 1, 2, 2, 3, 4, 5], 4],
    ['swapped', [0, 1, 3, 2, 4, 5], 3],
    ['taken from before the footer', [0, 1, 2, 3, 5], 5],
    ['taken from behind the header', [0, 2, 3, 4, 5], 2],
  ])('names the line where others were %s', (_, order, line) => {
    const end = troubleOf(order.map((index) => lines[index]).join(''))
    expect(end).toMatchObject({ state: 'damaged', code: 'WT307', line, recovered: line - 2 })
  })

  it('names the line that was edited', () => {
    const end = troubleOf(lines.join('').replace('plain', 'plane'))
    expect(issueOfEnd(end)).toMatchInlineSnapshot(`
      {
        "code": "WT306",
        "hint": "restore the file from a copy, or run the scenario again: the same scenario and seed give the same log",
        "line": 4,
        "message": "line 4 does not match its checksum: it was edited",
        "path": [],
        "severity": "error",
      }
    `)
  })

  it('names the column where the edit broke the JSON', () => {
    const end = troubleOf(lines.join('').replace('"text":"plain"', '"text":"plain'))
    expect(end).toMatchObject({ code: 'WT306', line: 4 })
    expect(end.column).toBeGreaterThan(60)
  })

  it('sees through line ends that an editor changed', () => {
    const crlf = lines.join('').replaceAll('\n', '\r\n')
    expect(read(crlf)).toMatchObject(E.left({ code: 'WT302', message: 'the header ends in CR LF' }))
    const mixed = lines.map((line, index) => (index === 2 ? line.replace('\n', '\r\n') : line)).join('')
    expect(troubleOf(mixed)).toMatchObject({ code: 'WT308', line: 3, recovered: 1 })
  })

  it.each([
    ['a digest', FOOT.replace('DIGEST', 'sha256:00'), 'WT311'],
    ['a count of entries', FOOT.replace('"entries":1', '"entries":2'), 'WT311'],
    ['a time', FOOT.replace('"at":5', '"at":6'), 'WT311'],
    ['an end', FOOT.replace('"horizon"', '7'), 'WT311'],
  ])('finds %s in the footer that disagrees', (_, footer, code) => {
    expect(wholeOf(read(seal([HEAD, ENTRY, FOOT]))).end.state).toBe('complete')
    expect(troubleOf(seal([HEAD, ENTRY, footer]))).toMatchObject({ state: 'damaged', code, line: 3, recovered: 1 })
  })

  it.each([
    ['a gap in seq', ENTRY.replace('"seq":0', '"seq":1'), 'WT307'],
    ['an effect before its cause', ENTRY.replace('null', '0'), 'WT307'],
    ['an unknown kind', ENTRY.replace('Ended', 'Exploded'), 'WT309'],
    ['an unknown field', `${ENTRY},"pod":"a"`, 'WT310'],
    ['a field that is missing', `${ENTRY.replace('Ended', 'Started')},"pod":"a"`, 'WT310'],
    ['a field of another type', `${ENTRY.replace('Ended', 'Started')},"pod":"a","attempt":"1"`, 'WT310'],
    ['an identifier with a quote', `${ENTRY.replace('Ended', 'Started')},"pod":"\\"","attempt":1`, 'WT310'],
    ['a fraction of a millisecond', ENTRY.replace('"at":5', '"at":5.5'), 'WT308'],
    ['no seq', ENTRY.replace('"seq":0,', ''), 'WT308'],
    ['JSON that is none', `${ENTRY},`, 'WT308'],
    ['a list', '[1', 'WT308'],
  ])('refuses %s, whatever the checksums say', (_, entry, code) => {
    expect(troubleOf(seal([HEAD, entry, FOOT]))).toMatchObject({ state: 'damaged', code, line: 2, recovered: 0 })
  })

  it('refuses time that goes back', () => {
    const back = ENTRY.replace('"seq":0,"at":5', '"seq":1,"at":4')
    expect(troubleOf(seal([HEAD, ENTRY, back, FOOT]))).toMatchObject({ code: 'WT307', line: 3, recovered: 1 })
  })

  it('refuses whatever follows the footer', () => {
    expect(troubleOf(`${lines.join('')}x`)).toMatchObject({ code: 'WT312', line: 7, recovered: 4 })
    expect(troubleOf(lines.join('') + lines.join(''))).toMatchObject({ code: 'WT312', line: 7, recovered: 4 })
  })
})

describe('an object within an entry', () => {
  const moreAs = (more: Record<string, unknown>): unknown => {
    const entry = { ...small[0]!, event: Said({ text: 'plain', more }) }
    return wholeOf(read(write([entry]).bytes)).entries[0]!.event
  }

  it('may have keys that an object has by nature', () => {
    const more = JSON.parse('{"__proto__":{"a":1},"constructor":2,"10":3,"9":4}')
    expect(JSON.stringify(moreAs(more))).toBe(JSON.stringify({ kind: 'Said', text: 'plain', more }))
  })

  it('may be as deep as JSON.parse can go', () => {
    let more: Record<string, unknown> = {}
    for (let depth = 0; depth < 1_000; depth++) more = { a: [more] }
    expect(moreAs(more)).toEqual({ kind: 'Said', text: 'plain', more })
  })
})

describe('any line whose checksum is right', () => {
  /** The entry in a line, by JSON.parse and the codec alone; undefined if there is none. */
  const entryIn = (line: string): Entry | undefined => {
    let parsed: Record<string, unknown>
    try {
      parsed = JSON.parse(line)
    } catch {
      return undefined
    }
    if (line.startsWith('{"end":') || typeof parsed !== 'object' || parsed === null) return undefined
    const { seq, at, cause, by, crc: _, ...event } = parsed
    const definition = [Started, Said, Ended].find(({ kind }) => kind === event.kind)
    if (seq !== 0 || !Number.isSafeInteger(at) || (at as number) < 0 || cause !== null) return undefined
    if (typeof by !== 'string' || definition === undefined || !definition.codec.is(event)) return undefined
    if (Object.keys(event).some((key) => key !== 'kind' && !Object.hasOwn(definition.fields, key))) return undefined
    return { seq, at: at as number, cause, by, event }
  }
  const snippet = fc.oneof(
    fc.constantFrom('', '"', '\\', '\\u0041', '\x7f', '\x1f', 'é', ' ', ',', ':', '[', ']', '{', '}', '-', '-0', '0'),
    fc.constantFrom(
      '1',
      '01',
      '1.5',
      'e3',
      'null',
      'true',
      '[]',
      '"a"',
      '"":',
      '"kind":"Ended",',
      ',"loud":true',
      '[["a"]]',
    ),
    fc.constantFrom(
      '{}',
      '{"a":{"1":2,"b":[{"":-3}]}}',
      '{"a":1,',
      '"__proto__":{"b":1},',
      '"a":2,"a":3,',
      ',"more":{"b":1}',
    ),
    fc.constantFrom('9007199254740993', '123456789012345', '1234567890123456', '[1,"b",null]', '[,', '"pod":"a",'),
  )

  it('is taken for just what JSON.parse and the codec take it for', () => {
    let taken = 0
    fc.assert(
      fc.property(entries, fc.nat(), fc.nat(4), snippet, (given, place, removed, inserted) => {
        if (given.length === 0) return
        const line = write(given).bytes.toString().split('\n')[1]!
        const body = line.slice(0, line.lastIndexOf(',"crc":"'))
        const from = place % (body.length + 1)
        // By way of UTF-8, since half a surrogate pair has no bytes of its own.
        const edited = Buffer.from(body.slice(0, from) + inserted + body.slice(from + removed)).toString()
        const expected = entryIn(`${edited}}`)
        if (expected !== undefined) taken++
        const found = read(seal([HEAD, edited]))
        expect(wholeOf(found).entries).toEqual(expected === undefined ? [] : [expected])
      }),
      { numRuns: 2_000 },
    )
    expect(taken).toBeGreaterThan(100)
  })
})

describe('what is no log, or not ours', () => {
  it.each([
    ['an empty file', '', 'WT300', /empty/],
    ['a manifest', 'apiVersion: v1\n', 'WT300', /does not start with/],
    ['some other JSON', '{"a":1}\n', 'WT300', /does not start with/],
    ['a compressed file', Buffer.from([0x1f, 0x8b, 8, 0]), 'WT300', /compressed/],
    ['a log with a byte order mark', `\uFEFF${HEAD}`, 'WT300', /byte order mark/],
    ['a cut header', HEAD, 'WT302', /inside its header/],
    ['an edited header', seal([HEAD]).replace('"seed":7', '"seed":8'), 'WT302', /checksum/],
    [
      'a header without a seed',
      seal([HEAD.replace('"seed"', '"sead"')]),
      'WT303',
      /seed: expected number, got nothing/,
    ],
  ])('refuses %s', (_, bytes, code, message) => {
    const result = read(bytes)
    expect(result).toMatchObject(E.left({ code, severity: 'error' }))
    if (E.isLeft(result)) expect(result.left.message).toMatch(message)
  })

  it('refuses another format, saying who wrote it, whatever its checksums', () => {
    const other = '{"wavetank":"log","format":2,"version":"9.1.0","kubernetes":"1.50","sum":"?"}\n{}\n'
    expect(read(other)).toMatchInlineSnapshot(`
      {
        "_tag": "Left",
        "left": {
          "code": "WT301",
          "hint": "read it with the version of wavetank that wrote it, or run the scenario again",
          "line": 1,
          "message": "a log from another version: format 2 (version 9.1.0, kubernetes 1.50, sum ?); this version reads format 1",
          "path": [],
          "severity": "error",
        },
      }
    `)
  })

  it('refuses a file that is not there, or not a file', () => {
    expect(createFileSource('/nowhere/log.ndjson')).toMatchObject(E.left({ code: 'WT314' }))
    expect(readFrom(wholeOf(createFileSource(tmpdir())))).toMatchObject(E.left({ code: 'WT314' }))
  })

  it('tells a disk that breaks from a log that ends', () => {
    const memory = createMemorySource(write(small).bytes)
    let reads = 0
    const failing: LogSource = {
      ...memory,
      read: (into) => {
        if (++reads > 3) throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })
        return memory.read(into.subarray(0, 150))
      },
    }
    expect(wholeOf(readFrom(failing)).end).toMatchObject({ state: 'damaged', code: 'WT314' })
  })
})

describe('a sink that fails', () => {
  /** Takes `room` bytes, then is full. */
  const createFullSink = (
    room: number,
    code: string,
  ): LogSink & { readonly bytes: () => Uint8Array; closed: () => boolean } => {
    const memory = createMemorySink()
    let left = room
    let isClosed = false
    return {
      write: (bytes) => {
        memory.write(bytes.subarray(0, left))
        if (bytes.length > left) throw Object.assign(new Error(code), { code })
        left -= bytes.length
      },
      close: () => {
        isClosed = true
      },
      bytes: memory.bytes,
      closed: () => isClosed,
    }
  }

  it('leaves the lines before that, and says that the disk is full', () => {
    const { bytes } = write(small)
    for (let room = 0; room < bytes.length; room += 13) {
      const sink = createFullSink(room, 'ENOSPC')
      let thrown: unknown
      try {
        const writer = createLogWriter({ catalogue, header, sink })
        for (const entry of small) writer.append(entry)
        writer.finish({ end: 'horizon' })
      } catch (error) {
        thrown = error
      }
      if (!isLogWriteError(thrown)) throw new Error('nothing was thrown')
      expect(thrown.issue).toMatchObject({
        code: 'WT315',
        message: 'the log cannot be written: the disk is full (ENOSPC)',
      })
      expect(sink.closed()).toBe(true)
      const result = read(sink.bytes())
      if (E.isRight(result)) expect(small.slice(0, result.right.entries.length)).toEqual(result.right.entries)
      expect(Buffer.from(sink.bytes())).toEqual(bytes.subarray(0, room))
    }
  })

  it('takes nothing more afterwards', () => {
    const writer = createLogWriter({ catalogue, header, sink: createFullSink(0, 'EPIPE') })
    expect(() => writer.flush()).toThrow('whatever read from the pipe has ended (EPIPE)')
    expect(() => writer.append(small[0]!)).toThrow('EPIPE')
    expect(() => writer.finish({ end: 'horizon' })).toThrow('EPIPE')
    writer.abandon()
  })

  it.skipIf(!existsSync('/dev/full'))('is a full disk in earnest as well', () => {
    const writer = createLogWriter({ catalogue, header, sink: wholeOf(createFileSink('/dev/full')) })
    expect(() => writer.finish({ end: 'horizon', horizon: 5 })).toThrow('the disk is full (ENOSPC)')
  })

  it('is refused at once where no file can be', () => {
    expect(createFileSink('/nowhere/log.ndjson')).toMatchObject(
      E.left({ code: 'WT315', hint: 'create the folder first' }),
    )
  })
})

describe('a file', () => {
  it('holds what a memory sink would, and gives it back', () => {
    const folder = mkdtempSync(join(tmpdir(), 'wavetank-log-'))
    try {
      const path = join(folder, 'log.ndjson')
      writeFileSync(path, 'something longer that was here before'.repeat(100))
      const writer = createLogWriter({ catalogue, header, sink: wholeOf(createFileSink(path)) })
      for (const entry of small) writer.append(entry)
      writer.finish({ end: 'horizon' })
      expect(readFileSync(path)).toEqual(write(small).bytes)
      expect(wholeOf(readFrom(wholeOf(createFileSource(path)))).entries).toEqual(small)
      const file = openSync(path, 'r')
      expect(wholeOf(readFrom(wholeOf(createFileSource(file)))).end.state).toBe('complete')
      closeSync(file)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the writer refuses', () => {
  const writer = createLogWriter({ catalogue, header, sink: createNullSink() })
  it.each([
    ['another seq', { ...small[0]!, seq: 1 }],
    ['a fraction of a millisecond', { ...small[0]!, at: 0.5 }],
    ['time before the start', { ...small[0]!, at: -1 }],
    ['a cause that is not before', { ...small[0]!, cause: 0 }],
    ['a cause that is none', { ...small[0]!, cause: -1 }],
    ['a kind that nobody defined', { ...small[0]!, event: { kind: 'Exploded' } }],
    ['a number that JSON has not', { ...small[0]!, event: Started({ pod: 'a', attempt: Number.NaN }) }],
  ])('%s, and goes on', (_, entry) => {
    expect(() => writer.append(entry)).toThrow()
    expect(writer.entries()).toBe(0)
  })

  it('names that the format has for itself', () => {
    const Timed = defineEvent('Timed', { doc: 'Has a time of its own.', data: { at: t.number } })
    const sink = createNullSink()
    expect(() => createLogWriter({ catalogue: catalogueOf(Timed), header, sink })).toThrow('cannot have a field "at"')
    expect(() => createLogWriter({ catalogue, header: { crc: 1 }, sink })).toThrow('cannot have a field "crc"')
    expect(() => createLogWriter({ catalogue, header, sink }).finish({ end: 'x', digest: '' })).toThrow('"digest"')
  })

  it('anything after the footer', () => {
    const finished = createLogWriter({ catalogue, header, sink: createNullSink() })
    finished.finish({ end: 'horizon' })
    expect(() => finished.append(small[0]!)).toThrow('finished')
  })
})

it('documents every code', () => {
  for (const { title, doc } of Object.values(LOG_ISSUES)) {
    expect(title).not.toBe('')
    expect(doc).toMatch(/\.$/)
  }
})
