import { type SimEvent, uuidOf } from '@wavetank/kernel'
import { isLeft, right } from 'fp-ts/lib/Either.js'
import type { PodSpec } from '../api/core/pod-spec.ts'
import type { ResourceQuota as QuotaObject } from '../api/core/resource-quota.ts'
import { keyOf } from '../ids.ts'
import {
  type Amount,
  type Amounts,
  amountOf,
  difference,
  formatAmount,
  NOTHING,
  plus,
} from '../resource-quota/amounts.ts'
import { resourceQuotaEvents } from '../resource-quota/events.ts'
import type { ResourceQuota } from '../resource-quota/resource-quota.ts'
import {
  isPodResource,
  matchesObject,
  matchesPod,
  newPodUsage,
  objectUsage,
  unspecified,
} from '../resource-quota/usage.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import { controllerOf } from './manifest.ts'
import { isEqual, type Update, updateMetadata } from './update-metadata.ts'

/**
 * The admission plugin ResourceQuota: what is created must fit into every quota of its namespace that counts it.
 *
 * Source: staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go, CheckRequest.
 */

type QuotaView = DeepReadonly<ResourceQuota>

/**
 * What the requests of one instant have used already, by quota: the view does not know of it yet. Whoever sends several
 * at once keeps one of these for them.
 */
export type Charges = Map<string, Map<string, Amount>>

const names = (amounts: Amounts, resources: readonly string[]): string =>
  resources.map((resource) => `${resource}=${formatAmount(resource, amounts.get(resource) ?? NOTHING)}`).join(',')

const usedOf = (quota: QuotaView, charges: Charges | undefined): Amounts => {
  const charged = charges?.get(quota.key)
  if (charged === undefined) return quota.used
  const used = new Map(quota.used)
  for (const [resource, amount] of charged) used.set(resource, plus(used.get(resource) ?? NOTHING, amount))
  return used
}

const charge = (quota: QuotaView, usage: Amounts, charges: Charges): void => {
  let charged = charges.get(quota.key)
  if (charged === undefined) {
    charged = new Map()
    charges.set(quota.key, charged)
  }
  for (const [resource, amount] of usage) {
    if (quota.hard[resource] !== undefined) charged.set(resource, plus(charged.get(resource) ?? NOTHING, amount))
  }
}

/** Why it does not fit; else what it uses is charged. */
const exceeded = (quotas: readonly QuotaView[], usage: Amounts, charges: Charges | undefined): string | undefined => {
  for (const quota of quotas) {
    const used = usedOf(quota, charges)
    const over = [...usage.keys()].sort().filter((resource) => {
      const limit = quota.hard[resource]
      const wanted = usage.get(resource)?.value ?? 0
      if (limit === undefined || wanted === 0) return false
      return (used.get(resource)?.value ?? 0) + wanted > amountOf(resource, limit).value
    })
    if (over.length === 0) continue
    const limited = over.map((resource) => `${resource}=${quota.hard[resource]}`).join(',')
    return `exceeded quota: ${quota.name}, requested: ${names(usage, over)}, used: ${names(used, over)}, limited: ${limited}`
  }
  if (charges !== undefined) for (const quota of quotas) charge(quota, usage, charges)
  return undefined
}

/** Why the quotas of its namespace do not let a pod in. */
export const podQuotaProblem = (
  view: ClusterView,
  namespace: string,
  spec: PodSpec,
  charges: Charges | undefined,
): string | undefined => {
  const all = view.quotasByNamespace.get(namespace)
  if (all === undefined) return undefined
  const quotas = all.filter(
    ({ spec: quota, hard }) =>
      Object.keys(hard).some(isPodResource) && matchesPod(quota as ResourceQuota['spec'], spec),
  )
  for (const { name, hard } of quotas) {
    const lacking = unspecified(spec, hard)
    if (lacking !== undefined) return `failed quota: ${name}: ${lacking}`
  }
  return exceeded(quotas, newPodUsage(spec), charges)
}

/** Likewise for an object of any other kind. */
export const objectQuotaProblem = (
  view: ClusterView,
  kind: string,
  namespace: string,
  spec: unknown,
  charges: Charges | undefined,
): string | undefined => {
  const all = view.quotasByNamespace.get(namespace)
  if (all === undefined) return undefined
  const quotas = all.filter(({ spec: quota }) => matchesObject(quota as ResourceQuota['spec'], kind, spec))
  return exceeded(quotas, objectUsage(kind, spec), charges)
}

/**
 * Why quotas do not let an object be changed that uses more of them then. What uses as much as before is not asked; less
 * is a use below zero, as the plugin has it.
 */
export const changeQuotaProblem = (
  view: ClusterView,
  kind: string,
  namespace: string,
  { before, after }: { readonly before: unknown; readonly after: unknown },
  charges: Charges | undefined,
): string | undefined => {
  const all = view.quotasByNamespace.get(namespace)
  if (all === undefined) return undefined
  const delta = difference(objectUsage(kind, after), objectUsage(kind, before))
  if (delta.size === 0) return undefined
  const quotas = all.filter(({ spec }) => matchesObject(spec as ResourceQuota['spec'], kind, after))
  return exceeded(quotas, delta, charges)
}

/** What storing a quota comes to. */
export const createQuota = (view: ClusterView, at: number, { metadata, spec }: QuotaObject): SimEvent => {
  const object = keyOf(metadata.namespace ?? '', metadata.name)
  return resourceQuotaEvents.Created({
    object,
    uid: uuidOf(view.settings.seed, `ResourceQuota ${object} ${at}`),
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    owner: controllerOf(metadata),
    spec: spec as unknown as Record<string, unknown>,
  })
}

export const updateQuota = (was: QuotaObject, is: QuotaObject): Update => {
  const { metadata } = was
  const object = keyOf(metadata.namespace ?? '', metadata.name)
  const changes = isEqual(was.spec, is.spec)
    ? []
    : [resourceQuotaEvents.SpecChanged({ object, spec: is.spec as unknown as Record<string, unknown> })]
  const changed = updateMetadata('ResourceQuota', metadata, is.metadata, {
    labelled: (labels) => resourceQuotaEvents.Labelled({ object, labels }),
    annotated: (annotations) => resourceQuotaEvents.Annotated({ object, annotations }),
    adopted: (owner) => resourceQuotaEvents.Adopted({ object, owner }),
    released: (owner) => resourceQuotaEvents.Released({ object, owner: keyOf(metadata.namespace ?? '', owner.name) }),
  })
  return isLeft(changed) ? changed : right([...changes, ...changed.right])
}

/** The status as it should be now: the spec’s limits, and what there is of it. */
export const quotaStatus = (quota: QuotaView): SimEvent | undefined => {
  const { hard = {} } = quota.spec
  const isCurrent =
    isEqual(hard, quota.hard) &&
    Object.keys(hard).every((resource) => quota.used.get(resource)?.value === quota.present.get(resource)?.value)
  if (isCurrent) return undefined
  const used = Object.keys(hard)
    .sort()
    .map((resource) => [resource, formatAmount(resource, quota.present.get(resource) ?? NOTHING)] as const)
  return resourceQuotaEvents.StatusReported({ object: quota.key, hard, used: Object.fromEntries(used) })
}
