import type * as t from 'io-ts'
import type { Codec, JsonObject } from '../codec.ts'
import { intOrString, isObject, omitEmpty, optional, present, struct, words } from '../codec.ts'
import { defineKind, objectCodec, unreadStatus } from '../define-kind.ts'
import { validateAtMostAll, validateIntOrPercent } from '../int-or-percent.ts'
import { LabelSelector, validateLabelSelector } from '../meta/label-selector.ts'
import { NAME_RULES } from '../meta/object-meta.ts'
import { invalid, within } from '../trail.ts'

const podDisruptionBudgetSpec = struct('PodDisruptionBudgetSpec', {
  minAvailable: optional(intOrString),
  maxUnavailable: optional(intOrString),
  selector: optional(LabelSelector),
  unhealthyPodEvictionPolicy: omitEmpty(words('IfHealthyBudget', 'AlwaysAllow')),
})
/** No selector selects no pod, an empty one all pods of the namespace. */
export interface PodDisruptionBudgetSpec extends t.TypeOf<typeof podDisruptionBudgetSpec> {}
export const PodDisruptionBudgetSpec: Codec<PodDisruptionBudgetSpec> = podDisruptionBudgetSpec

const podDisruptionBudget = objectCodec('policy/v1', 'PodDisruptionBudget', {
  spec: present(PodDisruptionBudgetSpec),
  status: unreadStatus,
})
export interface PodDisruptionBudget extends t.TypeOf<typeof podDisruptionBudget> {}
export const PodDisruptionBudget: Codec<PodDisruptionBudget> = podDisruptionBudget

const V1BETA1_LABEL = 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match'

const isEmptyPart = (value: unknown, size: (value: object) => number): boolean =>
  value === undefined || value === null || (typeof value === 'object' && size(value) === 0)

/** An empty selector selected nothing in v1beta1 (`pkg/apis/policy/v1beta1/conversion.go`, `pkg/apis/policy/helper.go`). */
const fromV1Beta1 = (object: JsonObject): JsonObject => {
  const { spec } = object
  if (!isObject(spec) || !isObject(spec.selector)) return object
  const { matchLabels, matchExpressions, ...other } = spec.selector
  const count = (value: object): number => Object.keys(value).length
  if (!isEmptyPart(matchLabels, count) || !isEmptyPart(matchExpressions, count) || count(other) > 0) return object
  return {
    ...object,
    spec: { ...spec, selector: { matchExpressions: [{ key: V1BETA1_LABEL, operator: 'Exists' }] } },
  }
}

export const podDisruptionBudgetKind = defineKind<PodDisruptionBudget>({
  kind: 'PodDisruptionBudget',
  apiVersion: 'policy/v1',
  codec: PodDisruptionBudget,
  nameRule: NAME_RULES.subdomain,
  convert: { 'policy/v1beta1': fromV1Beta1 },
  validate: (trail, { spec }) => {
    const { minAvailable, maxUnavailable, selector } = spec
    trail.steps.push('spec')
    if (minAvailable !== undefined && maxUnavailable !== undefined) {
      invalid(trail, 'WT104', spec, 'minAvailable and maxUnavailable cannot be both set')
    }
    validateIntOrPercent(trail, 'minAvailable', minAvailable)
    validateAtMostAll(trail, 'minAvailable', minAvailable)
    validateIntOrPercent(trail, 'maxUnavailable', maxUnavailable)
    validateAtMostAll(trail, 'maxUnavailable', maxUnavailable)
    if (selector !== undefined) within(trail, 'selector', () => validateLabelSelector(trail, selector))
    trail.steps.pop()
  },
})
