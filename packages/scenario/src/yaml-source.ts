/**
 * YAML (and JSON, which is YAML) as plain values, and the way back from a path in a value to line and column.
 *
 * 1. Every document is read by itself: a broken one is an issue and the others are still read.
 * 2. Values are JSON: what YAML can say beyond that is an issue, as it is for Kubernetes.
 * 3. Positions cost nothing until somebody asks: the text is parsed again then, and only then.
 *
 * The parser gives events with offsets. Values are made from them here rather than by the library's own schemas, because
 * kubectl's YAML is none of the standard ones (see yaml-scalar.ts) and because duplicate keys, aliases that explode and
 * values that JSON does not have are to be named all at once, with their places.
 */

import type { Issue, PathStep } from '@wavetank/cluster'
import {
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  type ScalarEvent,
  YAMLException,
} from 'js-yaml'
import type { Problem } from './codec.ts'
import { plainScalar } from './yaml-scalar.ts'
import { readSimpleYaml } from './yaml-simple.ts'

/** Line and column, both from 1; columns count UTF-16 units, as editors do. */
export interface Position {
  readonly line: number
  readonly column: number
}

export interface SourceDocument {
  /** Plain JSON. */
  readonly value: unknown
  /** Where a path leads; a step that is not there ends at what is. `key` asks for the field name instead of its value. */
  readonly positionOf: (path: readonly PathStep[], key?: boolean) => Position
  /** Where the character `offset` of the text at `path` stands. */
  readonly positionInside: (path: readonly PathStep[], offset: number) => Position
}

export interface YamlSource {
  readonly documents: readonly SourceDocument[]
  /** With the position of each; the path leads nowhere. */
  readonly issues: readonly (Issue & Position)[]
}

/** How many values aliases may repeat in one file. */
const ALIAS_EXPANSION_MAX = 100_000
const NESTING_MAX = 100

const at = (events: readonly Event[], index: number): Event => events[index]!

/** The index after the node that starts at `index`. */
const afterNode = (events: readonly Event[], index: number): number => {
  let depth = 0
  for (let i = index; ; i++) {
    const type = at(events, i).type
    if (type === EVENT_ID.MAPPING || type === EVENT_ID.SEQUENCE || type === EVENT_ID.DOCUMENT) depth++
    else if (type === EVENT_ID.POP) depth--
    if (depth === 0) return i + 1
  }
}

const startOf = (event: Event): number => {
  switch (event.type) {
    case EVENT_ID.MAPPING:
    case EVENT_ID.SEQUENCE:
      return event.start
    case EVENT_ID.SCALAR:
      if (event.valueStart < 0) return -1
      return event.style === SCALAR_STYLE.DOUBLE_QUOTED || event.style === SCALAR_STYLE.SINGLE_QUOTED
        ? event.valueStart - 1
        : event.valueStart
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1
    default:
      return -1
  }
}

const anchorOf = (text: string, event: Event): string | undefined =>
  'anchorStart' in event && event.type !== EVENT_ID.ALIAS && event.anchorStart >= 0
    ? text.slice(event.anchorStart, event.anchorEnd)
    : undefined

const tagOf = (text: string, event: Event): string =>
  'tagStart' in event && event.tagStart >= 0 ? text.slice(event.tagStart, event.tagEnd) : ''

const isMergeKey = (text: string, event: Event): boolean =>
  event.type === EVENT_ID.SCALAR &&
  event.style === SCALAR_STYLE.PLAIN &&
  event.valueEnd - event.valueStart === 2 &&
  text.startsWith('<<', event.valueStart)

const rawScalar = (text: string, event: ScalarEvent): string =>
  event.fast ? text.slice(event.valueStart, event.valueEnd) : getScalarValue(text, event)

interface Anchored {
  readonly value: unknown
  /** How many values it holds, aliases expanded. */
  readonly size: number
}

