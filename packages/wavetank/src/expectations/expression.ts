import {
  type Context,
  EvaluationError,
  ParseError,
  type ParseResult,
  TypeError as TypeMismatch,
} from '@marcbachmann/cel-js'
import { nearest } from '@wavetank/cluster/api'
import type { ExpressionProblem } from '@wavetank/scenario'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { CLOCK_VARIABLES, createWorld, EMPTY_SCOPE, type ExpressionWorld } from './environment.ts'
import { CLOCK_FUNCTIONS, STAND_IN_NAMES, STRICT_TIMESTAMP, selectorOfText } from './functions.ts'
import { LIST_VARIABLES, LOOKUPS } from './kinds.ts'
import { type ASTNode, nodesOf } from './syntax.ts'

/** A CEL expression that gives true or false, ready to be evaluated. */
export interface Expression {
  readonly text: string
  readonly syntax: ASTNode
  /** Kinds of objects whose changes can change its value. */
  readonly reads: ReadonlySet<string>
  /** It may change though no object does. */
  readonly readsClock: boolean
  /** In the world that it was compiled for, as that is now. */
  readonly evaluate: () => Either<ExpressionProblem, boolean>
}

type CelError = ParseError | TypeMismatch | EvaluationError
const isCelError = (error: unknown): error is CelError =>
  error instanceof ParseError || error instanceof TypeMismatch || error instanceof EvaluationError

const VARIABLE_NAMES: readonly string[] = [...LIST_VARIABLES.keys(), ...Object.keys(CLOCK_VARIABLES)]

/** The words of the parser for what it found or missed. */
const TOKENS: Readonly<Record<string, string>> = {
  EOF: 'the end',
  LPAREN: '`(`',
  RPAREN: '`)`',
  LBRACKET: '`[`',
  RBRACKET: '`]`',
  LBRACE: '`{`',
  RBRACE: '`}`',
  COMMA: '`,`',
  COLON: '`:`',
  DOT: '`.`',
  IDENTIFIER: 'a name',
}
const plainTokens = (message: string): string =>
  message.replace(/\b[A-Z]{2,}\b/g, (token) => TOKENS[token] ?? `\`${token.toLowerCase()}\``)

const didYouMean = (written: string, known: readonly string[]): string | undefined => {
  // One letter is near to every other.
  const near = written.length < 2 || written.length > 64 ? undefined : nearest(written, known)
  return near === undefined ? undefined : `did you mean \`${near}\`?`
}

const variableHint = (name: string): string | undefined => {
  if (LOOKUPS.has(name)) return `\`${name}\` finds one object by its name: \`${name}("…")\``
  return didYouMean(name, VARIABLE_NAMES)
}

const CHARACTER_HINTS: Readonly<Record<string, string>> = {
  '=': 'equality is `==`',
  '&': '`and` is `&&`',
  '|': '`or` is `||`',
  '`': 'a field whose name is no word: `labels["app.kubernetes.io/name"]`',
}

const withHint = (problem: Omit<ExpressionProblem, 'hint'>, hint: string | undefined): ExpressionProblem =>
  hint === undefined ? problem : { ...problem, hint }

/** Where the name of a method stands; the library points to the beginning of its receiver. */
const offsetOfCall = (node: ASTNode): number => {
  if (node.op !== 'rcall') return node.start
  const [name, receiver] = node.args
  return Math.max(node.input.indexOf(name, receiver.end), node.start)
}

