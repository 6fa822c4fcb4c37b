import { invariant } from '@wavetank/kernel'
import type { LimitRange } from '../api/core/limit-range.ts'
import type { Folds } from '../folds.ts'
import { nameOf, namespaceOf } from '../ids.ts'
import { chargeObject, dischargeObject } from '../resource-quota/charge.ts'
import type { Settings } from '../settings.ts'
import type { ClusterTables } from '../tables.ts'
import type { objectEvents } from './events.ts'
import { newMeta, touch } from './touch.ts'

const readLimitRanges = (tables: ClusterTables, namespace: string): void => {
  const ranges = [...tables.inertObjects.values()]
    .filter((object) => object.kind === 'LimitRange' && object.namespace === namespace)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ body }) => body as unknown as LimitRange)
  if (ranges.length > 0) tables.limitRanges.set(namespace, ranges)
  else tables.limitRanges.delete(namespace)
}

export const applyObject = {
  ClusterConfigured: (tables, { event }) => {
    tables.settings = event.settings as unknown as Settings
  },
  InertObjectCreated: (tables, entry) => {
    const { objectKind: kind, object: key, uid, body } = entry.event
    const meta = newMeta(entry, { uid, namespace: namespaceOf(key), name: nameOf(key) })
    tables.inertObjects.set(`${kind}/${key}`, { ...meta, kind, key, body })
    if (kind === 'LimitRange') readLimitRanges(tables, meta.namespace)
    if (tables.quotasByNamespace.size > 0) chargeObject(tables, { ...meta, kind })
  },
  InertObjectChanged: (tables, entry) => {
    const { objectKind: kind, object: key, body } = entry.event
    const object = tables.inertObjects.get(`${kind}/${key}`)
    invariant(object !== undefined, () => `#${entry.seq} names ${kind} ${key}, which does not exist`)
    object.body = body
    touch(object, entry)
    if (kind === 'LimitRange') readLimitRanges(tables, object.namespace)
  },
  InertObjectDeleted: (tables, { event }) => {
    const key = `${event.objectKind}/${event.object}`
    const object = tables.inertObjects.get(key)
    tables.inertObjects.delete(key)
    if (object !== undefined && tables.charged.size > 0) dischargeObject(tables, object)
    if (event.objectKind === 'LimitRange') readLimitRanges(tables, namespaceOf(event.object))
  },
} satisfies Folds<(typeof objectEvents)[number]>
