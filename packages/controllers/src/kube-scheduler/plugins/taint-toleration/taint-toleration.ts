import { type Taint, type Toleration, toleratesTaint } from '@wavetank/cluster'
import { definePlugin } from '../plugin.ts'

/** Source: pkg/scheduler/framework/plugins/tainttoleration/taint_toleration.go; the text is that of v1.34.2 and later. */
export const taintToleration = definePlugin({
  name: 'TaintToleration',
  doc: 'Keeps pods off nodes with taints they do not tolerate, and prefers nodes with fewer PreferNoSchedule taints.',
  filter: (pod, node) => {
    if (node.taints.length === 0) return undefined
    const tolerations = (pod.template.spec.tolerations ?? []) as readonly Toleration[]
    for (const taint of node.taints as readonly Taint[]) {
      if (taint.effect === 'PreferNoSchedule') continue
      if (!tolerations.some((toleration) => toleratesTaint(toleration, taint)))
        return ['node(s) had untolerated taint(s)']
    }
    return undefined
  },
  score: {
    weight: 3,
    of: (pod, nodes) => {
      const tolerations = ((pod.template.spec.tolerations ?? []) as readonly Toleration[]).filter(
        ({ effect }) => effect === undefined || effect === 'PreferNoSchedule',
      )
      const raw = nodes.map(
        ({ taints }) =>
          (taints as readonly Taint[]).filter(
            (taint) =>
              taint.effect === 'PreferNoSchedule' &&
              !tolerations.some((toleration) => toleratesTaint(toleration, taint)),
          ).length,
      )
      const most = Math.max(...raw)
      return raw.map((count) => (most === 0 ? 100 : 100 - Math.floor((100 * count) / most)))
    },
  },
})
