/**
 * Labels and everything that selects by them.
 *
 * 1. A `Selector` is plain data, read and sorted once; `selects` is a loop over its requirements and allocates nothing.
 * 2. A missing LabelSelector selects nothing, an empty one everything (`meta/v1/helpers.go: LabelSelectorAsSelector`);
 *    a missing map selects everything, as in `labels.SelectorFromSet`, and its owner decides what that means.
 * 3. Requirements are sorted by key, so two ways to write a selector print the same.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import { dnsSubdomainProblems, maxLengthMessage, regexMessage } from './names.ts'

export type Labels = Readonly<Record<string, string>>

export type LabelSelectorOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'

/** `Equals` and `NotEquals` say how it was written; they mean `In` and `NotIn` with one value. */
export type RequirementOperator = LabelSelectorOperator | 'Equals' | 'NotEquals' | 'Gt' | 'Lt'

export interface Requirement {
  readonly key: string
  readonly operator: RequirementOperator
  readonly values: readonly string[]
}

export interface Selector {
  readonly requirements: readonly Requirement[]
  /** True for the selector that selects no object whatever its labels. */
  readonly nothing: boolean
}

/** Structurally the API's LabelSelector; the codec is in `api/meta`. */
export interface LabelSelectorLike {
  readonly matchLabels?: Labels | undefined
  readonly matchExpressions?:
    | readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] | undefined }[]
    | undefined
}

const NO_LABELS: Labels = {}

const INTEGER = /^[+-]?[0-9]+$/
const INT64_MAX = 2n ** 63n - 1n

/** `strconv.ParseInt(text, 10, 64)`; undefined where Go would refuse. */
const parseInt64 = (text: string): bigint | undefined => {
  if (!INTEGER.test(text)) return undefined
  const value = BigInt(text.startsWith('+') ? text.slice(1) : text)
  return value > INT64_MAX || value < -INT64_MAX - 1n ? undefined : value
}

const isBeyond = (operator: 'Gt' | 'Lt', text: string | undefined, first: string | undefined): boolean => {
  const bound = first === undefined ? undefined : parseInt64(first)
  const value = typeof text === 'string' ? parseInt64(text) : undefined
  return bound !== undefined && value !== undefined && (operator === 'Gt' ? value > bound : value < bound)
}

const isMet = ({ key, operator, values }: Requirement, labels: Labels): boolean => {
  // What `labels[key]` inherits (`constructor`, `toString`) is never a string, so `typeof` is a safe test of presence.
  const value = labels[key]
  switch (operator) {
    case 'Equals':
      return value === values[0]
    case 'NotEquals':
      return value !== values[0]
    case 'In':
      return typeof value === 'string' && values.includes(value)
    case 'NotIn':
      return typeof value !== 'string' || !values.includes(value)
    case 'Exists':
      return typeof value === 'string'
    case 'DoesNotExist':
      return typeof value !== 'string'
    case 'Gt':
    case 'Lt':
      return isBeyond(operator, value, values[0])
  }
}

const byKey = (a: Requirement, b: Requirement): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

/** All of the requirements must hold. */
export const selectorOfRequirements = (requirements: readonly Requirement[]): Selector => ({
  requirements: [...requirements].sort(byKey),
  nothing: false,
})

/** Whether a selector selects an object with these labels. */
export const selects = ({ requirements, nothing }: Selector, labels: Labels | undefined): boolean => {
  if (nothing) return false
  const own = labels ?? NO_LABELS
  // Hot path: selectors of a scheduler's terms are held against every pod.
  for (let i = 0; i < requirements.length; i++) if (!isMet(requirements[i]!, own)) return false
  return true
}

/** Selects every object. */
export const EVERYTHING: Selector = selectorOfRequirements([])

/** Selects no object. */
export const NOTHING: Selector = { requirements: [], nothing: true }

