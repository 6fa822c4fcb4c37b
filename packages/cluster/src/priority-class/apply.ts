import type { PriorityClass as PriorityClassObject } from '../api/scheduling/priority-class.ts'
import type { Folds } from '../folds.ts'
import { nameOf } from '../ids.ts'
import { objectFolds, storedObject, storeObject } from '../object/object-folds.ts'
import { newMeta, touch } from '../object/touch.ts'
import type { ClusterTables } from '../tables.ts'
import type { priorityClassEvents } from './events.ts'

/** A new list, so that what was admitted under the old one is looked at again. */
const list = (tables: ClusterTables): void => {
  tables.admissionClasses = Array.from(
    tables.priorityClasses.values(),
    ({ name, body }) =>
      ({
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name },
        ...body,
      }) satisfies PriorityClassObject,
  )
}

export const applyPriorityClass: Folds<(typeof priorityClassEvents)[keyof typeof priorityClassEvents]> = {
  ...objectFolds('PriorityClass', (tables) => tables.priorityClasses, list),
  PriorityClassCreated: (tables, entry) => {
    const { object: key, uid, labels, annotations, value, globalDefault, description, preemptionPolicy } = entry.event
    const meta = newMeta(entry, { uid, namespace: '', name: nameOf(key), labels, annotations })
    storeObject(
      tables,
      tables.priorityClasses,
      {
        ...meta,
        kind: 'PriorityClass',
        apiVersion: 'scheduling.k8s.io/v1',
        key,
        body: { value, globalDefault, description, preemptionPolicy },
      },
      entry,
    )
    list(tables)
  },
  PriorityClassChanged: (tables, entry) => {
    const { object, globalDefault, description } = entry.event
    const priorityClass = storedObject(tables.priorityClasses, object, entry)
    priorityClass.body = { ...priorityClass.body, globalDefault, description }
    touch(priorityClass, entry)
    list(tables)
  },
}
