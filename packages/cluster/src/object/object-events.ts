import { defineEvent, type EventDefinition, type Fields, optional, type Rank, RELEASE } from '@wavetank/kernel'
import * as t from 'io-ts'
import { ObjectKey, Uid } from '../ids.ts'
import { ControllerRef, Labels, Propagation } from './meta.ts'

/** Defines an event whose kind begins with that of the object: `ReplicaSet` + `Scaled`. */
export const defineObjectEvent = <K extends string, S extends string, F extends Fields>(
  kind: K,
  suffix: S,
  definition: { readonly doc: string; readonly data: F; readonly rank?: Rank },
): EventDefinition<`${K}${S}`, F> => defineEvent(`${kind}${suffix}`, definition)

/** What every event begins with that stores an object. */
export const creationData = {
  object: ObjectKey,
  uid: Uid,
  labels: Labels,
  annotations: Labels,
  owner: optional(ControllerRef),
}

/** What can happen to the metadata of any object: labels, annotations, owner, deletion. */
export const defineObjectEvents = <K extends string>(kind: K) => ({
  Labelled: defineObjectEvent(kind, 'Labelled', {
    doc: 'The labels changed; these are all of them.',
    data: { object: ObjectKey, labels: Labels },
  }),
  Annotated: defineObjectEvent(kind, 'Annotated', {
    doc: 'The annotations changed; these are all of them.',
    data: { object: ObjectKey, annotations: Labels },
  }),
  Adopted: defineObjectEvent(kind, 'Adopted', {
    doc: 'A controller whose selector matches made itself the owner.',
    data: { object: ObjectKey, owner: ControllerRef },
  }),
  Released: defineObjectEvent(kind, 'Released', {
    doc: 'The object has no controlling owner any more.',
    data: { object: ObjectKey, owner: ObjectKey },
  }),
  MarkedForDeletion: defineObjectEvent(kind, 'MarkedForDeletion', {
    doc: 'A deletion that has to wait for the garbage collector: Foreground for the dependents to go, Orphan for them to be let go.',
    data: { object: ObjectKey, propagation: optional(Propagation) },
  }),
  FinalizersChanged: defineObjectEvent(kind, 'FinalizersChanged', {
    doc: 'The finalizers changed; these are all of them. A deleted object whose last one goes is gone with it.',
    data: { object: ObjectKey, finalizers: t.readonlyArray(t.string) },
  }),
  Deleted: defineObjectEvent(kind, 'Deleted', {
    doc: `The ${kind} is gone.`,
    rank: RELEASE,
    data: { object: ObjectKey },
  }),
})

export type ObjectEvents<K extends string> = ReturnType<typeof defineObjectEvents<K>>
