import { NodeCreated, NodeDeleted, NodeMarkedUnknown, NodeStatusPosted, PodMarkedNotReady } from '@wavetank/cluster'
import { defineKubeEvents, nodeReference, podReference, SILENT } from './define-kube-events.ts'
import type { InvolvedObject, KubeEventDraft } from './kube-event.ts'

const said = (
  involvedObject: InvolvedObject,
  type: KubeEventDraft['type'],
  reason: string,
  message: string,
): KubeEventDraft => ({
  type,
  reason,
  message,
  involvedObject,
  source: { component: 'node-controller' },
  recorder: 'core',
})

/** Source: pkg/controller/nodelifecycle, pkg/controller/util/node/controller_utils.go. */
export const nodeControllerEvents = defineKubeEvents({
  component: 'node-controller',
  facts: { NodeCreated, NodeDeleted, NodeStatusPosted, NodeMarkedUnknown, PodMarkedNotReady },
  create: () => {
    const nodes = new Map<string, { readonly uid: string; ready: boolean }>()
    return {
      NodeCreated: ({ event, at }) => {
        nodes.set(event.node, { uid: event.uid, ready: true })
        // Nodes of the beginning were registered long ago.
        if (at === 0) return SILENT
        const message = `Node ${event.node} event: Registered Node ${event.node} in Controller`
        return [said(nodeReference(event.node, event.uid), 'Normal', 'RegisteredNode', message)]
      },
      NodeDeleted: ({ event }) => {
        const uid = nodes.get(event.node)?.uid ?? ''
        nodes.delete(event.node)
        const message = `Node ${event.node} event: Removing Node ${event.node} from Controller`
        return [said(nodeReference(event.node, uid), 'Normal', 'RemovingNode', message)]
      },
      NodeStatusPosted: ({ event }) => {
        const node = nodes.get(event.node)
        if (node !== undefined) node.ready = event.ready === 'True'
        return SILENT
      },
      // Only where the controller itself took Ready away.
      NodeMarkedUnknown: ({ event, at }) => {
        const node = nodes.get(event.node)
        if (node?.ready !== true) return SILENT
        node.ready = false
        // One that is silent from the beginning was told of before.
        if (at === 0) return SILENT
        const message = `Node ${event.node} status is now: NodeNotReady`
        return [said(nodeReference(event.node, node.uid), 'Normal', 'NodeNotReady', message)]
      },
      PodMarkedNotReady: ({ event }, view) => {
        const pod = view.pods.get(event.pod)
        return pod === undefined ? SILENT : [said(podReference(pod), 'Warning', 'NodeNotReady', 'Node is not ready')]
      },
    }
  },
})
