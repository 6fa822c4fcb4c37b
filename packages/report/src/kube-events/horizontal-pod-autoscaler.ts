import { type ClusterView, horizontalPodAutoscalerEvents } from '@wavetank/cluster'
import { defineKubeEvents, SILENT } from './define-kube-events.ts'
import type { KubeEventDraft } from './kube-event.ts'

const COMPONENT = 'horizontal-pod-autoscaler'

const said = (
  view: ClusterView,
  key: string,
  type: KubeEventDraft['type'],
  reason: string,
  message: string,
): readonly KubeEventDraft[] => {
  const found = view.horizontalPodAutoscalers.get(key)
  if (found === undefined) return SILENT
  const { apiVersion, kind, namespace, name, uid } = found
  const involvedObject = { apiVersion, kind, namespace, name, uid }
  return [{ type, reason, message, involvedObject, source: { component: COMPONENT }, recorder: 'core' }]
}

/** Source: pkg/controller/podautoscaler/horizontal.go. */
export const horizontalPodAutoscalerKubeEvents = defineKubeEvents({
  component: COMPONENT,
  facts: {
    HorizontalPodAutoscalerNoted: horizontalPodAutoscalerEvents.Noted,
    HorizontalPodAutoscalerRescaled: horizontalPodAutoscalerEvents.Rescaled,
  },
  create: () => ({
    HorizontalPodAutoscalerNoted: ({ event: { object, type, reason, message } }, view) =>
      said(view, object, type, reason, message),
    HorizontalPodAutoscalerRescaled: ({ event: { object, to, reason } }, view) =>
      said(view, object, 'Normal', 'SuccessfulRescale', `New size: ${to}; reason: ${reason}`),
  }),
})
