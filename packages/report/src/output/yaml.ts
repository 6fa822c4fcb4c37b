/**
 * YAML as kubectl prints it: to the byte, quotes and line folds included.
 *
 * 1. Text that would be read as something else (`true`, `1.5`, a date) is in double quotes.
 * 2. Text that no plain scalar can hold is in single quotes, or double ones where it needs escapes.
 * 3. Text of several lines is a literal block; a long line is folded at the first space past column 80.
 *
 * Source: sigs.k8s.io/yaml/goyaml.v2, encode.go (stringv), resolve.go, emitterc.go (yaml_emitter_analyze_scalar and the
 * writers). A general YAML library makes other choices in each of these, and not all of them can be set.
 */

type Json = Readonly<Record<string, unknown>>

const WIDTH = 80

const WORD =
  /^(|~|null|Null|NULL|true|True|TRUE|false|False|FALSE|y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|<<)$/
const NUMBER =
  /^[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|^[-+]?0(x[0-9a-fA-F_]+|b[01_]+|o[0-7_]+)$|^[-+]?\.(inf|Inf|INF)$|^\.(nan|NaN|NAN)$/
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/
const TIMESTAMP = /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt ].*)?$/

/** Would it be read as something else than text? */
const isAmbiguous = (text: string): boolean =>
  WORD.test(text) || NUMBER.test(text) || BASE_60.test(text) || TIMESTAMP.test(text)

/** Characters that only double quotes can write; a line feed is none. */
const UNPRINTABLE = /[^\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]|\ufeff/u

const isPlain = (text: string): boolean =>
  !/^(---|\.\.\.)/.test(text) &&
  !/^[#,[\]{}&*!|>'"%@`]/.test(text) &&
  !/^[-?:](\s|$)/.test(text) &&
  !/:(\s|$)/.test(text) &&
  !/\s#/.test(text) &&
  !/^ | $/.test(text)

const pad = (indent: number): string => ' '.repeat(indent)

/** Breaks a line at every single space behind column 80, as libyaml does. */
const fold = (text: string, indent: number, column: number, start: string, escapeSpace: boolean): string => {
  let folded = start
  let at = column + start.length
  let afterSpace = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!
    if (character === ' ' && !afterSpace && at > WIDTH && i > 0 && i < text.length - 1) {
      const beforeSpace = text[i + 1] === ' '
      if (!beforeSpace || escapeSpace) {
        folded += `\n${pad(indent)}${beforeSpace ? '\\' : ''}`
        at = indent + (beforeSpace ? 1 : 0)
        afterSpace = true
        continue
      }
    }
    folded += character
    at++
    afterSpace = character === ' '
  }
  return folded
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

const escaped = (character: string): string => {
  const known = ESCAPES[character]
  if (known !== undefined) return known
  if (!UNPRINTABLE.test(character)) return character
  const code = character.codePointAt(0) as number
  const digits = code.toString(16).toUpperCase()
  if (code <= 0xff) return `\\x${digits.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${digits.padStart(4, '0')}` : `\\U${digits.padStart(8, '0')}`
}

const doubleQuoted = (text: string, indent: number, column: number): string =>
  `${fold([...text].map(escaped).join(''), indent, column, '"', true)}"`

/** A literal block. Trailing spaces in it, or spaces in front of a break, need double quotes instead. */
const isBlock = (text: string): boolean => !UNPRINTABLE.test(text) && !/ (\n|$)/.test(text)

const block = (text: string, indent: number): string => {
  const chomp = text.endsWith('\n\n') || text === '\n' ? '+' : text.endsWith('\n') ? '' : '-'
  const hint = /^[ \n]/.test(text) ? '2' : ''
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
  return `|${hint}${chomp}\n${lines.map((line) => (line === '' ? '' : pad(indent) + line)).join('\n')}`
}

const text = (value: string, indent: number, column: number): string => {
  if (value.includes('\n')) return isBlock(value) ? block(value, indent) : doubleQuoted(value, indent, column)
  if (isAmbiguous(value) || UNPRINTABLE.test(value)) return doubleQuoted(value, indent, column)
  if (isPlain(value)) return fold(value, indent, column, '', false)
  return `${fold(value.replaceAll("'", "''"), indent, column, "'", false)}'`
}

const keyOf = (key: string): string => {
  if (isAmbiguous(key) || UNPRINTABLE.test(key) || key.includes('\n')) return doubleQuoted(key, 0, -Infinity)
  return isPlain(key) ? key : `'${key.replaceAll("'", "''")}'`
}

const isCollection = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && (Array.isArray(value) ? value : Object.keys(value)).length > 0

/** What stands at `column`; further lines carry their own indent. */
const node = (value: unknown, indent: number, column: number): string => {
  if (typeof value === 'string') return text(value, indent, column)
  if (!isCollection(value))
    return Array.isArray(value) ? '[]' : typeof value === 'object' && value !== null ? '{}' : `${value}`
  const separator = `\n${pad(indent)}`
  if (Array.isArray(value)) return value.map((item) => `- ${node(item, indent + 2, indent + 2)}`).join(separator)
  return Object.entries(value)
    .map(([name, field]) => {
      const key = `${keyOf(name)}:`
      if (!isCollection(field)) return `${key} ${node(field, indent + 2, indent + key.length + 1)}`
      // A list stands below its key without an indent of its own.
      const inner = Array.isArray(field) ? indent : indent + 2
      return `${key}\n${pad(inner)}${node(field, inner, inner)}`
    })
    .join(separator)
}

/** An object as `kubectl get -o yaml` prints it, keys in the order in which they come. */
export const formatYaml = (value: Json): string => `${node(value, 0, 0)}\n`
