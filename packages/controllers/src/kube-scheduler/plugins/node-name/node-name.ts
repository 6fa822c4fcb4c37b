import { unresolvable } from '../../status.ts'
import { definePlugin } from '../plugin.ts'

export const NAME_REFUSAL = unresolvable("node(s) didn't match the requested node name")

/** Source: pkg/scheduler/framework/plugins/nodename/node_name.go. */
export const nodeName = definePlugin({
  name: 'NodeName',
  doc: 'Keeps a pod that names its node off all others.',
  defaultArgs: undefined,
  filter: ({ pod }, { node }) => {
    const wanted = pod.template.spec.nodeName
    return wanted === undefined || wanted === '' || wanted === node.name ? undefined : NAME_REFUSAL
  },
  hints: { NodeAdded: () => true },
})
