import type { SimEvent } from '@wavetank/kernel'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { canonicalJson } from '../api/intern.ts'
import type { ObjectMeta } from '../api/meta/object-meta.ts'
import type { ControllerRef, Labels } from '../object/meta.ts'
import { type ApiFailure, notSimulated } from './failure.ts'
import { controllerOf } from './manifest.ts'

/** What an UPDATE comes to: the events of what changed, or why it is refused. */
export type Update = Either<ApiFailure, readonly SimEvent[]>

export const isEqual = (a: unknown, b: unknown): boolean => a === b || canonicalJson(a) === canonicalJson(b)

/** How a kind says that labels, annotations or the owner changed. */
export interface MetadataEvents {
  readonly labelled: (labels: Labels) => SimEvent
  readonly annotated: (annotations: Labels) => SimEvent
  readonly adopted?: (owner: ControllerRef) => SimEvent
  readonly released?: (owner: ControllerRef) => SimEvent
}

/** What changed in the metadata. Names, uids, times and versions are the API server's, whatever the object says. */
export const updateMetadata = (kind: string, was: ObjectMeta, is: ObjectMeta, events: MetadataEvents): Update => {
  const changes: SimEvent[] = []
  if (!isEqual(was.finalizers ?? [], is.finalizers ?? [])) {
    return left(notSimulated(kind, was.name, 'a change of metadata.finalizers'))
  }
  const before = controllerOf(was)
  const after = controllerOf(is)
  if (!isEqual(before, after)) {
    if (events.adopted === undefined || events.released === undefined) {
      return left(notSimulated(kind, was.name, 'a change of metadata.ownerReferences'))
    }
    if (before !== undefined) changes.push(events.released(before))
    if (after !== undefined) changes.push(events.adopted(after))
  }
  if (!isEqual(was.labels ?? {}, is.labels ?? {})) changes.push(events.labelled(is.labels ?? {}))
  if (!isEqual(was.annotations ?? {}, is.annotations ?? {})) changes.push(events.annotated(is.annotations ?? {}))
  return right(changes)
}
