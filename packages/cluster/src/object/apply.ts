import { invariant } from '@wavetank/kernel'
import type { PriorityClass } from '../api/scheduling/priority-class.ts'
import type { Folds } from '../folds.ts'
import { nameOf, namespaceOf } from '../ids.ts'
import type { Settings } from '../settings.ts'
import type { ClusterTables } from '../tables.ts'
import type { objectEvents } from './events.ts'
import { newMeta, touch } from './touch.ts'

const readPriorityClasses = (tables: ClusterTables): void => {
  tables.priorityClasses = [...tables.inertObjects.values()]
    .filter(({ kind }) => kind === 'PriorityClass')
    .map(({ body }) => body as unknown as PriorityClass)
}

export const applyObject = {
  ClusterConfigured: (tables, { event }) => {
    tables.settings = event.settings as unknown as Settings
  },
  InertObjectCreated: (tables, entry) => {
    const { objectKind: kind, object: key, uid, body } = entry.event
    const meta = newMeta(entry, { uid, namespace: namespaceOf(key), name: nameOf(key) })
    tables.inertObjects.set(`${kind}/${key}`, { ...meta, kind, key, body })
    if (kind === 'PriorityClass') readPriorityClasses(tables)
  },
  InertObjectChanged: (tables, entry) => {
    const { objectKind: kind, object: key, body } = entry.event
    const object = tables.inertObjects.get(`${kind}/${key}`)
    invariant(object !== undefined, () => `#${entry.seq} names ${kind} ${key}, which does not exist`)
    object.body = body
    touch(object, entry)
    if (kind === 'PriorityClass') readPriorityClasses(tables)
  },
  InertObjectDeleted: (tables, { event }) => {
    tables.inertObjects.delete(`${event.objectKind}/${event.object}`)
    if (event.objectKind === 'PriorityClass') readPriorityClasses(tables)
  },
} satisfies Folds<(typeof objectEvents)[number]>
