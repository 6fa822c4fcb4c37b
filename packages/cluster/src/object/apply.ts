import type { Folds } from '../folds.ts'
import { nameOf, namespaceOf } from '../ids.ts'
import type { Settings } from '../settings.ts'
import type { objectEvents } from './events.ts'
import { newMeta } from './touch.ts'

export const applyObject = {
  ClusterConfigured: (tables, { event }) => {
    tables.settings = event.settings as unknown as Settings
  },
  InertObjectCreated: (tables, entry) => {
    const { objectKind: kind, object: key, uid, body } = entry.event
    const meta = newMeta(entry, { uid, namespace: namespaceOf(key), name: nameOf(key) })
    tables.inertObjects.set(`${kind}/${key}`, { ...meta, kind, key, body })
  },
  InertObjectDeleted: (tables, { event }) => {
    tables.inertObjects.delete(`${event.objectKind}/${event.object}`)
  },
} satisfies Folds<(typeof objectEvents)[number]>
