import { nameOf, namespaceOf, PodDisruptionTargeted } from '@wavetank/cluster'
import { foreignFact } from '../facts.ts'
import { defineKubeEvents, SILENT } from './define-kube-events.ts'
import type { KubeEventDraft } from './kube-event.ts'

type TaintEvictionCancelled = { readonly kind: 'TaintEvictionCancelled'; readonly pod: string }

/** The controller has only the name of the pod at hand. Source: pkg/controller/tainteviction/taint_eviction.go, emitPodDeletionEvent. */
const said = (pod: string, message: string): KubeEventDraft => ({
  type: 'Normal',
  reason: 'TaintManagerEviction',
  message,
  involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: namespaceOf(pod), name: nameOf(pod), uid: '' },
  source: { component: 'taint-eviction-controller' },
  recorder: 'core',
})

export const taintEvictionEvents = defineKubeEvents({
  component: 'taint-eviction-controller',
  facts: {
    PodDisruptionTargeted,
    TaintEvictionCancelled: foreignFact<TaintEvictionCancelled>('TaintEvictionCancelled'),
  },
  create: () => ({
    PodDisruptionTargeted: ({ event }) =>
      event.reason === 'DeletionByTaintManager' ? [said(event.pod, `Marking for deletion Pod ${event.pod}`)] : SILENT,
    TaintEvictionCancelled: ({ event }) => [said(event.pod, `Cancelling deletion of Pod ${event.pod}`)],
  }),
})
