import { type DeepReadonly, type Pod, PodBound, PodDeleted, PodUnschedulable } from '@wavetank/cluster'
import { defineKubeEvents, podReference, SILENT } from './define-kube-events.ts'
import type { KubeEventDraft } from './kube-event.ts'

type PodView = DeepReadonly<Pod>

/** Source: pkg/scheduler/schedule_one.go, truncateMessage. */
const NOTE_LENGTH_MAX = 1_024
const truncate = (note: string): string =>
  note.length <= NOTE_LENGTH_MAX ? note : `${note.slice(0, NOTE_LENGTH_MAX - 4)} ...`

const said = (
  pod: PodView,
  type: KubeEventDraft['type'],
  reason: string,
  message: string,
  objectVersion: number,
): KubeEventDraft => ({
  type,
  reason,
  message,
  involvedObject: podReference(pod),
  source: { component: pod.template.spec.schedulerName ?? 'default-scheduler' },
  recorder: 'series',
  objectVersion,
})

export const kubeSchedulerEvents = defineKubeEvents({
  component: 'default-scheduler',
  facts: { PodBound, PodUnschedulable, PodDeleted },
  create: () => {
    /** By uid, the last reason written to the pod, and how often it has changed: the pod's version, as attempts see it. */
    const failures = new Map<string, { readonly message: string; readonly version: number }>()
    return {
      PodBound: ({ event }, view) => {
        const pod = view.pods.get(event.pod)
        if (pod === undefined) return SILENT
        failures.delete(pod.uid)
        return [said(pod, 'Normal', 'Scheduled', `Successfully assigned ${pod.key} to ${event.node}`, 0)]
      },
      PodUnschedulable: ({ event }, view) => {
        const pod = view.pods.get(event.pod)
        if (pod === undefined) return SILENT
        const last = failures.get(pod.uid)
        const version = last?.version ?? 0
        if (last?.message !== event.message) failures.set(pod.uid, { message: event.message, version: version + 1 })
        return [said(pod, 'Warning', 'FailedScheduling', truncate(event.message), version)]
      },
      PodDeleted: (_, view) => {
        if (view.removedPod !== undefined) failures.delete(view.removedPod.uid)
        return SILENT
      },
    }
  },
})
