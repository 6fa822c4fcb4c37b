// The run-time side: state, events, folds, requests. The manifests' side is `@wavetank/cluster/api`.

export type {
  CrossVersionObjectReference,
  HorizontalPodAutoscalerSpec,
  HPAScalingRules,
  MetricSpec,
  MetricTarget,
} from './api/autoscaling/horizontal-pod-autoscaler.ts'
export type { CronJobSpec } from './api/batch/cron-job.ts'
export type { JobSpec as ApiJobSpec, PodFailurePolicyRule, SuccessPolicyRule } from './api/batch/job.ts'
export type { NodeSelectorTerm, Toleration } from './api/core/affinity.ts'
export type { Container } from './api/core/container.ts'
export { nonZeroRequests, podLimits, podRequests, qosClass } from './api/core/pod-resources.ts'
export type { PodSpec } from './api/core/pod-spec.ts'
export type { Probe } from './api/core/probe.ts'
export { type Applied, applyManifest, replaceManifest, withLastApplied } from './api-server/apply.ts'
export {
  createControllerRevision,
  type NewControllerRevision,
  revisionHash,
} from './api-server/controller-revisions.ts'
export { createDeployment, deploymentSpecOf } from './api-server/deployments.ts'
export { createEndpointSlice } from './api-server/endpoint-slices.ts'
export { createEvictor, type EvictionRefusal, type Evictor } from './api-server/evictions.ts'
export type { ApiFailure, ApiReason } from './api-server/failure.ts'
export { resourceOf } from './api-server/failure.ts'
export {
  createCronJob,
  createJob,
  type NewJob,
} from './api-server/jobs.ts'
export { claimLimitProblem, newPodLimitProblem } from './api-server/limit-ranges.ts'
export {
  createInitialObjects,
  createObject,
  creationProblem,
  type DeleteOptions,
  deleteObject,
  INITIAL_NAMESPACES,
  type Pending,
  pendingKey,
  pendingKeys,
  withName,
} from './api-server/objects.ts'
export { type PatchType, patchObject } from './api-server/patch.ts'
export { recordTemplate, type TemplateContent, templateHash } from './api-server/pod-template.ts'
export {
  createPod,
  deletePod,
  type NewPod,
  podName,
  releaseAndDeletePod,
  removePodFinalizer,
} from './api-server/pods.ts'
export { createSystemClasses } from './api-server/priority-classes.ts'
export { type Charges, quotaStatus } from './api-server/quotas.ts'
export {
  createReplicaSet,
  type NewReplicaSet,
  replicaEventsOf,
  replicaTableOf,
} from './api-server/replica-sets.ts'
export { conflictsOf, wishesOf } from './api-server/services.ts'
export {
  claimProblem,
  createClaim,
  createVolume,
  defaultStorageClass,
  type NewClaim,
  storageClassOf,
} from './api-server/storage.ts'
export { storedObject, updateObject } from './api-server/update.ts'
export type { Update } from './api-server/update-metadata.ts'
export { type ControlPlane, idleSince, isApiServerUp } from './control-plane/control-plane.ts'
export { ApiServerCameBack, ApiServerSlowed, ApiServerWentDown, ControllerHeldBack } from './control-plane/events.ts'
export { controllersOf, PROCESSES, STOPPABLE } from './control-plane/processes.ts'
export type { ControllerRevision } from './controller-revision/controller-revision.ts'
export { controllerRevisionEvents } from './controller-revision/events.ts'
export type { ActiveJob, CronJob } from './cron-job/cron-job.ts'
export { cronJobEvents } from './cron-job/events.ts'
export { type DaemonSet, type DaemonSetStatus, TEMPLATE_GENERATION } from './daemon-set/daemon-set.ts'
export { type DaemonSetSpec, DaemonSetStrategy, daemonSetEvents } from './daemon-set/events.ts'
export {
  type ClusterController,
  type Component,
  defaultsOf,
  defineController,
  type Flag,
  type Flags,
  type FlagValue,
  type FlagValues,
  type ShutdownPeriod,
} from './define-controller.ts'
export {
  DESIRED_REPLICAS,
  type Deployment,
  type DeploymentStatus,
  LAST_APPLIED,
  MAX_REPLICAS,
  POD_TEMPLATE_HASH,
  REVISION,
  REVISION_HISTORY,
  ROLLBACK_TO,
} from './deployment/deployment.ts'
export { DeploymentCondition, DeploymentSpec, DeploymentStrategy, deploymentEvents } from './deployment/events.ts'
export {
  type EndpointSlice,
  HEADLESS_SERVICE,
  MANAGED_BY,
  SERVICE_NAME,
  serviceKeyOf,
} from './endpoint-slice/endpoint-slice.ts'
export { endpointSliceEvents } from './endpoint-slice/events.ts'
export { allEndpoints, type LegacyEndpoints } from './endpoint-slice/legacy-endpoints.ts'
export { clusterEvents } from './events.ts'
export { AutoscalerCondition, horizontalPodAutoscalerEvents } from './horizontal-pod-autoscaler/events.ts'
export type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerStatus,
} from './horizontal-pod-autoscaler/horizontal-pod-autoscaler.ts'
export { keyOf, NodeName, nameOf, namespaceOf, ObjectKey, PodKey, Uid } from './ids.ts'
export { formatPath, type Issue, type PathStep } from './issue.ts'
export { JobConditionType, jobEvents } from './job/events.ts'
export {
  CONTROLLER_UID,
  finishedCondition,
  isOpenPod,
  JOB_TRACKING,
  type Job,
  type JobCondition,
  type JobSpec,
  type JobStatus,
  jobConditionOf,
} from './job/job.ts'
export type {
  AutoscaleTarget,
  Cascade,
  Expose,
  KubectlCommand,
  NodeTargets,
  ObjectRef,
  Targets,
} from './kubectl-command.ts'
export { type LabelSelectorLike, type Labels, type Selector, selectorOf, selects } from './labels.ts'
export { loadObject } from './load/load-object.ts'
export { loadedState, settledState } from './load/loaded-state.ts'
export { loadOrder, missingOwner } from './load/owners.ts'
export { isDumped } from './load/pod-content.ts'
export {
  NamespaceAnnotated,
  NamespaceCreated,
  NamespaceDeleted,
  NamespaceLabelled,
  NamespaceMarkedForDeletion,
} from './namespace/events.ts'
export { isTerminatingNamespace } from './namespace/is-terminating.ts'
export { allocatableOf, thresholdAmount } from './node/allocatable.ts'
export { podAddress } from './node/apply.ts'
export {
  type ConditionStatus,
  DeadContainersRemoved,
  DiskFilled,
  DiskFreed,
  DiskGotRoom,
  DiskRanFull,
  DiskSlowed,
  EvictionThresholdMet,
  ImageCollectionFailed,
  ImagesRemoved,
  KubeletStarted,
  KubeletStopped,
  NodeAnnotated,
  NodeCordoned,
  NodeCreated,
  NodeDeleted,
  NodeFailed,
  NodeFrozen,
  NodeLabelled,
  NodeMarkedUnknown,
  NodeOutOfMemory,
  NodePartitioned,
  NodePressureChanged,
  NodeRebooted,
  NodeReclaimed,
  NodeReclaimNoticed,
  NodeReconnected,
  NodeRecovered,
  NodeShutdownRequested,
  NodeShutdownStarted,
  NodeStatusPosted,
  NodeTainted,
  NodeThawed,
  NodeUncordoned,
  NodeUntainted,
  NodeUpgraded,
  type Taint,
} from './node/events.ts'
export { EVICTION_SIGNALS, type EvictionSignal, type KubeletNodeFlags, kubeletNodeFlags } from './node/kubelet-flags.ts'
export { matchesNodeAffinity, matchesNodeSelectorTerm, toleratesTaint } from './node/matching.ts'
export {
  conditionOf,
  type Disk,
  type DiskAmount,
  type FullDisk,
  isHeard,
  isKubeletAtWork,
  type Machine,
  type MachineSpec,
  type Node,
  type NodeCondition,
  type ResourceAmounts,
  readiness,
} from './node/node.ts'
export { ClusterConfigured, InertObjectChanged, InertObjectCreated, InertObjectDeleted } from './object/events.ts'
export { ControllerRef, FOREGROUND_DELETION, ORPHAN, Propagation } from './object/meta.ts'
export {
  controllerRefOf,
  deleteStoredObject,
  ownerOf,
  removeFinalizer,
  type StoredKind,
  storedKindOf,
  storedKinds,
} from './object/stored-kinds.ts'
export type { StoredObject } from './object/stored-object.ts'
export { dependencyKey, isDown, registryKey } from './outage/apply.ts'
export { DependencyCameBack, DependencyWentDown, RegistryCameBack, RegistryWentDown } from './outage/events.ts'
export { persistentVolumeEvents } from './persistent-volume/events.ts'
export {
  type ClaimReference,
  type PersistentVolume,
  PROVISIONED_BY,
  VOLUME_PROTECTION,
  type VolumePhase,
} from './persistent-volume/persistent-volume.ts'
export { persistentVolumeClaimEvents } from './persistent-volume-claim/events.ts'
export {
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  CLAIM_PROTECTION,
  type ClaimStatus,
  type PersistentVolumeClaim,
  SELECTED_NODE,
  STORAGE_PROVISIONER,
} from './persistent-volume-claim/persistent-volume-claim.ts'
export { claimKeysOf } from './pod/claims.ts'
export {
  ContainerBackedOff,
  ContainerExited,
  ContainerRefused,
  ContainerResumed,
  ContainerStarted,
  ContainerStartFailed,
  ContainerStatus,
  ContainerStopping,
  ImagePullBackedOff,
  ImagePulled,
  ImagePullFailed,
  ImagePullStarted,
  PodAccepted,
  PodAdopted,
  PodAnnotated,
  PodBound,
  PodCreated,
  PodDeleted,
  PodDisruptionTargetCleared,
  PodDisruptionTargeted,
  PodFailed,
  PodFinalizersChanged,
  PodKilledByKubelet,
  PodLabelled,
  PodMarkedForDeletion,
  PodMarkedNotReady,
  PodNominationCleared,
  PodPhase,
  PodRejected,
  PodReleased,
  PodResumed,
  PodSandboxStarted,
  PodSchedulingGatesChanged,
  PodStatusReported,
  PodTemplateRecorded,
  PodUnschedulable,
  PostStartHookEnded,
  PreStopHookFailed,
  ProbeAnswered,
  ProbeFailed,
  ProbeSucceeded,
  Termination,
  VolumeMounted,
  VolumeMountFailed,
} from './pod/events.ts'
export { nextMount, seenMounted } from './pod/mount-retry.ts'
export {
  byRestarts,
  isActive,
  isAvailable,
  isReady,
  isTerminal,
  isTerminating,
  type Pod,
  type PodCondition,
  type PodTemplate,
  podConditionOf,
  readySince,
} from './pod/pod.ts'
export {
  environmentObjects,
  missingFromEnvironment,
  neededObjects,
  rootRefused,
  unmountableVolumes,
  volumeObjects,
} from './pod/references.ts'
export { podSpecOf } from './pod/spec.ts'
export { isMirror, MIRROR, mirrorOf, referenceOf } from './pod/static-pod.ts'
export { nextRetry, retryAt } from './pod/sync-retry.ts'
export { neverPull, pullError, waitingMessage } from './pod/waiting.ts'
export { budgetsOf } from './pod-disruption-budget/budgets-of.ts'
export { PodEvictionRefused, podDisruptionBudgetEvents } from './pod-disruption-budget/events.ts'
export type {
  DisruptionAllowed,
  PodDisruptionBudget,
  PodDisruptionBudgetStatus,
} from './pod-disruption-budget/pod-disruption-budget.ts'
export { priorityClassEvents } from './priority-class/events.ts'
export type { PriorityClass } from './priority-class/priority-class.ts'
export { quantityMillis, quantityWhole } from './quantity.ts'
export { renderControllerRevision } from './render/controller-revision.ts'
export { renderCronJob } from './render/cron-job.ts'
export { renderDaemonSet } from './render/daemon-set.ts'
export { renderDeployment } from './render/deployment.ts'
export { renderEndpointSlice } from './render/endpoint-slice.ts'
export { renderHorizontalPodAutoscaler } from './render/horizontal-pod-autoscaler.ts'
export { fullImage, registryOf } from './render/image.ts'
export { imageNameProblem } from './render/image-name.ts'
export { renderInert } from './render/inert.ts'
export { renderJob } from './render/job.ts'
export { renderNamespace } from './render/namespace.ts'
export { renderNode } from './render/node.ts'
export { findObject, objectsOf, type RenderedObject } from './render/objects.ts'
export { renderPod } from './render/pod.ts'
export { renderPodDisruptionBudget } from './render/pod-disruption-budget.ts'
export { renderPriorityClass } from './render/priority-class.ts'
export { renderReplicaSet } from './render/replica-set.ts'
export { renderResourceQuota, usedQuantities } from './render/resource-quota.ts'
export { renderService } from './render/service.ts'
export { renderStatefulSet } from './render/stateful-set.ts'
export { renderPersistentVolume, renderPersistentVolumeClaim } from './render/storage.ts'
export { replicaSetEvents } from './replica-set/events.ts'
export type { ReplicaKind, ReplicaSet, ReplicaStatus } from './replica-set/replica-set.ts'
export { replicationControllerEvents } from './replication-controller/events.ts'
export { type Amount, type Amounts, amountOf, formatAmount, plus } from './resource-quota/amounts.ts'
export { resourceQuotaEvents } from './resource-quota/events.ts'
export type { ResourceQuota } from './resource-quota/resource-quota.ts'
export { podAmounts } from './resource-quota/usage.ts'
export { serviceEvents } from './service/events.ts'
export { servicesSelecting } from './service/lookup.ts'
export { HEADLESS, hasClusterAddress, type Service } from './service/service.ts'
export { DEFAULT_LATENCIES, DEFAULT_SETTINGS, type Latencies, type Settings } from './settings.ts'
export {
  type ClaimRetention,
  type StatefulSetSpec,
  StatefulSetStrategy,
  statefulSetEvents,
} from './stateful-set/events.ts'
export type { StatefulSet, StatefulSetStatus } from './stateful-set/stateful-set.ts'
export { createClusterStore, foldedKinds } from './store.ts'
export type { ClusterTables, ClusterView, DeepReadonly, InertObject, Namespace } from './tables.ts'
export {
  capped,
  firstAtLeast,
  firstBelow,
  isLevel,
  meanUsage,
  nextBreak,
  originOf,
  type PlacedCurve,
  totalUsageAt,
  type UsageCurve,
  type UsagePiece,
  usageAt,
  usageOver,
} from './usage/curve.ts'
export { type HeldLevel, volumePart, wouldExceed } from './usage/held.ts'
export {
  type ContainerMetrics,
  lastLook,
  type PodMetrics,
  podMetrics,
} from './usage/metrics-server.ts'
export { metricValueAt, type NamedMetric } from './usage/named-metric.ts'
export {
  type ContainerUsage,
  cpuAt,
  cpuOver,
  type LocalUsage,
  memoryAt,
  memoryCurvesOf,
  memoryOver,
  podUsageAt,
  type RunningUsage,
  type UsedResource,
} from './usage/running.ts'
export {
  constantUsage,
  dailyUsage,
  dayWave,
  leakUsage,
  linearUsage,
  stepUsage,
  type UsagePoint,
} from './usage/shapes.ts'
export { formatTime, storedTime } from './wall-clock.ts'
