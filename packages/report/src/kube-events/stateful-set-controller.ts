import {
  type ControllerRef,
  type DeepReadonly,
  nameOf,
  namespaceOf,
  PodCreated,
  PodDeleted,
  PodLabelled,
  PodMarkedForDeletion,
  persistentVolumeClaimEvents,
  type StatefulSet,
} from '@wavetank/cluster'
import { foreignFact } from '../facts.ts'
import { defineKubeEvents, SILENT } from './define-kube-events.ts'
import type { KubeEventDraft } from './kube-event.ts'

const component = 'statefulset-controller'

type SyncDue = { readonly kind: 'StatefulSetSyncDue'; readonly object: string }
type SyncFailed = {
  readonly kind: 'StatefulSetSyncFailed'
  readonly object: string
  readonly pod: string
  readonly message: string
}

const said = (
  namespace: string,
  { apiVersion, kind, name, uid }: ControllerRef,
  type: KubeEventDraft['type'],
  reason: string,
  message: string,
): readonly KubeEventDraft[] => [
  {
    type,
    reason,
    message,
    involvedObject: { apiVersion, kind, namespace, name, uid },
    source: { component },
    recorder: 'core',
  },
]

/** `create Pod web-0 in StatefulSet web successful`. Source: stateful_pod_control.go, recordPodEvent. */
const done = (verb: 'create' | 'delete' | 'update', owner: ControllerRef | undefined, pod: string) => {
  if (owner?.kind !== 'StatefulSet') return SILENT
  const reason = { create: 'SuccessfulCreate', delete: 'SuccessfulDelete', update: 'SuccessfulUpdate' }[verb]
  const message = `${verb} Pod ${nameOf(pod)} in StatefulSet ${owner.name} successful`
  return said(namespaceOf(pod), owner, 'Normal', reason, message)
}

/** The pod that a claim was made for, from its name: template, set and ordinal. */
const podOf = ({ name, claimTemplates }: DeepReadonly<StatefulSet>, claim: string): string | undefined => {
  for (const { metadata } of claimTemplates) {
    const prefix = `${metadata.name}-${name}-`
    if (claim.startsWith(prefix)) return claim.slice(metadata.name.length + 1)
  }
  return undefined
}

/** Source: pkg/controller/statefulset/stateful_pod_control.go. The events are about the set. */
export const statefulSetControllerEvents = defineKubeEvents({
  component,
  facts: {
    PodCreated,
    PodMarkedForDeletion,
    PodDeleted,
    PodLabelled,
    PersistentVolumeClaimCreated: persistentVolumeClaimEvents.Created,
    StatefulSetSyncDue: foreignFact<SyncDue>('StatefulSetSyncDue'),
    StatefulSetSyncFailed: foreignFact<SyncFailed>('StatefulSetSyncFailed'),
  },
  create: () => {
    // What a sync makes comes right after it, and a claim does not say for which set it is.
    let syncing = ''
    return {
      StatefulSetSyncDue: ({ event }) => {
        syncing = event.object
        return SILENT
      },
      PodCreated: ({ by, event }) => (by === component ? done('create', event.owner, event.pod) : SILENT),
      PodMarkedForDeletion: ({ by, event }, view) =>
        by === component ? done('delete', view.pods.get(event.pod)?.owner, event.pod) : SILENT,
      PodDeleted: ({ by, event }, view) =>
        by === component ? done('delete', view.removedPod?.owner, event.pod) : SILENT,
      PodLabelled: ({ by, event }, view) =>
        by === component ? done('update', view.pods.get(event.pod)?.owner, event.pod) : SILENT,
      PersistentVolumeClaimCreated: ({ by, event }, view) => {
        const set = by === component ? view.statefulSets.get(syncing) : undefined
        if (set === undefined) return SILENT
        const claim = nameOf(event.object)
        const message = `create Claim ${claim} Pod ${podOf(set, claim)} in StatefulSet ${set.name} success`
        return said(set.namespace, set, 'Normal', 'SuccessfulCreate', message)
      },
      StatefulSetSyncFailed: ({ event }, view) => {
        const set = view.statefulSets.get(event.object)
        // Of a name that is taken it does not speak.
        if (set === undefined || event.message.endsWith(' already exists')) return SILENT
        const message = `create Pod ${event.pod} in StatefulSet ${set.name} failed error: ${event.message}`
        return said(set.namespace, set, 'Warning', 'FailedCreate', message)
      },
    }
  },
})
