import type * as t from 'io-ts'
import type { Codec } from '../codec.ts'
import {
  defaulted,
  defaultedZero,
  demanded,
  flag,
  integer,
  intOrString,
  optional,
  present,
  struct,
  words,
} from '../codec.ts'
import { PodTemplateSpec } from '../core/pod-spec.ts'
import { validateAlwaysRestart, validatePodTemplate } from '../core/pod-validation.ts'
import { defineKind, objectCodec, unreadStatus } from '../define-kind.ts'
import { isZero, refuseIntOrPercent, validateAtMostAll, validateIntOrPercent } from '../int-or-percent.ts'
import { LabelSelector, validateTemplateLabels, validateWorkloadSelector } from '../meta/label-selector.ts'
import { NAME_RULES } from '../meta/object-meta.ts'
import type { Trail } from '../trail.ts'
import { forbidden, invalid, nonNegative, within } from '../trail.ts'
import { dropSpec, fillRollingUpdate, fillSpec, fromTemplateLabels } from './old-versions.ts'

const rollingUpdateDeployment = struct('RollingUpdateDeployment', {
  maxUnavailable: defaulted(intOrString, '25%'),
  maxSurge: defaulted(intOrString, '25%'),
})
export interface RollingUpdateDeployment extends t.TypeOf<typeof rollingUpdateDeployment> {}
export const RollingUpdateDeployment: Codec<RollingUpdateDeployment> = rollingUpdateDeployment

const deploymentStrategy = struct(
  'DeploymentStrategy',
  {
    type: defaultedZero(words('RollingUpdate', 'Recreate'), 'RollingUpdate'),
    rollingUpdate: optional(RollingUpdateDeployment),
  },
  {
    complete: (strategy) => {
      if (strategy.type === 'RollingUpdate') strategy.rollingUpdate ??= { maxUnavailable: '25%', maxSurge: '25%' }
    },
  },
)
export interface DeploymentStrategy extends t.TypeOf<typeof deploymentStrategy> {}
export const DeploymentStrategy: Codec<DeploymentStrategy> = deploymentStrategy

const deploymentSpec = struct('DeploymentSpec', {
  replicas: defaulted(integer, 1),
  selector: demanded(LabelSelector),
  template: PodTemplateSpec,
  strategy: present(DeploymentStrategy),
  minReadySeconds: defaulted(integer, 0),
  revisionHistoryLimit: defaulted(integer, 10),
  paused: optional(flag),
  progressDeadlineSeconds: defaulted(integer, 600),
})
export interface DeploymentSpec extends t.TypeOf<typeof deploymentSpec> {}
export const DeploymentSpec: Codec<DeploymentSpec> = deploymentSpec

const deployment = objectCodec('apps/v1', 'Deployment', { spec: DeploymentSpec, status: unreadStatus })
export interface Deployment extends t.TypeOf<typeof deployment> {}
export const Deployment: Codec<Deployment> = deployment

const validateStrategy = (trail: Trail, { type, rollingUpdate }: DeploymentStrategy): void => {
  if (rollingUpdate === undefined) return
  trail.steps.push('strategy', 'rollingUpdate')
  if (type === 'Recreate') forbidden(trail, "may not be specified when strategy `type` is 'Recreate'")
  else {
    const { maxUnavailable, maxSurge } = rollingUpdate
    validateIntOrPercent(trail, 'maxUnavailable', maxUnavailable)
    validateIntOrPercent(trail, 'maxSurge', maxSurge)
    if (isZero(maxUnavailable) && isZero(maxSurge)) {
      refuseIntOrPercent(trail, 'maxUnavailable', maxUnavailable, 'may not be 0 when `maxSurge` is 0')
    }
    validateAtMostAll(trail, 'maxUnavailable', maxUnavailable)
  }
  trail.steps.length -= 2
}

const INT32_MAX = 2147483647

export const deploymentKind = defineKind<Deployment>({
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  codec: Deployment,
  nameRule: NAME_RULES.subdomain,
  convert: {
    // No deadline and every revision kept, as in the last releases that served it.
    'extensions/v1beta1': (object) =>
      fillRollingUpdate(
        fillSpec(fromTemplateLabels(dropSpec(object, 'rollbackTo')), {
          revisionHistoryLimit: INT32_MAX,
          progressDeadlineSeconds: INT32_MAX,
        }),
        'strategy',
        'RollingUpdate',
        { maxUnavailable: 1, maxSurge: 1 },
      ),
    'apps/v1beta1': (object) =>
      fillSpec(fromTemplateLabels(dropSpec(object, 'rollbackTo')), { revisionHistoryLimit: 2 }),
  },
  validate: (trail, { spec }) => {
    trail.steps.push('spec')
    nonNegative(trail, 'replicas', spec.replicas)
    validateWorkloadSelector(trail, spec.selector, 'deployment')
    validateTemplateLabels(trail, spec.selector, spec.template.metadata.labels)
    within(trail, 'template', () => {
      validatePodTemplate(trail, spec.template)
      validateAlwaysRestart(trail, spec.template, 'ReplicaSet')
    })
    validateStrategy(trail, spec.strategy)
    nonNegative(trail, 'minReadySeconds', spec.minReadySeconds)
    nonNegative(trail, 'revisionHistoryLimit', spec.revisionHistoryLimit)
    nonNegative(trail, 'progressDeadlineSeconds', spec.progressDeadlineSeconds)
    if (spec.progressDeadlineSeconds <= spec.minReadySeconds) {
      within(trail, 'progressDeadlineSeconds', () =>
        invalid(trail, 'WT117', spec.progressDeadlineSeconds, 'must be greater than minReadySeconds'),
      )
    }
    trail.steps.pop()
  },
})
