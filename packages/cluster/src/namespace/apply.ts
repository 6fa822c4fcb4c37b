import { invariant } from '@wavetank/kernel'
import type { Folds } from '../folds.ts'
import { newMeta, touch } from '../object/touch.ts'
import type { namespaceEvents } from './events.ts'

export const applyNamespace = {
  NamespaceCreated: (tables, entry) => {
    const { namespace: name, uid, labels } = entry.event
    tables.namespaces.set(name, { ...newMeta(entry, { uid, namespace: '', name, labels }), terminating: false })
  },
  NamespaceMarkedForDeletion: (tables, entry) => {
    const namespace = tables.namespaces.get(entry.event.namespace)
    invariant(
      namespace !== undefined,
      () => `#${entry.seq} names namespace ${entry.event.namespace}, which does not exist`,
    )
    namespace.terminating = true
    namespace.deletion = { requestedAt: entry.at, deadline: entry.at, graceSeconds: 0 }
    touch(namespace, entry)
  },
  NamespaceDeleted: (tables, { event }) => {
    tables.namespaces.delete(event.namespace)
  },
} satisfies Folds<(typeof namespaceEvents)[number]>
