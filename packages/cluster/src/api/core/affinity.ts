import type * as t from 'io-ts'
import type { Codec } from '../codec.ts'
import { fullList, integer, list, omitEmpty, optional, requiredText, struct, text, words } from '../codec.ts'
import { LabelSelector } from '../meta/label-selector.ts'

const nodeSelectorRequirement = struct('NodeSelectorRequirement', {
  key: requiredText,
  operator: words('In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'),
  values: optional(list(text)),
})
export interface NodeSelectorRequirement extends t.TypeOf<typeof nodeSelectorRequirement> {}
export const NodeSelectorRequirement: Codec<NodeSelectorRequirement> = nodeSelectorRequirement

const nodeSelectorTerm = struct('NodeSelectorTerm', {
  matchExpressions: optional(list(NodeSelectorRequirement)),
  matchFields: optional(list(NodeSelectorRequirement)),
})
/** An empty term matches no node. */
export interface NodeSelectorTerm extends t.TypeOf<typeof nodeSelectorTerm> {}
export const NodeSelectorTerm: Codec<NodeSelectorTerm> = nodeSelectorTerm

const nodeSelector = struct('NodeSelector', { nodeSelectorTerms: fullList(NodeSelectorTerm) })
/** One of the terms has to match. */
export interface NodeSelector extends t.TypeOf<typeof nodeSelector> {}
export const NodeSelector: Codec<NodeSelector> = nodeSelector

const preferredSchedulingTerm = struct('PreferredSchedulingTerm', { weight: integer, preference: NodeSelectorTerm })
export interface PreferredSchedulingTerm extends t.TypeOf<typeof preferredSchedulingTerm> {}
export const PreferredSchedulingTerm: Codec<PreferredSchedulingTerm> = preferredSchedulingTerm

const nodeAffinity = struct('NodeAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: optional(NodeSelector),
  preferredDuringSchedulingIgnoredDuringExecution: optional(list(PreferredSchedulingTerm)),
})
export interface NodeAffinity extends t.TypeOf<typeof nodeAffinity> {}
export const NodeAffinity: Codec<NodeAffinity> = nodeAffinity

const podAffinityTerm = struct('PodAffinityTerm', {
  labelSelector: optional(LabelSelector),
  namespaces: optional(list(text)),
  namespaceSelector: optional(LabelSelector),
  topologyKey: requiredText,
  matchLabelKeys: optional(list(text)),
  mismatchLabelKeys: optional(list(text)),
})
export interface PodAffinityTerm extends t.TypeOf<typeof podAffinityTerm> {}
export const PodAffinityTerm: Codec<PodAffinityTerm> = podAffinityTerm

const weightedPodAffinityTerm = struct('WeightedPodAffinityTerm', { weight: integer, podAffinityTerm: PodAffinityTerm })
export interface WeightedPodAffinityTerm extends t.TypeOf<typeof weightedPodAffinityTerm> {}
export const WeightedPodAffinityTerm: Codec<WeightedPodAffinityTerm> = weightedPodAffinityTerm

const podAffinity = struct('PodAffinity', {
  requiredDuringSchedulingIgnoredDuringExecution: optional(list(PodAffinityTerm)),
  preferredDuringSchedulingIgnoredDuringExecution: optional(list(WeightedPodAffinityTerm)),
})
export interface PodAffinity extends t.TypeOf<typeof podAffinity> {}
export const PodAffinity: Codec<PodAffinity> = podAffinity

/** Has the same shape as PodAffinity. */
export interface PodAntiAffinity extends PodAffinity {}
export const PodAntiAffinity: Codec<PodAntiAffinity> = podAffinity

const affinity = struct('Affinity', {
  nodeAffinity: optional(NodeAffinity),
  podAffinity: optional(PodAffinity),
  podAntiAffinity: optional(PodAntiAffinity),
})
export interface Affinity extends t.TypeOf<typeof affinity> {}
export const Affinity: Codec<Affinity> = affinity

const toleration = struct('Toleration', {
  key: omitEmpty(text),
  operator: omitEmpty(words('Exists', 'Equal')),
  value: omitEmpty(text),
  effect: omitEmpty(words('NoSchedule', 'PreferNoSchedule', 'NoExecute')),
  tolerationSeconds: optional(integer),
})
/** No operator means Equal, no effect all of them, no key (with Exists) every taint. */
export interface Toleration extends t.TypeOf<typeof toleration> {}
export const Toleration: Codec<Toleration> = toleration

const topologySpreadConstraint = struct('TopologySpreadConstraint', {
  maxSkew: integer,
  topologyKey: requiredText,
  whenUnsatisfiable: words('DoNotSchedule', 'ScheduleAnyway'),
  labelSelector: optional(LabelSelector),
  minDomains: optional(integer),
  nodeAffinityPolicy: optional(words('Honor', 'Ignore')),
  nodeTaintsPolicy: optional(words('Honor', 'Ignore')),
  matchLabelKeys: optional(list(text)),
})
/** Absent policies mean `nodeAffinityPolicy: Honor`, `nodeTaintsPolicy: Ignore`. */
export interface TopologySpreadConstraint extends t.TypeOf<typeof topologySpreadConstraint> {}
export const TopologySpreadConstraint: Codec<TopologySpreadConstraint> = topologySpreadConstraint
