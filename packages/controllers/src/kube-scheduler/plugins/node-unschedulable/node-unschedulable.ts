import { type Taint, toleratesTaint } from '@wavetank/cluster'
import { unresolvable } from '../../status.ts'
import { definePlugin, type PodView, specOf } from '../plugin.ts'

const TAINT: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }
export const UNSCHEDULABLE_REFUSAL = unresolvable('node(s) were unschedulable')

export const toleratesUnschedulable = (pod: PodView): boolean =>
  (specOf(pod).tolerations ?? []).some((toleration) => toleratesTaint(toleration, TAINT))

/** Source: pkg/scheduler/framework/plugins/nodeunschedulable/node_unschedulable.go. */
export const nodeUnschedulable = definePlugin({
  name: 'NodeUnschedulable',
  doc: 'Keeps pods off cordoned nodes.',
  defaultArgs: undefined,
  filter: ({ pod }, { node }) =>
    node.unschedulable && !toleratesUnschedulable(pod) ? UNSCHEDULABLE_REFUSAL : undefined,
  hints: {
    NodeAdded: (_pod, { node }) => !node.unschedulable,
    NodeTaintsChanged: (_pod, { node, before }) => before.unschedulable && !node.unschedulable,
  },
})
