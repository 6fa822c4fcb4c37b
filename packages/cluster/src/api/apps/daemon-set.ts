import type * as t from 'io-ts'
import type { Codec } from '../codec.ts'
import { defaulted, defaultedZero, demanded, integer, intOrString, optional, present, struct, words } from '../codec.ts'
import { PodTemplateSpec } from '../core/pod-spec.ts'
import { validateAlwaysRestart, validatePodTemplate } from '../core/pod-validation.ts'
import { defineKind, objectCodec, unreadStatus } from '../define-kind.ts'
import { isZero, refuseIntOrPercent, validateAtMostAll, validateIntOrPercent } from '../int-or-percent.ts'
import { LabelSelector, validateTemplateLabels, validateWorkloadSelector } from '../meta/label-selector.ts'
import { NAME_RULES } from '../meta/object-meta.ts'
import type { Trail } from '../trail.ts'
import { nonNegative, report, within } from '../trail.ts'
import { dropSpec, fillRollingUpdate, fromTemplateLabels } from './old-versions.ts'

const rollingUpdateDaemonSet = struct('RollingUpdateDaemonSet', {
  maxUnavailable: defaulted(intOrString, 1),
  maxSurge: defaulted(intOrString, 0),
})
export interface RollingUpdateDaemonSet extends t.TypeOf<typeof rollingUpdateDaemonSet> {}
export const RollingUpdateDaemonSet: Codec<RollingUpdateDaemonSet> = rollingUpdateDaemonSet

const daemonSetUpdateStrategy = struct(
  'DaemonSetUpdateStrategy',
  {
    type: defaultedZero(words('RollingUpdate', 'OnDelete'), 'RollingUpdate'),
    rollingUpdate: optional(RollingUpdateDaemonSet),
  },
  {
    complete: (strategy) => {
      if (strategy.type === 'RollingUpdate') strategy.rollingUpdate ??= { maxUnavailable: 1, maxSurge: 0 }
    },
  },
)
export interface DaemonSetUpdateStrategy extends t.TypeOf<typeof daemonSetUpdateStrategy> {}
export const DaemonSetUpdateStrategy: Codec<DaemonSetUpdateStrategy> = daemonSetUpdateStrategy

const daemonSetSpec = struct('DaemonSetSpec', {
  selector: demanded(LabelSelector),
  template: PodTemplateSpec,
  updateStrategy: present(DaemonSetUpdateStrategy),
  minReadySeconds: defaulted(integer, 0),
  revisionHistoryLimit: defaulted(integer, 10),
})
export interface DaemonSetSpec extends t.TypeOf<typeof daemonSetSpec> {}
export const DaemonSetSpec: Codec<DaemonSetSpec> = daemonSetSpec

const daemonSet = objectCodec('apps/v1', 'DaemonSet', { spec: DaemonSetSpec, status: unreadStatus })
export interface DaemonSet extends t.TypeOf<typeof daemonSet> {}
export const DaemonSet: Codec<DaemonSet> = daemonSet

/** Exactly one of surge and unavailability (`ValidateRollingUpdateDaemonSet`). */
const validateUpdateStrategy = (trail: Trail, { type, rollingUpdate }: DaemonSetUpdateStrategy): void => {
  if (type !== 'RollingUpdate' || rollingUpdate === undefined) return
  const { maxUnavailable, maxSurge } = rollingUpdate
  trail.steps.push('updateStrategy', 'rollingUpdate')
  validateIntOrPercent(trail, 'maxUnavailable', maxUnavailable)
  validateIntOrPercent(trail, 'maxSurge', maxSurge)
  validateAtMostAll(trail, 'maxUnavailable', maxUnavailable)
  validateAtMostAll(trail, 'maxSurge', maxSurge)
  if (!isZero(maxUnavailable) && !isZero(maxSurge)) {
    refuseIntOrPercent(trail, 'maxSurge', maxSurge, 'may not be set when maxUnavailable is non-zero')
  } else if (isZero(maxUnavailable) && isZero(maxSurge)) {
    within(trail, 'maxUnavailable', () => report(trail, 'WT117', 'Required value: cannot be 0 when maxSurge is 0'))
  }
  trail.steps.length -= 2
}

export const daemonSetKind = defineKind<DaemonSet>({
  kind: 'DaemonSet',
  apiVersion: 'apps/v1',
  codec: DaemonSet,
  nameRule: NAME_RULES.subdomain,
  convert: {
    'extensions/v1beta1': (object) =>
      fillRollingUpdate(fromTemplateLabels(dropSpec(object, 'templateGeneration')), 'updateStrategy', 'OnDelete', {}),
  },
  validate: (trail, { spec }) => {
    trail.steps.push('spec')
    validateWorkloadSelector(trail, spec.selector, 'daemonset')
    validateTemplateLabels(trail, spec.selector, spec.template.metadata.labels)
    within(trail, 'template', () => {
      validatePodTemplate(trail, spec.template)
      validateAlwaysRestart(trail, spec.template, 'DaemonSet')
    })
    nonNegative(trail, 'minReadySeconds', spec.minReadySeconds)
    validateUpdateStrategy(trail, spec.updateStrategy)
    nonNegative(trail, 'revisionHistoryLimit', spec.revisionHistoryLimit)
    trail.steps.pop()
  },
})
