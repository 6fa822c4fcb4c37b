/**
 * Labels and everything that selects by them.
 *
 * 1. A `Selector` is compiled once; `matches` is a loop over its requirements and allocates nothing.
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
  readonly matches: (labels: Labels | undefined) => boolean
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

type Predicate = (labels: Labels) => boolean

const predicateOf = (requirement: Requirement): Predicate => {
  const { key, operator, values } = requirement
  const first = values[0]
  // What `labels[key]` inherits (`constructor`, `toString`) is never a string, so `typeof` is a safe test of presence.
  switch (operator) {
    case 'Equals':
      return (labels) => labels[key] === first
    case 'NotEquals':
      return (labels) => labels[key] !== first
    case 'In':
      if (values.length === 1) return (labels) => labels[key] === first
      return (labels) => typeof labels[key] === 'string' && values.includes(labels[key])
    case 'NotIn':
      return (labels) => typeof labels[key] !== 'string' || !values.includes(labels[key])
    case 'Exists':
      return (labels) => typeof labels[key] === 'string'
    case 'DoesNotExist':
      return (labels) => typeof labels[key] !== 'string'
    case 'Gt':
    case 'Lt': {
      const bound = first === undefined ? undefined : parseInt64(first)
      if (bound === undefined) return () => false
      const above = operator === 'Gt'
      return (labels) => {
        const text = labels[key]
        const value = typeof text === 'string' ? parseInt64(text) : undefined
        return value !== undefined && (above ? value > bound : value < bound)
      }
    }
  }
}

const byKey = (a: Requirement, b: Requirement): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

/** Compiles requirements; all of them must hold. */
export const compileRequirements = (requirements: readonly Requirement[]): Selector => {
  const sorted = [...requirements].sort(byKey)
  const predicates = sorted.map(predicateOf)
  const only = predicates[0]
  const count = predicates.length
  const matches: Selector['matches'] =
    only === undefined
      ? () => true
      : count === 1
        ? (labels) => only(labels ?? NO_LABELS)
        : (labels) => {
            const own = labels ?? NO_LABELS
            for (let i = 0; i < count; i += 1) if (!predicates[i]!(own)) return false
            return true
          }
  return { requirements: sorted, nothing: false, matches }
}

/** Selects every object. */
export const EVERYTHING: Selector = compileRequirements([])

/** Selects no object. */
export const NOTHING: Selector = { requirements: [], nothing: true, matches: () => false }

/** The selector of a plain map, as ReplicationController, Service and nodeSelector use it; none or empty selects all. */
export const selectorOfLabels = (labels: Labels | undefined): Selector =>
  labels === undefined
    ? EVERYTHING
    : compileRequirements(Object.keys(labels).map((key) => ({ key, operator: 'Equals', values: [labels[key]!] })))

/** The selector of a LabelSelector: none selects nothing, `{}` selects everything. */
export const selectorOf = (selector: LabelSelectorLike | undefined): Selector => {
  if (selector === undefined) return NOTHING
  const { matchLabels = NO_LABELS, matchExpressions = [] } = selector
  return compileRequirements([
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
  return right(compileRequirements(requirements))
}

/** Like `parseSelector` for text that is known to be right, as in tests and tables; throws otherwise. */
export const selector = (text: string): Selector => {
  const parsed = parseSelector(text)
  if (isLeft(parsed)) throw new Error(parsed.left)
  return parsed.right
}