const callProblem = (world: ExpressionWorld, error: CelError): ExpressionProblem => {
  const node = error.node as ASTNode | undefined
  if (node === undefined || (node.op !== 'call' && node.op !== 'rcall'))
    return { message: error.summary, offset: error.range?.start ?? 0 }
  const name = node.args[0]
  const { functions } = world.environment.getDefinitions()
  const offset = offsetOfCall(node)
  const same = functions.filter((definition) => definition.name === name)
  if (same.length === 0) {
    const names = [...new Set(functions.map((definition) => definition.name))].filter(
      (known) => !STAND_IN_NAMES.has(known),
    )
    return withHint({ message: `there is no function \`${name}\``, offset }, didYouMean(name, names))
  }
  const signatures = same.map(({ receiverType, params }) => {
    const call = `${name}(${params.map(({ type }) => type).join(', ')})`
    return `\`${receiverType === null ? '' : `${receiverType}.`}${call}\``
  })
  const called = /'(.*)'$/.exec(error.summary)?.[1]
  const message = called === undefined ? error.summary : `\`${name}\` cannot be called as \`${called}\``
  return { message, offset, hint: `there is ${signatures.slice(0, 4).join(', ')}` }
}

/** What the library says, in the words and at the place that help most. */
export const problemOf = (world: ExpressionWorld, error: unknown): ExpressionProblem => {
  if (!isCelError(error)) {
    const said = error instanceof Error ? error.message : String(error)
    return { message: said === '' ? 'CEL finds no types for the expression' : said, offset: 0 }
  }
  const offset = error.range?.start ?? 0
  const message = plainTokens(error.summary)
  switch (error.code) {
    case 'unknown_variable': {
      const name = error.summary.slice(error.summary.lastIndexOf(' ') + 1)
      return withHint({ message: `unknown variable \`${name}\``, offset }, variableHint(name))
    }
    case 'no_matching_overload':
      return callProblem(world, error)
    case 'no_such_key': {
      const key = error.summary.replace('No such key: ', '')
      return {
        message: `there is no \`${key}\``,
        offset,
        hint: `a field that may be absent: \`has(x.${key})\`, or \`x.?${key}.orValue(…)\``,
      }
    }
    case 'invalid_macro_argument':
      return {
        message: '`has` takes a field of a variable: `has(p.status.podIP)`',
        offset,
        hint: 'of what a function finds: `pod("…").?status.?podIP.hasValue()`',
      }
    case 'unexpected_character':
      return withHint({ message, offset }, CHARACTER_HINTS[error.node?.input?.[offset] ?? ''])
    case 'reserved_identifier':
      return withHint(
        { message, offset },
        error.summary.endsWith(' namespace') ? 'one namespace is `ns("…")`, all are `namespaces`' : undefined,
      )
    default:
      return { message, offset }
  }
}

const CLOCK_METHODS: ReadonlySet<string> = new Set(
  [
    'FullYear',
    'Month',
    'Date',
    'DayOfMonth',
    'DayOfWeek',
    'DayOfYear',
    'Hours',
    'Minutes',
    'Seconds',
    'Milliseconds',
  ].map((part) => `get${part}`),
)

const literalText = (node: ASTNode | undefined): string | undefined =>
  node?.op === 'value' && typeof node.args === 'string' ? node.args : undefined

/** What is in order for CEL and yet cannot be evaluated here, or never could. */
const refusalOf = (node: ASTNode): ExpressionProblem | undefined => {
  if (node.op === 'rcall') {
    const [name, , args] = node.args
    if (CLOCK_METHODS.has(name) && (args.length > 0 || name === 'getDayOfYear'))
      return {
        message: `\`${name}\` would depend on the time zones that this machine knows`,
        offset: offsetOfCall(node),
        hint: 'times are in UTC; only calls without a time zone are evaluated',
      }
  }
  if ((node.op === 'rcall' && node.args[0] === 'where') || (node.op === 'call' && node.args[0] === 'select')) {
    const written = node.op === 'rcall' ? node.args[2][0] : node.args[1][1]
    const text = literalText(written)
    const selector = text === undefined ? undefined : selectorOfText(text)
    if (typeof selector === 'string') return { message: selector, offset: written!.start }
  }
  if (node.op === 'call' && STAND_IN_NAMES.has(node.args[0]))
    return { message: `there is no function \`${node.args[0]}\``, offset: node.start }
  return undefined
}

