import {
  type ClusterView,
  NodeCreated,
  NodeDeleted,
  PodBound,
  PodCreated,
  PodDeleted,
  PodFailed,
  PodResumed,
  PodStatusReported,
} from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { type Listener, listen } from '../define-metric.ts'

type Node = ClusterView['nodes'] extends ReadonlyMap<string, infer N> ? N : never

/** Tells when what pods on a node ask for may have changed, once for every metric that asks. */
export interface NodeResourceSource {
  readonly listener: Listener
  /** @param changed `node` is undefined when there is no such node any more */
  readonly follow: (changed: (name: string, node: Node | undefined, at: number) => void) => void
}

export const createNodeResourceSource = (): NodeResourceSource => {
  const followers: ((name: string, node: Node | undefined, at: number) => void)[] = []
  // Hot path: with every report of a pod.
  const look = (name: string, view: ClusterView, at: number): void => {
    if (name === '') return
    const node = view.nodes.get(name)
    for (let i = 0; i < followers.length; i++) followers[i]!(name, node, at)
  }
  const ofNode = ({ event, at }: Entry<{ readonly kind: string; readonly node: string }>, view: ClusterView): void =>
    look(event.node, view, at)
  const ofPod = ({ event, at }: Entry<{ readonly kind: string; readonly pod: string }>, view: ClusterView): void =>
    look(view.pods.get(event.pod)?.node ?? '', view, at)
  const listener = listen(
    { NodeCreated, NodeDeleted, PodCreated, PodBound, PodStatusReported, PodResumed, PodFailed, PodDeleted },
    {
      NodeCreated: ofNode,
      NodeDeleted: ofNode,
      PodCreated: ofPod,
      PodBound: ofPod,
      PodStatusReported: ofPod,
      PodResumed: ofPod,
      PodFailed: ofPod,
      PodDeleted: ({ at }, view) => look(view.removedPod?.node ?? '', view, at),
    },
  )
  return { listener, follow: (changed) => followers.push(changed) }
}
