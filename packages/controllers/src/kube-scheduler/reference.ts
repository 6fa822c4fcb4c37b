import type { Draw } from '@wavetank/kernel'
import type { Diagnosis, Placement } from './diagnosis.ts'
import { numFeasibleNodesToFind } from './node-order.ts'
import type { Cycle, NodeInfo, PodView } from './plugins/plugin.ts'
import type { BoundPlugin, Profile } from './profile.ts'
import { nodeInfoWith, priorityOf, withNode } from './snapshot.ts'
import { type Status, unresolvable } from './status.ts'

/**
 * The scheduling cycle as plainly as it can be said: every plugin asked about every node.
 *
 * It explains, it tries preemption, it stands in where a profile is too unusual for find-node.ts, and find-node.ts is
 * compared with it.
 *
 * Source: pkg/scheduler/schedule_one.go, pkg/scheduler/framework/runtime/framework.go.
 */

/** What PreFilter of each filter plugin left for its Filter; `skip` if it has nothing to filter. */
export type FilterStates = ReadonlyMap<string, 'skip' | { readonly state: unknown }>

export interface PreFiltered {
  readonly states: FilterStates
  /** Only these nodes are visited, because these plugins say so. */
  readonly confined: { readonly nodes: ReadonlySet<string>; readonly plugins: readonly string[] } | undefined
  readonly rejected: Rejection | undefined
}

export interface Rejection {
  readonly plugin: string
  readonly status: Status
}

export const runPreFilters = (cycle: Cycle, filters: readonly BoundPlugin[]): PreFiltered => {
  const states = new Map<string, 'skip' | { readonly state: unknown }>()
  let nodes: ReadonlySet<string> | undefined
  const confining: string[] = []
  let rejected: Rejection | undefined
  for (const { plugin, args } of filters) {
    if (plugin.preFilter === undefined) {
      states.set(plugin.name, { state: undefined })
      continue
    }
    const result = plugin.preFilter(cycle, args)
    if (result === 'skip') states.set(plugin.name, 'skip')
    else if ('rejected' in result) {
      rejected = { plugin: plugin.name, status: result.rejected }
      // The others would still have a word in preemption, but not if that cannot help.
      if (result.rejected.code === 'UnschedulableAndUnresolvable') break
    } else {
      states.set(plugin.name, { state: result.state })
      const only = result.nodes
      if (only === undefined) continue
      confining.push(plugin.name)
      nodes = nodes === undefined ? only : new Set([...nodes].filter((node) => only.has(node)))
    }
  }
  return { states, confined: nodes === undefined ? undefined : { nodes, plugins: confining.sort() }, rejected }
}

/** The first plugin that refuses the node. */
export const runFilters = (
  cycle: Cycle,
  filters: readonly BoundPlugin[],
  states: FilterStates,
  info: NodeInfo,
): Rejection | undefined => {
  for (const { plugin, args } of filters) {
    const state = states.get(plugin.name)
    if (state === undefined || state === 'skip') continue
    const status = plugin.filter!(cycle, info, state.state, args)
    if (status !== undefined) return { plugin: plugin.name, status }
  }
  return undefined
}

/** The states as they would be if the node were another; a plugin that skips the pod keeps skipping it. */
export const statesWith = (
  cycle: Cycle,
  filters: readonly BoundPlugin[],
  states: FilterStates,
  info: NodeInfo,
): { readonly cycle: Cycle; readonly states: FilterStates } => {
  const changed: Cycle = { view: cycle.view, pod: cycle.pod, snapshot: withNode(cycle.snapshot, info) }
  const next = new Map(states)
  for (const { plugin, args } of filters) {
    const before = states.get(plugin.name)
    if (before === undefined || before === 'skip' || plugin.readsOtherPods !== true) continue
    const result = plugin.preFilter!(changed, args)
    if (result !== 'skip' && 'state' in result) next.set(plugin.name, { state: result.state })
  }
  return { cycle: changed, states: next }
}

/** Pods that wait for a node that preemption made room on for them. */
export type NominatedTo = (node: string) => readonly PodView[]

/**
 * Filters a node twice if pods of equal or higher priority are nominated to it: as if they were there, because they
 * will be, and as if they were not, because they are not yet.
 *
 * Source: framework/runtime/framework.go, RunFilterPluginsWithNominatedPods.
 */
export const filterNode = (
  cycle: Cycle,
  filters: readonly BoundPlugin[],
  states: FilterStates,
  info: NodeInfo,
  nominatedTo: NominatedTo,
): Rejection | undefined => {
  const priority = priorityOf(cycle.pod)
  const coming = nominatedTo(info.node.name).filter(
    (other) => other.uid !== cycle.pod.uid && priorityOf(other) >= priority,
  )
  if (coming.length > 0) {
    const full = nodeInfoWith(info.node, [...info.pods, ...coming])
    const changed = statesWith(cycle, filters, states, full)
    const rejection = runFilters(changed.cycle, filters, changed.states, full)
    if (rejection !== undefined) return rejection
  }
  return runFilters(cycle, filters, states, info)
}

/** Scores of one plugin over the feasible nodes. */
export interface PluginScores {
  readonly plugin: string
  readonly weight: number
  readonly raw: readonly number[]
  readonly normalized: readonly number[]
}

