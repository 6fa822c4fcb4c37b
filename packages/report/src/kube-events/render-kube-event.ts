import type { ClusterView } from '@wavetank/cluster'
import { formatTime } from '@wavetank/cluster'
import { uuidOf } from '@wavetank/kernel'
import type { KubeEvent } from './kube-event.ts'

type Json = Readonly<Record<string, unknown>>

/** RFC 3339 with six digits of the second, as `metav1.MicroTime` is written. */
const formatMicroTime = (epochMillis: number): string => new Date(epochMillis).toISOString().replace('Z', '000Z')

/** A core/v1 Event as `kubectl get events -o yaml` shows it; keys sorted. */
export const renderKubeEvent = (view: ClusterView, event: KubeEvent): Json => {
  const { settings } = view
  const time = (at: number | undefined): string | null => (at === undefined ? null : formatTime(settings.start + at))
  const microTime = (at: number | undefined): string | null =>
    at === undefined ? null : formatMicroTime(settings.start + at)
  const { involvedObject, series, source, count, message, reason, type } = event
  const isSeries = event.eventAt !== undefined
  return {
    ...(isSeries ? { action: event.reason === 'Scheduled' ? 'Binding' : 'Scheduling' } : {}),
    apiVersion: 'v1',
    ...(count === undefined ? {} : { count }),
    eventTime: microTime(event.eventAt),
    firstTimestamp: time(event.firstAt),
    involvedObject: {
      ...(involvedObject.apiVersion === '' ? {} : { apiVersion: involvedObject.apiVersion }),
      ...(involvedObject.fieldPath === undefined ? {} : { fieldPath: involvedObject.fieldPath }),
      kind: involvedObject.kind,
      name: involvedObject.name,
      ...(involvedObject.namespace === '' ? {} : { namespace: involvedObject.namespace }),
      ...(involvedObject.uid === '' ? {} : { uid: involvedObject.uid }),
    },
    kind: 'Event',
    lastTimestamp: time(event.lastAt),
    message,
    metadata: {
      creationTimestamp: time(event.createdAt),
      name: event.name,
      namespace: event.namespace,
      uid: uuidOf(settings.seed, `event ${event.namespace}/${event.name}`),
    },
    reason,
    reportingComponent: source.component,
    reportingInstance: isSeries ? source.component : (source.host ?? ''),
    ...(series === undefined
      ? {}
      : { series: { count: series.count, lastObservedTime: microTime(series.lastObservedAt) } }),
    source: isSeries
      ? {}
      : { component: source.component, ...(source.host === undefined ? {} : { host: source.host }) },
    type,
  }
}
