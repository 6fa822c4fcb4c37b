import { createHash } from 'node:crypto'
import type { Entry } from '../event.ts'
import { InvariantViolation } from '../invariant.ts'
import type { LogPlace } from './checkpoints.ts'
import { crc32, writeHex } from './crc.ts'
import {
  checkFieldNames,
  FOOTER_KEYS,
  type FooterData,
  HEADER_KEYS,
  LINE_BYTES_MAX,
  LINE_END,
  LINE_TAIL,
  LINE_TAIL_BYTES,
  LOG_FORMAT,
  LOG_MAGIC,
  type LogCatalogue,
} from './format.ts'
import type { LogIssue } from './issue.ts'
import { createChunk, type Literal, literal, putLiteral } from './literal.ts'
import type { LogSink } from './sink.ts'
import { writeIssue } from './sink.ts'

export interface LogWriterOptions {
  /** Every event kind that may occur. */
  readonly catalogue: LogCatalogue
  /** Plain JSON: what a reader has to know before the first entry. */
  readonly header: object
  readonly sink: LogSink
}

/** Writes a log line by line; the file is readable up to its last whole line at any time. */
export interface LogWriter {
  /**
   * Appends one entry; it reaches the sink with its chunk of 128 KiB, or with `flush`.
   *
   * @throws LogWriteError if the sink takes no more, now and from then on
   * @throws InvariantViolation if the entry does not fit behind the last, or JSON cannot say it; nothing is appended then
   */
  readonly append: (entry: Entry) => void
  /** Hands all whole lines to the sink: what a crash would lose is what came after. */
  readonly flush: () => void
  /** Writes the footer, closes the sink, and returns the digest, `sha256:` and 64 digits. */
  readonly finish: (footer: FooterData) => string
  /** Flushes and closes without a footer, for a run that broke: its last entry is the culprit. */
  readonly abandon: () => void
  readonly entries: () => number
  /** Bytes of all lines so far, flushed or not. */
  readonly bytes: () => number
  /** The place behind the last entry. */
  readonly place: () => LogPlace
}

/** Thrown when the sink takes no more; whatever is written before stays readable. */
export interface LogWriteError extends Error {
  readonly issue: LogIssue
}

export const isLogWriteError = (error: unknown): error is LogWriteError =>
  error instanceof Error && error.name === 'LogWriteError'

const CHUNK_BYTES = 128 * 1024
/** More than `{"seq":…,"at":…,"cause":…` and the end of a line can take. */
const ENVELOPE_BYTES = 128
/** More than a number can take. */
const NUMBER_BYTES = 32

const SEQ = literal('{"seq":')
const AT = literal(',"at":')
const CAUSE = literal(',"cause":')
const NULL = literal('null')
const TRUE = literal('true')
const FALSE = literal('false')
const TAIL = literal(LINE_TAIL)
const END = literal(LINE_END)

const QUOTE = 34
const MINUS = 45
const BACKSLASH = 92

/** Envelopes kept for a kind: more components than any run has. */
const ENVELOPES_MAX = 1024

/** Said instead of an offset where the chunk is full. */
const NO_ROOM = -1

const isWholeFrom = (least: number, number: number): boolean => Number.isSafeInteger(number) && number >= least

/** Decimal digits of a whole number from 0 to 2^53. */
const putNumber = (bytes: Uint8Array, offset: number, number: number): number => {
  let length = 1
  for (let power = 10; number >= power; power *= 10) length++
  const end = offset + length
  let index = end
  let rest = number
  while (rest > 0x7fffffff) {
    const tenth = Math.floor(rest / 10)
    bytes[--index] = 48 + (rest - tenth * 10)
    rest = tenth
  }
  let small = rest | 0
  while (index > offset) {
    const tenth = (small / 10) | 0
    bytes[--index] = 48 + (small - tenth * 10)
    small = tenth
  }
  return end
}

/** `data` as JSON without its opening and closing brace, led by a comma unless empty. */
const membersOf = (data: object, reserved: readonly string[], what: string): string => {
  for (const key of reserved)
    if (Object.hasOwn(data, key)) throw new TypeError(`the ${what} of a log cannot have a field "${key}" of its own`)
  const json = JSON.stringify(data)
  if (!json.startsWith('{')) throw new TypeError(`the ${what} of a log is an object`)
  return json === '{}' ? '' : `,${json.slice(1, -1)}`
}

