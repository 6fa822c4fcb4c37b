import { type ClusterView, selects } from '@wavetank/cluster'
import { ln } from '@wavetank/kernel'
import { type Status, unresolvable, unschedulable } from '../../status.ts'
import { type Cycle, definePlugin, MAX_NODE_SCORE, type NodeInfo, type PodView } from '../plugin.ts'
import {
  type Constraint,
  constraintsOf,
  HOSTNAME,
  hasAllKeys,
  includesNode,
  matchingPods,
  type PodTopologySpreadArgs,
  requiresAllKeys,
  SYSTEM_DEFAULTS,
} from './constraints.ts'

export const MISSING_LABEL: Status = unresolvable(
  "node(s) didn't match pod topology spread constraints (missing required label)",
)
export const SKEWED: Status = unschedulable("node(s) didn't match pod topology spread constraints")

/** Matching pods by topology value. */
type Counts = Map<string, number>

interface FilterState {
  readonly constraints: readonly Constraint[]
  readonly counts: readonly Counts[]
  /** The fewest matching pods in any value, for each constraint. */
  readonly least: readonly number[]
}

const preFilter = (cycle: Cycle, constraints: readonly Constraint[]): FilterState => {
  const { pod, snapshot } = cycle
  const counts = constraints.map((): Counts => new Map())
  for (const { node, pods } of snapshot.nodes) {
    if (!hasAllKeys(node.labels, constraints)) continue
    constraints.forEach((constraint, i) => {
      if (!includesNode(pod, node, constraint)) return
      const value = node.labels[constraint.topologyKey]!
      counts[i]!.set(value, (counts[i]!.get(value) ?? 0) + matchingPods(constraint.selector, pod.namespace, pods))
    })
  }
  const least = constraints.map(({ minDomains }, i) =>
    counts[i]!.size < minDomains ? 0 : Math.min(...counts[i]!.values()),
  )
  return { constraints, counts, least }
}

const filter = (cycle: Cycle, { node }: NodeInfo, { constraints, counts, least }: FilterState): Status | undefined => {
  for (let i = 0; i < constraints.length; i++) {
    const { topologyKey, selector, maxSkew } = constraints[i]!
    const value = node.labels[topologyKey]
    if (value === undefined) return MISSING_LABEL
    const self = selects(selector, cycle.pod.labels) ? 1 : 0
    if ((counts[i]!.get(value) ?? 0) + self - least[i]! > maxSkew) return SKEWED
  }
  return undefined
}

interface ScoreState {
  readonly constraints: readonly Constraint[]
  readonly counts: readonly Counts[]
  readonly weights: readonly number[]
  readonly ignored: ReadonlySet<string>
}

const preScore = (
  cycle: Cycle,
  nodes: readonly NodeInfo[],
  args: PodTopologySpreadArgs,
  constraints: readonly Constraint[],
): ScoreState => {
  const { pod, snapshot } = cycle
  const strict = requiresAllKeys(pod, args)
  const ignored = new Set<string>()
  const counts = constraints.map((): Counts => new Map())
  for (const { node } of nodes) {
    if (strict && !hasAllKeys(node.labels, constraints)) {
      ignored.add(node.name)
      continue
    }
    constraints.forEach(({ topologyKey }, i) => {
      if (topologyKey !== HOSTNAME) counts[i]!.set(node.labels[topologyKey] ?? '', 0)
    })
  }
  const weights = constraints.map(({ topologyKey }, i) =>
    ln((topologyKey === HOSTNAME ? nodes.length - ignored.size : counts[i]!.size) + 2),
  )
  for (const { node, pods } of snapshot.nodes) {
    if (strict && !hasAllKeys(node.labels, constraints)) continue
    constraints.forEach((constraint, i) => {
      const value = node.labels[constraint.topologyKey] ?? ''
      const before = counts[i]!.get(value)
      if (before === undefined || !includesNode(pod, node, constraint)) return
      counts[i]!.set(value, before + matchingPods(constraint.selector, pod.namespace, pods))
    })
  }
  return { constraints, counts, weights, ignored }
}

/** Half away from zero, as Go rounds; scores are never negative. */
export const round = (score: number): number => {
  const whole = Math.floor(score)
  return score - whole >= 0.5 ? whole + 1 : whole
}

