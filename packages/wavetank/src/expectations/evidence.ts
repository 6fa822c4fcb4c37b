import type { Context } from '@marcbachmann/cel-js'
import { Duration } from '@marcbachmann/cel-js/evaluator'
import type { ExpressionProblem } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type CelValue, nameOfObject } from './cel-value.ts'
import type { ExpressionWorld } from './environment.ts'
import { type Compiled, compileValue, type Expression, problemOf } from './expression.ts'
import { formatTimeValue } from './functions.ts'
import { type ASTNode, comprehensionOf, nodesOf, textOf } from './syntax.ts'

/**
 * Why an expression has the value it has, as a sentence: the parts that decide it are evaluated again, one by one.
 *
 * Only verdicts ask for it, so its cost does not matter; that its text is the same everywhere does, since it is logged.
 */

const NAMES_MAX = 3
const TEXT_MAX = 400
const VALUE_MAX = 80

const shorten = (text: string, max: number): string => (text.length <= max ? text : `${text.slice(0, max - 1)}…`)

const listNames = (names: readonly string[]): string => {
  const shown = names.slice(0, NAMES_MAX).join(', ')
  return names.length > NAMES_MAX ? `${shown} and ${names.length - NAMES_MAX} more` : shown
}

const formatPlain = (value: CelValue): string => {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof Duration || value instanceof Date) return formatTimeValue(value)
  const name = nameOfObject(value)
  if (name !== undefined) return name
  if (Array.isArray(value)) return `[${listNames(value.map(formatPlain))}]`
  return `{${listNames(Object.entries(value).map(([key, field]) => `${key}: ${formatPlain(field)}`))}}`
}

export const formatValue = (value: CelValue): string => shorten(formatPlain(value), VALUE_MAX)

type Evaluated = { readonly value: CelValue } | { readonly problem: ExpressionProblem }

const evaluated = (world: ExpressionWorld, { evaluate }: Compiled): Evaluated => {
  try {
    return { value: evaluate() }
  } catch (error) {
    return { problem: problemOf(world, error) }
  }
}

export const evaluateNode = (world: ExpressionWorld, node: ASTNode, bindings: Context): Evaluated => {
  const compiled = compileValue(world, textOf(node), bindings)
  return isLeft(compiled) ? { problem: compiled.left } : evaluated(world, compiled.right)
}

const isLiteral = (node: ASTNode): boolean =>
  node.op === 'value' ||
  ((node.op === 'list' || node.op === '-_') && nodesOf(node).every(({ op }) => ['value', 'list', '-_'].includes(op))) ||
  (node.op === 'call' &&
    ['duration', 'timestamp', 'strictTimestamp'].includes(node.args[0]) &&
    node.args[1].every(isLiteral))

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in'])
const quote = (node: ASTNode): string => `\`${textOf(node)}\``

/** The list whose size a node is. */
export const sizedBy = (node: ASTNode): ASTNode | undefined => {
  if (node.op === 'rcall' && node.args[0] === 'size') return node.args[1]
  if (node.op === 'call' && node.args[0] === 'size') return node.args[1][0]
  return undefined
}

/** `pods.filter(…).size()` is 2 (default/a, default/b). */
const describe = (world: ExpressionWorld, node: ASTNode, bindings: Context): string => {
  const result = evaluateNode(world, node, bindings)
  if ('problem' in result) return `${quote(node)} has no value: ${result.problem.message}`
  const list = sizedBy(node)
  const sized = list === undefined ? undefined : evaluateNode(world, list, bindings)
  const objects = sized !== undefined && 'value' in sized && Array.isArray(sized.value) ? sized.value : []
  const names = objects.map(nameOfObject).filter((name) => name !== undefined)
  return `${quote(node)} is ${formatValue(result.value)}${names.length === 0 ? '' : ` (${listNames(names)})`}`
}

const describeComparison = (
  world: ExpressionWorld,
  node: ASTNode,
  sides: readonly [ASTNode, ASTNode],
  holds: boolean,
  bindings: Context,
): string => {
  const [first, second] = sides
  const computed = sides.filter((side) => !isLiteral(side))
  const values = computed.map((side) => describe(world, side, bindings)).join(', ')
  if (holds) return values === '' ? `${quote(node)} is true` : values
  const wanted =
    computed.length !== 1
      ? quote(node)
      : computed[0] === second
        ? `${textOf(first)} ${node.op} that`
        : node.op === '=='
          ? textOf(second)
          : `${node.op} ${textOf(second)}`
  return `${values === '' ? `${quote(node)} is false` : values}, expected ${wanted}`
}

/** Parts of objects, such as containers, have a name of their own. */
const nameOfElement = (value: CelValue): string => {
  const name = (value as { readonly name?: unknown } | null)?.name
  return nameOfObject(value) ?? (typeof name === 'string' ? name : formatValue(value))
}

export interface Element {
  readonly name: string
  readonly value: CelValue
  readonly bindings: Context
  readonly result: Evaluated
}

