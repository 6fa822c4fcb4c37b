import type { ClusterView } from '@wavetank/cluster'
import { type AffinityTerm, termSelects } from '../../selectors.ts'
import { type Status, unresolvable, unschedulable } from '../../status.ts'
import { type Cycle, definePlugin, MAX_NODE_SCORE, type NodeInfo, type PodView } from '../plugin.ts'
import { termsOf } from './terms.ts'

/** KubeSchedulerConfiguration InterPodAffinityArgs. */
export interface InterPodAffinityArgs {
  /** What an existing pod’s required affinity to the new pod is worth in the score; 0 to 100. */
  readonly hardPodAffinityWeight: number
  /** Leaves preferred terms of existing pods out of the score. */
  readonly ignorePreferredTermsOfExistingPods: boolean
}

export const AFFINITY_REFUSAL: Status = unresolvable("node(s) didn't match pod affinity rules")
export const ANTI_AFFINITY_REFUSAL: Status = unschedulable("node(s) didn't match pod anti-affinity rules")
export const EXISTING_REFUSAL: Status = unschedulable("node(s) didn't satisfy existing pods anti-affinity rules")

/** Something for every (topology key, value). */
type Pairs = Map<string, Map<string, number>>

const addTo = (pairs: Pairs, key: string, value: string | undefined, amount: number): void => {
  if (value === undefined) return
  let values = pairs.get(key)
  if (values === undefined) {
    values = new Map()
    pairs.set(key, values)
  }
  values.set(value, (values.get(value) ?? 0) + amount)
}

const selects = (term: AffinityTerm, view: ClusterView, pod: PodView): boolean =>
  termSelects(term, view, pod.namespace, pod.labels)

const selectsAll = (terms: readonly AffinityTerm[], view: ClusterView, pod: PodView): boolean =>
  terms.length > 0 && terms.every((term) => selects(term, view, pod))

interface FilterState {
  /** How many pods match all affinity terms, by topology of each. */
  readonly affinity: Pairs
  readonly antiAffinity: Pairs
  /** How many existing pods’ required anti-affinity the pod meets. */
  readonly existing: Pairs
}

const preFilter = ({ view, snapshot, pod }: Cycle): FilterState => {
  const { affinity, antiAffinity } = termsOf(pod)
  const state: FilterState = { affinity: new Map(), antiAffinity: new Map(), existing: new Map() }
  for (const { node, pods } of snapshot.nodes) {
    for (const other of pods) {
      if (selectsAll(affinity, view, other)) {
        for (const { topologyKey } of affinity) addTo(state.affinity, topologyKey, node.labels[topologyKey], 1)
      }
      for (const term of antiAffinity) {
        if (selects(term, view, other)) addTo(state.antiAffinity, term.topologyKey, node.labels[term.topologyKey], 1)
      }
      for (const term of termsOf(other).antiAffinity) {
        if (selects(term, view, pod)) addTo(state.existing, term.topologyKey, node.labels[term.topologyKey], 1)
      }
    }
  }
  return state
}

const countAt = (pairs: Pairs, key: string, value: string | undefined): number =>
  value === undefined ? 0 : (pairs.get(key)?.get(value) ?? 0)

const satisfiesAffinity = ({ view, pod }: Cycle, { node }: NodeInfo, state: FilterState): boolean => {
  const { affinity } = termsOf(pod)
  let everywhere = true
  for (const { topologyKey } of affinity) {
    const value = node.labels[topologyKey]
    if (value === undefined) return false
    if (countAt(state.affinity, topologyKey, value) <= 0) everywhere = false
  }
  // The first pod of a group that wants to be together: nobody to be near to yet.
  return everywhere || (state.affinity.size === 0 && selectsAll(affinity, view, pod))
}

const filter = (cycle: Cycle, info: NodeInfo, state: FilterState): Status | undefined => {
  const { labels } = info.node
  if (!satisfiesAffinity(cycle, info, state)) return AFFINITY_REFUSAL
  for (const { topologyKey } of termsOf(cycle.pod).antiAffinity) {
    if (countAt(state.antiAffinity, topologyKey, labels[topologyKey]) > 0) return ANTI_AFFINITY_REFUSAL
  }
  for (const [key, values] of state.existing) {
    const value = labels[key]
    if (value !== undefined && (values.get(value) ?? 0) > 0) return EXISTING_REFUSAL
  }
  return undefined
}

