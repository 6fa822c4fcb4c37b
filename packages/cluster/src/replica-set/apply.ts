import { type Entry, type EventOf, invariant } from '@wavetank/kernel'
import type { Folds } from '../folds.ts'
import { nameOf, namespaceOf, type ObjectKey } from '../ids.ts'
import { type LabelSelectorLike, selectorOf } from '../labels.ts'
import { FOREGROUND_DELETION, ORPHAN } from '../object/meta.ts'
import { newMeta, touch, touchSpec } from '../object/touch.ts'
import type { PodTemplate } from '../pod/pod.ts'
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
  const find = (tables: ClusterTables, key: ObjectKey, entry: Entry): ReplicaSet => {
    const object = tableOf(tables).get(key)
    invariant(object !== undefined, () => `${entry.event.kind} (#${entry.seq}) names ${key}, which does not exist`)
    return object
  }
  const templateOf = (tables: ClusterTables, hash: string, entry: Entry): PodTemplate => {
    const template = tables.templates.get(hash)
    invariant(
      template !== undefined,
      () => `${entry.event.kind} (#${entry.seq}) names template ${hash}, which was never recorded`,
    )
    return template
  }
  type Of<S extends keyof typeof replicaSetEvents> = Entry<EventOf<(typeof replicaSetEvents)[S]>>
  const folds = {
    [`${kind}Created`]: (tables: ClusterTables, entry: Of<'Created'>) => {
      const { event } = entry
      invariant(
        !tableOf(tables).has(event.object),
        () => `${kind}Created (#${entry.seq}): ${event.object} exists already`,
      )
      const selector = event.spec.selector as LabelSelectorLike
      const set: ReplicaSet = {
        ...newMeta(entry, {
          uid: event.uid,
          namespace: namespaceOf(event.object),
          name: nameOf(event.object),
          labels: event.labels,
          annotations: event.annotations,
          owner: event.owner,
        }),
        kind,
        apiVersion: kind === 'ReplicaSet' ? 'apps/v1' : 'v1',
        key: event.object,
        replicas: event.spec.replicas,
        minReadySeconds: event.spec.minReadySeconds,
        selector,
        matcher: selectorOf(selector),
        template: templateOf(tables, event.spec.template, entry),
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
      tableOf(tables).set(event.object, set)
      tables.replicaSetsByUid.set(set.uid, set)
      recount(tables, set)
    },
    [`${kind}Scaled`]: (tables: ClusterTables, entry: Of<'Scaled'>) => {
      const object = find(tables, entry.event.object, entry)
      object.replicas = entry.event.replicas
      touchSpec(object, entry)
    },
    [`${kind}TemplateChanged`]: (tables: ClusterTables, entry: Of<'TemplateChanged'>) => {
      const object = find(tables, entry.event.object, entry)
      object.template = templateOf(tables, entry.event.template, entry)
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
    [`${kind}Labelled`]: (tables: ClusterTables, entry: Of<'Labelled'>) => {
      const object = find(tables, entry.event.object, entry)
      object.labels = entry.event.labels
      touch(object, entry)
    },
    [`${kind}Annotated`]: (tables: ClusterTables, entry: Of<'Annotated'>) => {
      const object = find(tables, entry.event.object, entry)
      object.annotations = entry.event.annotations
      touch(object, entry)
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
    [`${kind}Adopted`]: (tables: ClusterTables, entry: Of<'Adopted'>) => {
      const object = find(tables, entry.event.object, entry)
      object.owner = entry.event.owner
      touch(object, entry)
    },
    [`${kind}Released`]: (tables: ClusterTables, entry: Of<'Released'>) => {
      const object = find(tables, entry.event.object, entry)
      object.owner = undefined
      touch(object, entry)
    },
    [`${kind}MarkedForDeletion`]: (tables: ClusterTables, entry: Of<'MarkedForDeletion'>) => {
      const object = find(tables, entry.event.object, entry)
      object.deletion = { requestedAt: entry.at, deadline: entry.at, graceSeconds: 0 }
      object.finalizers = [...object.finalizers, entry.event.propagation === 'Orphan' ? ORPHAN : FOREGROUND_DELETION]
      touchSpec(object, entry)
    },
    [`${kind}Deleted`]: (tables: ClusterTables, entry: Of<'Deleted'>) => {
      const object = find(tables, entry.event.object, entry)
      tables.removedReplicaSet = object
      tables.replicaSetsByUid.delete(object.uid)
      tableOf(tables).delete(entry.event.object)
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
