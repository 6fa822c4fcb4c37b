import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'

/**
 * kubectl's JSONPath templates: text with expressions in braces.
 *
 *     {range .items[*]}{.metadata.name}{"\t"}{.status.phase}{"\n"}{end}
 *
 * 1. A template is a list of parts; `range … end` is one part that holds others.
 * 2. An expression is a row of steps, each from a list of values to a list of values.
 * 3. What is missing is nothing (`--allow-missing-template-keys`, kubectl's default); an index beyond a list is an error.
 *
 * Source: client-go/util/jsonpath (parser.go, jsonpath.go); its dialect is neither that of RFC 9535 nor that of the npm
 * packages, so it is read here.
 */

type Json = unknown

type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | { readonly kind: 'slice'; readonly from: number | undefined; readonly to: number | undefined; readonly by: number }
  | { readonly kind: 'index'; readonly at: number }
  | { readonly kind: 'union'; readonly paths: readonly (readonly Step[])[] }
  | {
      readonly kind: 'filter'
      readonly left: readonly Step[]
      readonly operator: Operator
      readonly right: readonly Step[]
    }
  | { readonly kind: 'literal'; readonly value: string | number | boolean }

type Operator = 'exists' | '==' | '!=' | '<' | '<=' | '>' | '>='

type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'values'; readonly steps: readonly Step[] }
  | { readonly kind: 'range'; readonly steps: readonly Step[]; readonly parts: readonly Part[] }

/** A template that was read. */
export interface JsonPath {
  readonly parts: readonly Part[]
}

const REFUSAL = 'JsonPathRefusal'

/** Ends reading or printing from wherever it is; `attempt` catches it. */
const refuse = (message: string): never => {
  throw Object.assign(new Error(message), { name: REFUSAL })
}

const attempt = <A>(work: () => A): Either<string, A> => {
  try {
    return right(work())
  } catch (error) {
    if (error instanceof Error && error.name === REFUSAL) return left(error.message)
    throw error
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' }

/** What stands between quotes: `"a\tb"`, `'it\'s'`. */
const unquote = (quoted: string): string =>
  quoted.slice(1, -1).replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/g, (_, code: string) => {
    if (code.length > 1) return String.fromCodePoint(Number.parseInt(code.slice(1), 16))
    return ESCAPES[code] ?? code
  })

/** Where the quoted text that begins at `from` ends. */
const endOfQuote = (text: string, from: number): number => {
  for (let at = from + 1; at < text.length && text[at] !== '\n'; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === text[from]) return at + 1
  }
  return refuse('unterminated quoted string')
}

/** Where the bracket that begins at `from` ends; quotes hide what is in them. */
const endOfBracket = (text: string, from: number): number => {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const character = text[at]
    if (character === '"' || character === "'") at = endOfQuote(text, at) - 1
    else if (character === '[' || character === '(') depth++
    else if (character === ']' || character === ')') {
      depth--
      if (depth === 0) return at + 1
    }
  }
  return refuse(text.startsWith('[?(', from) ? 'unterminated filter' : 'unterminated array')
}

/** `a,b` at its commas, but for those in quotes and brackets. */
const splitAtCommas = (text: string): readonly string[] => {
  const pieces: string[] = []
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (character === '"' || character === "'") at = endOfQuote(text, at) - 1
    else if (character === '[' || character === '(') at = endOfBracket(text, at) - 1
    else if (character === ',') {
      pieces.push(text.slice(from, at))
      from = at + 1
    }
  }
  return [...pieces, text.slice(from)].map((piece) => piece.trim())
}

