import { IdType, type SimEvent } from '../event.ts'
import { checkFieldNames, LINE_END, LINE_TAIL, LINE_TAIL_BYTES, type LogCatalogue, type LoggedKind } from './format.ts'
import { type Chunk, isLiteral, type Literal, literal } from './literal.ts'

/** What the reader knows of a kind of event. */
export interface Route {
  readonly definition: LoggedKind
  readonly fields: readonly RouteField[]
}

interface RouteField {
  readonly name: string
  /** `,"pod":` */
  readonly head: Literal
  readonly isOptional: boolean
  /** Whether the codec is one of identifiers: those are just the texts that the parser below takes. */
  readonly isId: boolean
  readonly is: (value: unknown) => boolean
}

export const routesOf = (catalogue: LogCatalogue): ReadonlyMap<string, Route> => {
  const routes = new Map<string, Route>()
  for (const [kind, definition] of catalogue) {
    checkFieldNames(definition)
    const fields = Object.entries(definition.fields).map(([name, field]): RouteField => {
      const isOptional = 'optional' in field
      const codec = isOptional ? field.optional : field
      return {
        name,
        head: literal(`,${JSON.stringify(name)}:`),
        isOptional,
        isId: codec instanceof IdType,
        is: codec.is.bind(codec),
      }
    })
    routes.set(kind, { definition, fields })
  }
  return routes
}

/** A line as the writer writes it, taken apart; the values are those of the last line that `parse` accepted. */
export interface CanonicalLine {
  seq: number
  at: number
  cause: number | null
  by: string
  event: SimEvent
  /** Where the bytes end that the checksum covers. */
  bodyEnd: number
  /** Where the line ends, its line feed included. */
  end: number
}

const SEQ = literal('{"seq":')
const AT = literal(',"at":')
const CAUSE = literal(',"cause":')
const BY = literal(',"by":"')
const KIND = literal(',"kind":"')
const TAIL = literal(LINE_TAIL)
const END = literal(LINE_END)
const NULL = literal('null')
const TRUE = literal('true')
const FALSE = literal('false')

const QUOTE = 34
const COMMA = 44
const MINUS = 45
const ZERO = 48
const NINE = 57
const COLON = 58
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

/** Lists and objects within each other; what is deeper is left to JSON.parse. */
const DEPTH_MAX = 32

const NOT_CANONICAL = Symbol('not canonical')

const POOL_SLOTS_MIN = 1 << 8
const POOL_SLOTS_MAX = 1 << 16
/** Words of four bytes that a pooled name has at most. */
const POOL_WORDS = 16

const ONES = 0x01010101
const HIGHS = 0x80808080 | 0

/**
 * A parser of the lines that the writer writes most: printable ASCII without escapes, whole numbers, booleans, and lists
 * and objects of those, the fields in the order of their definition and as their codecs want them. Whatever else stands in a line,
 * `parse` is false and says nothing about it: JSON.parse and the codec have the word.
 *
 * Hot path: a third of the time of JSON.parse and the codec. Texts are looked at four bytes at a time, and come from a
 * pool that grows while it helps: a name that was seen before is not made again, which also spares whoever folds the log from hashing it again.
 */
