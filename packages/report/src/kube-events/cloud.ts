import { NodeDeleted, type NodeName, NodeReclaimed } from '@wavetank/cluster'
import { defineKubeEvents, nodeReference, SILENT } from './define-kube-events.ts'

/** Source: staging/src/k8s.io/cloud-provider/controllers/nodelifecycle/node_lifecycle_controller.go, MonitorNodes. */
export const cloudEvents = defineKubeEvents({
  component: 'cloud-node-lifecycle-controller',
  facts: { NodeReclaimed, NodeDeleted },
  create: () => {
    const gone = new Map<NodeName, string>()
    return {
      NodeReclaimed: ({ event }, view) => {
        const node = view.nodes.get(event.node)
        if (node !== undefined && event.deleteNode) gone.set(event.node, node.uid)
        return SILENT
      },
      NodeDeleted: ({ event, by }) => {
        const uid = gone.get(event.node)
        gone.delete(event.node)
        if (uid === undefined || by !== 'cloud') return SILENT
        return [
          {
            type: 'Normal',
            reason: 'DeletingNode',
            message: `Deleting node ${event.node} because it does not exist in the cloud provider`,
            involvedObject: nodeReference(event.node, uid),
            source: { component: 'cloud-node-lifecycle-controller' },
            recorder: 'core',
          },
        ]
      },
    }
  },
})
