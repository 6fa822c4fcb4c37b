import {
  type ClusterView,
  type ControllerRef,
  nameOf,
  namespaceOf,
  PodCreated,
  PodDeleted,
  PodMarkedForDeletion,
} from '@wavetank/cluster'
import { foreignFact } from '../facts.ts'
import { defineKubeEvents, SILENT } from './define-kube-events.ts'
import type { InvolvedObject, KubeEventDraft } from './kube-event.ts'

const component = 'daemonset-controller'

type SyncFailed = { readonly kind: 'DaemonSetSyncFailed'; readonly object: string; readonly message: string }
type PodFound<K extends string> = {
  readonly kind: K
  readonly object: string
  readonly pod: string
  readonly node: string
}

const said = (
  involvedObject: InvolvedObject,
  type: KubeEventDraft['type'],
  reason: string,
  message: string,
): readonly KubeEventDraft[] => [{ type, reason, message, involvedObject, source: { component }, recorder: 'core' }]

const reference = (namespace: string, { apiVersion, kind, name, uid }: ControllerRef): InvolvedObject => ({
  apiVersion,
  kind,
  namespace,
  name,
  uid,
})

const aboutSet = (
  view: ClusterView,
  key: string,
  type: KubeEventDraft['type'],
  reason: string,
  message: string,
): readonly KubeEventDraft[] => {
  const set = view.daemonSets.get(key)
  return set === undefined ? SILENT : said(reference(set.namespace, set), type, reason, message)
}

const deleted = (owner: ControllerRef | undefined, pod: string): readonly KubeEventDraft[] =>
  owner?.kind === 'DaemonSet'
    ? said(reference(namespaceOf(pod), owner), 'Normal', 'SuccessfulDelete', `Deleted pod: ${nameOf(pod)}`)
    : SILENT

/** Source: pkg/controller/controller_utils.go, RealPodControl; pkg/controller/daemon/daemon_controller.go, podsShouldBeOnNode. */
export const daemonSetControllerEvents = defineKubeEvents({
  component,
  facts: {
    PodCreated,
    PodMarkedForDeletion,
    PodDeleted,
    DaemonSetSyncFailed: foreignFact<SyncFailed>('DaemonSetSyncFailed'),
    FailedDaemonPodFound: foreignFact<PodFound<'FailedDaemonPodFound'>>('FailedDaemonPodFound'),
    SucceededDaemonPodFound: foreignFact<PodFound<'SucceededDaemonPodFound'>>('SucceededDaemonPodFound'),
  },
  create: () => ({
    PodCreated: ({ by, event }) => {
      const { owner, pod } = event
      if (by !== component || owner === undefined) return SILENT
      return said(reference(namespaceOf(pod), owner), 'Normal', 'SuccessfulCreate', `Created pod: ${nameOf(pod)}`)
    },
    PodMarkedForDeletion: ({ by, event }, view) =>
      by === component ? deleted(view.pods.get(event.pod)?.owner, event.pod) : SILENT,
    PodDeleted: ({ by, event }, view) => (by === component ? deleted(view.removedPod?.owner, event.pod) : SILENT),
    DaemonSetSyncFailed: ({ event }, view) =>
      aboutSet(view, event.object, 'Warning', 'FailedCreate', `Error creating: ${event.message}`),
    FailedDaemonPodFound: ({ event: { object, pod, node } }, view) => {
      const message = `Found failed daemon pod ${pod} on node ${node}, will try to kill it`
      return aboutSet(view, object, 'Warning', 'FailedDaemonPod', message)
    },
    SucceededDaemonPodFound: ({ event: { object, pod, node } }, view) => {
      const message = `Found succeeded daemon pod ${pod} on node ${node}, will try to delete it`
      return aboutSet(view, object, 'Normal', 'SucceededDaemonPod', message)
    },
  }),
})
