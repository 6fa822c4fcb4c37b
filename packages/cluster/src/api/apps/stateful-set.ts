import type * as t from 'io-ts'
import type { Codec } from '../codec.ts'
import {
  anything,
  defaulted,
  defaultedZero,
  demanded,
  filled,
  integer,
  intOrString,
  list,
  omitEmpty,
  optional,
  present,
  struct,
  text,
  words,
} from '../codec.ts'
import { validatePersistentVolumeClaimSpec } from '../core/persistent-volume-claim.ts'
import { PodTemplateSpec } from '../core/pod-spec.ts'
import { validateAlwaysRestart, validatePodTemplate } from '../core/pod-validation.ts'
import { PersistentVolumeClaimSpec } from '../core/volume.ts'
import { defineKind, objectCodec, unreadStatus } from '../define-kind.ts'
import { isZero, refuseIntOrPercent, validateAtMostAll, validateIntOrPercent } from '../int-or-percent.ts'
import { LabelSelector, validateTemplateLabels, validateWorkloadSelector } from '../meta/label-selector.ts'
import { NAME_RULES, ObjectMeta } from '../meta/object-meta.ts'
import type { Trail } from '../trail.ts'
import { invalid, nonNegative, within } from '../trail.ts'
import { fillSpec, fromTemplateLabels, withSpec } from './old-versions.ts'

const rollingUpdateStatefulSet = struct('RollingUpdateStatefulSetStrategy', {
  partition: defaulted(integer, 0),
  maxUnavailable: optional(intOrString),
})

const statefulSetUpdateStrategy = struct('StatefulSetUpdateStrategy', {
  type: omitEmpty(words('RollingUpdate', 'OnDelete')),
  rollingUpdate: optional(rollingUpdateStatefulSet),
})

/** Without `rollingUpdate` if only the type was given: that is how the API server stores it, and it changes updates. */
export interface StatefulSetUpdateStrategy extends t.TypeOf<typeof statefulSetUpdateStrategy> {
  readonly type: 'RollingUpdate' | 'OnDelete'
}
/** `SetDefaults_StatefulSet`: the partition is filled in only where the type was empty. */
const completeUpdateStrategy = ({
  type,
  rollingUpdate,
}: t.TypeOf<typeof statefulSetUpdateStrategy>): StatefulSetUpdateStrategy => {
  if (type === undefined) return { type: 'RollingUpdate', rollingUpdate: rollingUpdate ?? { partition: 0 } }
  return rollingUpdate === undefined ? { type } : { type, rollingUpdate }
}

const retention = words('Retain', 'Delete')
const retentionPolicy = struct('StatefulSetPersistentVolumeClaimRetentionPolicy', {
  whenDeleted: defaultedZero(retention, 'Retain'),
  whenScaled: defaultedZero(retention, 'Retain'),
})

const volumeClaimTemplate = struct('PersistentVolumeClaim', {
  apiVersion: defaultedZero(words('v1'), 'v1'),
  kind: defaultedZero(words('PersistentVolumeClaim'), 'PersistentVolumeClaim'),
  metadata: present(ObjectMeta),
  spec: PersistentVolumeClaimSpec,
  status: optional(anything),
})
export interface VolumeClaimTemplate extends t.TypeOf<typeof volumeClaimTemplate> {}
export const VolumeClaimTemplate: Codec<VolumeClaimTemplate> = volumeClaimTemplate

const statefulSetSpec = struct('StatefulSetSpec', {
  replicas: defaulted(integer, 1),
  selector: demanded(LabelSelector),
  template: PodTemplateSpec,
  serviceName: defaultedZero(text, ''),
  podManagementPolicy: defaultedZero(words('OrderedReady', 'Parallel'), 'OrderedReady'),
  updateStrategy: present(statefulSetUpdateStrategy),
  minReadySeconds: defaulted(integer, 0),
  revisionHistoryLimit: defaulted(integer, 10),
  volumeClaimTemplates: optional(list(VolumeClaimTemplate)),
  persistentVolumeClaimRetentionPolicy: present(retentionPolicy),
  ordinals: optional(struct('StatefulSetOrdinals', { start: defaulted(integer, 0) })),
})
export interface StatefulSetSpec extends Omit<t.TypeOf<typeof statefulSetSpec>, 'updateStrategy'> {
  readonly updateStrategy: StatefulSetUpdateStrategy
}

const statefulSet = objectCodec('apps/v1', 'StatefulSet', { spec: statefulSetSpec, status: unreadStatus })
export interface StatefulSet extends Omit<t.TypeOf<typeof statefulSet>, 'spec'> {
  readonly spec: StatefulSetSpec
}
export const StatefulSet: Codec<StatefulSet> = filled(statefulSet)

const validateUpdateStrategy = (trail: Trail, { type, rollingUpdate }: StatefulSetUpdateStrategy): void => {
  if (rollingUpdate === undefined) return
  trail.steps.push('updateStrategy', 'rollingUpdate')
  if (type === 'OnDelete') {
    invalid(trail, 'WT117', rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'")
  } else {
    nonNegative(trail, 'partition', rollingUpdate.partition)
    const { maxUnavailable } = rollingUpdate
    validateIntOrPercent(trail, 'maxUnavailable', maxUnavailable)
    if (maxUnavailable !== undefined && isZero(maxUnavailable)) {
      refuseIntOrPercent(trail, 'maxUnavailable', maxUnavailable, 'cannot be 0')
    }
    validateAtMostAll(trail, 'maxUnavailable', maxUnavailable)
  }
  trail.steps.length -= 2
}

export const statefulSetKind = defineKind<StatefulSet>({
  kind: 'StatefulSet',
  apiVersion: 'apps/v1',
  codec: StatefulSet,
  nameRule: NAME_RULES.subdomain,
  convert: {
    'apps/v1beta1': (object) => {
      const filled = fromTemplateLabels(fillSpec(object, { updateStrategy: {} }))
      const { spec } = filled as { readonly spec?: { readonly updateStrategy?: { readonly type?: unknown } } }
      const strategy = spec?.updateStrategy
      if (typeof strategy !== 'object' || (strategy.type ?? '') !== '') return filled
      return withSpec(filled, { updateStrategy: { ...strategy, type: 'OnDelete' } })
    },
  },
  complete: (object) => ({
    ...object,
    spec: { ...object.spec, updateStrategy: completeUpdateStrategy(object.spec.updateStrategy) },
  }),
  validate: (trail, { spec }) => {
    const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name)
    trail.steps.push('spec')
    validateUpdateStrategy(trail, spec.updateStrategy)
    nonNegative(trail, 'replicas', spec.replicas)
    nonNegative(trail, 'minReadySeconds', spec.minReadySeconds)
    nonNegative(trail, 'revisionHistoryLimit', spec.revisionHistoryLimit)
    if (spec.ordinals !== undefined) {
      within(trail, 'ordinals', () => nonNegative(trail, 'start', spec.ordinals?.start))
    }
    validateWorkloadSelector(trail, spec.selector, 'statefulset')
    validateTemplateLabels(trail, spec.selector, spec.template.metadata.labels)
    // Unlike the API server: the template's pod is checked here, and not when its first pod is refused.
    within(trail, 'template', () => {
      validatePodTemplate(trail, spec.template, claims)
      validateAlwaysRestart(trail, spec.template, 'StatefulSet')
    })
    spec.volumeClaimTemplates?.forEach((claim, i) => {
      trail.steps.push('volumeClaimTemplates', i, 'spec')
      validatePersistentVolumeClaimSpec(trail, claim.spec)
      trail.steps.length -= 3
    })
    trail.steps.pop()
  },
})
