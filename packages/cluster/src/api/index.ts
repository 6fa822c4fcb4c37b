// Kubernetes objects as manifests have them. What the simulator makes of them at run time is `@wavetank/cluster`.

export type { KindInfo } from '../catalog.ts'
export { CATALOG, isBuiltInVersion, kindByName, kindOf } from '../catalog.ts'
export type { Issue, PathStep } from '../issue.ts'
export { formatPath } from '../issue.ts'
export type { LabelSelectorOperator, Labels, Requirement, RequirementOperator, Selector } from '../labels.ts'
export {
  EVERYTHING,
  formatLabels,
  formatSelector,
  labelKeyProblems,
  labelValueProblems,
  NOTHING,
  parseSelector,
  selector,
  selectorOf,
  selectorOfLabels,
  selectorOfRequirements,
  selects,
  selectsEverything,
} from '../labels.ts'
export {
  dns1035LabelProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  generateName,
  randomSuffix,
  SUFFIX_ALPHABET,
  safeEncode,
  truncateGenerateName,
} from '../names.ts'
export type { ParsedQuantity, QuantityFormat } from '../quantity.ts'
export {
  canonicalQuantity,
  formatBytes,
  formatMillis,
  formatQuantity,
  parseQuantity,
  quantityMillis,
  quantityWhole,
} from '../quantity.ts'
export type { ApiObject, GenericObject } from './api-object.ts'
export { isGeneric, isInert, isKind } from './api-object.ts'
export { DaemonSet, DaemonSetSpec, DaemonSetUpdateStrategy, RollingUpdateDaemonSet } from './apps/daemon-set.ts'
export { Deployment, DeploymentSpec, DeploymentStrategy, RollingUpdateDeployment } from './apps/deployment.ts'
export { ReplicaSet, ReplicaSetSpec } from './apps/replica-set.ts'
export type { StatefulSetSpec, StatefulSetUpdateStrategy } from './apps/stateful-set.ts'
export { StatefulSet, VolumeClaimTemplate } from './apps/stateful-set.ts'
export {
  CrossVersionObjectReference,
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerSpec,
  HPAScalingPolicy,
  HPAScalingRules,
  MetricSpec,
  MetricTarget,
} from './autoscaling/horizontal-pod-autoscaler.ts'
export { CronJob, CronJobSpec, JobTemplateSpec } from './batch/cron-job.ts'
export { cronProblem } from './batch/cron-schedule.ts'
export { Job, JobSpec, PodFailurePolicyRule, SuccessPolicyRule } from './batch/job.ts'
export type { Codec, JsonObject } from './codec.ts'
export { anything, defaulted, flag, integer, list, optional, requiredText, struct, text, words } from './codec.ts'
export { Lease, LeaseSpec } from './coordination/lease.ts'
export {
  Affinity,
  NodeAffinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  PodAntiAffinity,
  PreferredSchedulingTerm,
  Toleration,
  TopologySpreadConstraint,
  WeightedPodAffinityTerm,
} from './core/affinity.ts'
export { ConfigMap, Secret } from './core/config.ts'
export {
  Container,
  ContainerPort,
  EnvVar,
  EphemeralContainer,
  imageTag,
  isSidecar,
  ResourceRequirements,
  VolumeMount,
} from './core/container.ts'
export { LimitRange, LimitRangeItem } from './core/limit-range.ts'
export { Namespace } from './core/namespace.ts'
export {
  ContainerImage,
  Node,
  NodeAddress,
  NodeCondition,
  NodeSpec,
  NodeStatus,
  NodeSystemInfo,
  Taint,
} from './core/node.ts'
export { ObjectReference, PersistentVolume, PersistentVolumeSpec } from './core/persistent-volume.ts'
export { PersistentVolumeClaim } from './core/persistent-volume-claim.ts'
export { Pod } from './core/pod.ts'
export type { AdmissionSettings } from './core/pod-admission.ts'
export { addDefaultTolerations, admitPodSpec, NOT_READY_TAINT, UNREACHABLE_TAINT } from './core/pod-admission.ts'
export { defaultPodSpec } from './core/pod-defaults.ts'
export type { PodResources, QosClass } from './core/pod-resources.ts'
export { nonZeroRequests, podLimits, podRequests, qosClass } from './core/pod-resources.ts'
export { PodSpec, PodTemplateSpec, PreemptionPolicy, RestartPolicy } from './core/pod-spec.ts'
export { Lifecycle, LifecycleHandler, Probe } from './core/probe.ts'
export { ReplicationController, ReplicationControllerSpec } from './core/replication-controller.ts'
export { ResourceQuota, ResourceQuotaSpec } from './core/resource-quota.ts'
export { Service, ServicePort, ServiceSpec } from './core/service.ts'
export { AccessMode, PersistentVolumeClaimSpec, Volume } from './core/volume.ts'
export type { DecodedDocument, LocatedObject } from './decode.ts'
export { apiObject, decodeDocument, decodeObject } from './decode.ts'
export { Endpoint, EndpointPort, EndpointSlice } from './discovery/endpoint-slice.ts'
export type { IntOrString } from './int-or-percent.ts'
export { percentOf, scaledValue } from './int-or-percent.ts'
export type { Interner } from './intern.ts'
export { createInterner } from './intern.ts'
export type { ApiIssueCode, IssueCode } from './issue-codes.ts'
export { API_ISSUE_CODES } from './issue-codes.ts'
export { LabelSelector, LabelSelectorRequirement } from './meta/label-selector.ts'
export { ObjectMeta, OwnerReference, TemplateMeta } from './meta/object-meta.ts'
export { PodDisruptionBudget, PodDisruptionBudgetSpec } from './policy/pod-disruption-budget.ts'
export type { TypedObject } from './registry.ts'
export { HIGHEST_USER_PRIORITY, PriorityClass, SYSTEM_PRIORITIES } from './scheduling/priority-class.ts'
export { isDefaultClass, StorageClass } from './storage/storage-class.ts'
export type { Trail } from './trail.ts'
export { createTrail, duplicate, editDistance, forbidden, invalid, nearest, notFound, within } from './trail.ts'
