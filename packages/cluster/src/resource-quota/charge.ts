import type { PodSpec } from '../api/core/pod-spec.ts'
import { storedKinds } from '../object/stored-kinds.ts'
import { isTerminal, type Pod } from '../pod/pod.ts'
import type { ClusterTables, ClusterView } from '../tables.ts'
import { type Amounts, difference, minus, NOTHING, plus } from './amounts.ts'
import type { ResourceQuota } from './resource-quota.ts'
import { matchesObject, matchesPod, objectUsage, POD_COUNT, podUsage } from './usage.ts'

/**
 * Keeps what the quotas of a namespace count, change by change: nobody ever has to go through the objects, but for the
 * moment in which a quota comes or is changed. Where there is no quota, it costs one look at the size of a map.
 */

interface Counted {
  readonly uid: string
  readonly kind: string
  readonly namespace: string
  readonly resourceVersion: number
  /** Of claims and Services, whose usage depends on it. */
  readonly spec?: unknown
}

const add = (quota: ResourceQuota, usage: Amounts, sign: 1 | -1): void => {
  const { hard = {} } = quota.spec
  for (const [resource, amount] of usage) {
    if (hard[resource] === undefined) continue
    const before = quota.present.get(resource) ?? NOTHING
    quota.present.set(resource, sign === 1 ? plus(before, amount) : minus(before, amount))
  }
}

/** Admission has added it before the object was stored. */
const raise = (quota: ResourceQuota, usage: Amounts, resourceVersion: number): void => {
  quota.resourceVersion = resourceVersion
  for (const [resource, amount] of usage) {
    const before = quota.used.get(resource)
    if (before !== undefined) quota.used.set(resource, plus(before, amount))
  }
}

const quotasIn = (tables: ClusterTables, namespace: string): readonly ResourceQuota[] =>
  tables.quotasByNamespace.get(namespace) ?? []

/** Source: pods.go, QuotaV1Pod. */
const isCharged = (tables: ClusterTables, pod: Pod): boolean => !isTerminal(pod) && !tables.expiredPods.has(pod.uid)

const addPod = (tables: ClusterTables, quota: ResourceQuota, pod: Pod, sign: 1 | -1): void => {
  const { spec } = pod.template
  if (!matchesPod(quota.spec, spec)) return
  add(quota, POD_COUNT, sign)
  if (isCharged(tables, pod)) add(quota, podUsage(spec), sign)
}

/** To be called with −1 before a pod changes or goes, with 1 after it came or changed. */
export const chargePod = (tables: ClusterTables, pod: Pod, sign: 1 | -1): void => {
  for (const quota of quotasIn(tables, pod.namespace)) addPod(tables, quota, pod, sign)
}

export const raiseForPod = (tables: ClusterTables, pod: Pod): void => {
  const spec: PodSpec = pod.template.spec
  for (const quota of quotasIn(tables, pod.namespace)) {
    if (!matchesPod(quota.spec, spec)) continue
    raise(quota, POD_COUNT, pod.resourceVersion)
    raise(quota, podUsage(spec), pod.resourceVersion)
  }
}

const usageOf = ({ kind, spec }: Counted): Amounts => objectUsage(kind, spec)

const addObject = (quota: ResourceQuota, object: Counted, usage: Amounts, sign: 1 | -1): void => {
  if (matchesObject(quota.spec, object.kind, object.spec)) add(quota, usage, sign)
}

/** An object that is no pod was stored. */
export const chargeObject = (tables: ClusterTables, object: Counted): void => {
  const quotas = quotasIn(tables, object.namespace)
  if (quotas.length === 0) return
  const usage = usageOf(object)
  tables.charged.set(object.uid, usage)
  for (const quota of quotas) {
    addObject(quota, object, usage, 1)
    if (matchesObject(quota.spec, object.kind, object.spec)) raise(quota, usage, object.resourceVersion)
  }
}

/** It is gone. */
export const dischargeObject = (tables: ClusterTables, object: Counted): void => {
  const usage = tables.charged.get(object.uid)
  if (usage === undefined) return
  tables.charged.delete(object.uid)
  for (const quota of quotasIn(tables, object.namespace)) addObject(quota, object, usage, -1)
}

/** Its spec changed: admission has added what it uses more, and taken what it uses less. */
export const rechargeObject = (tables: ClusterTables, object: Counted): void => {
  if (tables.quotasByNamespace.size === 0) return
  const before = tables.charged.get(object.uid) ?? new Map()
  dischargeObject(tables, object)
  const quotas = quotasIn(tables, object.namespace)
  if (quotas.length === 0) return
  const usage = usageOf(object)
  tables.charged.set(object.uid, usage)
  const delta = difference(usage, before)
  for (const quota of quotas) {
    addObject(quota, object, usage, 1)
    if (delta.size > 0 && matchesObject(quota.spec, object.kind, object.spec))
      raise(quota, delta, object.resourceVersion)
  }
}

/** Counts anew, for a quota that is new or counts something else now. */
export const recount = (tables: ClusterTables, quota: ResourceQuota): void => {
  const { namespace } = quota
  quota.present.clear()
  for (const resource in quota.spec.hard ?? {}) quota.present.set(resource, NOTHING)
  for (const pod of tables.pods.values()) if (pod.namespace === namespace) addPod(tables, quota, pod, 1)
  const count = (object: Counted): void => {
    if (object.namespace !== namespace) return
    const usage = usageOf(object)
    tables.charged.set(object.uid, usage)
    addObject(quota, object, usage, 1)
  }
  for (const { table } of storedKinds) {
    for (const object of table(tables as unknown as ClusterView).values()) count(object as unknown as Counted)
  }
  for (const object of tables.inertObjects.values()) count(object)
}
