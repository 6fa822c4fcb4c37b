import { isUtf8 } from 'node:buffer'
import type { Either } from 'fp-ts/Either'
import { isLeft, left, right } from 'fp-ts/Either'
import type * as t from 'io-ts'
import type { Entry } from '../event.ts'
import type { Route } from './canonical.ts'
import { crc32, hexIs, isHex } from './crc.ts'
import {
  ENTRY_KEYS,
  FOOTER_KEYS,
  HEADER_KEYS,
  LINE_END,
  LINE_TAIL,
  LINE_TAIL_BYTES,
  LOG_FORMAT,
  LOG_MAGIC,
} from './format.ts'
import type { LogIssueCode } from './issue.ts'
import { type Chunk, isLiteral, literal } from './literal.ts'

/** What is wrong with a line; `reason` continues the sentence "line 7 …". */
export interface Fault {
  readonly code: LogIssueCode
  readonly reason: string
  readonly hint: string
  /** Counted from 1, in UTF-16 units. */
  readonly column?: number
}

/** What the lines so far lead a reader to expect of the next. */
export interface Place {
  readonly seq: number
  readonly at: number
  readonly crc: number
}

type Fields = Readonly<Record<string, unknown>>

export const RUN_AGAIN = 'run the scenario again: the same scenario and seed give the same log'
const RESTORE = `restore the file from a copy, or ${RUN_AGAIN}`

const TAIL = literal(LINE_TAIL)
const END = literal(LINE_END)
const FOOTER = literal('{"end":')
const CARRIAGE_RETURN = 13

const without = (fields: Fields, keys: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => !keys.includes(key)))

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** `pod: expected PodKey, got 7`, for the first of the errors. */
const explain = (errors: t.Errors): string => {
  const error = errors[0]!
  const path = error.context.flatMap(({ key }) => (key === '' ? [] : [key])).join('.')
  const expected = error.context.at(-1)?.type.name ?? 'something else'
  const got = error.value === undefined ? 'nothing' : JSON.stringify(error.value)
  return `${path === '' ? '' : `${path}: `}expected ${expected}, got ${got.length > 80 ? `${got.slice(0, 80)}…` : got}`
}

const parseObject = (bytes: Buffer, start: number, end: number): Either<Fault, Fields> => {
  if (!isUtf8(bytes.subarray(start, end)))
    return left({ code: 'WT308', reason: 'is not UTF-8', hint: `the file was saved in another encoding: ${RESTORE}` })
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8', start, end))
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
      ? right(parsed as Fields)
      : left({ code: 'WT308', reason: 'is not a JSON object', hint: RESTORE })
  } catch (error) {
    const position = /position (\d+)/.exec(String(error))?.[1]
    const place = position === undefined ? {} : { column: Number(position) + 1 }
    return left({ code: 'WT308', reason: 'is not JSON', hint: RESTORE, ...place })
  }
}

/** That the line `bytes[start, end)` ends as lines do, and that its checksum continues `place.crc`. */
const checkSum = (chunk: Chunk, start: number, end: number, place: Place): Either<Fault, { readonly crc: number }> => {
  const { bytes, view } = chunk
  const bodyEnd = end - LINE_TAIL_BYTES
  const digits = bodyEnd + TAIL.length
  if (
    bodyEnd < start ||
    !isLiteral(view, bodyEnd, TAIL) ||
    !isLiteral(view, digits + 8, END) ||
    !isHex(bytes, digits)
  ) {
    if (bytes[end - 2] === CARRIAGE_RETURN)
      return left({
        code: 'WT308',
        reason: 'ends in CR LF',
        hint: "a tool converted the line ends: convert them back (sed -i 's/\\r$//' FILE)",
      })
    return left({ code: 'WT308', reason: 'does not end in a checksum', hint: RESTORE })
  }
  const crc = crc32(view, start, bodyEnd, place.crc)
  return hexIs(bytes, digits, crc) ? right({ crc }) : left(explainMismatch(bytes, start, end, place))
}