const COMPARISON = /^((?:[^!<>="']|"[^"]*"|'[^']*')+)(==|!=|<=|>=|<|>)(.+)$/
const SLICE = /^(-?\d*)(?::(-?\d*))?(?::(-?\d*))?$/
const WORD_END = /[\s.,[\]$@{}]/

const numberOf = (text: string | undefined): number | undefined =>
  text === undefined || text === '' ? undefined : Number(text)

const filterOf = (text: string): Step => {
  const found = COMPARISON.exec(text)
  if (found === null) return { kind: 'filter', left: stepsOf(text), operator: 'exists', right: [] }
  return { kind: 'filter', left: stepsOf(found[1]!), operator: found[2] as Operator, right: stepsOf(found[3]!) }
}

/** What stands in brackets, without them. */
const bracketStep = (text: string): Step => {
  if (text.startsWith('?(')) {
    if (!text.endsWith(')')) return refuse('unclosed array expect ]')
    return filterOf(text.slice(2, -1))
  }
  const pieces = splitAtCommas(text)
  if (pieces.length > 1) return { kind: 'union', paths: pieces.map((piece) => [bracketStep(piece)]) }
  if (text === '*') return { kind: 'slice', from: undefined, to: undefined, by: 1 }
  if (/^'[^']*'$/.test(text)) return { kind: 'field', name: text.slice(1, -1) }
  const found = SLICE.exec(text)
  if (found === null || text === '' || text === '-') return refuse(`invalid array index ${text}`)
  const [, from, to, by] = found
  if (!text.includes(':')) return { kind: 'index', at: Number(from) }
  return { kind: 'slice', from: numberOf(from), to: numberOf(to), by: numberOf(by) ?? 1 }
}

/** The steps of an expression: `.items[?(@.kind=="Pod")].metadata.name`. */
const stepsOf = (text: string): readonly Step[] => {
  const steps: Step[] = []
  let at = 0
  const word = (): string => {
    const from = at
    while (at < text.length && !WORD_END.test(text[at]!)) at += text[at] === '\\' ? 2 : 1
    return text.slice(from, at).replaceAll('\\', '')
  }
  const fieldStep = (): Step => {
    const name = word()
    return name === '*' ? { kind: 'wildcard' } : { kind: 'field', name }
  }
  while (at < text.length) {
    const character = text[at]!
    if (character === ' ' || character === '@' || character === '$') at++
    else if (text.startsWith('..', at)) {
      if (steps.at(-1)?.kind === 'recursive') return refuse('invalid multiple recursive descent')
      at += 2
      steps.push({ kind: 'recursive' })
      if (at < text.length && /[\w*]/.test(text[at]!)) steps.push(fieldStep())
    } else if (character === '.') {
      at++
      // A point alone is the value itself.
      if (at < text.length && !WORD_END.test(text[at]!)) steps.push(fieldStep())
    } else if (character === '[') {
      const end = endOfBracket(text, at)
      steps.push(bracketStep(text.slice(at + 1, end - 1)))
      at = end
    } else if (character === '"' || character === "'") {
      const end = endOfQuote(text, at)
      steps.push({ kind: 'literal', value: unquote(text.slice(at, end)) })
      at = end
    } else if (/[-+\d]/.test(character)) {
      const digits = /^[-+]?[\d.]+/.exec(text.slice(at))?.[0] ?? character
      if (Number.isNaN(Number(digits))) return refuse(`cannot parse number ${digits}`)
      steps.push({ kind: 'literal', value: Number(digits) })
      at += digits.length
    } else if (/\w/.test(character)) {
      const name = word()
      if (name !== 'true' && name !== 'false') return refuse(`unrecognized identifier ${name}`)
      steps.push({ kind: 'literal', value: name === 'true' })
    } else return refuse(`unrecognized character in action: ${character}`)
  }
  return steps
}

/** Where the brace that begins at `from` is closed. */
const endOfBrace = (text: string, from: number): number => {
  for (let at = from + 1; at < text.length; at++) {
    const character = text[at]
    if (character === '"' || character === "'") at = endOfQuote(text, at) - 1
    else if (character === '}') return at + 1
  }
  return refuse('unclosed action')
}

const RANGE = /^\s*range\b/

/** The parts up to the end of the text, or to the `end` of the range that they are in. */
const partsOf = (text: string, from: number, isInRange: boolean): { readonly parts: Part[]; readonly end: number } => {
  const parts: Part[] = []
  let at = from
  while (at < text.length) {
    const brace = text.indexOf('{', at)
    const literal = text.slice(at, brace === -1 ? text.length : brace)
    if (literal !== '') parts.push({ kind: 'text', text: literal })
    if (brace === -1) return { parts, end: text.length }
    const close = endOfBrace(text, brace)
    const inside = text.slice(brace + 1, close - 1)
    at = close
    if (inside.trim() === 'end') {
      if (!isInRange) return refuse('not in range, nothing to end')
      return { parts, end: at }
    }
    if (RANGE.test(inside)) {
      const inner = partsOf(text, at, true)
      parts.push({ kind: 'range', steps: stepsOf(inside.replace(RANGE, '')), parts: inner.parts })
      at = inner.end
    } else parts.push({ kind: 'values', steps: stepsOf(inside) })
  }
  return { parts, end: at }
}

/**
 * Reads a template.
 *
 * @returns on the left, what is wrong with it, in kubectl's words
 */
export const parseJsonPath = (text: string): Either<string, JsonPath> =>
  attempt(() => ({ parts: partsOf(text, 0, false).parts }))

const RELAXED = /^\{?\.?([^{}]+)\}?$/

/**
 * Reads one expression as `--sort-by` and custom columns take it: `{.metadata.name}`, `.metadata.name`, `metadata.name`.
 *
 * Source: kubectl/pkg/cmd/get/customcolumn.go, RelaxedJSONPathExpression.
 */
export const parseRelaxed = (text: string): Either<string, JsonPath> => {
  const found = RELAXED.exec(text)
  if (found === null && text !== '') {
    return left(
      `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
    )
  }
  return parseJsonPath(`{.${found?.[1] ?? ''}}`)
}

const isObject = (value: Json): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Go goes through maps in no particular order; here it is the order of the keys. */
const childrenOf = (value: Json): readonly Json[] => {
  if (Array.isArray(value)) return value
  if (!isObject(value)) return []
  return Object.keys(value)
    .sort()
    .map((key) => value[key])
}

const withDescendants = (value: Json): readonly Json[] => {
  const children = childrenOf(value)
  return children.length === 0 ? [] : [value, ...children.flatMap(withDescendants)]
}

const typeOf = (value: Json): string => (isObject(value) ? 'map' : typeof value)

const listOf = (value: Json): readonly Json[] =>
  Array.isArray(value) ? value : refuse(`${typeOf(value)} is not array or slice`)

const outOfBounds = (index: number, length: number): never =>
  refuse(`array index out of bounds: index ${index}, length ${length}`)

const elementAt = (list: readonly Json[], at: number): Json => {
  const index = at < 0 ? at + list.length : at
  return index < 0 || index >= list.length ? outOfBounds(index, list.length) : list[index]
}

const sliceOf = (list: readonly Json[], { from = 0, to = list.length, by }: Step & { kind: 'slice' }) => {
  const first = from < 0 ? from + list.length : from
  const end = to < 0 ? to + list.length : to
  if (first !== end && first >= list.length && list.length > 0) return outOfBounds(first, list.length)
  if (end > list.length) return outOfBounds(end - 1, list.length)
  return list.slice(Math.max(0, first), Math.max(0, end)).filter((_, i) => i % Math.max(1, by) === 0)
}

const compare = (a: Json, operator: Operator, b: Json): boolean => {
  if (operator === '==') return a === b
  if (operator === '!=') return a !== b
  if (typeof a !== typeof b || (typeof a !== 'number' && typeof a !== 'string')) {
    return refuse('incompatible types for comparison')
  }
  const [x, y] = [a as number, b as number]
  return operator === '<' ? x < y : operator === '<=' ? x <= y : operator === '>' ? x > y : x >= y
}

const passes = (value: Json, { left: a, operator, right: b }: Step & { kind: 'filter' }): boolean => {
  const lefts = evaluate(a, [value])
  if (operator === 'exists') return lefts.length > 0
  const rights = evaluate(b, [value])
  if (lefts.length === 0) return false
  if (lefts.length !== 1 || rights.length !== 1) return refuse('can only compare one element at a time')
  return compare(lefts[0], operator, rights[0])
}

const take = (step: Step, values: readonly Json[]): readonly Json[] => {
  switch (step.kind) {
    case 'literal':
      return values.map(() => step.value)
    case 'field':
      return values.flatMap((value) => (isObject(value) && value[step.name] !== undefined ? [value[step.name]] : []))
    case 'wildcard':
      return values.flatMap(childrenOf)
    case 'recursive':
      return values.flatMap(withDescendants)
    case 'union':
      return step.paths.flatMap((path) => evaluate(path, values))
    case 'index':
      return values.map((value) => elementAt(listOf(value), step.at))
    case 'slice':
      return values.flatMap((value) => sliceOf(listOf(value), step))
    case 'filter':
      return values.flatMap((value) => listOf(value).filter((item) => passes(item, step)))
  }
}

const evaluate = (steps: readonly Step[], values: readonly Json[]): readonly Json[] =>
  steps.reduce<readonly Json[]>((found, step) => take(step, found), values)

const printed = (value: Json): string =>
  typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)

const print = (parts: readonly Part[], value: Json): string =>
  parts
    .map((part) => {
      if (part.kind === 'text') return part.text
      const values = evaluate(part.steps, [value])
      if (part.kind === 'values') return values.map(printed).join(' ')
      return values.map((one) => print(part.parts, one)).join('')
    })
    .join('')

/** The text that a template makes of an object, or why it cannot. */
export const printJsonPath = ({ parts }: JsonPath, value: Json): Either<string, string> =>
  attempt(() => print(parts, value))

/** What the first expression of a template finds in an object, or why it cannot. */
export const findJsonPath = ({ parts: [part] }: JsonPath, value: Json): Either<string, readonly Json[]> =>
  attempt(() => (part?.kind === 'values' ? evaluate(part.steps, [value]) : []))

/** `NAME:.metadata.name`. */
export interface CustomColumn {
  readonly header: string
  readonly path: JsonPath
}

/**
 * Reads the columns of `-o custom-columns=NAME:.metadata.name,NODE:.spec.nodeName`.
 *
 * Source: kubectl/pkg/cmd/get/customcolumn.go, NewCustomColumnsPrinterFromSpec.
 */
export const parseCustomColumns = (text: string): Either<string, readonly CustomColumn[]> => {
  if (text === '') return left('custom-columns format specified but no custom columns given')
  const columns: CustomColumn[] = []
  for (const piece of text.split(',')) {
    const colon = piece.indexOf(':')
    if (colon === -1) return left(`unexpected custom-columns spec: ${piece}, expected <header>:<json-path-expr>`)
    const path = parseRelaxed(piece.slice(colon + 1))
    if (isLeft(path)) return path
    columns.push({ header: piece.slice(0, colon), path: path.right })
  }
  return right(columns)
}

/** A cell of a custom column; `<none>` for what is missing. Source: customcolumn.go, printOneObject. */
export const customCell = ({ path }: CustomColumn, object: Json): string => {
  const found = findJsonPath(path, object)
  if (isLeft(found) || found.right.length === 0) return '<none>'
  return found.right.map((value) => (value === null ? '<none>' : goText(value))).join(',')
}

/** As Go's `%v` prints it. */
const goText = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`
  if (!isObject(value)) return String(value)
  return `map[${Object.keys(value)
    .sort()
    .map((key) => `${key}:${goText(value[key])}`)
    .join(' ')}]`
}
