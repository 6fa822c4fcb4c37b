import { selects } from '@wavetank/cluster'
import { parseSelector } from '@wavetank/cluster/api'
import { left, right } from 'fp-ts/lib/Either.js'
import { selectorProblem } from '../cluster-objects.ts'
import { type Codec, isRecord, mapped, object, optional, type ProblemAt, text } from '../codec.ts'
import { type Duration, PositiveDuration } from '../duration.ts'
import { suggestion } from '../suggestion.ts'
import type { DisruptionScene, Labels } from './define-disruption.ts'

/** One node by its name, the nodes of a pool or of a zone, or all that have certain labels. */
export interface NodeTarget {
  readonly node?: string
  readonly pool?: string
  readonly zone?: string
  readonly selector?: string
}

/** The same for a while. */
export interface NodeTargetFor extends NodeTarget {
  /** Milliseconds; without it until something ends it. */
  readonly for?: typeof Duration._A
}

export const ZONE = 'topology.kubernetes.io/zone'

export const ways = {
  node: optional(text, 'Name of a node.'),
  pool: optional(text, 'The nodes of a pool, by its name.'),
  zone: optional(text, `The nodes whose label \`${ZONE}\` has this value.`),
  selector: optional(text, 'The nodes with these labels, as `kubectl -l` takes them: `pool=spot,disk!=ssd`.'),
}

/** Exactly one way to name them. */
export const checkedTarget = <A extends NodeTarget>(codec: Codec<A>): Codec<A> =>
  mapped<A, A>(
    codec,
    (u): u is A => isRecord(u),
    (target) => {
      const given = Object.keys(ways).filter((way) => target[way as keyof NodeTarget] !== undefined)
      if (given.length !== 1) {
        const message = given.length === 0 ? 'no node is named here' : `${given.join(' and ')} exclude each other`
        return left([[given.slice(1, 2), { code: 'WT022', message, hint: 'one of node, pool, zone, selector' }]])
      }
      const wrong = target.selector === undefined ? undefined : selectorProblem(target.selector)
      return wrong === undefined ? right(target) : left([[['selector'], { code: 'WT012', message: wrong }]])
    },
    (target) => target,
  )

export const NodeTarget: Codec<NodeTarget> = checkedTarget(object('NodeTarget', ways) as Codec<NodeTarget>)

export const NodeTargetFor: Codec<NodeTargetFor> = checkedTarget(
  object('NodeTargetFor', {
    ...ways,
    for: optional(PositiveDuration, 'How long it lasts; without it, until the timeline ends it.'),
  }) as Codec<NodeTargetFor>,
)

/** Whether a node is meant. */
export const matcherOf = ({ node, pool, zone, selector }: NodeTarget): ((name: string, labels: Labels) => boolean) => {
  const parsed = selector === undefined ? undefined : parseSelector(selector)
  return (name, labels) =>
    (node === undefined || name === node) &&
    (pool === undefined || isOfPool(name, pool)) &&
    (zone === undefined || labels[ZONE] === zone) &&
    (parsed === undefined || (parsed._tag === 'Right' && selects(parsed.right, labels)))
}

/** Nodes of a pool are numbered. */
const isOfPool = (name: string, pool: string): boolean =>
  name.startsWith(`${pool}-`) && /^[0-9]+$/.test(name.slice(pool.length + 1))

/** Names of the nodes that are meant, in the order of the scenario. */
export const nodesOfTarget = (
  target: NodeTarget,
  nodes: Iterable<readonly [name: string, labels: Labels]>,
): readonly string[] => {
  const matches = matcherOf(target)
  const found: string[] = []
  for (const [name, labels] of nodes) if (matches(name, labels)) found.push(name)
  return found
}

/** A fault on nodes that do not exist would pass unnoticed, so it is refused. */
export const checkNodeTarget = (target: NodeTarget, { nodes, pools }: DisruptionScene): readonly ProblemAt[] => {
  if (nodesOfTarget(target, nodes).length > 0) return []
  const { node, pool, zone, selector } = target
  if (node !== undefined)
    return [
      [['node'], { code: 'WT025', message: `there is no node "${node}"`, hint: suggestion(node, [...nodes.keys()]) }],
    ]
  if (pool !== undefined) {
    const message = pools.has(pool) ? `pool "${pool}" has no nodes` : `there is no pool "${pool}"`
    return [[['pool'], { code: 'WT025', message, hint: suggestion(pool, [...pools]) }]]
  }
  if (zone !== undefined) {
    const zones = new Set([...nodes.values()].flatMap((labels) => labels[ZONE] ?? []))
    return [[['zone'], { code: 'WT025', message: `no node is in zone "${zone}"`, hint: suggestion(zone, [...zones]) }]]
  }
  return [[['selector'], { code: 'WT025', message: `no node has the labels ${selector}` }]]
}
