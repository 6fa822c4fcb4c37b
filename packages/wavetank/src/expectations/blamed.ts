import type { Context } from '@marcbachmann/cel-js'
import type { CelObject, CelValue } from './cel-value.ts'
import type { ExpressionWorld } from './environment.ts'
import { type Element, elementsOf, evaluateNode, sizedBy } from './evidence.ts'
import type { Expression } from './expression.ts'
import { LOOKUPS } from './kinds.ts'
import { type ASTNode, comprehensionOf, nodesOf } from './syntax.ts'

/** An object that makes an expression other than it should be. */
export interface Blamed {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

const blamedOf = (value: CelValue): readonly Blamed[] => {
  if (typeof value !== 'object' || value === null) return []
  const { kind, metadata: { namespace = '', name } = {} } = value as CelObject
  return kind === undefined || name === undefined ? [] : [{ kind, namespace, name }]
}

const ofElements = (elements: readonly Element[], matching: boolean): readonly Blamed[] =>
  elements
    .filter(({ result }) => ('value' in result ? result.value === matching : true))
    .flatMap(({ value }) => blamedOf(value))

/** Objects that are looked up by name in some part, whatever is then asked of them. */
const lookedUp = (node: ASTNode): readonly Blamed[] =>
  nodesOf(node).flatMap((part) => {
    if (part.op !== 'call') return []
    const [name, [written]] = part.args
    const kind = LOOKUPS.get(name)
    if (kind === undefined || written?.op !== 'value' || typeof written.args !== 'string') return []
    const slash = written.args.indexOf('/')
    const namespace = !kind.namespaced ? '' : slash < 0 ? 'default' : written.args.slice(0, slash)
    return [{ kind: kind.kind, namespace, name: written.args.slice(slash + 1) }]
  })

const numberOf = (world: ExpressionWorld, node: ASTNode, bindings: Context): number | undefined => {
  const result = evaluateNode(world, node, bindings)
  return 'value' in result && (typeof result.value === 'bigint' || typeof result.value === 'number')
    ? Number(result.value)
    : undefined
}

const MORE: ReadonlySet<string> = new Set(['>', '>='])
const FEWER: ReadonlySet<string> = new Set(['<', '<='])
const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

/** `pods.filter(…).size() == 3`: there are too few, so those that were left out; or too many, so those that were let in. */
const ofComparison = (
  world: ExpressionWorld,
  { op, args }: { readonly op: string; readonly args: readonly [ASTNode, ASTNode] },
  holds: boolean,
): readonly Blamed[] | undefined => {
  for (const [here, there, operator] of [
    [args[0], args[1], op],
    [args[1], args[0], MIRRORED[op] ?? op],
  ] as const) {
    const list = sizedBy(here)
    if (list === undefined) continue
    const comprehension = comprehensionOf(list)
    const count = numberOf(world, here, {})
    const other = numberOf(world, there, {})
    if (count === undefined || other === undefined) continue
    const tooFew = holds ? FEWER.has(operator) : MORE.has(operator) || (operator === '==' && count < other)
    if (comprehension?.macro === 'filter') {
      const elements = elementsOf(world, list, {})
      if (elements !== undefined) return ofElements(elements, !tooFew)
    }
    const items = evaluateNode(world, list, {})
    if (!tooFew && 'value' in items && Array.isArray(items.value)) return items.value.flatMap(blamedOf)
  }
  return undefined
}

const ofNode = (world: ExpressionWorld, node: ASTNode, holds: boolean): readonly Blamed[] => {
  switch (node.op) {
    case '!_':
      return ofNode(world, node.args, !holds)
    case '&&':
    case '||': {
      const decides = node.args.filter((side) => {
        const result = evaluateNode(world, side, {})
        return 'value' in result ? result.value === holds : true
      })
      return decides.flatMap((side) => ofNode(world, side, holds))
    }
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
      return ofComparison(world, node as never, holds) ?? lookedUp(node)
    default: {
      const comprehension = comprehensionOf(node)
      const elements =
        comprehension !== undefined && ['all', 'exists', 'exists_one'].includes(comprehension.macro)
          ? elementsOf(world, node, {})
          : undefined
      if (elements === undefined) return lookedUp(node)
      return ofElements(
        elements,
        comprehension?.macro === 'all' ? holds : holds || comprehension?.macro === 'exists_one',
      )
    }
  }
}

/**
 * The objects that make an expression what it should not be, in the order of their lists, each once.
 *
 * @param holds what it is
 */
export const blamed = (world: ExpressionWorld, { syntax }: Expression, holds: boolean): readonly Blamed[] => {
  const seen = new Map<string, Blamed>()
  for (const object of ofNode(world, syntax, holds)) {
    seen.set(`${object.kind} ${object.namespace}/${object.name}`, object)
  }
  return [...seen.values()]
}