/** Reads values off events; collects what is wrong with them. */
const createReader = (
  text: string,
  events: readonly Event[],
  report: (offset: number, problem: Problem) => void,
  lineAt: (offset: number) => number,
) => {
  let cursor = 0
  let size = 0
  let repeated = 0
  let exploded = false
  let anchors = new Map<string, Anchored | 'open'>()

  const scalar = (event: ScalarEvent): unknown => {
    const raw = rawScalar(text, event)
    if (event.tagStart < 0) return event.style === SCALAR_STYLE.PLAIN ? jsonable(plainScalar(raw), event) : raw
    const tag = tagOf(text, event)
    const resolved = plainScalar(raw)
    const fits =
      tag === '!!int' || tag === '!!float'
        ? typeof resolved === 'number'
        : tag === '!!bool'
          ? typeof resolved === 'boolean'
          : tag === '!!null'
            ? resolved === null
            : undefined
    if (fits === true) return jsonable(resolved, event)
    if (fits === false) report(startOf(event), { code: 'WT009', message: `cannot decode "${raw}" as ${tag}` })
    if (tag === '!!binary')
      report(startOf(event), {
        code: 'WT009',
        message: '!!binary is not supported',
        hint: 'write the base64 text as it is, without the tag',
      })
    return raw
  }

  const jsonable = (value: unknown, event: Event): unknown => {
    if (typeof value !== 'number' || Number.isFinite(value)) return value
    report(startOf(event), { code: 'WT009', message: 'JSON, and so Kubernetes, has no infinities and no NaN' })
    return null
  }

  const keyOf = (event: Event): string | undefined => {
    if (event.type !== EVENT_ID.SCALAR) return undefined
    const key = scalar(event)
    return key === null ? undefined : String(key)
  }

  /** Where a mapping whose first key is at `first` has `key` for the first time. */
  const firstOf = (first: number, key: string): number => {
    for (let i = first; ; i = afterNode(events, afterNode(events, i))) {
      const event = at(events, i)
      if (event.type === EVENT_ID.SCALAR && String(keyText(text, event)) === key) return startOf(event)
    }
  }

  const mapping = (): unknown => {
    const first = cursor
    const record: Record<string, unknown> = {}
    const merged: unknown[] = []
    while (at(events, cursor).type !== EVENT_ID.POP) {
      const keyEvent = at(events, cursor)
      if (isMergeKey(text, keyEvent)) {
        cursor++
        const source = node()
        const sources = Array.isArray(source) ? source : [source]
        if (!sources.every((one) => typeof one === 'object' && one !== null && !Array.isArray(one)))
          report(startOf(keyEvent), {
            code: 'WT009',
            message: 'map merge requires map or sequence of maps as the value',
          })
        else merged.push(...sources)
        continue
      }
      const key = keyOf(keyEvent)
      if (key === undefined) {
        report(startOf(keyEvent), { code: 'WT009', message: 'a key must be text, a number or true or false' })
        cursor = afterNode(events, cursor)
        node()
        continue
      }
      cursor++
      const duplicate = Object.hasOwn(record, key)
      if (duplicate)
        report(startOf(keyEvent), {
          code: 'WT002',
          message: `the field \`${key}\` is there twice`,
          hint: `the first is on line ${lineAt(firstOf(first, key))}`,
        })
      const value = node()
      if (duplicate) continue
      if (key === '__proto__')
        Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true })
      else record[key] = value
    }
    cursor++
    for (const source of merged)
      for (const key of Object.keys(source as object))
        if (!Object.hasOwn(record, key)) record[key] = (source as Record<string, unknown>)[key]
    return record
  }

  const alias = (event: Event & { anchorStart: number; anchorEnd: number }): unknown => {
    const name = text.slice(event.anchorStart, event.anchorEnd)
    const anchored = anchors.get(name)
    if (anchored === undefined || anchored === 'open') {
      report(startOf(event), {
        code: 'WT009',
        message: anchored === 'open' ? `anchor "${name}" contains itself` : `unknown anchor "${name}" referenced`,
      })
      return null
    }
    repeated += anchored.size
    size += anchored.size - 1
    if (repeated <= ALIAS_EXPANSION_MAX) return anchored.value
    if (!exploded)
      report(startOf(event), {
        code: 'WT003',
        message: `aliases repeat more than ${ALIAS_EXPANSION_MAX} values`,
        hint: 'write out what is meant, or use fewer levels of aliases',
      })
    exploded = true
    return null
  }

  const node = (): unknown => {
    const event = at(events, cursor++)
    size++
    if (event.type === EVENT_ID.ALIAS) return alias(event)
    const anchor = anchorOf(text, event)
    const before = size
    if (anchor !== undefined) anchors.set(anchor, 'open')
    let value: unknown
    if (event.type === EVENT_ID.SCALAR) value = scalar(event)
    else if (event.type === EVENT_ID.SEQUENCE) {
      const items: unknown[] = []
      while (at(events, cursor).type !== EVENT_ID.POP) items.push(node())
      cursor++
      value = items
    } else value = mapping()
    if (anchor !== undefined) anchors.set(anchor, { value, size: size - before + 1 })
    return value
  }

  return {
    /** The document whose event is at `index`; `undefined` if it has nothing in it. */
    document: (index: number): unknown => {
      cursor = index + 1
      anchors = new Map()
      return at(events, cursor).type === EVENT_ID.POP ? undefined : node()
    },
  }
}

