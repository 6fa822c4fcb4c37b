import { type DeepReadonly, type ResourceQuota, usedQuantities } from '@wavetank/cluster'
import { AGE, defineColumns, NAME } from './define-columns.ts'

type QuotaView = DeepReadonly<ResourceQuota>

/** `pods: 2/10, requests.cpu: 400m/1`. Source: pkg/printers/internalversion/printers.go, printResourceQuota. */
const usesOf = (quota: QuotaView, ofLimits: boolean): string => {
  const used = usedQuantities(quota)
  return Object.keys(quota.hard)
    .filter((resource) => resource.startsWith('limits.') === ofLimits)
    .sort()
    .map((resource) => `${resource}: ${used[resource] ?? '0'}/${quota.hard[resource]}`)
    .join(', ')
}

export const resourceQuotaColumns = defineColumns<QuotaView>({
  kind: 'ResourceQuota',
  list: ({ view }) => view.resourceQuotas.values(),
  columns: [
    NAME,
    { header: 'REQUEST', cell: (quota) => usesOf(quota, false) },
    { header: 'LIMIT', cell: (quota) => usesOf(quota, true) },
    AGE,
  ],
})
