import type { ClusterView, Labels, Taint } from '@wavetank/cluster'
import type { NodeView, PodView } from './snapshot.ts'

/** What decided over pods in a node, as it was before a change. */
export interface NodeTraits {
  readonly labels: Labels
  readonly taints: readonly Taint[]
  readonly unschedulable: boolean
}

/**
 * Something that happened in the cluster and may make a rejected pod schedulable.
 *
 * Source: pkg/scheduler/framework/events.go, staging/src/k8s.io/kube-scheduler/framework/types.go (ClusterEvent).
 */
export type ClusterChange =
  | { readonly kind: 'NodeAdded'; readonly node: NodeView }
  | { readonly kind: 'NodeDeleted'; readonly before: NodeTraits }
  | { readonly kind: 'NodeLabelsChanged'; readonly node: NodeView; readonly before: NodeTraits }
  /** Taints or `spec.unschedulable`. */
  | { readonly kind: 'NodeTaintsChanged'; readonly node: NodeView; readonly before: NodeTraits }
  | { readonly kind: 'AssignedPodAdded'; readonly pod: PodView }
  /** Gone, or Succeeded or Failed. */
  | { readonly kind: 'AssignedPodDeleted'; readonly pod: PodView }
  | { readonly kind: 'PodLabelsChanged'; readonly pod: PodView; readonly before: Labels }
  /** A scheduling gate of the pod itself was removed. */
  | { readonly kind: 'PodGatesRemoved'; readonly pod: PodView }
  /** A claim, volume, storage class, CSINode, CSIDriver or CSIStorageCapacity came or went. */
  | { readonly kind: 'StorageChanged'; readonly objectKind: string; readonly object: string }

export type ChangeKind = ClusterChange['kind']
export type ChangeOf<K extends ChangeKind> = Extract<ClusterChange, { readonly kind: K }>

/**
 * Queueing hints: for each change that a plugin listens to, whether it may make a pod schedulable that the plugin
 * rejected. A change that is not listed never does.
 */
export type QueueingHints<Args> = {
  readonly [K in ChangeKind]?: (pod: PodView, change: ChangeOf<K>, args: Args, view: ClusterView) => boolean
}
