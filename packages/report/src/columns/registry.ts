import { controllerRevisionColumns } from './controller-revision.ts'
import { daemonSetColumns } from './daemon-set.ts'
import type { KindColumns } from './define-columns.ts'
import { deploymentColumns } from './deployment.ts'
import { endpointSliceColumns, endpointsColumns } from './endpoints.ts'
import { eventColumns } from './event.ts'
import { horizontalPodAutoscalerColumns } from './horizontal-pod-autoscaler.ts'
import { inertColumns } from './inert.ts'
import { cronJobColumns, jobColumns } from './job.ts'
import { limitRangeColumns } from './limit-range.ts'
import { namespaceColumns } from './namespace.ts'
import { nodeColumns } from './node.ts'
import { podColumns } from './pod.ts'
import { podDisruptionBudgetColumns } from './pod-disruption-budget.ts'
import { priorityClassColumns } from './priority-class.ts'
import { replicaSetColumns, replicationControllerColumns } from './replica-set.ts'
import { resourceQuotaColumns } from './resource-quota.ts'
import { serviceColumns } from './service.ts'
import { statefulSetColumns } from './stateful-set.ts'
import { persistentVolumeClaimColumns, persistentVolumeColumns, storageClassColumns } from './storage.ts'

/** Every kind that has columns of its own. */
export const columns: readonly KindColumns[] = [
  podColumns,
  nodeColumns,
  deploymentColumns,
  replicaSetColumns,
  replicationControllerColumns,
  daemonSetColumns,
  jobColumns,
  cronJobColumns,
  horizontalPodAutoscalerColumns,
  controllerRevisionColumns,
  statefulSetColumns,
  persistentVolumeClaimColumns,
  persistentVolumeColumns,
  storageClassColumns,
  resourceQuotaColumns,
  limitRangeColumns,
  serviceColumns,
  podDisruptionBudgetColumns,
  priorityClassColumns,
  endpointsColumns,
  endpointSliceColumns,
  namespaceColumns,
  eventColumns,
]

const byKind = new Map(columns.map((definition) => [definition.kind, definition]))

export const columnsOf = (kind: string): KindColumns => byKind.get(kind) ?? inertColumns(kind)