const preScore = ({ view, snapshot, pod }: Cycle, args: InterPodAffinityArgs): Pairs => {
  const { preferredAffinity, preferredAntiAffinity } = termsOf(pod)
  const constrained = preferredAffinity.length > 0 || preferredAntiAffinity.length > 0
  const pairs: Pairs = new Map()
  if (args.ignorePreferredTermsOfExistingPods && !constrained) return pairs
  for (const { node, pods } of snapshot.nodes) {
    const add = (term: AffinityTerm, target: PodView, weight: number): void => {
      if (weight !== 0 && selects(term, view, target)) {
        addTo(pairs, term.topologyKey, node.labels[term.topologyKey], weight)
      }
    }
    for (const other of pods) {
      const existing = termsOf(other)
      for (const term of preferredAffinity) add(term, other, term.weight)
      for (const term of preferredAntiAffinity) add(term, other, -term.weight)
      for (const term of existing.affinity) add(term, pod, args.hardPodAffinityWeight)
      if (args.ignorePreferredTermsOfExistingPods) continue
      for (const term of existing.preferredAffinity) add(term, pod, term.weight)
      for (const term of existing.preferredAntiAffinity) add(term, pod, -term.weight)
    }
  }
  return pairs
}

/** In float64, as there: 100·0.29 is 28. Source: interpodaffinity/scoring.go, NormalizeScore. */
export const normalizeAffinity = (scores: readonly number[]): readonly number[] => {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (const score of scores) {
    least = Math.min(least, score)
    most = Math.max(most, score)
  }
  const span = most - least
  return scores.map((score) => (span > 0 ? Math.trunc(MAX_NODE_SCORE * ((score - least) / span)) : 0))
}

const requiresAnything = (pod: PodView): boolean => {
  const { affinity, antiAffinity } = termsOf(pod)
  return affinity.length > 0 || antiAffinity.length > 0
}

const hasKey = (pod: PodView, labels: Readonly<Record<string, string>>): boolean => {
  const { affinity, antiAffinity } = termsOf(pod)
  return [...affinity, ...antiAffinity].some(({ topologyKey }) => labels[topologyKey] !== undefined)
}

/** Source: pkg/scheduler/framework/plugins/interpodaffinity/{filtering,scoring,plugin}.go. */
export const interPodAffinity = definePlugin<InterPodAffinityArgs, FilterState, Pairs>({
  name: 'InterPodAffinity',
  doc: 'Keeps pods near to or away from other pods, as either of them asks.',
  defaultArgs: { hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false },
  weight: 2,
  readsOtherPods: true,
  preFilter: (cycle) => {
    const state = preFilter(cycle)
    return state.existing.size === 0 && !requiresAnything(cycle.pod) ? 'skip' : { state }
  },
  filter,
  preScore: (cycle, _nodes, args) => {
    const state = preScore(cycle, args)
    return state.size === 0 ? 'skip' : { state }
  },
  score: (_cycle, { node }, pairs) => {
    let sum = 0
    for (const [key, values] of pairs) {
      const value = node.labels[key]
      if (value !== undefined) sum += values.get(value) ?? 0
    }
    return sum
  },
  normalize: normalizeAffinity,
  hints: {
    AssignedPodAdded: (pod, { pod: other }, _args, view) => selectsAll(termsOf(pod).affinity, view, other),
    AssignedPodDeleted: (pod, { pod: other }, _args, view) => selectsAll(termsOf(pod).antiAffinity, view, other),
    PodLabelsChanged: (pod, { pod: other, before }, _args, view) => {
      const { affinity, antiAffinity } = termsOf(pod)
      const earlier = { ...other, labels: before }
      if (selectsAll(affinity, view, other) && !selectsAll(affinity, view, earlier)) return true
      return !selectsAll(antiAffinity, view, other) && selectsAll(antiAffinity, view, earlier)
    },
    NodeAdded: (pod, { node }) => termsOf(pod).antiAffinity.length > 0 || hasKey(pod, node.labels),
    NodeLabelsChanged: (pod, { node, before }) => {
      const { affinity, antiAffinity } = termsOf(pod)
      return [...affinity, ...antiAffinity].some(
        ({ topologyKey }) => node.labels[topologyKey] !== before.labels[topologyKey],
      )
    },
  },
})
