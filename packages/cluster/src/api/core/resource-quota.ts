import type * as t from 'io-ts'
import type { Codec } from '../codec.ts'
import { list, optional, present, resourceList, struct, text, words } from '../codec.ts'
import { defineKind, objectCodec, unreadStatus } from '../define-kind.ts'
import { NAME_RULES } from '../meta/object-meta.ts'
import { validateAmount } from './container-validation.ts'

const scope = words(
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
)

const scopedResourceSelectorRequirement = struct('ScopedResourceSelectorRequirement', {
  scopeName: scope,
  operator: words('In', 'NotIn', 'Exists', 'DoesNotExist'),
  values: optional(list(text)),
})

const resourceQuotaSpec = struct('ResourceQuotaSpec', {
  hard: optional(resourceList),
  scopes: optional(list(scope)),
  scopeSelector: optional(
    struct('ScopeSelector', { matchExpressions: optional(list(scopedResourceSelectorRequirement)) }),
  ),
})
export interface ResourceQuotaSpec extends t.TypeOf<typeof resourceQuotaSpec> {}
export const ResourceQuotaSpec: Codec<ResourceQuotaSpec> = resourceQuotaSpec

const resourceQuota = objectCodec('v1', 'ResourceQuota', { spec: present(ResourceQuotaSpec), status: unreadStatus })
export interface ResourceQuota extends t.TypeOf<typeof resourceQuota> {}
export const ResourceQuota: Codec<ResourceQuota> = resourceQuota

export const resourceQuotaKind = defineKind<ResourceQuota>({
  kind: 'ResourceQuota',
  apiVersion: 'v1',
  codec: ResourceQuota,
  nameRule: NAME_RULES.subdomain,
  validate: (trail, { spec }) => {
    for (const resource in spec.hard) {
      trail.steps.push('spec', 'hard', { key: resource })
      // Quotas spell extended resources `requests.nvidia.com/gpu`, which have to be whole numbers as well.
      validateAmount(trail, resource, spec.hard[resource]!)
      trail.steps.length -= 3
    }
  },
})
