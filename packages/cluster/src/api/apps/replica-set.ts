import type * as t from 'io-ts'
import type { Codec } from '../codec.ts'
import { defaulted, demanded, integer, struct } from '../codec.ts'
import { PodTemplateSpec } from '../core/pod-spec.ts'
import { validateAlwaysRestart, validatePodTemplate } from '../core/pod-validation.ts'
import { defineKind, objectCodec, unreadStatus } from '../define-kind.ts'
import { LabelSelector, validateTemplateLabels, validateWorkloadSelector } from '../meta/label-selector.ts'
import { NAME_RULES } from '../meta/object-meta.ts'
import { nonNegative, within } from '../trail.ts'
import { fromTemplateLabels } from './old-versions.ts'

const replicaSetSpec = struct('ReplicaSetSpec', {
  replicas: defaulted(integer, 1),
  minReadySeconds: defaulted(integer, 0),
  selector: demanded(LabelSelector),
  template: PodTemplateSpec,
})
export interface ReplicaSetSpec extends t.TypeOf<typeof replicaSetSpec> {}
export const ReplicaSetSpec: Codec<ReplicaSetSpec> = replicaSetSpec

const replicaSet = objectCodec('apps/v1', 'ReplicaSet', { spec: ReplicaSetSpec, status: unreadStatus })
export interface ReplicaSet extends t.TypeOf<typeof replicaSet> {}
export const ReplicaSet: Codec<ReplicaSet> = replicaSet

export const replicaSetKind = defineKind<ReplicaSet>({
  kind: 'ReplicaSet',
  apiVersion: 'apps/v1',
  codec: ReplicaSet,
  nameRule: NAME_RULES.subdomain,
  convert: { 'extensions/v1beta1': fromTemplateLabels },
  validate: (trail, { spec }) => {
    trail.steps.push('spec')
    nonNegative(trail, 'replicas', spec.replicas)
    nonNegative(trail, 'minReadySeconds', spec.minReadySeconds)
    // Kubernetes says "deployment" here too (`ValidateReplicaSetSpec`).
    validateWorkloadSelector(trail, spec.selector, 'deployment')
    validateTemplateLabels(trail, spec.selector, spec.template.metadata.labels)
    within(trail, 'template', () => {
      validatePodTemplate(trail, spec.template)
      validateAlwaysRestart(trail, spec.template, 'ReplicaSet')
    })
    trail.steps.pop()
  },
})