/** Whether a wrong checksum rather comes from lines that are missing or out of place. */
const explainMismatch = (bytes: Buffer, start: number, end: number, place: Place): Fault => {
  const parsed = parseObject(bytes, start, end)
  const edited = { code: 'WT306', reason: 'does not match its checksum: it was edited', hint: RESTORE } as const
  if (isLeft(parsed)) {
    const { column } = parsed.left
    return column === undefined ? edited : { ...edited, column }
  }
  const { seq, entries } = parsed.right
  if (isWhole(seq) && seq !== place.seq)
    return {
      code: 'WT307',
      reason: `is entry #${seq} where #${place.seq} belongs: lines are missing, repeated or out of order`,
      hint: RESTORE,
    }
  if (isWhole(entries) && entries !== place.seq)
    return {
      code: 'WT307',
      reason: `counts ${entries} entries where ${place.seq} stand: lines are missing or repeated`,
      hint: RESTORE,
    }
  return edited
}

/** The format of a header of whatever format, and the texts in it, which say who wrote it. */
const originOf = (fields: Fields): string => {
  const texts = Object.entries(fields).filter(([key, value]) => key !== 'wavetank' && typeof value === 'string')
  const said = texts.map(([key, value]) => `${key} ${value}`).join(', ')
  return `format ${JSON.stringify(fields.format)}${said === '' ? '' : ` (${said.slice(0, 120)})`}`
}

/** Why a file that starts with `bytes[0, length)` is no log; undefined if it may be one. */
export const checkMagic = (bytes: Buffer, length: number): Fault | undefined => {
  const fault = (reason: string, hint: string): Fault => ({
    code: 'WT300',
    reason: `not a wavetank log: ${reason}`,
    hint,
  })
  if (length === 0) return fault('the file is empty', 'the run that was to write it ended before it started')
  if (LOG_MAGIC.startsWith(bytes.toString('latin1', 0, Math.min(length, LOG_MAGIC.length)))) return undefined
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return fault('it is compressed', 'unpack it first: gunzip FILE')
  if (bytes[0] === 0x28 && bytes[1] === 0xb5) return fault('it is compressed', 'unpack it first: unzstd FILE')
  if (bytes[0] === 0xef && bytes[1] === 0xbb)
    return fault(
      'it starts with a byte order mark',
      "an editor added it: remove it (sed -i '1s/^\\xEF\\xBB\\xBF//' FILE)",
    )
  return fault(`it does not start with ${LOG_MAGIC}`, 'name a file that `wavetank run --log PATH` wrote')
}

/** The header in the first line, and the checksum that the next line continues. */
export const decodeHeader = <H>(
  chunk: Chunk,
  start: number,
  end: number,
  decoder: t.Decoder<unknown, H>,
): Either<Fault, { readonly header: H; readonly crc: number }> => {
  const parsed = parseObject(chunk.bytes, start, end)
  // Before the checksum: another format may have another one.
  if (parsed._tag === 'Right' && parsed.right.format !== LOG_FORMAT)
    return left({
      code: 'WT301',
      reason: `a log from another version: ${originOf(parsed.right)}; this version reads format ${LOG_FORMAT}`,
      hint: 'read it with the version of wavetank that wrote it, or run the scenario again',
    })
  const sum = checkSum(chunk, start, end, { seq: 0, at: 0, crc: 0 })
  if (isLeft(sum)) return left({ ...sum.left, code: 'WT302', reason: `the header ${sum.left.reason}` })
  if (isLeft(parsed)) return left({ ...parsed.left, code: 'WT302', reason: `the header ${parsed.left.reason}` })
  const header = decoder.decode(without(parsed.right, HEADER_KEYS))
  if (isLeft(header))
    return left({
      code: 'WT303',
      reason: `the header is not understood: ${explain(header.left)}`,
      hint: 'read it with the version of wavetank that wrote it, or run the scenario again',
    })
  return right({ header: header.right, crc: sum.right.crc })
}

