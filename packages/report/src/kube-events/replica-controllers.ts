import {
  type ClusterView,
  type ControllerRef,
  nameOf,
  namespaceOf,
  PodCreated,
  PodDeleted,
  PodMarkedForDeletion,
  type ReplicaKind,
  replicaTableOf,
} from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { foreignFact } from '../facts.ts'
import { defineKubeEvents, type KubeEventComponent, SILENT } from './define-kube-events.ts'
import type { InvolvedObject, KubeEventDraft } from './kube-event.ts'

type SyncFailed = { readonly kind: `${ReplicaKind}SyncFailed`; readonly object: string; readonly message: string }

/** Source: pkg/controller/controller_utils.go, RealPodControl. The events are about the owner. */
const replicaControllerEvents = (kind: ReplicaKind, component: string): KubeEventComponent => {
  const said = (
    involvedObject: InvolvedObject,
    type: KubeEventDraft['type'],
    reason: string,
    message: string,
  ): KubeEventDraft => ({ type, reason, message, involvedObject, source: { component }, recorder: 'core' })

  const ownerOf = (namespace: string, { apiVersion, name, uid }: ControllerRef): InvolvedObject => ({
    apiVersion,
    kind,
    namespace,
    name,
    uid,
  })

  const deleted = (owner: ControllerRef | undefined, pod: string): readonly KubeEventDraft[] =>
    owner?.kind === kind
      ? [said(ownerOf(namespaceOf(pod), owner), 'Normal', 'SuccessfulDelete', `Deleted pod: ${nameOf(pod)}`)]
      : SILENT

  const syncFailed = ({ event }: Entry<SyncFailed>, view: ClusterView): readonly KubeEventDraft[] => {
    const owner = event.kind === `${kind}SyncFailed` ? replicaTableOf(view, kind).get(event.object) : undefined
    if (owner === undefined) return SILENT
    const reference = ownerOf(owner.namespace, owner)
    return [said(reference, 'Warning', 'FailedCreate', `Error creating: ${event.message}`)]
  }

  return defineKubeEvents({
    component,
    facts: {
      PodCreated,
      PodMarkedForDeletion,
      PodDeleted,
      ReplicaSetSyncFailed: foreignFact<SyncFailed>('ReplicaSetSyncFailed'),
      ReplicationControllerSyncFailed: foreignFact<SyncFailed>('ReplicationControllerSyncFailed'),
    },
    create: () => ({
      PodCreated: ({ by, event }) => {
        const { owner, pod } = event
        if (by !== component || owner?.kind !== kind) return SILENT
        return [said(ownerOf(namespaceOf(pod), owner), 'Normal', 'SuccessfulCreate', `Created pod: ${nameOf(pod)}`)]
      },
      PodMarkedForDeletion: ({ by, event }, view) =>
        by === component ? deleted(view.pods.get(event.pod)?.owner, event.pod) : SILENT,
      PodDeleted: ({ by, event }, view) => (by === component ? deleted(view.removedPod?.owner, event.pod) : SILENT),
      ReplicaSetSyncFailed: syncFailed,
      ReplicationControllerSyncFailed: syncFailed,
    }),
  })
}

export const replicaSetControllerEvents = replicaControllerEvents('ReplicaSet', 'replicaset-controller')
export const replicationControllerEvents = replicaControllerEvents('ReplicationController', 'replication-controller')
