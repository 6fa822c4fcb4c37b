import type { ClusterView } from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import { integer, orNull, type RowOf, text } from '../column.ts'
import { defineTable } from '../define-table.ts'
import { createIntervals, span } from '../intervals.ts'
import { subjectOf } from '../subject.ts'

const state = {
  kind: text('`Deployment`, `ReplicaSet`, `ReplicationController`, `StatefulSet` or `DaemonSet`.'),
  namespace: text('Namespace of the workload.'),
  name: text('Name of the workload.'),
  uid: text('Uid of the workload.'),
  desired: integer('How many pods it should have.'),
  replicas: integer('How many it has, by its status.'),
  updated: orNull(integer('How many of them are of its newest template; null for kinds that do not say.')),
  ready: integer('How many of them are ready.'),
  available: integer('How many of them have been ready for `minReadySeconds`.'),
}
type WorkloadState = RowOf<typeof state>

type Look = (view: ClusterView, key: string) => WorkloadState | undefined

const ofReplicas =
  (table: 'replicaSets' | 'replicationControllers'): Look =>
  (view, key) => {
    const set = view[table].get(key)
    if (set === undefined) return undefined
    const { kind, namespace, name, uid, replicas: desired, status } = set
    const { replicas, readyReplicas: ready, availableReplicas: available } = status
    return { kind, namespace, name, uid, desired, replicas, updated: null, ready, available }
  }

const looks: Readonly<Record<string, Look>> = {
  Deployment: (view, key) => {
    const deployment = view.deployments.get(key)
    if (deployment === undefined) return undefined
    const { kind, namespace, name, uid, replicas: desired, status } = deployment
    const { replicas, updatedReplicas: updated, readyReplicas: ready, availableReplicas: available } = status
    return { kind, namespace, name, uid, desired, replicas, updated, ready, available }
  },
  ReplicaSet: ofReplicas('replicaSets'),
  ReplicationController: ofReplicas('replicationControllers'),
  StatefulSet: (view, key) => {
    const set = view.statefulSets.get(key)
    if (set === undefined) return undefined
    const { kind, namespace, name, uid, replicas: desired, status } = set
    const { replicas, updatedReplicas: updated, readyReplicas: ready, availableReplicas: available } = status
    return { kind, namespace, name, uid, desired, replicas, updated, ready, available }
  },
  DaemonSet: (view, key) => {
    const set = view.daemonSets.get(key)
    if (set === undefined) return undefined
    const { kind, namespace, name, uid, status } = set
    return {
      kind,
      namespace,
      name,
      uid,
      desired: status.desiredNumberScheduled,
      replicas: status.currentNumberScheduled,
      updated: status.updatedNumberScheduled,
      ready: status.numberReady,
      available: status.numberAvailable,
    }
  },
}

/** Wake-ups change nothing. */
export const isFact = ({ kind }: SimEvent): boolean => !kind.endsWith('Due')

export const workloadStates = defineTable({
  name: 'workload_states',
  doc: 'How many pods each workload should have and has, from when to when, by its status.',
  columns: { ...state, ...span },
  fold: (row, { start }) => {
    const intervals = createIntervals<WorkloadState>(start, row)
    return {
      apply: ({ event, at }, view) => {
        if (!('object' in event) || !isFact(event)) return
        const { kind, namespace, name } = subjectOf(event)
        const look = kind === null ? undefined : looks[kind]
        if (look !== undefined) intervals.become(`${kind}/${namespace}/${name}`, look(view, `${namespace}/${name}`), at)
      },
      end: ({ at }) => intervals.end(at),
    }
  },
})
