import type { DataOf, Entry } from '@wavetank/kernel'
import { nameOf, namespaceOf } from '../ids.ts'
import type { ObjectMeta } from './meta.ts'
import type { creationData } from './object-events.ts'

/** Every write to an object moves its resourceVersion on. */
export const touch = (object: ObjectMeta, entry: Entry): void => {
  object.resourceVersion = entry.seq + 1
}

/** A write to the spec moves its generation too. */
export const touchSpec = (object: ObjectMeta, entry: Entry): void => {
  touch(object, entry)
  object.generation++
}

export const newMeta = (
  entry: Entry,
  meta: Pick<ObjectMeta, 'uid' | 'namespace' | 'name'> & Partial<ObjectMeta>,
): ObjectMeta => ({
  uid: meta.uid,
  namespace: meta.namespace,
  name: meta.name,
  createdAt: entry.at,
  labels: meta.labels ?? {},
  annotations: meta.annotations ?? {},
  owner: meta.owner,
  finalizers: meta.finalizers ?? [],
  deletion: undefined,
  generation: 1,
  resourceVersion: entry.seq + 1,
})

/** The metadata of an object that was just stored, from its `creationData`. */
export const metaOfCreation = (
  entry: Entry<{ readonly kind: string } & DataOf<typeof creationData>>,
  finalizers?: readonly string[],
): ObjectMeta => {
  const { object: key, uid, labels, annotations, owner } = entry.event
  return newMeta(entry, {
    uid,
    namespace: namespaceOf(key),
    name: nameOf(key),
    labels,
    annotations,
    owner,
    ...(finalizers === undefined ? {} : { finalizers }),
  })
}
