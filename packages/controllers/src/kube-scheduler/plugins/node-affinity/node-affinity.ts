import { type Labels, matchesNodeSelectorTerm, type NodeSelectorTerm } from '@wavetank/cluster'
import { unresolvable } from '../../status.ts'
import { defaultNormalize, definePlugin, type NodeView, type PodView, specOf } from '../plugin.ts'

export const NODE_AFFINITY_REFUSAL = unresolvable("node(s) didn't match Pod's node affinity/selector")
const CONFLICT = unresolvable('pod affinity terms conflict')

interface Preferred {
  readonly weight: number
  readonly preference: NodeSelectorTerm
}

/** KubeSchedulerConfiguration NodeAffinityArgs: affinity that every pod of the profile gets on top of its own. */
export interface NodeAffinityArgs {
  readonly required: readonly NodeSelectorTerm[] | undefined
  readonly preferred: readonly Preferred[]
}

const matchesAny = (terms: readonly NodeSelectorTerm[], labels: Labels, name: string): boolean => {
  for (const term of terms) if (matchesNodeSelectorTerm(term, labels, name)) return true
  return false
}

/** `nodeSelector` and required node affinity, which must both hold. */
export const matchesNodeAffinity = (pod: PodView, labels: Labels, name: string): boolean => {
  const { nodeSelector, affinity } = specOf(pod)
  for (const key in nodeSelector) if (labels[key] !== nodeSelector[key]) return false
  if (pod.affinityNode !== undefined) return pod.affinityNode === name
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required === undefined || matchesAny(required.nodeSelectorTerms, labels, name)
}

/** True if neither selector nor required affinity says where the pod may run. */
export const isAtHomeAnywhere = (pod: PodView): boolean => {
  const { nodeSelector, affinity } = specOf(pod)
  if (pod.affinityNode !== undefined) return false
  if (affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined) return false
  for (const _ in nodeSelector) return false
  return true
}

export const matchesProfileAffinity = (pod: PodView, node: NodeView, { required }: NodeAffinityArgs): boolean =>
  (required === undefined || matchesAny(required, node.labels, node.name)) &&
  matchesNodeAffinity(pod, node.labels, node.name)

export const preferredWeight = (pod: PodView, node: NodeView, { preferred }: NodeAffinityArgs): number => {
  let sum = 0
  const own = specOf(pod).affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  for (const { weight, preference } of own) {
    if (weight !== 0 && matchesNodeSelectorTerm(preference, node.labels, node.name)) sum += weight
  }
  for (const { weight, preference } of preferred) {
    if (weight !== 0 && matchesNodeSelectorTerm(preference, node.labels, node.name)) sum += weight
  }
  return sum
}

export const prefersNodes = (pod: PodView, { preferred }: NodeAffinityArgs): boolean =>
  preferred.length > 0 ||
  (specOf(pod).affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).length > 0

/** Names that every required term confines itself to, as DaemonSet pods do; `undefined` if some term has none. */
const namedNodes = (pod: PodView): ReadonlySet<string> | undefined => {
  if (pod.affinityNode !== undefined) return new Set([pod.affinityNode])
  const required = specOf(pod).affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (required === undefined) return undefined
  const all = new Set<string>()
  for (const { matchFields } of required.nodeSelectorTerms) {
    let names: Set<string> | undefined
    for (const { key, operator, values } of matchFields ?? []) {
      if (key !== 'metadata.name' || operator !== 'In') continue
      const own = new Set(values)
      names = names === undefined ? own : new Set([...names].filter((name) => own.has(name)))
    }
    if (names === undefined) return undefined
    for (const name of names) all.add(name)
  }
  return all
}

/** Source: pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go. */
export const nodeAffinity = definePlugin<NodeAffinityArgs>({
  name: 'NodeAffinity',
  doc: 'Keeps pods on nodes that their nodeSelector and node affinity ask for, and prefers what they prefer.',
  defaultArgs: { required: undefined, preferred: [] },
  weight: 2,
  preFilter: ({ pod }, args) => {
    if (isAtHomeAnywhere(pod) && args.required === undefined) return 'skip'
    const nodes = namedNodes(pod)
    if (nodes === undefined) return { state: undefined }
    return nodes.size === 0 ? { rejected: CONFLICT } : { state: undefined, nodes }
  },
  filter: ({ pod }, { node }, _state, args) =>
    matchesProfileAffinity(pod, node, args) ? undefined : NODE_AFFINITY_REFUSAL,
  preScore: ({ pod }, _nodes, args) => (prefersNodes(pod, args) ? { state: undefined } : 'skip'),
  score: ({ pod }, { node }, _state, args) => preferredWeight(pod, node, args),
  normalize: (scores) => defaultNormalize(scores, false),
  hints: {
    NodeAdded: (pod, { node }, args) => matchesProfileAffinity(pod, node, args),
    NodeLabelsChanged: (pod, { node, before }, args) =>
      matchesProfileAffinity(pod, node, args) && !matchesProfileAffinity(pod, { ...node, labels: before.labels }, args),
  },
})
