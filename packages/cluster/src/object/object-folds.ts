import { type Entry, type EventOf, invariant } from '@wavetank/kernel'
import type { Folds } from '../folds.ts'
import type { ObjectKey } from '../ids.ts'
import { chargeObject, dischargeObject } from '../resource-quota/charge.ts'
import type { ClusterTables } from '../tables.ts'
import { FOREGROUND_DELETION, ORPHAN } from './meta.ts'
import type { ObjectEvents } from './object-events.ts'
import type { StoredObject } from './stored-object.ts'
import { touch, touchSpec } from './touch.ts'

/** Puts an object into its table and into the indexes that hold objects of every kind. */
export const storeObject = <O extends StoredObject>(
  tables: ClusterTables,
  table: Map<ObjectKey, O>,
  object: O,
  entry: Entry,
): void => {
  invariant(!table.has(object.key), () => `${entry.event.kind} (#${entry.seq}): ${object.key} exists already`)
  table.set(object.key, object)
  own(tables, object)
  if (tables.quotasByNamespace.size > 0) chargeObject(tables, object)
}

/** Where an object stands by its owner: with the other dependents, or with the orphans of its kind and namespace. */
const placeOf = (
  tables: ClusterTables,
  { kind, namespace, owner }: StoredObject,
): readonly [sets: Map<string, Set<StoredObject>>, key: string] =>
  owner === undefined ? [tables.orphanObjects, `${kind}/${namespace}`] : [tables.objectsByOwner, owner.uid]

const own = (tables: ClusterTables, object: StoredObject): void => {
  const [sets, key] = placeOf(tables, object)
  const set = sets.get(key)
  if (set === undefined) sets.set(key, new Set([object]))
  else set.add(object)
}

const disown = (tables: ClusterTables, object: StoredObject): void => {
  const [sets, key] = placeOf(tables, object)
  const set = sets.get(key)
  set?.delete(object)
  if (set?.size === 0) sets.delete(key)
}

/** The stored object that an entry names. */
export const storedObject = <O extends StoredObject>(table: Map<ObjectKey, O>, key: ObjectKey, entry: Entry): O => {
  const object = table.get(key)
  invariant(object !== undefined, () => `${entry.event.kind} (#${entry.seq}) names ${key}, which does not exist`)
  return object
}

type MetaEvent<S extends keyof ObjectEvents<'X'>> = Entry<EventOf<ObjectEvents<'X'>[S]>>

/** The folds of `defineObjectEvents(kind)`, for the table of that kind. `removed` is told of a deletion. */
export const objectFolds = <K extends string, O extends StoredObject>(
  kind: K,
  tableOf: (tables: ClusterTables) => Map<ObjectKey, O>,
  removed: (tables: ClusterTables, object: O) => void = () => {},
): Folds<ObjectEvents<K>[keyof ObjectEvents<K>]> => {
  const find = (tables: ClusterTables, key: ObjectKey, entry: Entry): O => storedObject(tableOf(tables), key, entry)
  const folds = {
    [`${kind}Labelled`]: (tables: ClusterTables, entry: MetaEvent<'Labelled'>) => {
      const object = find(tables, entry.event.object, entry)
      object.labels = entry.event.labels
      touch(object, entry)
    },
    [`${kind}Annotated`]: (tables: ClusterTables, entry: MetaEvent<'Annotated'>) => {
      const object = find(tables, entry.event.object, entry)
      object.annotations = entry.event.annotations
      touch(object, entry)
    },
    [`${kind}Adopted`]: (tables: ClusterTables, entry: MetaEvent<'Adopted'>) => {
      const object = find(tables, entry.event.object, entry)
      disown(tables, object)
      object.owner = entry.event.owner
      own(tables, object)
      touch(object, entry)
    },
    [`${kind}Released`]: (tables: ClusterTables, entry: MetaEvent<'Released'>) => {
      const object = find(tables, entry.event.object, entry)
      disown(tables, object)
      object.owner = undefined
      touch(object, entry)
    },
    [`${kind}MarkedForDeletion`]: (tables: ClusterTables, entry: MetaEvent<'MarkedForDeletion'>) => {
      const object = find(tables, entry.event.object, entry)
      const { propagation } = entry.event
      object.deletion = { requestedAt: entry.at, deadline: entry.at, graceSeconds: 0 }
      if (propagation === 'Orphan') object.finalizers = [...object.finalizers, ORPHAN]
      if (propagation === 'Foreground') object.finalizers = [...object.finalizers, FOREGROUND_DELETION]
      touchSpec(object, entry)
    },
    [`${kind}FinalizersChanged`]: (tables: ClusterTables, entry: MetaEvent<'FinalizersChanged'>) => {
      const object = find(tables, entry.event.object, entry)
      object.finalizers = entry.event.finalizers
      touch(object, entry)
    },
    [`${kind}Deleted`]: (tables: ClusterTables, entry: MetaEvent<'Deleted'>) => {
      const object = find(tables, entry.event.object, entry)
      tableOf(tables).delete(object.key)
      disown(tables, object)
      if (tables.charged.size > 0) dischargeObject(tables, object)
      tables.removedObject = object
      removed(tables, object)
    },
  }
  // The keys are `${kind}Labelled` and so on, which a computed key hides from the compiler.
  return folds as unknown as Folds<ObjectEvents<K>[keyof ObjectEvents<K>]>
}
