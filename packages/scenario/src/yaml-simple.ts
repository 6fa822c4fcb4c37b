import { plainScalar } from './yaml-scalar.ts'

/**
 * The YAML that most manifests are written in: block mappings and sequences of one-line scalars, in ASCII.
 *
 * Whatever is more than that (flow collections, block scalars, anchors, tags, comments behind values, escapes, text over
 * several lines, the same key twice) is left to the parser of all of YAML, and so is whatever is wrong: this reader has
 * an answer only where there is nothing to say about it. A property compares the two.
 *
 * Hot path: reads 3 MB of manifests in a tenth of the time that the parser takes, and holds nothing but the values.
 */

/** Thrown out of the depth of a document that is not simple after all. */
const NOT_SIMPLE = Symbol('not simple')

const NESTING_MAX = 50
const OTHER_CHARACTERS = /[^\x20-\x7e\n]/
const KEY = /^[A-Za-z_][\w./-]*$/
/** What a plain scalar may begin with here: no indicator of YAML's, and no dash that could be one. */
const PLAIN = /^(?:[A-Za-z0-9_./(+~$;^]|-[0-9A-Za-z.])/

const SPACE = 32
const HASH = 35
const DASH = 45

const scalarOf = (text: string): unknown => {
  const first = text.charCodeAt(0)
  if (first === 39) {
    const inner = text.slice(1, -1)
    if (text.length < 2 || text.charCodeAt(text.length - 1) !== 39) throw NOT_SIMPLE
    if (!inner.includes("'")) return inner
    if (inner.replaceAll("''", '').includes("'")) throw NOT_SIMPLE
    return inner.replaceAll("''", "'")
  }
  if (first === 34) {
    const inner = text.slice(1, -1)
    if (text.length < 2 || text.charCodeAt(text.length - 1) !== 34 || /["\\]/.test(inner)) throw NOT_SIMPLE
    return inner
  }
  if (text === '{}') return {}
  if (text === '[]') return []
  if (!PLAIN.test(text) || text.includes(': ') || text.includes(' #') || text.endsWith(':')) throw NOT_SIMPLE
  const value = plainScalar(text)
  if (typeof value === 'number' && !Number.isFinite(value)) throw NOT_SIMPLE
  return value
}

/** The end of the key that a line begins with; −1 if it begins with none. */
const keyEnd = (line: string): number => {
  for (let i = line.indexOf(':'); i >= 0; i = line.indexOf(':', i + 1)) {
    if (i + 1 === line.length || line.charCodeAt(i + 1) === SPACE) return i
  }
  return -1
}

const isItem = (line: string): boolean =>
  line.charCodeAt(0) === DASH && (line.length === 1 || line.charCodeAt(1) === SPACE)

const readLines = (text: string): { readonly indents: number[]; readonly lines: string[] } => {
  const indents: number[] = []
  const lines: string[] = []
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    let from = start
    while (from < end && text.charCodeAt(from) === SPACE) from++
    let to = end
    while (to > from && text.charCodeAt(to - 1) === SPACE) to--
    if (to > from && text.charCodeAt(from) !== HASH) {
      indents.push(from - start)
      lines.push(text.slice(from, to))
    }
    start = end + 1
  }
  return { indents, lines }
}

const readDocument = (text: string): unknown => {
  const { indents, lines } = readLines(text)
  let at = lines[0] === '---' && indents[0] === 0 ? 1 : 0
  if (at >= lines.length) throw NOT_SIMPLE

  /** What stands behind a key or a dash on one line; no further line may belong to it. */
  const inline = (rest: string, indent: number): unknown => {
    at++
    if (at < lines.length && indents[at]! > indent) throw NOT_SIMPLE
    return scalarOf(rest)
  }

  const block = (indent: number, depth: number): unknown => {
    if (depth > NESTING_MAX) throw NOT_SIMPLE
    return isItem(lines[at]!) ? sequence(indent, depth) : mapping(indent, depth)
  }

  const sequence = (indent: number, depth: number): unknown[] => {
    const items: unknown[] = []
    while (at < lines.length && indents[at] === indent && isItem(lines[at]!)) {
      const line = lines[at]!
      let from = 1
      while (line.charCodeAt(from) === SPACE) from++
      if (from >= line.length) {
        at++
        items.push(at < lines.length && indents[at]! > indent ? block(indents[at]!, depth + 1) : null)
        continue
      }
      const rest = line.slice(from)
      if (isItem(rest) || (keyEnd(rest) > 0 && KEY.test(rest.slice(0, keyEnd(rest))))) {
        // The line goes on as the first of a block that begins where its text does.
        indents[at] = indent + from
        lines[at] = rest
        items.push(block(indent + from, depth + 1))
      } else items.push(inline(rest, indent))
    }
    return items
  }

  const mapping = (indent: number, depth: number): Record<string, unknown> => {
    const record: Record<string, unknown> = {}
    while (at < lines.length && indents[at] === indent && !isItem(lines[at]!)) {
      const line = lines[at]!
      const end = keyEnd(line)
      const key = end < 0 ? '' : line.slice(0, end)
      if (!KEY.test(key) || key === '__proto__' || Object.hasOwn(record, key) || plainScalar(key) !== key)
        throw NOT_SIMPLE
      let from = end + 1
      while (line.charCodeAt(from) === SPACE) from++
      if (from < line.length) {
        record[key] = inline(line.slice(from), indent)
        continue
      }
      at++
      const next = at < lines.length ? indents[at]! : -1
      if (next > indent) record[key] = block(next, depth + 1)
      else if (next === indent && isItem(lines[at]!)) record[key] = sequence(indent, depth + 1)
      else record[key] = null
    }
    return record
  }

  const value = block(indents[at]!, 0)
  if (at < lines.length) throw NOT_SIMPLE
  return value
}

/** The value of one document, if it is simple; it may begin with the line `---`. */
export const readSimpleYaml = (text: string): { readonly value: unknown } | undefined => {
  if (OTHER_CHARACTERS.test(text)) return undefined
  try {
    return { value: readDocument(text) }
  } catch (error) {
    if (error === NOT_SIMPLE) return undefined
    throw error
  }
}
