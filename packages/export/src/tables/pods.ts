import { type ClusterView, type DeepReadonly, isReady, type Pod } from '@wavetank/cluster'
import { isPodEvent, podStatus } from '@wavetank/report'
import { integer, orNull, type RowOf, text } from '../column.ts'
import { defineTable } from '../define-table.ts'

type PodView = DeepReadonly<Pod>

const columns = {
  namespace: text('Namespace of the pod.'),
  name: text('Name of the pod.'),
  uid: text('Uid of the pod: names are used again, uids are not.'),
  owner_kind: orNull(text('Kind of the object that controls it; null without one.')),
  owner_name: orNull(text('Name of the object that controls it.')),
  node: orNull(text('The node that it was assigned to; null if none ever was.')),
  cpu_request_millis: integer('CPU that it requests, in millicores.'),
  memory_request_bytes: integer('Memory that it requests.'),
  created_at: integer('When it was created, in milliseconds of the run.'),
  scheduled_at: orNull(integer('When it was assigned to a node.')),
  started_at: orNull(integer('When its kubelet first said something about it.')),
  ready_at: orNull(integer('When it first was ready.')),
  deletion_at: orNull(integer('When its deletion was asked for.')),
  removed_at: orNull(integer('When the object was gone; null if it is there at the end of the run.')),
  phase: text('Its last phase.'),
  status: text('Its last status, as `kubectl get pods` shows it.'),
  restarts: integer('How often its containers were started again.'),
}

type Row = RowOf<typeof columns>

/** Instants of a pod's life that its object does not keep. */
interface Life {
  readonly pod: PodView
  scheduledAt: number | null
  readyAt: number | null
}

const rowOf = ({ pod, scheduledAt, readyAt }: Life, removedAt: number | null): Row => {
  const { status, restarts } = podStatus(pod)
  return {
    namespace: pod.namespace,
    name: pod.name,
    uid: pod.uid,
    owner_kind: pod.owner?.kind ?? null,
    owner_name: pod.owner?.name ?? null,
    node: pod.node === '' ? null : pod.node,
    cpu_request_millis: pod.template.requests.cpuMillis,
    memory_request_bytes: pod.template.requests.memoryBytes,
    created_at: pod.createdAt,
    scheduled_at: scheduledAt,
    started_at: pod.startedAt ?? null,
    ready_at: readyAt,
    deletion_at: pod.deletion?.requestedAt ?? null,
    removed_at: removedAt,
    phase: pod.phase,
    status,
    restarts,
  }
}

const look = (lives: Map<string, Life>, key: string, at: number, view: ClusterView): void => {
  const pod = view.pods.get(key)
  if (pod === undefined) return
  let life = lives.get(key)
  if (life === undefined) {
    life = { pod, scheduledAt: null, readyAt: null }
    lives.set(key, life)
  }
  if (pod.node !== '') life.scheduledAt ??= at
  if (life.readyAt === null && isReady(pod as Pod)) life.readyAt = at
}

export const pods = defineTable({
  name: 'pods',
  doc: 'Every pod that there ever was, with the instants of its life: one row each.',
  columns,
  fold: (row) => {
    const lives = new Map<string, Life>()
    return {
      apply: ({ event, at }, view) => {
        if (!isPodEvent(event)) return
        if (event.kind !== 'PodDeleted') return look(lives, event.pod, at, view)
        const life = lives.get(event.pod)
        if (life !== undefined) row(rowOf(life, at))
        lives.delete(event.pod)
      },
      end: () => {
        for (const life of lives.values()) row(rowOf(life, null))
      },
    }
  },
})
