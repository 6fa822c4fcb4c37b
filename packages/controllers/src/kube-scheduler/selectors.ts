import { type ClusterView, type Labels, type Selector, selectorOf, selects } from '@wavetank/cluster'
import type { PodAffinityTerm, TopologySpreadConstraint } from '@wavetank/cluster/api'
import type { PodView } from './snapshot.ts'

type LabelSelectorLike = NonNullable<TopologySpreadConstraint['labelSelector']>

const compiled = new WeakMap<object, Selector>()
const NOTHING = selectorOf(undefined)

const compile = (selector: LabelSelectorLike | undefined): Selector => {
  if (selector === undefined) return NOTHING
  let result = compiled.get(selector)
  if (result === undefined) {
    result = selectorOf(selector)
    compiled.set(selector, result)
  }
  return result
}

/**
 * A selector with the incoming pod’s own values of some labels added, as the API server merges them when the pod is
 * created; keys that the pod does not have say nothing.
 *
 * Source: pkg/registry/core/pod/strategy.go, applyMatchLabelKeysAndMismatchLabelKeys.
 */
export const selectorWithKeys = (
  selector: LabelSelectorLike | undefined,
  labels: Labels,
  matchKeys: readonly string[] | undefined,
  mismatchKeys?: readonly string[],
): Selector => {
  const own = [
    ...(matchKeys ?? []).map((key) => ({ key, operator: 'In' as const })),
    ...(mismatchKeys ?? []).map((key) => ({ key, operator: 'NotIn' as const })),
  ].filter(({ key }) => labels[key] !== undefined)
  if (selector === undefined || own.length === 0) return compile(selector)
  return selectorOf({
    matchLabels: selector.matchLabels,
    matchExpressions: [
      ...(selector.matchExpressions ?? []),
      ...own.map(({ key, operator }) => ({ key, operator, values: [labels[key]!] })),
    ],
  })
}

/** One term of pod (anti-)affinity, made ready for its owner. */
export interface AffinityTerm {
  readonly topologyKey: string
  readonly selector: Selector
  readonly namespaces: readonly string[]
  /** Selects nothing if the term has none. */
  readonly namespaceSelector: Selector
  /** Of a preferred term; 0 for a required one. */
  readonly weight: number
}

/** Source: staging/src/k8s.io/kube-scheduler/framework/types.go, newAffinityTerm. */
export const affinityTermOf = (owner: PodView, term: PodAffinityTerm, weight = 0): AffinityTerm => {
  const { topologyKey, labelSelector, namespaceSelector, matchLabelKeys, mismatchLabelKeys } = term
  const named = term.namespaces ?? []
  return {
    topologyKey,
    selector: selectorWithKeys(labelSelector, owner.labels, matchLabelKeys, mismatchLabelKeys),
    namespaces: named.length === 0 && namespaceSelector === undefined ? [owner.namespace] : named,
    namespaceSelector: compile(namespaceSelector),
    weight,
  }
}

/** The labels by which a namespace is selected; its name is always among them. */
export const namespaceLabels = (view: ClusterView, namespace: string): Labels => ({
  ...view.namespaces.get(namespace)?.labels,
  'kubernetes.io/metadata.name': namespace,
})

/** Source: staging/src/k8s.io/kube-scheduler/framework/types.go, AffinityTerm.Matches. */
export const termSelects = (term: AffinityTerm, view: ClusterView, namespace: string, labels: Labels): boolean => {
  if (!selects(term.selector, labels)) return false
  if (term.namespaces.includes(namespace)) return true
  return !term.namespaceSelector.nothing && selects(term.namespaceSelector, namespaceLabels(view, namespace))
}
