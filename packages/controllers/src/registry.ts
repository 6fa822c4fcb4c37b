import type { ClusterController } from '@wavetank/cluster'
import { cloud } from './cloud/cloud.ts'
import { controllerManagerElection, schedulerElection } from './control-plane/leader-election.ts'
import { cronJobController } from './cron-job/cron-job.ts'
import { daemonSet } from './daemon-set/daemon-set.ts'
import { deployment } from './deployment/deployment.ts'
import { disruptionController } from './disruption/disruption.ts'
import { disruptions } from './disruptions/disruptions.ts'
import { endpointSlice } from './endpoint-slice/endpoint-slice.ts'
import { ephemeralVolume } from './ephemeral-volume/ephemeral-volume.ts'
import { failures } from './failures/failures.ts'
import { garbageCollector } from './garbage-collector/garbage-collector.ts'
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler/horizontal-pod-autoscaler.ts'
import { jobController } from './job/job.ts'
import { kubeScheduler } from './kube-scheduler/kube-scheduler.ts'
import { kubectl } from './kubectl/kubectl.ts'
import { kubelet } from './kubelet/kubelet.ts'
import { namespaceController } from './namespace/namespace.ts'
import { nodeLease } from './node-lifecycle/node-lease.ts'
import { nodeLifecycle } from './node-lifecycle/node-lifecycle.ts'
import { outages } from './outages/outages.ts'
import { persistentVolume } from './persistent-volume/persistent-volume.ts'
import { podGarbageCollector } from './pod-garbage-collector/pod-garbage-collector.ts'
import { replicaSet } from './replica-set/replica-set.ts'
import { replicationController } from './replication-controller/replication-controller.ts'
import { resourceQuota } from './resource-quota/resource-quota.ts'
import { statefulSet } from './stateful-set/stateful-set.ts'
import { claimProtection, volumeProtection } from './storage-protection/storage-protection.ts'
import { taintEviction } from './taint-eviction/taint-eviction.ts'
import { ttlAfterFinished } from './ttl-after-finished/ttl-after-finished.ts'
import { upgrades } from './upgrades/upgrades.ts'

/** Every controller, in the order in which they react to one entry. */
export const controllers: readonly ClusterController[] = [
  disruptions,
  failures,
  horizontalPodAutoscaler,
  outages,
  controllerManagerElection,
  schedulerElection,
  cloud,
  deployment,
  replicationController,
  replicaSet,
  daemonSet,
  cronJobController,
  jobController,
  ttlAfterFinished,
  statefulSet,
  endpointSlice,
  ephemeralVolume,
  persistentVolume,
  claimProtection,
  volumeProtection,
  disruptionController,
  kubeScheduler,
  kubelet,
  nodeLifecycle,
  nodeLease,
  taintEviction,
  podGarbageCollector,
  resourceQuota,
  garbageCollector,
  namespaceController,
  kubectl,
  upgrades,
]
