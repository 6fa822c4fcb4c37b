import type { NodeSelectorTerm, Toleration } from '../api/core/affinity.ts'
import type { PodSpec } from '../api/core/pod-spec.ts'
import { type Labels, type RequirementOperator, type Selector, selectorOfRequirements, selects } from '../labels.ts'
import type { DeepReadonly } from '../tables.ts'
import type { Taint } from './events.ts'

/**
 * Source: staging/src/k8s.io/api/core/v1/toleration.go, ToleratesTaint: an empty effect or key matches all of them.
 */
export const toleratesTaint = (toleration: DeepReadonly<Toleration>, taint: Taint): boolean => {
  const { key = '', effect = '', operator = 'Equal', value = '' } = toleration
  if (effect !== '' && effect !== taint.effect) return false
  if (key !== '' && key !== taint.key) return false
  return operator === 'Exists' || value === (taint.value ?? '')
}

interface CompiledTerm {
  readonly labels: Selector
  readonly fields: Selector
  readonly empty: boolean
}
const compiled = new WeakMap<object, CompiledTerm>()

const selectorFor = (requirements: NodeSelectorTerm['matchExpressions']): Selector =>
  selectorOfRequirements(
    (requirements ?? []).map(({ key, operator, values }) => ({
      key,
      operator: operator as RequirementOperator,
      values: values ?? [],
    })),
  )

const compile = (term: DeepReadonly<NodeSelectorTerm>): CompiledTerm => {
  let result = compiled.get(term)
  if (result === undefined) {
    const { matchExpressions, matchFields } = term as NodeSelectorTerm
    result = {
      labels: selectorFor(matchExpressions),
      fields: selectorFor(matchFields),
      empty: (matchExpressions ?? []).length === 0 && (matchFields ?? []).length === 0,
    }
    compiled.set(term, result)
  }
  return result
}

/** Expressions on labels and on `metadata.name`, all of which must hold; an empty term matches nothing. */
export const matchesNodeSelectorTerm = (
  term: DeepReadonly<NodeSelectorTerm>,
  labels: Labels,
  name: string,
): boolean => {
  const { labels: byLabels, fields, empty } = compile(term)
  return !empty && selects(byLabels, labels) && selects(fields, { 'metadata.name': name })
}

/** `nodeSelector` and required node affinity, which must both hold. Source: GetRequiredNodeAffinity. */
export const matchesNodeAffinity = (
  { nodeSelector, affinity }: DeepReadonly<Pick<PodSpec, 'nodeSelector' | 'affinity'>>,
  node: { readonly labels: Labels; readonly name: string },
): boolean => {
  for (const key in nodeSelector) if (node.labels[key] !== nodeSelector[key]) return false
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required?.nodeSelectorTerms.some((term) => matchesNodeSelectorTerm(term, node.labels, node.name)) ?? true
}
