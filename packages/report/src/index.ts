export type { PodStatusCells } from './columns/pod-status.ts'
export { podStatus } from './columns/pod-status.ts'
export { type ContainerRun, type ContainerRunEnd, foldContainerRuns } from './container-runs.ts'
export { type DescribeOptions, describeObject, describeObjects } from './describe/describe.ts'
export { humanDuration, shortHumanDuration } from './duration.ts'
export { type ForeignFact, foreignFact } from './facts.ts'
export { formatOutcome, formatSummary } from './format-summary.ts'
export { type GetResult, getTable, type TableWatch, watchTable } from './get-table.ts'
export { defineKubeEvents, type KubeEventComponent } from './kube-events/define-kube-events.ts'
export { foldKubeEvents, type KubeEventFold, type KubeEventOptions } from './kube-events/fold-kube-events.ts'
export { eventInterval, formatKubeEvents, type KubeEventsQuery } from './kube-events/format-kube-events.ts'
export type { InvolvedObject, KubeEvent, KubeEventDraft, KubeEventSource } from './kube-events/kube-event.ts'
export { kubeEventComponents } from './kube-events/registry.ts'
export { renderKubeEvent } from './kube-events/render-kube-event.ts'
export {
  defineMetric,
  foldMetrics,
  type Metric,
  type MetricEnd,
  type MetricFold,
  type MetricResults,
} from './metric.ts'
export {
  type AvailabilityState,
  availability,
  newAvailability,
  type Workload,
  type WorkloadAvailability,
} from './metrics/availability/availability.ts'
export type { DisruptionCounts } from './metrics/disruptions/disruptions.ts'
export type { NodeCounts } from './metrics/nodes/nodes.ts'
export type { PodCounts } from './metrics/pods/pods.ts'
export { metrics, type RunMetrics } from './metrics/registry.ts'
export type { RequestedResources, ResourceUse } from './metrics/requested/requested.ts'
export type { RestartCounts } from './metrics/restarts/restarts.ts'
export type { SchedulingCounts } from './metrics/scheduling/scheduling.ts'
export type { MeanUse, UsedResources } from './metrics/used/used.ts'
export { formatJson } from './output/json.ts'
export { type OutputFormat, parseOutput } from './output/output-format.ts'
export { formatYaml } from './output/yaml.ts'
export { foldPage, type PageEnd, type PageFold } from './page/fold-page.ts'
export { type Percentiles, percentilesOf } from './percentile.ts'
export { isPodEvent, type PodEvent } from './pod-events.ts'
export type { GetOptions } from './query.ts'
export { kindOfEvent } from './sentences/objects.ts'
export { sentenceOf } from './sentences/registry.ts'
export type { Sentence, Weight } from './sentences/sentence.ts'
export { type Summary, type SummaryInput, type SummaryVerdict, summarize } from './summary.ts'
export { formatTable, type Table } from './table.ts'
export { changeTo, forget, meanOf, newTimeWeighted, type TimeWeighted } from './time-weighted.ts'
export { formatEntry, formatTimeline } from './timeline.ts'
