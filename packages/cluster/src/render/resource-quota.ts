import { formatAmount } from '../resource-quota/amounts.ts'
import type { ResourceQuota } from '../resource-quota/resource-quota.ts'
import type { DeepReadonly } from '../tables.ts'
import { sorted, unlessEmpty } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata } from './metadata.ts'

/** `status.used` as the API prints it. */
export const usedQuantities = ({ used }: DeepReadonly<ResourceQuota>): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from(used, ([resource, amount]) => [resource, formatAmount(resource, amount)]))

/** A ResourceQuota as `kubectl get -o yaml` shows it. */
export const renderResourceQuota = memoised<DeepReadonly<ResourceQuota>>((view, quota) => ({
  apiVersion: quota.apiVersion,
  kind: quota.kind,
  metadata: sorted(renderMetadata(view, quota, { generation: false, gracePeriod: true })),
  spec: sorted({ ...quota.spec }),
  status: sorted({ hard: unlessEmpty(quota.hard), used: unlessEmpty(usedQuantities(quota)) }),
}))