/** Whether the line that starts at `start` is meant as the footer. */
export const startsFooter = ({ view }: Chunk, start: number): boolean => isLiteral(view, start, FOOTER)

/** The footer, given the digest of all that is before it, if it is known. */
export const decodeFooter = <F>(
  chunk: Chunk,
  start: number,
  end: number,
  place: Place,
  digest: string | undefined,
  decoder: t.Decoder<unknown, F>,
): Either<Fault, { readonly footer: F; readonly digest: string }> => {
  const sum = checkSum(chunk, start, end, place)
  if (isLeft(sum)) return sum
  const parsed = parseObject(chunk.bytes, start, end)
  if (isLeft(parsed)) return parsed
  const disagreement = (reason: string): Either<Fault, never> => left({ code: 'WT311', reason, hint: RESTORE })
  const { entries, at, digest: said } = parsed.right
  if (entries !== place.seq) return disagreement(`counts ${JSON.stringify(entries)} entries, the log has ${place.seq}`)
  if (at !== place.at) return disagreement(`ends at ${JSON.stringify(at)} ms, the last entry is at ${place.at} ms`)
  if (typeof said !== 'string' || (digest !== undefined && said !== digest))
    return disagreement(`has the digest ${JSON.stringify(said)}, the lines before it ${digest ?? 'have another'}`)
  const footer = decoder.decode(without(parsed.right, FOOTER_KEYS))
  return isLeft(footer)
    ? disagreement(`is not understood: ${explain(footer.left)}`)
    : right({ footer: footer.right, digest: said })
}

/** One entry, whichever way its JSON is written, and the checksum that the next line continues. */
export const decodeEntry = (
  chunk: Chunk,
  start: number,
  end: number,
  place: Place,
  routes: ReadonlyMap<string, Route>,
): Either<Fault, { readonly entry: Entry; readonly crc: number }> => {
  const sum = checkSum(chunk, start, end, place)
  if (isLeft(sum)) return sum
  const parsed = parseObject(chunk.bytes, start, end)
  if (isLeft(parsed)) return parsed
  const { seq, at, cause, by, kind } = parsed.right
  if (
    !isWhole(seq) ||
    !isWhole(at) ||
    !(cause === null || isWhole(cause)) ||
    typeof by !== 'string' ||
    typeof kind !== 'string'
  )
    return left({ code: 'WT308', reason: 'is no entry: seq, at, cause, by or kind is missing or wrong', hint: RESTORE })
  const disorder = (reason: string): Either<Fault, never> => left({ code: 'WT307', reason, hint: RESTORE })
  if (seq !== place.seq) return disorder(`is entry #${seq} where #${place.seq} belongs`)
  if (at < place.at) return disorder(`goes back in time, from ${place.at} ms to ${at} ms`)
  if (cause !== null && cause >= seq) return disorder(`is entry #${seq} and says that #${cause} caused it`)
  const route = routes.get(kind)
  if (route === undefined)
    return left({
      code: 'WT309',
      reason: `has an event of the unknown kind ${JSON.stringify(kind)}`,
      hint: 'read it with the version of wavetank, and the controllers, that wrote it',
    })
  const wrong = (reason: string): Either<Fault, never> =>
    left({ code: 'WT310', reason, hint: 'read it with the version of wavetank that wrote it' })
  const fields = without(parsed.right, ENTRY_KEYS)
  const unknown = Object.keys(fields).find((name) => !Object.hasOwn(route.definition.fields, name))
  if (unknown !== undefined) return wrong(`has a ${kind} with the unknown field ${JSON.stringify(unknown)}`)
  const event = route.definition.codec.decode({ kind, ...fields })
  if (isLeft(event)) return wrong(`has a ${kind} that is not as defined: ${explain(event.left)}`)
  return right({ entry: { seq, at, cause, by, event: event.right }, crc: sum.right.crc })
}
