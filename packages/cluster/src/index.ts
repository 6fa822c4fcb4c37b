export type { ApiObject, GenericObject } from './api/api-object.ts'
export { isGeneric, isInert, isKind } from './api/api-object.ts'
export { ReplicaSet, ReplicaSetSpec } from './api/apps/replica-set.ts'
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
} from './api/core/affinity.ts'
export {
  Container,
  ContainerPort,
  EnvVar,
  EphemeralContainer,
  imageTag,
  isSidecar,
  ResourceRequirements,
  VolumeMount,
} from './api/core/container.ts'
export { Namespace } from './api/core/namespace.ts'
export {
  ContainerImage,
  Node,
  NodeAddress,
  NodeCondition,
  NodeSpec,
  NodeStatus,
  NodeSystemInfo,
  Taint,
} from './api/core/node.ts'
export { Pod } from './api/core/pod.ts'
export { defaultPodSpec } from './api/core/pod-defaults.ts'
export type { PodResources, QosClass } from './api/core/pod-resources.ts'
export { nonZeroRequests, podLimits, podRequests, qosClass } from './api/core/pod-resources.ts'
export { PodSpec, PodTemplateSpec, PreemptionPolicy, RestartPolicy } from './api/core/pod-spec.ts'
export { Lifecycle, LifecycleHandler, Probe } from './api/core/probe.ts'
export { ReplicationController, ReplicationControllerSpec } from './api/core/replication-controller.ts'
export { AccessMode, PersistentVolumeClaimSpec, Volume } from './api/core/volume.ts'
export type { DecodedDocument, LocatedObject } from './api/decode.ts'
export { apiObject, decodeDocument, decodeObject } from './api/decode.ts'
export type { ApiIssueCode, IssueCode } from './api/issue-codes.ts'
export { API_ISSUE_CODES } from './api/issue-codes.ts'
export { LabelSelector, LabelSelectorRequirement } from './api/meta/label-selector.ts'
export { ObjectMeta, OwnerReference } from './api/meta/object-meta.ts'
export type { TypedObject } from './api/registry.ts'
export { editDistance, nearest } from './api/trail.ts'
export type { KindInfo } from './catalog.ts'
export { CATALOG, isBuiltInVersion, kindByName, kindOf } from './catalog.ts'
export type { Issue, PathStep } from './issue.ts'
export { formatPath } from './issue.ts'
export type { LabelSelectorOperator, Labels, Requirement, RequirementOperator, Selector } from './labels.ts'
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
} from './labels.ts'
export {
  dns1035LabelProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  generateName,
  randomSuffix,
  SUFFIX_ALPHABET,
  safeEncode,
  truncateGenerateName,
} from './names.ts'
export type { ParsedQuantity, QuantityFormat } from './quantity.ts'
export {
  canonicalQuantity,
  formatBytes,
  formatMillis,
  formatQuantity,
  parseQuantity,
  quantityMillis,
  quantityWhole,
} from './quantity.ts'
