import type { Toleration } from '../api/core/affinity.ts'
import type { PodSpec } from '../api/core/pod-spec.ts'
import type { Settings } from '../settings.ts'
import type { DeepReadonly } from '../tables.ts'

/**
 * Does the pod say for itself how long it bears this taint? A toleration with an empty key or effect counts.
 * Source: plugin/pkg/admission/defaulttolerationseconds/admission.go.
 */
const says = (tolerations: readonly Toleration[], key: string): boolean =>
  tolerations.some(
    (toleration) =>
      ((toleration.key ?? '') === key || (toleration.key ?? '') === '') &&
      (toleration.effect === 'NoExecute' || toleration.effect === undefined),
  )

/** The pod spec as the API server’s admission plugins leave it: default tolerations for NoExecute taints, priority. */
export const admitPodSpec = (spec: PodSpec, settings: DeepReadonly<Settings>): PodSpec => {
  const tolerations = [...(spec.tolerations ?? [])]
  for (const [key, tolerationSeconds] of [
    ['node.kubernetes.io/not-ready', settings.notReadyTolerationSeconds],
    ['node.kubernetes.io/unreachable', settings.unreachableTolerationSeconds],
  ] as const) {
    if (!says(tolerations, key)) tolerations.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds })
  }
  return { ...spec, tolerations, priority: spec.priority ?? 0 }
}
