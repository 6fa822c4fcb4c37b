import { optional } from '@wavetank/kernel'
import * as t from 'io-ts'
import { ObjectKey } from '../ids.ts'
import { Labels } from '../object/meta.ts'
import { creationData, defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

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

/** The events of ReplicaSet and ReplicationController, which differ in their name alone. */
export const defineReplicaEvents = <K extends 'ReplicaSet' | 'ReplicationController'>(kind: K) => ({
  ...defineObjectEvents(kind),
  Created: defineObjectEvent(kind, 'Created', {
    doc: `A ${kind} is stored.`,
    data: {
      ...creationData,
      spec: ReplicaSpec,
    },
  }),
  Scaled: defineObjectEvent(kind, 'Scaled', {
    doc: '`spec.replicas` changed; with `annotations`, all of those too, in the same request.',
    data: { object: ObjectKey, replicas: t.number, from: optional(t.number), annotations: optional(Labels) },
  }),
  TemplateChanged: defineObjectEvent(kind, 'TemplateChanged', {
    doc: 'The pod template changed; only pods made from now on have it.',
    data: { object: ObjectKey, template: t.string },
  }),
  SelectorChanged: defineObjectEvent(kind, 'SelectorChanged', {
    doc: 'The selector changed (a ReplicationController’s may; a ReplicaSet’s is immutable).',
    data: { object: ObjectKey, selector: t.UnknownRecord },
  }),
  MinReadySecondsChanged: defineObjectEvent(kind, 'MinReadySecondsChanged', {
    doc: '`spec.minReadySeconds` changed.',
    data: { object: ObjectKey, minReadySeconds: t.number },
  }),
  StatusReported: defineObjectEvent(kind, 'StatusReported', {
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
})