/**
 * Has the library read times without its leniency: `timestamp(text)` of the library takes texts without a time zone,
 * and then for local time of the machine. A function of the library cannot be replaced, a call can.
 */
export const makeTimesStrict = (node: ASTNode): void => {
  if (node.op === 'call' && node.args[0] === 'timestamp') node.args[0] = STRICT_TIMESTAMP
}

const typeName = (value: unknown): string => {
  if (value === null) return 'null'
  if (typeof value === 'bigint') return 'a number'
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object'
  return typeof value === 'string' ? 'text' : `a ${typeof value}`
}

/** An expression of any type. */
export interface Compiled {
  readonly type: string
  readonly syntax: ASTNode
  /** The values of its variables; what was bound can be bound anew. */
  readonly activation: Context
  readonly evaluate: () => unknown
}

/** @param bindings further variables */
export const compileValue = (
  world: ExpressionWorld,
  text: string,
  bindings: Context = {},
): Either<ExpressionProblem, Compiled> => {
  const names = Object.keys(bindings)
  let { environment, activation } = world
  if (names.length > 0) {
    environment = world.environmentWith(names)
    activation = Object.create(activation) as Context
    // What it inherits can only be read, so that an assignment would be refused.
    for (const name of names)
      Object.defineProperty(activation, name, { value: bindings[name], writable: true, enumerable: true })
  }
  let parsed: ParseResult
  try {
    parsed = environment.parse(text)
  } catch (error) {
    return left(problemOf(world, error))
  }
  const nodes = nodesOf(parsed.ast)
  for (const node of nodes) {
    const refusal = refusalOf(node)
    if (refusal !== undefined) return left(refusal)
  }
  nodes.forEach(makeTimesStrict)
  const checked = parsed.check()
  if (!checked.valid) return left(problemOf(world, checked.error))
  return right({ type: checked.type ?? 'dyn', syntax: parsed.ast, activation, evaluate: () => parsed(activation) })
}

export const compileIn = (world: ExpressionWorld, text: string): Either<ExpressionProblem, Expression> => {
  const compiled = compileValue(world, text)
  if (isLeft(compiled)) return compiled
  const { type, syntax, evaluate } = compiled.right
  if (type !== 'bool' && !type.startsWith('dyn'))
    return left({ message: `the expression gives ${type}, where true or false is expected`, offset: 0 })
  const reads = new Set<string>()
  let readsClock = false
  for (const node of nodesOf(syntax)) {
    if (node.op === 'id') {
      const info = LIST_VARIABLES.get(node.args)
      if (info !== undefined) reads.add(info.kind)
      if (Object.hasOwn(CLOCK_VARIABLES, node.args)) readsClock = true
    } else if (node.op === 'call') {
      const info = LOOKUPS.get(node.args[0])
      if (info !== undefined) reads.add(info.kind)
      if (CLOCK_FUNCTIONS.has(node.args[0])) readsClock = true
    }
  }
  return right({
    text,
    syntax,
    reads,
    readsClock,
    evaluate: () => {
      try {
        const value = evaluate()
        if (typeof value === 'boolean') return right(value)
        return left({ message: `the expression gives ${typeName(value)}, where true or false is expected`, offset: 0 })
      } catch (error) {
        return left(problemOf(world, error))
      }
    },
  })
}

/**
 * Parses and type-checks an expression, as far as types are known: what is inside of objects is known only at run time.
 *
 * The problem names the first thing that is wrong, with its character offset in the text, from 0.
 */
export const compileExpression = (text: string): Either<ExpressionProblem, Expression> =>
  compileIn(createWorld(EMPTY_SCOPE), text)

/** What is wrong with an expression, for whoever only wants to know that. */
export const checkExpression = (text: string): ExpressionProblem | undefined => {
  const compiled = compileExpression(text)
  return isLeft(compiled) ? compiled.left : undefined
}