/** One row of scores for every plugin that has something to say. */
export const runScores = (
  cycle: Cycle,
  scores: readonly BoundPlugin[],
  nodes: readonly NodeInfo[],
): readonly PluginScores[] =>
  scores.flatMap(({ plugin, args, weight }) => {
    const result = plugin.preScore === undefined ? { state: undefined } : plugin.preScore(cycle, nodes, args)
    if (result === 'skip') return []
    const raw = nodes.map((info) => plugin.score!(cycle, info, result.state, args))
    return [{ plugin: plugin.name, weight, raw, normalized: plugin.normalize?.(raw, nodes, result.state) ?? raw }]
  })

export const totalsOf = (scores: readonly PluginScores[], nodes: number): readonly number[] => {
  const totals = new Array<number>(nodes).fill(0)
  for (const { weight, normalized } of scores) {
    normalized.forEach((score, i) => {
      totals[i]! += weight * score
    })
  }
  return totals
}

/** Which of `count` equals is taken: each as likely, as with kube-scheduler’s reservoir, for a single draw. */
export const chooseAmong = (draw: Draw, pod: string, attempt: number, count: number): number =>
  count === 1 ? 0 : Math.floor(draw('node-choice', `${pod}#${attempt}`) * count)

const indicesOfBest = (totals: readonly number[]): readonly number[] => {
  const best = totals.reduce((most, total) => Math.max(most, total), Number.NEGATIVE_INFINITY)
  return totals.flatMap((total, i) => (total === best ? [i] : []))
}

export interface Search {
  readonly cycle: Cycle
  readonly profile: Profile
  /** nextStartNodeIndex: where the walk over the nodes begins. */
  readonly start: number
  /** How often the pod has been tried; part of the key of the draw. */
  readonly attempt: number
  readonly nominatedTo: NominatedTo
  readonly draw: Draw
}

/** What a walk over the nodes found. */
export interface Walk {
  readonly feasible: readonly NodeInfo[]
  readonly refused: ReadonlyMap<string, Rejection>
  readonly preFiltered: PreFiltered
  readonly evaluated: number
}

export const walkNodes = ({ cycle, profile, start, nominatedTo }: Search): Walk => {
  const { filters, percentageOfNodesToScore } = profile
  const preFiltered = runPreFilters(cycle, filters)
  const feasible: NodeInfo[] = []
  const refused = new Map<string, Rejection>()
  const done = (evaluated: number): Walk => ({ feasible, refused, preFiltered, evaluated })
  if (preFiltered.rejected !== undefined) return done(0)
  const { confined, states } = preFiltered

  const nominated = cycle.snapshot.byName(cycle.pod.nominatedNode)
  if (nominated !== undefined && (confined === undefined || confined.nodes.has(nominated.node.name))) {
    if (filterNode(cycle, filters, states, nominated, nominatedTo) === undefined) {
      feasible.push(nominated)
      return done(0)
    }
  }

  const nodes =
    confined === undefined
      ? cycle.snapshot.nodes
      : cycle.snapshot.nodes.filter(({ node }) => confined.nodes.has(node.name))
  const enough = profile.scores.length === 0 ? 1 : numFeasibleNodesToFind(nodes.length, percentageOfNodesToScore)
  let evaluated = 0
  while (evaluated < nodes.length && feasible.length < enough) {
    const info = nodes[(start + evaluated) % nodes.length]!
    const rejection = filterNode(cycle, filters, states, info, nominatedTo)
    if (rejection === undefined) feasible.push(info)
    else refused.set(info.node.name, rejection)
    evaluated++
  }
  return done(evaluated)
}

/** Why a walk found no node. */
export const diagnose = ({ cycle }: Search, { refused, preFiltered }: Walk): Diagnosis => {
  const { rejected, confined } = preFiltered
  const { nodes } = cycle.snapshot
  const reasons = new Map<string, number>()
  const plugins = new Set<string>()
  const add = (reason: string, count: number): void => {
    reasons.set(reason, (reasons.get(reason) ?? 0) + count)
  }
  for (const { plugin, status } of refused.values()) {
    plugins.add(plugin)
    for (const reason of status.reasons) add(reason, 1)
  }
  let others: Status = unresolvable()
  if (rejected !== undefined) {
    others = rejected.status
    plugins.add(rejected.plugin)
  } else if (confined !== undefined) {
    others = unresolvable(`node(s) didn't satisfy plugin(s) [${confined.plugins.join(' ')}]`)
    for (const plugin of confined.plugins) plugins.add(plugin)
  }
  if (refused.size < nodes.length) for (const reason of others.reasons) add(reason, nodes.length - refused.size)
  const statusOf = (node: string): Status['code'] => refused.get(node)?.status.code ?? others.code
  return {
    reasons,
    preFilter: rejected === undefined ? '' : rejected.status.reasons.join(', '),
    plugins: [...plugins],
    statusOf,
    helpable: () => nodes.flatMap(({ node }) => (statusOf(node.name) === 'Unschedulable' ? [node.name] : [])),
  }
}

/** One scheduling cycle. There is at least one node. */
export const findNodeByReference = (search: Search): Placement => {
  const walk = walkNodes(search)
  const { feasible, evaluated } = walk
  if (feasible.length === 0) return { diagnosis: diagnose(search, walk) }
  if (feasible.length === 1) return { node: feasible[0]!.node.name, evaluated }
  const { cycle, profile, draw, attempt } = search
  const best = indicesOfBest(totalsOf(runScores(cycle, profile.scores, feasible), feasible.length))
  const chosen = best[chooseAmong(draw, cycle.pod.key, attempt, best.length)]!
  return { node: feasible[chosen]!.node.name, evaluated }
}