/** The selector of a plain map, as ReplicationController, Service and nodeSelector use it; none or empty selects all. */
export const selectorOfLabels = (labels: Labels | undefined): Selector =>
  labels === undefined
    ? EVERYTHING
    : selectorOfRequirements(Object.keys(labels).map((key) => ({ key, operator: 'Equals', values: [labels[key]!] })))

/** The selector of a LabelSelector: none selects nothing, `{}` selects everything. */
export const selectorOf = (selector: LabelSelectorLike | undefined): Selector => {
  if (selector === undefined) return NOTHING
  const { matchLabels = NO_LABELS, matchExpressions = [] } = selector
  return selectorOfRequirements([
    ...Object.keys(matchLabels).map((key): Requirement => ({ key, operator: 'Equals', values: [matchLabels[key]!] })),
    ...matchExpressions.map(
      ({ key, operator, values = [] }): Requirement => ({ key, operator: operator as RequirementOperator, values }),
    ),
  ])
}

/** True if nothing is required, so that every object matches. */
export const selectsEverything = (selector: Selector): boolean =>
  !selector.nothing && selector.requirements.length === 0

const formatRequirement = ({ key, operator, values }: Requirement): string => {
  const sorted = values.length > 1 ? [...values].sort() : values
  switch (operator) {
    case 'Equals':
      return `${key}=${values[0]}`
    case 'NotEquals':
      return `${key}!=${values[0]}`
    case 'In':
      return `${key} in (${sorted.join(',')})`
    case 'NotIn':
      return `${key} notin (${sorted.join(',')})`
    case 'Exists':
      return key
    case 'DoesNotExist':
      return `!${key}`
    case 'Gt':
      return `${key}>${values[0]}`
    case 'Lt':
      return `${key}<${values[0]}`
  }
}

/** As kubectl prints it: `a=b,c in (x,y)`; `<none>` if it selects everything or nothing. */
export const formatSelector = (selector: Selector): string =>
  selector.requirements.length === 0 ? '<none>' : selector.requirements.map(formatRequirement).join(',')

/** `a=b,c=d` in the order of the keys; `<none>` without labels. */
export const formatLabels = (labels: Labels | undefined): string => {
  const keys = labels === undefined ? [] : Object.keys(labels).sort()
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels![key]}`).join(',')
}

// --- syntax of keys and values -------------------------------------------------------------------------------------

const NAME_FORMAT = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const VALUE_FORMAT = `(${NAME_FORMAT})?`
const NAME_MESSAGE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"

const NAME = new RegExp(`^${NAME_FORMAT}$`)
const VALUE = new RegExp(`^${VALUE_FORMAT}$`)
const NONE: readonly string[] = []

/** What is wrong with a label or annotation key (`IsQualifiedName`): `name` or `example.com/name`. */
export const labelKeyProblems = (key: string): readonly string[] => {
  if (key.length <= 63 && NAME.test(key)) return NONE
  const parts = key.split('/')
  const problems: string[] = []
  if (parts.length > 2) {
    const message = regexMessage(`a qualified name ${NAME_MESSAGE}`, NAME_FORMAT, 'MyName', 'my.name', '123-abc')
    return [`${message} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  const name = parts[parts.length - 1]!
  if (parts.length === 2) {
    const prefix = parts[0]!
    if (prefix === '') problems.push('prefix part must be non-empty')
    else for (const problem of dnsSubdomainProblems(prefix)) problems.push(`prefix part ${problem}`)
  }
  if (name === '') problems.push('name part must be non-empty')
  else if (name.length > 63) problems.push(`name part ${maxLengthMessage(63)}`)
  if (!NAME.test(name)) {
    problems.push(regexMessage(`name part ${NAME_MESSAGE}`, NAME_FORMAT, 'MyName', 'my.name', '123-abc'))
  }
  return problems
}

/** What is wrong with a label value (`IsValidLabelValue`). */
export const labelValueProblems = (value: string): readonly string[] => {
  if (value.length <= 63 && VALUE.test(value)) return NONE
  const problems: string[] = []
  if (value.length > 63) problems.push(maxLengthMessage(63))
  if (!VALUE.test(value)) {
    problems.push(
      regexMessage(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        VALUE_FORMAT,
        'MyValue',
        'my_value',
        '12345',
      ),
    )
  }
  return problems
}