export const createCanonicalParser = (
  routes: ReadonlyMap<string, Route>,
): { readonly line: CanonicalLine; readonly parse: (chunk: Chunk, start: number) => boolean } => {
  let slots = POOL_SLOTS_MIN
  let pool: string[] = new Array(slots).fill('')
  /** The bytes of the names in the pool, padded with zeros. */
  let poolWords = new Int32Array(slots * POOL_WORDS)
  let misses = 0
  const line: CanonicalLine = { seq: 0, at: 0, cause: null, by: '', event: { kind: '' }, bodyEnd: 0, end: 0 }
  /** The next byte to look at. */
  let cursor = 0

  /** A whole number of at most 15 digits, or -1. */
  const wholeNumber = (bytes: Uint8Array): number => {
    const start = cursor
    let index = start
    let value = 0
    let byte = bytes[index]!
    while (byte >= ZERO && byte <= NINE) {
      value = value * 10 + (byte - ZERO)
      byte = bytes[++index]!
    }
    const digits = index - start
    if (digits === 0 || digits > 15 || (digits > 1 && bytes[start] === ZERO)) return -1
    cursor = index
    return value
  }

  /** The text up to the next quote; undefined if it has a byte that is escaped, or not printable ASCII, or a DEL. */
  const text = ({ bytes, view }: Chunk): string | undefined => {
    const start = cursor
    let index = start
    let hash = 0
    let rest = 0
    for (;;) {
      const word = view.getInt32(index, true)
      const quote = word ^ 0x22222222
      const backslash = word ^ 0x5c5c5c5c
      // The high bit of each byte that ends the plain text. Borrows and carries reach only the bytes above one that
      // does, so the lowest is exact.
      const ends =
        (((quote - ONES) & ~quote) |
          ((backslash - ONES) & ~backslash) |
          ((word - 0x20202020) & ~word) |
          (word + ONES) |
          word) &
        HIGHS
      if (ends === 0) {
        hash = Math.imul(hash ^ word, 0x9e3779b1)
        hash ^= hash >>> 15
        index += 4
        continue
      }
      const plain = (31 - Math.clz32(ends & -ends)) >> 3
      rest = plain === 0 ? 0 : word & ((1 << (8 * plain)) - 1)
      index += plain
      break
    }
    if (bytes[index] !== QUOTE) return undefined
    cursor = index + 1
    const length = index - start
    if (length > 4 * POOL_WORDS) return bytes.toString('latin1', start, index)

    hash = Math.imul(hash ^ rest, 0x9e3779b1)
    const slot = (hash ^ (hash >>> 15)) & (slots - 1)
    const pooled = pool[slot]!
    const base = slot * POOL_WORDS
    const whole = length >> 2
    if (pooled.length === length) {
      let same = 0
      while (same < whole && poolWords[base + same] === view.getInt32(start + 4 * same, true)) same++
      if (same === whole && ((length & 3) === 0 || poolWords[base + whole] === rest)) return pooled
    }
    const made = bytes.toString('latin1', start, index)
    if (++misses > 2 * slots && slots < POOL_SLOTS_MAX) {
      slots *= 4
      misses = 0
      pool = new Array(slots).fill('')
      poolWords = new Int32Array(slots * POOL_WORDS)
      return made
    }
    pool[slot] = made
    for (let word = 0; word < whole; word++) poolWords[base + word] = view.getInt32(start + 4 * word, true)
    if ((length & 3) !== 0) poolWords[base + whole] = rest
    return made
  }

  const object = (chunk: Chunk, depth: number): unknown => {
    const values: Record<string, unknown> = {}
    if (chunk.bytes[cursor] === CLOSE_BRACE) {
      cursor++
      return values
    }
    for (;;) {
      if (chunk.bytes[cursor++] !== QUOTE) return NOT_CANONICAL
      const key = text(chunk)
      // An assignment to __proto__ would set the prototype, where JSON.parse makes a property.
      if (key === undefined || key === '__proto__' || chunk.bytes[cursor++] !== COLON) return NOT_CANONICAL
      const read = value(chunk, depth)
      if (read === NOT_CANONICAL) return NOT_CANONICAL
      values[key] = read
      const byte = chunk.bytes[cursor++]
      if (byte === CLOSE_BRACE) return values
      if (byte !== COMMA) return NOT_CANONICAL
    }
  }

  const list = (chunk: Chunk, depth: number): unknown => {
    const values: unknown[] = []
    if (chunk.bytes[cursor] === CLOSE_BRACKET) {
      cursor++
      return values
    }
    for (;;) {
      const item = value(chunk, depth)
      if (item === NOT_CANONICAL) return NOT_CANONICAL
      values.push(item)
      const byte = chunk.bytes[cursor++]
      if (byte === CLOSE_BRACKET) return values
      if (byte !== COMMA) return NOT_CANONICAL
    }
  }

  const word = (view: DataView, expected: Literal, meaning: boolean | null): unknown => {
    if (!isLiteral(view, cursor, expected)) return NOT_CANONICAL
    cursor += expected.length
    return meaning
  }

  const value = (chunk: Chunk, depth: number): unknown => {
    const { bytes, view } = chunk
    const byte = bytes[cursor]!
    if (byte === QUOTE) {
      cursor++
      return text(chunk) ?? NOT_CANONICAL
    }
    if (byte >= ZERO && byte <= NINE) {
      const number = wholeNumber(bytes)
      return number < 0 ? NOT_CANONICAL : number
    }
    if (byte === MINUS) {
      cursor++
      const number = wholeNumber(bytes)
      return number <= 0 ? NOT_CANONICAL : -number
    }
    if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      if (depth === DEPTH_MAX) return NOT_CANONICAL
      cursor++
      return byte === OPEN_BRACE ? object(chunk, depth + 1) : list(chunk, depth + 1)
    }
    if (byte === 116) return word(view, TRUE, true)
    if (byte === 102) return word(view, FALSE, false)
    if (byte === 110) return word(view, NULL, null)
    return NOT_CANONICAL
  }

  /** Takes the line that starts at `start` apart; there is a line feed somewhere behind it. */
  const parse = (chunk: Chunk, start: number): boolean => {
    const { bytes, view } = chunk
    if (!isLiteral(view, start, SEQ)) return false
    cursor = start + SEQ.length
    const seq = wholeNumber(bytes)
    if (seq < 0 || !isLiteral(view, cursor, AT)) return false
    cursor += AT.length
    const at = wholeNumber(bytes)
    if (at < 0 || !isLiteral(view, cursor, CAUSE)) return false
    cursor += CAUSE.length
    let cause: number | null = null
    if (isLiteral(view, cursor, NULL)) cursor += NULL.length
    else {
      cause = wholeNumber(bytes)
      if (cause < 0) return false
    }
    if (!isLiteral(view, cursor, BY)) return false
    cursor += BY.length
    const by = text(chunk)
    if (by === undefined || !isLiteral(view, cursor, KIND)) return false
    cursor += KIND.length
    const kind = text(chunk)
    if (kind === undefined) return false
    const route = routes.get(kind)
    if (route === undefined) return false

    const { fields } = route
    const event: Record<string, unknown> = { kind: route.definition.kind }
    for (let index = 0; index < fields.length; index++) {
      const field = fields[index]!
      if (!isLiteral(view, cursor, field.head)) {
        if (!field.isOptional) return false
        continue
      }
      cursor += field.head.length
      if (field.isId) {
        if (bytes[cursor] !== QUOTE) return false
        cursor++
        const read = text(chunk)
        if (read === undefined) return false
        event[field.name] = read
      } else {
        const read = value(chunk, 0)
        if (read === NOT_CANONICAL || !field.is(read)) return false
        event[field.name] = read
      }
    }
    if (!isLiteral(view, cursor, TAIL) || !isLiteral(view, cursor + TAIL.length + 8, END)) return false

    line.seq = seq
    line.at = at
    line.cause = cause
    line.by = by
    line.event = event as unknown as SimEvent
    line.bodyEnd = cursor
    line.end = cursor + LINE_TAIL_BYTES
    return true
  }

  return { line, parse }
}
