import { type Entry, invariant } from '@wavetank/kernel'
import type { ResourceQuotaSpec } from '../api/core/resource-quota.ts'
import type { Folds } from '../folds.ts'
import { objectFolds, storedObject, storeObject } from '../object/object-folds.ts'
import { metaOfCreation, touch, touchSpec } from '../object/touch.ts'
import type { ClusterTables } from '../tables.ts'
import { amountOf } from './amounts.ts'
import { chargePod, recount } from './charge.ts'
import type { resourceQuotaEvents } from './events.ts'
import type { ResourceQuota } from './resource-quota.ts'

const byName = (a: ResourceQuota, b: ResourceQuota): number => (a.name < b.name ? -1 : 1)

const find = (tables: ClusterTables, key: string, entry: Entry): ResourceQuota =>
  storedObject(tables.resourceQuotas, key, entry)

export const applyResourceQuota: Folds<(typeof resourceQuotaEvents)[keyof typeof resourceQuotaEvents]> = {
  ...objectFolds(
    'ResourceQuota',
    (tables) => tables.resourceQuotas,
    (tables, quota) => {
      const left = (tables.quotasByNamespace.get(quota.namespace) ?? []).filter((other) => other !== quota)
      if (left.length > 0) tables.quotasByNamespace.set(quota.namespace, left)
      else tables.quotasByNamespace.delete(quota.namespace)
    },
  ),
  ResourceQuotaCreated: (tables, entry) => {
    const { object: key, spec } = entry.event
    const quota: ResourceQuota = {
      ...metaOfCreation(entry),
      kind: 'ResourceQuota',
      apiVersion: 'v1',
      key,
      spec: spec as unknown as ResourceQuotaSpec,
      hard: {},
      used: new Map(),
      present: new Map(),
    }
    storeObject(tables, tables.resourceQuotas, quota, entry)
    const others = tables.quotasByNamespace.get(quota.namespace) ?? []
    tables.quotasByNamespace.set(quota.namespace, [...others, quota].sort(byName))
    recount(tables, quota)
  },
  ResourceQuotaSpecChanged: (tables, entry) => {
    const quota = find(tables, entry.event.object, entry)
    quota.spec = entry.event.spec as unknown as ResourceQuotaSpec
    recount(tables, quota)
    touchSpec(quota, entry)
  },
  ResourceQuotaStatusReported: (tables, entry) => {
    const { object, hard, used } = entry.event
    const quota = find(tables, object, entry)
    quota.hard = hard
    quota.used = new Map(Object.entries(used).map(([resource, text]) => [resource, amountOf(resource, text)]))
    touch(quota, entry)
  },
  ResourceQuotaPodExpired: (tables, entry) => {
    const pod = tables.pods.get(entry.event.pod)
    invariant(pod !== undefined, () => `#${entry.seq} names pod ${entry.event.pod}, which does not exist`)
    chargePod(tables, pod, -1)
    tables.expiredPods.add(pod.uid)
    chargePod(tables, pod, 1)
  },
}