/** The offset of what `path` leads to in the document at `index`. */
const locate = (text: string, events: readonly Event[], index: number, path: readonly PathStep[], key: boolean) => {
  const anchored = (name: string, before: number): number | undefined => {
    for (let i = before; i > index; i--) if (anchorOf(text, at(events, i)) === name) return i
    return undefined
  }
  const target = (i: number): number => {
    const event = at(events, i)
    if (event.type !== EVENT_ID.ALIAS) return i
    return anchored(text.slice(event.anchorStart, event.anchorEnd), i) ?? i
  }
  const find = (parent: number, step: PathStep): { key: number; value: number } | undefined => {
    const kind = at(events, parent).type
    if (kind === EVENT_ID.SEQUENCE) {
      let i = parent + 1
      for (let n = 0; at(events, i).type !== EVENT_ID.POP; n++) {
        if (n === Number(step)) return { key: i, value: i }
        i = afterNode(events, i)
      }
    } else if (kind === EVENT_ID.MAPPING) {
      const merges: number[] = []
      for (let i = parent + 1; at(events, i).type !== EVENT_ID.POP; ) {
        const valueAt = afterNode(events, i)
        const event = at(events, i)
        if (isMergeKey(text, event)) merges.push(target(valueAt))
        else if (event.type === EVENT_ID.SCALAR && String(keyText(text, event)) === String(step))
          return { key: i, value: valueAt }
        i = afterNode(events, valueAt)
      }
      for (const merge of merges) {
        const found = find(merge, step)
        if (found !== undefined) return found
      }
    }
    return undefined
  }
  let found = { key: -1, value: index + 1 }
  for (const step of path) {
    const next = find(target(found.value), step)
    if (next === undefined) break
    found = next
  }
  return { event: at(events, found.value), offset: offsetOf(events, found, key) }
}

const keyText = (text: string, event: ScalarEvent): unknown => {
  const raw = rawScalar(text, event)
  return event.style === SCALAR_STYLE.PLAIN ? plainScalar(raw) : raw
}

/** A value on the line of its key is shown by itself; a block below its key, or nothing at all, by the key. */
const offsetOf = (events: readonly Event[], found: { key: number; value: number }, key: boolean): number => {
  const own = startOf(at(events, found.value))
  if (found.key < 0) return Math.max(own, 0)
  const event = at(events, found.value)
  const block = (event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE) && event.style === 1
  return key || block || own < 0 ? startOf(at(events, found.key)) : own
}

/** The offset in the text of the character `offset` of a scalar: exact but for escapes within quotes. */
const offsetInside = (text: string, event: Event, offset: number): number => {
  if (event.type !== EVENT_ID.SCALAR || event.valueStart < 0) return Math.max(startOf(event), 0)
  if (event.style !== SCALAR_STYLE.LITERAL_BLOCK && event.style !== SCALAR_STYLE.FOLDED_BLOCK)
    return Math.min(event.valueStart + offset, event.valueEnd)
  // Each line of the block lost its indentation; the line break at its end is one character of the value.
  let left = offset
  let line = event.valueStart
  for (;;) {
    const end = text.indexOf('\n', line)
    const stop = end < 0 || end > event.valueEnd ? event.valueEnd : end
    const indent = Math.min(Math.max(event.indent, 0), stop - line)
    if (left <= stop - line - indent || stop >= event.valueEnd) return Math.min(line + indent + left, event.valueEnd)
    left -= stop - line - indent + 1
    line = stop + 1
  }
}

const lineStartsOf = (text: string): readonly number[] => {
  const starts = [0]
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
  return starts
}

const parse = (text: string): readonly Event[] => parseEvents(text, { maxDepth: NESTING_MAX })

/** What the parser's complaint means for who wrote the text. */
const syntaxProblem = (text: string, reason: string, offset: number): Problem => {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1
  const lineEnd = text.indexOf('\n', offset)
  const line = text.slice(lineStart, lineEnd < 0 ? text.length : lineEnd)
  const template = line.includes('{{')
    ? 'this looks like a template: render it first, as with `helm template`'
    : undefined
  if (/^ *\t/.test(line))
    return { code: 'WT001', message: 'tab characters must not be used in indentation', hint: 'indent with spaces' }
  if (text[offset] === ':')
    return {
      code: 'WT001',
      message: 'mapping values are not allowed here',
      hint: template ?? 'check the indentation of this line, or put quotes around a value that has `: ` in it',
    }
  if ('@`%'.includes(text[offset] ?? ' '))
    return {
      code: 'WT001',
      message: `a value cannot start with \`${text[offset]}\``,
      hint: template ?? 'put quotes around it',
    }
  return { code: 'WT001', message: reason, ...(template === undefined ? {} : { hint: template }) }
}