export const elementsOf = (
  world: ExpressionWorld,
  node: ASTNode,
  bindings: Context,
): readonly Element[] | undefined => {
  const comprehension = comprehensionOf(node)
  if (comprehension === undefined) return undefined
  const { list, variable, body } = comprehension
  const items = evaluateNode(world, list, bindings)
  if ('problem' in items || !Array.isArray(items.value)) return undefined
  const compiled = compileValue(world, textOf(body[0]!), { ...bindings, [variable]: null })
  return items.value.map((value: CelValue): Element => {
    const element = { name: nameOfElement(value), value, bindings: { ...bindings, [variable]: value } }
    if (isLeft(compiled)) return { ...element, result: { problem: compiled.left } }
    compiled.right.activation[variable] = value
    return { ...element, result: evaluated(world, compiled.right) }
  })
}

const describeQuantifier = (
  world: ExpressionWorld,
  node: ASTNode,
  holds: boolean,
  bindings: Context,
): string | undefined => {
  const comprehension = comprehensionOf(node)
  if (comprehension === undefined || !['all', 'exists', 'exists_one'].includes(comprehension.macro)) return undefined
  const elements = elementsOf(world, node, bindings)
  if (elements === undefined) return undefined
  const [body] = comprehension.body
  const claim = quote(body!)
  const matching = elements.filter(({ result }) => 'value' in result && result.value === true)
  const others = elements.filter(({ result }) => 'value' in result && result.value === false)
  const count = (some: readonly Element[]): string => `${some.length} of ${elements.length}`
  if (comprehension.macro === 'all' && !holds) {
    const [first] = others
    const summary = `${claim} is false for ${count(others)} (${listNames(others.map(({ name }) => name))})`
    const why = first === undefined ? '' : explainNode(world, body!, false, first.bindings)
    return why === '' || why === `${claim} is false` ? summary : `${summary}; ${first!.name}: ${why}`
  }
  if (matching.length === 0) return `${claim} is true for none of ${elements.length}`
  return `${claim} is true for ${count(matching)} (${listNames(matching.map(({ name }) => name))})`
}

const explainNode = (world: ExpressionWorld, node: ASTNode, holds: boolean, bindings: Context): string => {
  switch (node.op) {
    case '!_':
      return explainNode(world, node.args, !holds, bindings)
    case '&&':
    case '||': {
      // One side decides `false && …` and `true || …`; otherwise both do.
      const deciding = node.op === '||'
      if (holds !== deciding) return node.args.map((side) => explainNode(world, side, holds, bindings)).join('; ')
      const side = node.args.find((part) => {
        const result = evaluateNode(world, part, bindings)
        return 'value' in result && result.value === holds
      })
      return side === undefined ? `${quote(node)} is ${holds}` : explainNode(world, side, holds, bindings)
    }
    default: {
      if (COMPARISONS.has(node.op))
        return describeComparison(world, node, node.args as [ASTNode, ASTNode], holds, bindings)
      return describeQuantifier(world, node, holds, bindings) ?? `${quote(node)} is ${holds}`
    }
  }
}

/** What makes the expression true, or false. */
export const explain = (world: ExpressionWorld, expression: Expression, holds: boolean): string =>
  shorten(explainNode(world, expression.syntax, holds, {}), TEXT_MAX)

const isInside = (node: ASTNode, offset: number): boolean => node.start <= offset && offset < node.end

/** The elements of lists on the way to the place, innermost first, that the expression fails for. */
const culpritsOf = (
  world: ExpressionWorld,
  root: ASTNode,
  offset: number,
): { readonly names: readonly string[]; readonly bindings: Context } => {
  const names: string[] = []
  let bindings: Context = {}
  for (const node of nodesOf(root)) {
    const comprehension = comprehensionOf(node)
    if (comprehension === undefined || !comprehension.body.some((part) => isInside(part, offset))) continue
    const culprit = elementsOf(world, node, bindings)?.find(({ result }) => 'problem' in result)
    if (culprit === undefined) break
    names.unshift(culprit.name)
    bindings = culprit.bindings
  }
  return { names, bindings }
}

/** Why the expression has no value: what is missing, where in the text, and of which object. */
export const explainProblem = (
  world: ExpressionWorld,
  expression: Expression,
  { message, offset, hint }: ExpressionProblem,
): string => {
  const { names, bindings } = culpritsOf(world, expression.syntax, offset)
  const access = nodesOf(expression.syntax).find((node) => node.op === '.' && node.pos === offset)
  const owner = access?.op === '.' ? access.args[0] : undefined
  const missing = owner === undefined ? undefined : evaluateNode(world, owner, bindings)
  const isNull = missing !== undefined && 'value' in missing && missing.value === null
  const what = isNull ? `${quote(owner!)} is null: there is no such object` : message
  const whose = names.length === 0 ? '' : ` for ${names.join(' of ')}`
  const advice = hint === undefined || isNull ? '' : `; ${hint}`
  return shorten(`cannot be evaluated at character ${offset + 1}: ${what}${whose}${advice}`, TEXT_MAX)
}
