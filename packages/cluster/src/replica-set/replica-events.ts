import { defineEvent, type EventDefinition, optional, RELEASE } from '@wavetank/kernel'
import * as t from 'io-ts'
import { ObjectKey, Uid } from '../ids.ts'
import { ControllerRef, Labels, Propagation } from '../object/meta.ts'

/**
 * The spec of a ReplicaSet or ReplicationController as the log holds it: the template by its hash. A
 * ReplicationController's selector is a ReplicaSet's with `matchLabels` alone, as in kube-controller-manager, which
 * wraps one as the other.
 */
export const ReplicaSpec = t.readonly(
  t.type({
    replicas: t.number,
    minReadySeconds: t.number,
    selector: t.UnknownRecord,
    template: t.string,
  }),
  'ReplicaSpec',
)

export const ReplicaCondition = t.readonly(t.type({ reason: t.string, message: t.string }), 'ReplicaCondition')
export type ReplicaCondition = t.TypeOf<typeof ReplicaCondition>

type Literal<K extends string> = string extends K ? never : K

/** The events of ReplicaSet and ReplicationController, which differ in their name alone. */
export const defineReplicaEvents = <K extends 'ReplicaSet' | 'ReplicationController'>(kind: Literal<K>) => {
  const named = <S extends string, F extends Parameters<typeof defineEvent>[1]['data']>(
    suffix: S,
    definition: { readonly doc: string; readonly data: F; readonly rank?: 0 | 1 | 2 },
  ): EventDefinition<`${K}${S}`, F> => defineEvent(`${kind as K}${suffix}`, definition)
  return {
    Created: named('Created', {
      doc: `A ${kind} is stored.`,
      data: {
        object: ObjectKey,
        uid: Uid,
        labels: Labels,
        annotations: Labels,
        owner: optional(ControllerRef),
        spec: ReplicaSpec,
      },
    }),
    Scaled: named('Scaled', {
      doc: '`spec.replicas` changed.',
      data: { object: ObjectKey, replicas: t.number },
    }),
    TemplateChanged: named('TemplateChanged', {
      doc: 'The pod template changed; only pods made from now on have it.',
      data: { object: ObjectKey, template: t.string },
    }),
    SelectorChanged: named('SelectorChanged', {
      doc: 'The selector changed (a ReplicationController’s may; a ReplicaSet’s is immutable).',
      data: { object: ObjectKey, selector: t.UnknownRecord },
    }),
    MinReadySecondsChanged: named('MinReadySecondsChanged', {
      doc: '`spec.minReadySeconds` changed.',
      data: { object: ObjectKey, minReadySeconds: t.number },
    }),
    Labelled: named('Labelled', {
      doc: 'The labels changed; these are all of them.',
      data: { object: ObjectKey, labels: Labels },
    }),
    Annotated: named('Annotated', {
      doc: 'The annotations changed; these are all of them.',
      data: { object: ObjectKey, annotations: Labels },
    }),
    StatusReported: named('StatusReported', {
      doc: 'The controller wrote the status. `failure` is the condition ReplicaFailure=True, where it stands.',
      data: {
        object: ObjectKey,
        replicas: t.number,
        fullyLabeledReplicas: t.number,
        readyReplicas: t.number,
        availableReplicas: t.number,
        observedGeneration: t.number,
        failure: optional(ReplicaCondition),
      },
    }),
    Adopted: named('Adopted', {
      doc: 'A controller whose selector matches made itself the owner.',
      data: { object: ObjectKey, owner: ControllerRef },
    }),
    Released: named('Released', {
      doc: 'The object has no controlling owner any more.',
      data: { object: ObjectKey, owner: ObjectKey },
    }),
    MarkedForDeletion: named('MarkedForDeletion', {
      doc: 'A deletion that has to wait for the garbage collector: Foreground for the dependents to go, Orphan for them to be let go.',
      data: { object: ObjectKey, propagation: Propagation },
    }),
    Deleted: named('Deleted', {
      doc: `The ${kind} is gone.`,
      rank: RELEASE,
      data: { object: ObjectKey },
    }),
  }
}
