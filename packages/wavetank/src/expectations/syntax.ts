import { type ASTNode, serialize } from '@marcbachmann/cel-js'
import { STRICT_TIMESTAMP } from './functions.ts'

export type { ASTNode }

export const isNode = (value: unknown): value is ASTNode => typeof value === 'object' && value !== null && 'op' in value

/** The parts of an expression, in the order in which they stand. */
export const childrenOf = (node: ASTNode): readonly ASTNode[] => {
  const children: ASTNode[] = []
  const add = (value: unknown): void => {
    if (isNode(value)) children.push(value)
    else if (Array.isArray(value)) value.forEach(add)
  }
  add(node.args)
  return children
}

/** The node and everything in it. */
export const nodesOf = (node: ASTNode): readonly ASTNode[] => [node, ...childrenOf(node).flatMap(nodesOf)]

/** The text of a node, in CEL's plainest form. */
export const textOf = (node: ASTNode): string => serialize(node).replaceAll(`${STRICT_TIMESTAMP}(`, 'timestamp(')

const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])

/** `pods.filter(p, …)` in parts: the list, the name of its elements, and what is asked of each. */
export interface Comprehension {
  readonly macro: string
  readonly list: ASTNode
  readonly variable: string
  readonly body: readonly ASTNode[]
}

export const comprehensionOf = (node: ASTNode): Comprehension | undefined => {
  if (node.op !== 'rcall') return undefined
  const [macro, list, [variable, ...body]] = node.args
  if (!MACROS.has(macro) || variable?.op !== 'id' || body.length === 0) return undefined
  return { macro, list, variable: variable.args, body }
}