/** Aliases are counted over the whole text, so a text with anchors stays in one piece. */
const ANCHOR = /(?:^|[\s[{,:-])&[^\s&]/m

/** Where the documents of a text begin, if it can be told without reading them. */
const cutsOf = (text: string): readonly number[] => {
  const cuts = [0]
  if (ANCHOR.test(text)) return cuts
  for (let line = text.indexOf('\n---\n'); line >= 0; line = text.indexOf('\n---\n', line + 1)) cuts.push(line + 1)
  return cuts
}

/**
 * Reads every document of a text.
 *
 * Documents without anything in them are left out, as kubectl does.
 */
export const readYaml = (text: string): YamlSource => {
  const documents: SourceDocument[] = []
  const issues: (Issue & Position)[] = []
  let lineStarts: readonly number[] | undefined
  const positionAt = (offset: number): Position => {
    lineStarts ??= lineStartsOf(text)
    let low = 0
    let high = lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (lineStarts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { line: low + 1, column: offset - lineStarts[low]! + 1 }
  }
  const report = (offset: number, { code, message, hint }: Problem): void => {
    issues.push({
      code,
      severity: 'error',
      path: [],
      message,
      ...(hint === undefined ? {} : { hint }),
      ...positionAt(offset),
    })
  }

  /** Reads a part of the text that starts at `base`; the parser's complaint if it cannot. */
  const readPart = (part: string, base: number): { readonly reason: string; readonly offset: number } | undefined => {
    let events: readonly Event[]
    try {
      events = parse(part)
    } catch (error) {
      if (error instanceof YAMLException) return { reason: error.reason, offset: error.mark?.position ?? 0 }
      throw error
    }
    let again: readonly Event[] | undefined
    const reader = createReader(
      part,
      events,
      (offset, problem) => report(base + Math.max(offset, 0), problem),
      (offset) => positionAt(base + offset).line,
    )
    for (let i = 0; i < events.length; ) {
      const index = i
      const value = reader.document(index)
      i = afterNode(events, index)
      if (value === undefined || value === null) continue
      const where = (path: readonly PathStep[], key: boolean) => {
        again ??= parse(part)
        return locate(part, again, index, path, key)
      }
      documents.push({
        value,
        positionOf: (path, key = false) => positionAt(base + where(path, key).offset),
        positionInside: (path, offset) => positionAt(base + offsetInside(part, where(path, false).event, offset)),
      })
    }
    return undefined
  }

  /** Reads one document the short way if that will do. */
  const readOne = (part: string, base: number): boolean => {
    const simple = readSimpleYaml(part)
    if (simple === undefined) return readPart(part, base) === undefined
    let events: readonly Event[] | undefined
    const where = (path: readonly PathStep[], key: boolean) => {
      events ??= parse(part)
      return locate(part, events, 0, path, key)
    }
    documents.push({
      value: simple.value,
      positionOf: (path, key = false) => positionAt(base + where(path, key).offset),
      positionInside: (path, offset) => positionAt(base + offsetInside(part, where(path, false).event, offset)),
    })
    return true
  }

  // One by one, as long as that goes well: the parser holds some twenty times the size of what it reads.
  const cuts = cutsOf(text)
  if (cuts.every((start, i) => readOne(text.slice(start, cuts[i + 1]), start))) return { documents, issues }
  documents.length = 0
  issues.length = 0
  const whole = readPart(text, 0)
  if (whole === undefined) return { documents, issues }
  // Something is broken: find out which documents are, and read the others.
  const starts = [0, ...[...text.matchAll(/^---(?=\s|$)/gm)].map(({ index }) => index)]
  let broken = false
  starts.forEach((start, index) => {
    const part = text.slice(start, starts[index + 1] ?? text.length)
    const complaint = readPart(part, start)
    if (complaint === undefined) return
    broken = true
    report(start + complaint.offset, syntaxProblem(part, complaint.reason, complaint.offset))
  })
  if (!broken) report(whole.offset, syntaxProblem(text, whole.reason, whole.offset))
  return { documents, issues }
}
