export type { KindInfo } from '../catalog.ts'
export { CATALOG, isBuiltInVersion, kindByName, kindOf } from '../catalog.ts'
export type { Issue, PathStep } from '../issue.ts'
export { formatPath } from '../issue.ts'
export type { LabelSelectorOperator, Labels, Requirement, RequirementOperator, Selector } from '../labels.ts'
export {
  compileRequirements,
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
export { ReplicaSet, ReplicaSetSpec } from './apps/replica-set.ts'
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
export { Pod } from './core/pod.ts'
export { defaultPodSpec } from './core/pod-defaults.ts'
export type { PodResources, QosClass } from './core/pod-resources.ts'
export { nonZeroRequests, podLimits, podRequests, qosClass } from './core/pod-resources.ts'
export { PodSpec, PodTemplateSpec, PreemptionPolicy, RestartPolicy } from './core/pod-spec.ts'
export { Lifecycle, LifecycleHandler, Probe } from './core/probe.ts'
export { ReplicationController, ReplicationControllerSpec } from './core/replication-controller.ts'
export { AccessMode, PersistentVolumeClaimSpec, Volume } from './core/volume.ts'
export type { DecodedDocument, LocatedObject } from './decode.ts'
export { apiObject, decodeDocument, decodeObject } from './decode.ts'
export type { ApiIssueCode, IssueCode } from './issue-codes.ts'
export { API_ISSUE_CODES } from './issue-codes.ts'
export { LabelSelector, LabelSelectorRequirement } from './meta/label-selector.ts'
export { ObjectMeta, OwnerReference } from './meta/object-meta.ts'
export type { TypedObject } from './registry.ts'
export { editDistance, nearest } from './trail.ts'
