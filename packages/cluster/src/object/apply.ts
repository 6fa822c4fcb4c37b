import { invariant } from '@wavetank/kernel'
import type { Folds } from '../folds.ts'
import { nameOf, namespaceOf } from '../ids.ts'
import type { Settings } from '../settings.ts'
import type { objectEvents } from './events.ts'
import { newMeta, touch } from './touch.ts'

export const applyObject = {
  ClusterConfigured: (tables, { event }) => {
    tables.settings = event.settings as unknown as Settings
  },
  InertObjectCreated: (tables, entry) => {
    const { objectKind: kind, object: key, uid, body } = entry.event
    const meta = newMeta(entry, { uid, namespace: namespaceOf(key), name: nameOf(key) })
    tables.inertObjects.set(`${kind}/${key}`, { ...meta, kind, key, body })
  },
  InertObjectChanged: (tables, entry) => {
    const { objectKind: kind, object: key, body } = entry.event
    const object = tables.inertObjects.get(`${kind}/${key}`)
    invariant(object !== undefined, () => `#${entry.seq} names ${kind} ${key}, which does not exist`)
    object.body = body
    touch(object, entry)
  },
  InertObjectDeleted: (tables, { event }) => {
    tables.inertObjects.delete(`${event.objectKind}/${event.object}`)
  },
} satisfies Folds<(typeof objectEvents)[number]>
