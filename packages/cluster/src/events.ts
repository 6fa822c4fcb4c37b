import type { AnyEventDefinition } from '@wavetank/kernel'
import { controlPlaneEvents } from './control-plane/events.ts'
import { controllerRevisionEvents } from './controller-revision/events.ts'
import { cronJobEvents } from './cron-job/events.ts'
import { daemonSetEvents } from './daemon-set/events.ts'
import { deploymentEvents } from './deployment/events.ts'
import { endpointSliceEvents } from './endpoint-slice/events.ts'
import { horizontalPodAutoscalerEvents } from './horizontal-pod-autoscaler/events.ts'
import { jobEvents } from './job/events.ts'
import { namespaceEvents } from './namespace/events.ts'
import { nodeEvents } from './node/events.ts'
import { objectEvents } from './object/events.ts'
import { outageEvents } from './outage/events.ts'
import { persistentVolumeEvents } from './persistent-volume/events.ts'
import { persistentVolumeClaimEvents } from './persistent-volume-claim/events.ts'
import { podEvents } from './pod/events.ts'
import { PodEvictionRefused, podDisruptionBudgetEvents } from './pod-disruption-budget/events.ts'
import { priorityClassEvents } from './priority-class/events.ts'
import { replicaSetEvents } from './replica-set/events.ts'
import { replicationControllerEvents } from './replication-controller/events.ts'
import { resourceQuotaEvents } from './resource-quota/events.ts'
import { serviceEvents } from './service/events.ts'
import { statefulSetEvents } from './stateful-set/events.ts'

/** Every event that the cluster’s own folds know; a kind is one line here and one folder. */
export const clusterEvents: readonly AnyEventDefinition[] = [
  ...objectEvents,
  ...namespaceEvents,
  ...nodeEvents,
  ...podEvents,
  ...outageEvents,
  ...controlPlaneEvents,
  ...Object.values(deploymentEvents),
  ...Object.values(replicaSetEvents),
  ...Object.values(replicationControllerEvents),
  ...Object.values(daemonSetEvents),
  ...Object.values(controllerRevisionEvents),
  ...Object.values(jobEvents),
  ...Object.values(cronJobEvents),
  ...Object.values(horizontalPodAutoscalerEvents),
  ...Object.values(statefulSetEvents),
  ...Object.values(persistentVolumeClaimEvents),
  ...Object.values(persistentVolumeEvents),
  ...Object.values(serviceEvents),
  ...Object.values(podDisruptionBudgetEvents),
  PodEvictionRefused,
  ...Object.values(priorityClassEvents),
  ...Object.values(endpointSliceEvents),
  ...Object.values(resourceQuotaEvents),
]