/** What the writer knows of a kind of event. */
interface KindText {
  readonly names: readonly string[]
  /** `,"pod":` for each field. */
  readonly heads: readonly Literal[]
  /** What a line of this kind takes at most, apart from the texts in it. */
  readonly bytesMax: number
  /** `,"by":"kubelet","kind":"PodStarted"` for each component that emits such events. */
  readonly envelopes: Map<string, Literal>
  /** Who emitted such an event last, and the envelope of it: mostly it is the same component. */
  by: string | undefined
  envelope: Literal
}

/** A writer that has written the header already. */
export const createLogWriter = (options: LogWriterOptions): LogWriter => {
  const { sink } = options
  const hash = createHash('sha256')
  const kinds = new Map<string, KindText>()
  for (const [kind, definition] of options.catalogue) {
    checkFieldNames(definition)
    const names = Object.keys(definition.fields)
    const heads = names.map((name) => literal(`,${JSON.stringify(name)}:`))
    const bytesMax = heads.reduce((sum, { length }) => sum + length + NUMBER_BYTES, ENVELOPE_BYTES)
    kinds.set(kind, { names, heads, bytesMax, envelopes: new Map(), by: undefined, envelope: NULL })
  }

  let chunk = createChunk(CHUNK_BYTES)
  let used = 0
  let flushed = 0
  let crc = 0
  let seq = 0
  let at = 0
  let ended: LogWriteError | 'finished' | undefined

  const flush = (): void => {
    if (ended !== undefined) refuse()
    if (used === 0) return
    const bytes = chunk.bytes.subarray(0, used)
    hash.update(bytes)
    flushed += used
    used = 0
    try {
      sink.write(bytes)
    } catch (error) {
      fail(error)
    }
    if (chunk.capacity > CHUNK_BYTES) chunk = createChunk(CHUNK_BYTES)
  }

  const fail = (error: unknown): never => {
    const issue = writeIssue(error)
    ended = Object.assign(new Error(issue.message, { cause: error }), { name: 'LogWriteError', issue })
    try {
      sink.close()
    } catch {
      // The sink is broken already, and its first error says more.
    }
    throw ended
  }

  const refuse = (): never => {
    if (ended === 'finished') throw new Error('this log is finished: nothing can be appended')
    throw ended
  }

  /** Makes room where a line did not fit: first by a flush, then by a larger chunk. */
  const makeRoom = (): void => {
    if (used > 0) flush()
    else if (chunk.capacity >= 4 * LINE_BYTES_MAX) throw new RangeError('a line of a log is too long')
    else chunk = createChunk(2 * chunk.capacity)
  }

  const endLine = (bodyEnd: number): void => {
    if (bodyEnd + LINE_TAIL_BYTES - used > LINE_BYTES_MAX) throw new RangeError('a line of a log is too long')
    const { bytes, view } = chunk
    crc = crc32(view, used, bodyEnd, crc)
    const digits = putLiteral(view, bodyEnd, TAIL)
    writeHex(bytes, digits, crc)
    used = putLiteral(view, digits + 8, END)
  }

  /** Puts text as it stands, in UTF-8. */
  const putRaw = (offset: number, text: string): number =>
    offset + 3 * text.length > chunk.capacity ? NO_ROOM : offset + chunk.bytes.write(text, offset)

  const putText = (bytes: Uint8Array, offset: number, text: string): number => {
    const { length } = text
    if (offset + length + 2 > chunk.capacity) return NO_ROOM
    bytes[offset] = QUOTE
    let end = offset + 1
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index)
      if (code < 32 || code > 126 || code === QUOTE || code === BACKSLASH) return putRaw(offset, JSON.stringify(text))
      bytes[end++] = code
    }
    bytes[end] = QUOTE
    return end + 1
  }

  const putValue = (offset: number, value: unknown, name: string): number => {
    const { bytes, view } = chunk
    if (typeof value === 'string') return putText(bytes, offset, value)
    if (typeof value === 'number') {
      if (Number.isSafeInteger(value)) {
        if (value >= 0) return putNumber(bytes, offset, value)
        bytes[offset] = MINUS
        return putNumber(bytes, offset + 1, -value)
      }
      if (!Number.isFinite(value))
        throw new InvariantViolation(`the field ${name} of an event is ${value}, which JSON has not`)
    }
    if (value === true) return putLiteral(view, offset, TRUE)
    if (value === false) return putLiteral(view, offset, FALSE)
    return putRaw(offset, JSON.stringify(value))
  }

  /** Puts the line up to its checksum at `used`, and says where it ends. */
  const putEntry = (entry: Entry, kind: KindText): number => {
    const { bytes, view, capacity } = chunk
    const { names, heads, bytesMax } = kind
    const { cause } = entry
    if (used + bytesMax + kind.envelope.length > capacity) return NO_ROOM
    let offset = putLiteral(view, used, SEQ)
    offset = putNumber(bytes, offset, entry.seq)
    offset = putLiteral(view, offset, AT)
    offset = putNumber(bytes, offset, entry.at)
    offset = putLiteral(view, offset, CAUSE)
    offset = cause === null ? putLiteral(view, offset, NULL) : putNumber(bytes, offset, cause)
    offset = putLiteral(view, offset, kind.envelope)
    const values = entry.event as unknown as Readonly<Record<string, unknown>>
    for (let index = 0; index < names.length; index++) {
      const value = values[names[index]!]
      if (value === undefined) continue
      if (offset + bytesMax > capacity) return NO_ROOM
      offset = putValue(putLiteral(view, offset, heads[index]!), value, names[index]!)
      if (offset === NO_ROOM) return NO_ROOM
    }
    return offset + LINE_TAIL_BYTES > capacity ? NO_ROOM : offset
  }

  const setEnvelope = (kind: KindText, name: string, by: string): void => {
    let envelope = kind.envelopes.get(by)
    if (envelope === undefined) {
      envelope = literal(`,"by":${JSON.stringify(by)},"kind":${JSON.stringify(name)}`)
      if (kind.envelopes.size < ENVELOPES_MAX) kind.envelopes.set(by, envelope)
    }
    kind.by = by
    kind.envelope = envelope
  }

  // Hot path: 0.5 µs an entry of 150 bytes. The line is put together in place, in bytes: making a string of it, and bytes
  // of the string, takes twice as long. The checksum is taken while the line is still in the cache.
  const append = (entry: Entry): void => {
    if (ended !== undefined) refuse()
    const { event, by, cause } = entry
    const kind = kinds.get(event.kind)
    if (kind === undefined) throw new InvariantViolation(`the log has no definition of the event ${event.kind}`)
    if (entry.seq !== seq || !isWholeFrom(at, entry.at) || (cause !== null && !(isWholeFrom(0, cause) && cause < seq)))
      throw new InvariantViolation(
        `entry #${entry.seq} at ${entry.at} caused by ${cause} does not fit behind ${seq} entries, the last at ${at}`,
      )
    if (kind.by !== by) setEnvelope(kind, event.kind, by)
    let end = putEntry(entry, kind)
    while (end === NO_ROOM) {
      makeRoom()
      end = putEntry(entry, kind)
    }
    endLine(end)
    seq++
    at = entry.at
  }

  const writeLine = (body: string): void => {
    let end = putRaw(used, body)
    while (end === NO_ROOM || end + LINE_TAIL_BYTES > chunk.capacity) {
      makeRoom()
      end = putRaw(used, body)
    }
    endLine(end)
  }

  const close = (): void => {
    ended = 'finished'
    try {
      sink.close()
    } catch (error) {
      fail(error)
    }
  }

  const finish = (footer: FooterData): string => {
    flush()
    const digest = `sha256:${hash.copy().digest('hex')}`
    const { end, ...rest } = footer
    const members = membersOf(rest, FOOTER_KEYS, 'footer')
    writeLine(`{"end":${JSON.stringify(end)}${members},"entries":${seq},"at":${at},"digest":"${digest}"`)
    flush()
    close()
    return digest
  }

  const abandon = (): void => {
    if (ended !== undefined) return
    flush()
    close()
  }

  writeLine(`${LOG_MAGIC},"format":${LOG_FORMAT}${membersOf(options.header, HEADER_KEYS, 'header')}`)

  return {
    append,
    flush,
    finish,
    abandon,
    entries: () => seq,
    bytes: () => flushed + used,
    place: () => ({ seq, at, offset: flushed + used, crc }),
  }
}
