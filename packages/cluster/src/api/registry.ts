/** Every kind that has a codec of its own, one line each; the others are kept as `GenericObject`. */
import type { DaemonSet } from './apps/daemon-set.ts'
import { daemonSetKind } from './apps/daemon-set.ts'
import type { Deployment } from './apps/deployment.ts'
import { deploymentKind } from './apps/deployment.ts'
import type { ReplicaSet } from './apps/replica-set.ts'
import { replicaSetKind } from './apps/replica-set.ts'
import type { StatefulSet } from './apps/stateful-set.ts'
import { statefulSetKind } from './apps/stateful-set.ts'
import type { HorizontalPodAutoscaler } from './autoscaling/horizontal-pod-autoscaler.ts'
import { horizontalPodAutoscalerKind } from './autoscaling/horizontal-pod-autoscaler.ts'
import type { CronJob } from './batch/cron-job.ts'
import { cronJobKind } from './batch/cron-job.ts'
import type { Job } from './batch/job.ts'
import { jobKind } from './batch/job.ts'
import type { Lease } from './coordination/lease.ts'
import { leaseKind } from './coordination/lease.ts'
import type { ConfigMap, Secret } from './core/config.ts'
import { configMapKind, secretKind } from './core/config.ts'
import type { LimitRange } from './core/limit-range.ts'
import { limitRangeKind } from './core/limit-range.ts'
import type { Namespace } from './core/namespace.ts'
import { namespaceKind } from './core/namespace.ts'
import type { Node } from './core/node.ts'
import { nodeKind } from './core/node.ts'
import type { PersistentVolume } from './core/persistent-volume.ts'
import { persistentVolumeKind } from './core/persistent-volume.ts'
import type { PersistentVolumeClaim } from './core/persistent-volume-claim.ts'
import { persistentVolumeClaimKind } from './core/persistent-volume-claim.ts'
import type { Pod } from './core/pod.ts'
import { podKind } from './core/pod.ts'
import type { ReplicationController } from './core/replication-controller.ts'
import { replicationControllerKind } from './core/replication-controller.ts'
import type { ResourceQuota } from './core/resource-quota.ts'
import { resourceQuotaKind } from './core/resource-quota.ts'
import type { Service } from './core/service.ts'
import { serviceKind } from './core/service.ts'
import type { AnyKindDefinition } from './define-kind.ts'
import type { EndpointSlice } from './discovery/endpoint-slice.ts'
import { endpointSliceKind } from './discovery/endpoint-slice.ts'
import type { PodDisruptionBudget } from './policy/pod-disruption-budget.ts'
import { podDisruptionBudgetKind } from './policy/pod-disruption-budget.ts'
import type { PriorityClass } from './scheduling/priority-class.ts'
import { priorityClassKind } from './scheduling/priority-class.ts'
import type { StorageClass } from './storage/storage-class.ts'
import { storageClassKind } from './storage/storage-class.ts'

/** An object whose kind is known in full. */
export type TypedObject =
  | ConfigMap
  | CronJob
  | DaemonSet
  | Deployment
  | EndpointSlice
  | HorizontalPodAutoscaler
  | Job
  | Lease
  | LimitRange
  | Namespace
  | Node
  | PersistentVolume
  | PersistentVolumeClaim
  | Pod
  | PodDisruptionBudget
  | PriorityClass
  | ReplicaSet
  | ReplicationController
  | ResourceQuota
  | Secret
  | Service
  | StatefulSet
  | StorageClass

export const KINDS: readonly AnyKindDefinition[] = [
  configMapKind,
  cronJobKind,
  daemonSetKind,
  deploymentKind,
  endpointSliceKind,
  horizontalPodAutoscalerKind,
  jobKind,
  leaseKind,
  limitRangeKind,
  namespaceKind,
  nodeKind,
  persistentVolumeKind,
  persistentVolumeClaimKind,
  podKind,
  podDisruptionBudgetKind,
  priorityClassKind,
  replicaSetKind,
  replicationControllerKind,
  resourceQuotaKind,
  secretKind,
  serviceKind,
  statefulSetKind,
  storageClassKind,
]
