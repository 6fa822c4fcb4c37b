import type { PodAffinityTerm, WeightedPodAffinityTerm } from '@wavetank/cluster/api'
import { type AffinityTerm, affinityTermOf } from '../../selectors.ts'
import { type PodView, specOf } from '../plugin.ts'

/** The terms of one pod, ready to be matched. */
export interface PodTerms {
  readonly affinity: readonly AffinityTerm[]
  readonly antiAffinity: readonly AffinityTerm[]
  readonly preferredAffinity: readonly AffinityTerm[]
  readonly preferredAntiAffinity: readonly AffinityTerm[]
}

const NONE: PodTerms = { affinity: [], antiAffinity: [], preferredAffinity: [], preferredAntiAffinity: [] }

/** Terms depend on a pod’s namespace and labels besides its spec, which pods of one template mostly share. */
const known = new WeakMap<object, Map<string, PodTerms>>()

const required = (pod: PodView, terms: readonly PodAffinityTerm[] | undefined): readonly AffinityTerm[] =>
  (terms ?? []).map((term) => affinityTermOf(pod, term))

const preferred = (pod: PodView, terms: readonly WeightedPodAffinityTerm[] | undefined): readonly AffinityTerm[] =>
  (terms ?? []).map(({ weight, podAffinityTerm }) => affinityTermOf(pod, podAffinityTerm, weight))

export const termsOf = (pod: PodView): PodTerms => {
  const { affinity } = specOf(pod)
  if (affinity?.podAffinity === undefined && affinity?.podAntiAffinity === undefined) return NONE
  let byNamespace = known.get(pod.labels)
  if (byNamespace === undefined) {
    byNamespace = new Map()
    known.set(pod.labels, byNamespace)
  }
  const key = `${pod.namespace} ${pod.template.hash}`
  let terms = byNamespace.get(key)
  if (terms === undefined) {
    const { podAffinity, podAntiAffinity } = affinity
    terms = {
      affinity: required(pod, podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
      antiAffinity: required(pod, podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
      preferredAffinity: preferred(pod, podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
      preferredAntiAffinity: preferred(pod, podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    }
    byNamespace.set(key, terms)
  }
  return terms
}
