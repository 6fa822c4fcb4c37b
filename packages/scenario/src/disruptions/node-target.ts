import { object, type ProblemAt, required, text } from '../codec.ts'
import { suggestion } from '../suggestion.ts'
import type { DisruptionScene } from './define-disruption.ts'

/** One node, by its name. */
export const NodeTarget = object('NodeTarget', { node: required(text, 'Name of the node.') })

/** A fault on a node that does not exist would pass unnoticed, so it is refused. */
export const checkNodeTarget = (
  { node }: { readonly node: string },
  { nodes }: DisruptionScene,
): readonly ProblemAt[] =>
  nodes.has(node)
    ? []
    : [[['node'], { code: 'WT025', message: `there is no node "${node}"`, hint: suggestion(node, [...nodes]) }]]
