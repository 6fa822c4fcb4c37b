import { type Entry, invariant } from '@wavetank/kernel'
import type { Folds } from '../folds.ts'
import { newMeta, touch } from '../object/touch.ts'
import type { ClusterTables, Namespace } from '../tables.ts'
import type { namespaceEvents } from './events.ts'

const namespaceOf = (tables: ClusterTables, name: string, entry: Entry): Namespace => {
  const namespace = tables.namespaces.get(name)
  invariant(namespace !== undefined, () => `#${entry.seq} names namespace ${name}, which does not exist`)
  touch(namespace, entry)
  return namespace
}

export const applyNamespace = {
  NamespaceCreated: (tables, entry) => {
    const { namespace: name, uid, labels, annotations } = entry.event
    tables.namespaces.set(name, {
      ...newMeta(entry, { uid, namespace: '', name, labels, ...(annotations === undefined ? {} : { annotations }) }),
      terminating: false,
    })
  },
  NamespaceLabelled: (tables, entry) => {
    namespaceOf(tables, entry.event.namespace, entry).labels = entry.event.labels
  },
  NamespaceAnnotated: (tables, entry) => {
    namespaceOf(tables, entry.event.namespace, entry).annotations = entry.event.annotations
  },
  NamespaceMarkedForDeletion: (tables, entry) => {
    const namespace = namespaceOf(tables, entry.event.namespace, entry)
    namespace.terminating = true
    namespace.deletion = { requestedAt: entry.at, deadline: entry.at, graceSeconds: 0 }
  },
  NamespaceDeleted: (tables, { event }) => {
    tables.namespaces.delete(event.namespace)
  },
} satisfies Folds<(typeof namespaceEvents)[number]>
