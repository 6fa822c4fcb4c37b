import type { Entry, EventOf } from '@wavetank/kernel'
import type { Folds } from '../folds.ts'
import type { ObjectKey } from '../ids.ts'
import { type LabelSelectorLike, selectorOf } from '../labels.ts'
import { objectFolds, storedObject, storeObject } from '../object/object-folds.ts'
import { metaOfCreation, touch, touchSpec } from '../object/touch.ts'
import { recordedTemplate } from '../pod/recorded-template.ts'
import type { replicationControllerEvents } from '../replication-controller/events.ts'
import type { ClusterTables } from '../tables.ts'
import type { replicaSetEvents } from './events.ts'
import type { ReplicaKind, ReplicaSet } from './replica-set.ts'
import { recount } from './tally.ts'

type ReplicaSetFolds = Folds<(typeof replicaSetEvents)[keyof typeof replicaSetEvents]>
type ReplicationControllerFolds = Folds<(typeof replicationControllerEvents)[keyof typeof replicationControllerEvents]>
type Suffixed<K extends ReplicaKind> = K extends 'ReplicaSet' ? ReplicaSetFolds : ReplicationControllerFolds

/** The folds of one of the two kinds. They differ in the table they write and in their API version. */
const foldsOf = <K extends ReplicaKind>(
  kind: K,
  tableOf: (tables: ClusterTables) => Map<ObjectKey, ReplicaSet>,
): Suffixed<K> => {
  const find = (tables: ClusterTables, key: ObjectKey, entry: Entry): ReplicaSet =>
    storedObject(tableOf(tables), key, entry)
  type Of<S extends keyof typeof replicaSetEvents> = Entry<EventOf<(typeof replicaSetEvents)[S]>>
  const folds = {
    ...objectFolds(kind, tableOf, (tables, object) => tables.replicaSetsByUid.delete(object.uid)),
    [`${kind}Created`]: (tables: ClusterTables, entry: Of<'Created'>) => {
      const { event } = entry
      const selector = event.spec.selector as LabelSelectorLike
      const set: ReplicaSet = {
        ...metaOfCreation(entry),
        kind,
        apiVersion: kind === 'ReplicaSet' ? 'apps/v1' : 'v1',
        key: event.object,
        replicas: event.spec.replicas,
        minReadySeconds: event.spec.minReadySeconds,
        selector,
        matcher: selectorOf(selector),
        template: recordedTemplate(tables, event.spec.template, entry),
        status: {
          replicas: 0,
          fullyLabeledReplicas: 0,
          readyReplicas: 0,
          availableReplicas: 0,
          observedGeneration: 0,
          failure: undefined,
        },
        tally: { active: 0, fullyLabeled: 0, ready: 0 },
        podsMade: 0,
      }
      storeObject(tables, tableOf(tables), set, entry)
      tables.replicaSetsByUid.set(set.uid, set)
      recount(tables, set)
    },
    [`${kind}Scaled`]: (tables: ClusterTables, entry: Of<'Scaled'>) => {
      const object = find(tables, entry.event.object, entry)
      object.replicas = entry.event.replicas
      object.annotations = entry.event.annotations ?? object.annotations
      touchSpec(object, entry)
    },
    [`${kind}TemplateChanged`]: (tables: ClusterTables, entry: Of<'TemplateChanged'>) => {
      const object = find(tables, entry.event.object, entry)
      object.template = recordedTemplate(tables, entry.event.template, entry)
      recount(tables, object)
      touchSpec(object, entry)
    },
    [`${kind}SelectorChanged`]: (tables: ClusterTables, entry: Of<'SelectorChanged'>) => {
      const object = find(tables, entry.event.object, entry)
      object.selector = entry.event.selector as LabelSelectorLike
      object.matcher = selectorOf(object.selector)
      touchSpec(object, entry)
    },
    [`${kind}MinReadySecondsChanged`]: (tables: ClusterTables, entry: Of<'MinReadySecondsChanged'>) => {
      const object = find(tables, entry.event.object, entry)
      object.minReadySeconds = entry.event.minReadySeconds
      touchSpec(object, entry)
    },
    [`${kind}StatusReported`]: (tables: ClusterTables, entry: Of<'StatusReported'>) => {
      const { event, at } = entry
      const object = find(tables, event.object, entry)
      const { failure } = event
      object.status = {
        replicas: event.replicas,
        fullyLabeledReplicas: event.fullyLabeledReplicas,
        readyReplicas: event.readyReplicas,
        availableReplicas: event.availableReplicas,
        observedGeneration: event.observedGeneration,
        failure:
          failure === undefined
            ? undefined
            : { ...failure, lastTransitionAt: object.status.failure?.lastTransitionAt ?? at },
      }
      touch(object, entry)
    },
  }
  // The keys are `${kind}Created` and so on, which a computed key hides from the compiler; `satisfies` cannot see it either.
  return folds as unknown as Suffixed<K>
}

export const applyReplicaSet: ReplicaSetFolds = foldsOf('ReplicaSet', (tables) => tables.replicaSets)
export const applyReplicationController: ReplicationControllerFolds = foldsOf(
  'ReplicationController',
  (tables) => tables.replicationControllers,
)
