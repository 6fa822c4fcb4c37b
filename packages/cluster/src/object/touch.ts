import type { Entry } from '@wavetank/kernel'
import type { ObjectMeta } from './meta.ts'

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
