import type { ObjectKey } from '../ids.ts'
import type { ObjectMeta } from './meta.ts'

/** An object in a table of its own kind, as opposed to a pod, a node or an inert one. */
export interface StoredObject extends ObjectMeta {
  readonly kind: string
  readonly apiVersion: string
  readonly key: ObjectKey
}
