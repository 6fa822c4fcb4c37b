import { type Toleration, toleratesTaint } from '@wavetank/cluster'
import { definePlugin } from '../plugin.ts'

/** Source: pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go. */
export const nodeUnschedulable = definePlugin({
  name: 'NodeUnschedulable',
  doc: 'Keeps pods off cordoned nodes.',
  filter: (pod, node) => {
    if (!node.unschedulable) return undefined
    const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as const
    const tolerations = (pod.template.spec.tolerations ?? []) as readonly Toleration[]
    return tolerations.some((toleration) => toleratesTaint(toleration, taint))
      ? undefined
      : ['node(s) were unschedulable']
  },
})