const score = ({ pod }: Cycle, { node, pods }: NodeInfo, state: ScoreState): number => {
  if (state.ignored.has(node.name)) return 0
  let sum = 0
  state.constraints.forEach(({ topologyKey, maxSkew, selector }, i) => {
    const value = node.labels[topologyKey]
    if (value === undefined) return
    const count =
      topologyKey === HOSTNAME ? matchingPods(selector, pod.namespace, pods) : (state.counts[i]!.get(value) ?? 0)
    sum += count * state.weights[i]! + (maxSkew - 1)
  })
  return round(sum)
}

const normalize = (
  scores: readonly number[],
  nodes: readonly NodeInfo[],
  { ignored }: ScoreState,
): readonly number[] => {
  let least = Number.MAX_SAFE_INTEGER
  let most = 0
  scores.forEach((raw, i) => {
    if (ignored.has(nodes[i]!.node.name)) return
    least = Math.min(least, raw)
    most = Math.max(most, raw)
  })
  return scores.map((raw, i) => {
    if (ignored.has(nodes[i]!.node.name)) return 0
    return most === 0 ? MAX_NODE_SCORE : Math.floor((MAX_NODE_SCORE * (most + least - raw)) / most)
  })
}

const hardConstraints = (view: ClusterView, pod: PodView, args: PodTopologySpreadArgs): readonly Constraint[] =>
  constraintsOf(view, pod, 'DoNotSchedule', args)

const selectedByAny = (constraints: readonly Constraint[], pod: PodView, labels: PodView['labels']): boolean =>
  constraints.some(({ selector }) => selects(selector, labels)) && pod.namespace !== ''

/** Source: pkg/scheduler/framework/plugins/podtopologyspread/{filtering,scoring,plugin}.go. */
export const podTopologySpread = definePlugin<PodTopologySpreadArgs, FilterState, ScoreState>({
  name: 'PodTopologySpread',
  doc: 'Spreads pods that belong together over hosts, zones or other topologies.',
  defaultArgs: { defaultConstraints: SYSTEM_DEFAULTS, defaultingType: 'System' },
  weight: 2,
  readsOtherPods: true,
  preFilter: (cycle, args) => {
    const constraints = hardConstraints(cycle.view, cycle.pod, args)
    return constraints.length === 0 ? 'skip' : { state: preFilter(cycle, constraints) }
  },
  filter,
  preScore: (cycle, nodes, args) => {
    const constraints = constraintsOf(cycle.view, cycle.pod, 'ScheduleAnyway', args)
    return constraints.length === 0 ? 'skip' : { state: preScore(cycle, nodes, args, constraints) }
  },
  score,
  normalize,
  hints: {
    AssignedPodAdded: (pod, { pod: other }, args, view) =>
      pod.namespace === other.namespace && selectedByAny(hardConstraints(view, pod, args), other, other.labels),
    AssignedPodDeleted: (pod, { pod: other }, args, view) =>
      pod.namespace === other.namespace && selectedByAny(hardConstraints(view, pod, args), other, other.labels),
    PodLabelsChanged: (pod, { pod: other, before }, args, view) => {
      if (pod.namespace !== other.namespace) return false
      const constraints = hardConstraints(view, pod, args)
      return selectedByAny(constraints, other, before) !== selectedByAny(constraints, other, other.labels)
    },
    NodeAdded: (pod, { node }, args, view) => hasAllKeys(node.labels, hardConstraints(view, pod, args)),
    NodeDeleted: (pod, { before }, args, view) => hasAllKeys(before.labels, hardConstraints(view, pod, args)),
    NodeLabelsChanged: (pod, { node, before }, args, view) => {
      const constraints = hardConstraints(view, pod, args)
      const now = hasAllKeys(node.labels, constraints)
      if (now !== hasAllKeys(before.labels, constraints)) return true
      return now && constraints.some(({ topologyKey }) => node.labels[topologyKey] !== before.labels[topologyKey])
    },
    NodeTaintsChanged: (pod, { node, before }, args, view) =>
      hasAllKeys(node.labels, hardConstraints(view, pod, args)) && node.taints !== before.taints,
  },
})
