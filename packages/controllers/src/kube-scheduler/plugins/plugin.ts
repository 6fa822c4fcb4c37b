import type { ClusterView, DeepReadonly, Node, Pod } from '@wavetank/cluster'

export type NodeView = DeepReadonly<Node>
export type PodView = DeepReadonly<Pod>

/** A scheduling plugin: a folder, and a line in the registry. Scores are whole numbers from 0 to 100. */
export interface Plugin {
  readonly name: string
  readonly doc: string
  /** Why the pod cannot run on the node, in kube-scheduler's words; `undefined` if it can. */
  readonly filter?: (pod: PodView, node: NodeView) => readonly string[] | undefined
  /**
   * One score for each of the feasible nodes, already normalised; `undefined` if the plugin has nothing to say about
   * this pod.
   */
  readonly score?: {
    readonly weight: number
    readonly of: (pod: PodView, nodes: readonly NodeView[], view: ClusterView) => readonly number[] | undefined
  }
}

export const definePlugin = (plugin: Plugin): Plugin => plugin
