import { type DeepReadonly, type Taint, type Toleration, toleratesTaint } from '@wavetank/cluster'
import { unresolvable } from '../../status.ts'
import { defaultNormalize, definePlugin, type PodView, specOf } from '../plugin.ts'

/** The text is that of v1.34.2 and later; before, it named the taint. */
export const TAINT_REFUSAL = unresolvable('node(s) had untolerated taint(s)')

const tolerationsOf = (pod: PodView): readonly Toleration[] => specOf(pod).tolerations ?? []

/** True if the pod tolerates every taint that keeps pods away. */
export const toleratesTaints = (pod: PodView, taints: readonly DeepReadonly<Taint>[]): boolean => {
  for (const taint of taints) {
    if (taint.effect === 'PreferNoSchedule') continue
    if (!tolerationsOf(pod).some((toleration) => toleratesTaint(toleration, taint as Taint))) return false
  }
  return true
}

/** How many PreferNoSchedule taints the pod does not tolerate. */
export const intolerableTaints = (pod: PodView, taints: readonly DeepReadonly<Taint>[]): number => {
  let count = 0
  for (const taint of taints) {
    if (taint.effect !== 'PreferNoSchedule') continue
    const tolerated = tolerationsOf(pod).some(
      (toleration) =>
        (toleration.effect === undefined || toleration.effect === 'PreferNoSchedule') &&
        toleratesTaint(toleration, taint as Taint),
    )
    if (!tolerated) count++
  }
  return count
}

/** Source: pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go. */
export const taintToleration = definePlugin({
  name: 'TaintToleration',
  doc: 'Keeps pods off nodes with taints they do not tolerate, and prefers nodes with fewer PreferNoSchedule taints.',
  defaultArgs: undefined,
  weight: 3,
  filter: ({ pod }, { node }) => (toleratesTaints(pod, node.taints) ? undefined : TAINT_REFUSAL),
  preScore: () => ({ state: undefined }),
  score: ({ pod }, { node }) => intolerableTaints(pod, node.taints),
  normalize: (scores) => defaultNormalize(scores, true),
  hints: {
    NodeAdded: (pod, { node }) => toleratesTaints(pod, node.taints),
    NodeTaintsChanged: (pod, { node, before }) =>
      !toleratesTaints(pod, before.taints) && toleratesTaints(pod, node.taints),
  },
})
