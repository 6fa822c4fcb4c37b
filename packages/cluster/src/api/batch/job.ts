import type * as t from 'io-ts'
import type { Codec, Filled } from '../codec.ts'
import {
  defaulted,
  defaultedZero,
  filled,
  flag,
  integer,
  list,
  omitEmpty,
  optional,
  requiredText,
  struct,
  text,
  words,
} from '../codec.ts'
import { PodTemplateSpec } from '../core/pod-spec.ts'
import { validatePodTemplate } from '../core/pod-validation.ts'
import { defineKind, objectCodec, unreadStatus } from '../define-kind.ts'
import { LabelSelector, validateLabelSelector, validateTemplateLabels } from '../meta/label-selector.ts'
import { NAME_RULES } from '../meta/object-meta.ts'
import type { Trail } from '../trail.ts'
import { required, within } from '../trail.ts'
import { validateJobSpec } from './job-validation.ts'

const podFailurePolicyRule = struct('PodFailurePolicyRule', {
  action: words('FailJob', 'FailIndex', 'Ignore', 'Count'),
  onExitCodes: optional(
    struct('PodFailurePolicyOnExitCodesRequirement', {
      containerName: optional(text),
      operator: words('In', 'NotIn'),
      values: list(integer),
    }),
  ),
  onPodConditions: optional(
    list(
      struct('PodFailurePolicyOnPodConditionsPattern', {
        type: requiredText,
        status: defaultedZero(words('True', 'False', 'Unknown'), 'True'),
      }),
    ),
  ),
})
export interface PodFailurePolicyRule extends t.TypeOf<typeof podFailurePolicyRule> {}
export const PodFailurePolicyRule: Codec<PodFailurePolicyRule> = podFailurePolicyRule

const successPolicyRule = struct('SuccessPolicyRule', {
  succeededIndexes: optional(text),
  succeededCount: optional(integer),
})
export interface SuccessPolicyRule extends t.TypeOf<typeof successPolicyRule> {}
export const SuccessPolicyRule: Codec<SuccessPolicyRule> = successPolicyRule

const INT32_MAX = 2147483647

const jobSpec = struct(
  'JobSpec',
  {
    parallelism: optional(integer),
    completions: optional(integer),
    completionMode: defaultedZero(words('NonIndexed', 'Indexed'), 'NonIndexed'),
    backoffLimit: optional(integer),
    backoffLimitPerIndex: optional(integer),
    maxFailedIndexes: optional(integer),
    activeDeadlineSeconds: optional(integer),
    ttlSecondsAfterFinished: optional(integer),
    suspend: defaulted(flag, false),
    selector: optional(LabelSelector),
    manualSelector: optional(flag),
    podFailurePolicy: optional(struct('PodFailurePolicy', { rules: list(PodFailurePolicyRule) })),
    successPolicy: optional(struct('SuccessPolicy', { rules: list(SuccessPolicyRule) })),
    podReplacementPolicy: omitEmpty(words('TerminatingOrFailed', 'Failed')),
    managedBy: optional(text),
    template: PodTemplateSpec,
  },
  {
    // `SetDefaults_Job`.
    complete: (spec) => {
      if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
      spec.parallelism ??= 1
      spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : INT32_MAX
      spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed'
    },
  },
)
/** Without completions it is a work queue. */
export interface JobSpec
  extends Filled<t.TypeOf<typeof jobSpec>, 'parallelism' | 'backoffLimit' | 'podReplacementPolicy'> {}
export const JobSpec: Codec<JobSpec> = filled(jobSpec)

const job = objectCodec('batch/v1', 'Job', { spec: JobSpec, status: unreadStatus })
export interface Job extends t.TypeOf<typeof job> {}
export const Job: Codec<Job> = job

/** A Job's own selector is generated with its UID; one that was written by hand has to fit. */
const validateSelector = (trail: Trail, { selector, manualSelector, template }: JobSpec): void => {
  if (selector === undefined) return
  within(trail, 'selector', () => validateLabelSelector(trail, selector))
  if (manualSelector === true) validateTemplateLabels(trail, selector, template.metadata.labels)
}

export const jobKind = defineKind<Job>({
  kind: 'Job',
  apiVersion: 'batch/v1',
  codec: Job,
  nameRule: NAME_RULES.subdomain,
  complete: (object) => {
    const { labels } = object.spec.template.metadata
    const own = object.metadata.labels
    if (labels === undefined || (own !== undefined && Object.keys(own).length > 0)) return object
    return { ...object, metadata: { ...object.metadata, labels } }
  },
  validate: (trail, { spec }) => {
    trail.steps.push('spec')
    validateJobSpec(trail, spec)
    if (spec.manualSelector === true && spec.selector === undefined) {
      within(trail, 'selector', () => required(trail))
    }
    validateSelector(trail, spec)
    within(trail, 'template', () => validatePodTemplate(trail, spec.template))
    trail.steps.pop()
  },
})
