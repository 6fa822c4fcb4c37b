import type { LimitRange } from './api/core/limit-range.ts'
import type { PriorityClass as PriorityClassObject } from './api/scheduling/priority-class.ts'
import type { ControlPlane } from './control-plane/control-plane.ts'
import type { ControllerRevision } from './controller-revision/controller-revision.ts'
import type { CronJob } from './cron-job/cron-job.ts'
import type { DaemonSet } from './daemon-set/daemon-set.ts'
import type { Deployment } from './deployment/deployment.ts'
import type { EndpointSlice } from './endpoint-slice/endpoint-slice.ts'
import type { HorizontalPodAutoscaler } from './horizontal-pod-autoscaler/horizontal-pod-autoscaler.ts'
import type { NodeName, ObjectKey, PodKey } from './ids.ts'
import type { Job } from './job/job.ts'
import type { Node } from './node/node.ts'
import type { ObjectMeta } from './object/meta.ts'
import type { StoredObject } from './object/stored-object.ts'
import type { PersistentVolume } from './persistent-volume/persistent-volume.ts'
import type { PersistentVolumeClaim } from './persistent-volume-claim/persistent-volume-claim.ts'
import type { Pod, PodTemplate } from './pod/pod.ts'
import type { PodDisruptionBudget } from './pod-disruption-budget/pod-disruption-budget.ts'
import type { PriorityClass } from './priority-class/priority-class.ts'
import type { ReplicaSet } from './replica-set/replica-set.ts'
import type { Amounts } from './resource-quota/amounts.ts'
import type { ResourceQuota } from './resource-quota/resource-quota.ts'
import type { Service } from './service/service.ts'
import type { Settings } from './settings.ts'
import type { StatefulSet } from './stateful-set/stateful-set.ts'
import type { RunningUsage } from './usage/running.ts'
import type { SharedLoad } from './usage/shared-load.ts'

export interface Namespace extends ObjectMeta {
  terminating: boolean
}

/** An object that is kept as it came and that nothing acts on. */
export interface InertObject extends ObjectMeta {
  readonly kind: string
  readonly key: ObjectKey
  body: Readonly<Record<string, unknown>>
}

/** The state of the cluster: written by the folds alone, read by everyone else through `ClusterView`. */
export interface ClusterTables {
  settings: Settings
  /** The `at` of the last entry. */
  now: number
  readonly namespaces: Map<string, Namespace>
  readonly nodes: Map<NodeName, Node>
  readonly templates: Map<string, PodTemplate>
  readonly pods: Map<PodKey, Pod>
  /** What the running containers of each pod use, where their behaviour says it. */
  readonly usage: Map<PodKey, readonly RunningUsage[]>
  /** Loads that several containers divide, by the number of their usage in the settings. */
  readonly sharedLoads: Map<number, SharedLoad>
  /** Pods by the uid of their controlling owner. */
  readonly podsByOwner: Map<string, Set<Pod>>
  /** By the uid of their owner, how many pods that are not terminating stand on each node. */
  readonly spread: Map<string, Map<NodeName, number>>
  /** How many pods are Succeeded or Failed. */
  terminalPods: number
  /** Pods without a controlling owner, by namespace. */
  readonly orphanPods: Map<string, Set<Pod>>
  readonly deployments: Map<ObjectKey, Deployment>
  readonly replicaSets: Map<ObjectKey, ReplicaSet>
  readonly replicationControllers: Map<ObjectKey, ReplicaSet>
  readonly daemonSets: Map<ObjectKey, DaemonSet>
  readonly controllerRevisions: Map<ObjectKey, ControllerRevision>
  readonly statefulSets: Map<ObjectKey, StatefulSet>
  readonly persistentVolumeClaims: Map<ObjectKey, PersistentVolumeClaim>
  /** By `/name`. */
  readonly persistentVolumes: Map<ObjectKey, PersistentVolume>
  /** Pods by the claims that they use. */
  readonly podsByClaim: Map<ObjectKey, Set<Pod>>
  /** Both kinds, by uid. */
  readonly replicaSetsByUid: Map<string, ReplicaSet>
  readonly jobs: Map<ObjectKey, Job>
  readonly jobsByUid: Map<string, Job>
  readonly cronJobs: Map<ObjectKey, CronJob>
  readonly resourceQuotas: Map<ObjectKey, ResourceQuota>
  /** By name; namespaces without a quota are not there. */
  readonly quotasByNamespace: Map<string, readonly ResourceQuota[]>
  /** What objects that are no pods are counted for, by uid, where there is a quota. */
  readonly charged: Map<string, Amounts>
  /** Uids of pods that should be gone: no quota counts them. */
  readonly expiredPods: Set<string>
  readonly services: Map<ObjectKey, Service>
  /** Each Service with a selector under one of the labels that it asks for, as `namespace/key=value`. */
  readonly servicesByLabel: Map<string, Set<Service>>
  /** The pods that each Service with a selector selects. */
  readonly podsByService: Map<ObjectKey, Set<Pod>>
  readonly endpointSlices: Map<ObjectKey, EndpointSlice>
  /** By the Service that they say they are of. */
  readonly slicesByService: Map<ObjectKey, Set<EndpointSlice>>
  /** Which Service has a cluster address. */
  readonly serviceAddresses: Map<string, ObjectKey>
  /** Which Service has a port on every node. */
  readonly nodePorts: Map<number, ObjectKey>
  readonly horizontalPodAutoscalers: Map<ObjectKey, HorizontalPodAutoscaler>
  /** Objects of every kind but pods, by the uid of their controlling owner. */
  readonly objectsByOwner: Map<string, Set<StoredObject>>
  /** Those without a controlling owner, by `Kind/namespace`. */
  readonly orphanObjects: Map<string, Set<StoredObject>>
  /** By `Kind/namespace/name`. */
  readonly inertObjects: Map<string, InertObject>
  readonly podDisruptionBudgets: Map<ObjectKey, PodDisruptionBudget>
  /** Those of each namespace, by name; replaced by a new list when one comes, goes or has another spec. */
  readonly budgetsByNamespace: Map<string, readonly PodDisruptionBudget[]>
  /** By `/name`. */
  readonly priorityClasses: Map<ObjectKey, PriorityClass>
  /** What the API server reads when a pod is created; replaced by a new list when a class changes. */
  admissionClasses: readonly PriorityClassObject[]
  /** LimitRange objects by namespace, in the order of their names; replaced by a new list when one changes. */
  readonly limitRanges: Map<string, readonly LimitRange[]>
  /** The pod that the last entry removed, in its last state, as an informer hands it to its delete handlers. */
  removedPod: Pod | undefined
  /** Likewise for an object of a kind with a table of its own. */
  removedObject: StoredObject | undefined
  /** When something outside the cluster went down and came back, in turn, by its kind and name: `dependency database`. */
  readonly outages: Map<string, readonly number[]>
  readonly controlPlane: ControlPlane
  /** Nodes that were ever created. */
  nodesMade: number
}

/** The same objects, typed read-only: no copies. */
export type ClusterView = DeepReadonly<ClusterTables>

/** Read-only all the way down, for maps and sets too. */
export type DeepReadonly<T> = T extends (...args: never[]) => unknown
  ? T
  : T extends ReadonlyMap<infer K, infer V>
    ? ReadonlyMap<K, DeepReadonly<V>>
    : T extends ReadonlySet<infer V>
      ? ReadonlySet<DeepReadonly<V>>
      : T extends object
        ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
        : T