// --- the command line's notation -----------------------------------------------------------------------------------

const TOKEN = /\s*(==|=|!=|!|,|\(|\)|>|<|[^\s=!,()<>]+)/y

const tokensOf = (text: string): readonly string[] => {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) tokens.push(match[1]!)
  return tokens
}

const OPERATORS: Readonly<Record<string, RequirementOperator>> = {
  '=': 'Equals',
  '==': 'Equals',
  '!=': 'NotEquals',
  in: 'In',
  notin: 'NotIn',
  '>': 'Gt',
  '<': 'Lt',
}
const PUNCTUATION: ReadonlySet<string> = new Set([',', '(', ')', '=', '==', '!=', '!', '>', '<'])

const isWord = (token: string | undefined): token is string => token !== undefined && !PUNCTUATION.has(token)

/**
 * Reads what follows `kubectl -l`: `a=b,c!=d,e in (x,y),f notin (z),g,!h,i>5`.
 *
 * Empty text selects everything. The left side says what was found where, as `labels.Parse` does.
 */
export const parseSelector = (text: string): Either<string, Selector> => {
  const tokens = tokensOf(text)
  const requirements: Requirement[] = []
  let at = 0
  const refuse = (expected: string): Either<string, never> =>
    left(`unable to parse requirement: found '${tokens[at] ?? ''}', expected: ${expected}`)

  while (at < tokens.length) {
    const negated = tokens[at] === '!'
    if (negated) at += 1
    const key = tokens[at]
    if (!isWord(key)) return refuse("'!', identifier")
    at += 1
    const keyProblems = labelKeyProblems(key)
    if (keyProblems.length > 0) return left(`key: Invalid value: "${key}": ${keyProblems.join('; ')}`)

    const next = tokens[at]
    if (negated || next === undefined || next === ',') {
      requirements.push({ key, operator: negated ? 'DoesNotExist' : 'Exists', values: [] })
    } else {
      const operator = OPERATORS[next]
      if (operator === undefined) return refuse('in, notin, =, ==, !=, gt, lt')
      at += 1
      const values: string[] = []
      if (operator === 'In' || operator === 'NotIn') {
        if (tokens[at] !== '(') return refuse("'('")
        at += 1
        let value = ''
        for (;;) {
          const token = tokens[at]
          if (isWord(token)) value = token
          else if (token === ',' || token === ')') {
            values.push(value)
            value = ''
          } else return refuse("',', ')' or identifier")
          at += 1
          if (token === ')') break
          if (isWord(token) && tokens[at] !== ',' && tokens[at] !== ')') return refuse("',' or ')'")
        }
      } else {
        const value = tokens[at]
        if (isWord(value)) at += 1
        else if (value !== undefined && value !== ',') return refuse('identifier')
        values.push(isWord(value) ? value : '')
      }
      for (const value of values) {
        const problems = labelValueProblems(value)
        if (problems.length > 0) return left(`values[0][${key}]: Invalid value: "${value}": ${problems.join('; ')}`)
      }
      if ((operator === 'Gt' || operator === 'Lt') && parseInt64(values[0]!) === undefined) {
        return left(`values[0]: Invalid value: "${values[0]}": for 'Gt', 'Lt' operators, the value must be an integer`)
      }
      requirements.push({ key, operator, values: [...new Set(values)].sort() })
    }
    if (at < tokens.length) {
      if (tokens[at] !== ',') return refuse("',' or 'end of string'")
      at += 1
      if (at === tokens.length) return refuse("identifier after ','")
    }
  }
  return right(selectorOfRequirements(requirements))
}

/** Like `parseSelector` for text that is known to be right, as in tests and tables; throws otherwise. */
export const selector = (text: string): Selector => {
  const parsed = parseSelector(text)
  if (isLeft(parsed)) throw new Error(parsed.left)
  return parsed.right
}
