import type { ResourceQuotaSpec } from '../api/core/resource-quota.ts'
import type { StoredObject } from '../object/stored-object.ts'
import type { Amount } from './amounts.ts'

export interface ResourceQuota extends StoredObject {
  readonly kind: 'ResourceQuota'
  readonly apiVersion: 'v1'
  spec: ResourceQuotaSpec
  /** `status.hard`: what is in force, which follows the spec. Empty until the controller has looked. */
  hard: Readonly<Record<string, string>>
  /** `status.used`: rises with what is created, and falls when the controller finds that something is gone. */
  used: Map<string, Amount>
  /** What there is now of what the spec counts; kept by the folds. */
  readonly present: Map<string, Amount>
}
