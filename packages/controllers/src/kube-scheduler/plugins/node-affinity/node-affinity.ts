import { matchesNodeSelectorTerm, type PodSpec } from '@wavetank/cluster'
import { definePlugin, type NodeView, type PodView } from '../plugin.ts'

/** `nodeSelector` and required node affinity, which must both hold. */
const matches = (pod: PodView, node: NodeView): boolean => {
  const spec = pod.template.spec as PodSpec
  for (const [key, value] of Object.entries(spec.nodeSelector ?? {})) if (node.labels[key] !== value) return false
  if (pod.affinityNode !== undefined) return pod.affinityNode === node.name
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (required === undefined) return true
  return required.nodeSelectorTerms.some((term) => matchesNodeSelectorTerm(term, node.labels, node.name))
}

/** Source: pkg/scheduler/framework/plugins/nodeaffinity/node_affinity.go. */
export const nodeAffinity = definePlugin({
  name: 'NodeAffinity',
  doc: 'Keeps pods on nodes that their nodeSelector and node affinity ask for, and prefers what they prefer.',
  filter: (pod, node) => (matches(pod, node) ? undefined : ["node(s) didn't match Pod's node affinity/selector"]),
  score: {
    weight: 2,
    of: (pod, nodes) => {
      const spec = pod.template.spec as PodSpec
      const preferred = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
      if (preferred.length === 0) return undefined
      const raw = nodes.map((node) =>
        preferred.reduce(
          (sum, { weight, preference }) =>
            matchesNodeSelectorTerm(preference, node.labels, node.name) ? sum + weight : sum,
          0,
        ),
      )
      const most = Math.max(...raw)
      return raw.map((sum) => (most === 0 ? sum : Math.floor((100 * sum) / most)))
    },
  },
})
