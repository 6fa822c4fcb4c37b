import { type SimEvent, uuidOf } from '@wavetank/kernel'
import { keyOf } from '../ids.ts'
import type { LabelSelectorLike } from '../labels.ts'
import type { ControllerRef, Labels } from '../object/meta.ts'
import { replicaSetEvents } from '../replica-set/events.ts'
import type { ReplicaKind } from '../replica-set/replica-set.ts'
import { replicationControllerEvents } from '../replication-controller/events.ts'
import type { ClusterView } from '../tables.ts'
import { recordTemplate, type TemplateContent, templateHash } from './pod-template.ts'

/** The events of one of the two kinds; their constructors take the same data. */
export const replicaEventsOf = (kind: ReplicaKind): typeof replicaSetEvents =>
  kind === 'ReplicaSet' ? replicaSetEvents : (replicationControllerEvents as unknown as typeof replicaSetEvents)

export const replicaTableOf = (view: ClusterView, kind: ReplicaKind): ClusterView['replicaSets'] =>
  kind === 'ReplicaSet' ? view.replicaSets : view.replicationControllers

export interface NewReplicaSet {
  readonly kind: ReplicaKind
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  readonly annotations: Labels
  readonly owner?: ControllerRef | undefined
  readonly replicas: number
  readonly minReadySeconds: number
  readonly selector: LabelSelectorLike
  readonly template: TemplateContent
}

export const createReplicaSet = (view: ClusterView, at: number, object: NewReplicaSet): readonly SimEvent[] => {
  const key = keyOf(object.namespace, object.name)
  const { Created } = replicaEventsOf(object.kind)
  return [
    ...recordTemplate(view, object.template),
    Created({
      object: key,
      uid: uuidOf(view.settings.seed, `${object.kind} ${key} ${at}`),
      labels: object.labels,
      annotations: object.annotations,
      owner: object.owner,
      spec: {
        replicas: object.replicas,
        minReadySeconds: object.minReadySeconds,
        selector: object.selector as unknown as Record<string, unknown>,
        template: templateHash(object.template),
      },
    }),
  ]
}
