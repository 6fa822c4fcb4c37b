export { humanDuration, shortHumanDuration } from './duration.ts'
export { type GetOptions, type GetResult, getTable } from './get-table.ts'
export {
  defineKubeEvents,
  type ForeignFact,
  foreignFact,
  type KubeEventComponent,
} from './kube-events/define-kube-events.ts'
export { foldKubeEvents, type KubeEventFold, type KubeEventOptions } from './kube-events/fold-kube-events.ts'
export { eventInterval, formatKubeEvents, type KubeEventsQuery } from './kube-events/format-kube-events.ts'
export type { InvolvedObject, KubeEvent, KubeEventDraft, KubeEventSource } from './kube-events/kube-event.ts'
export { kubeEventComponents } from './kube-events/registry.ts'
export { renderKubeEvent } from './kube-events/render-kube-event.ts'
export { formatJson } from './output/json.ts'
export { formatYaml } from './output/yaml.ts'
export { formatTable, type Table } from './table.ts'
export { formatEntry, formatTimeline } from './timeline.ts'
