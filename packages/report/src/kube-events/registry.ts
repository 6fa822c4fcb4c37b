import { cloudEvents } from './cloud.ts'
import { daemonSetControllerEvents } from './daemon-set-controller.ts'
import type { KubeEventComponent } from './define-kube-events.ts'
import { deploymentControllerEvents } from './deployment-controller.ts'
import { disruptionControllerEvents } from './disruption-controller.ts'
import { endpointSliceControllerEvents } from './endpoint-slice-controller.ts'
import { ephemeralVolumeEvents } from './ephemeral-volume.ts'
import { horizontalPodAutoscalerKubeEvents } from './horizontal-pod-autoscaler.ts'
import { cronJobControllerEvents, jobControllerEvents } from './job-controllers.ts'
import { kubeSchedulerEvents } from './kube-scheduler.ts'
import { kubeletEvents } from './kubelet.ts'
import { nodeControllerEvents } from './node-controller.ts'
import { persistentVolumeControllerEvents } from './persistent-volume-controller.ts'
import { replicaSetControllerEvents, replicationControllerEvents } from './replica-controllers.ts'
import { statefulSetControllerEvents } from './stateful-set-controller.ts'
import { taintEvictionEvents } from './taint-eviction.ts'

/** Every component that records Events, in the order in which they speak of one entry. */
export const kubeEventComponents: readonly KubeEventComponent[] = [
  horizontalPodAutoscalerKubeEvents,
  deploymentControllerEvents,
  replicationControllerEvents,
  replicaSetControllerEvents,
  cronJobControllerEvents,
  jobControllerEvents,
  daemonSetControllerEvents,
  statefulSetControllerEvents,
  endpointSliceControllerEvents,
  ephemeralVolumeEvents,
  persistentVolumeControllerEvents,
  disruptionControllerEvents,
  kubeSchedulerEvents,
  kubeletEvents,
  cloudEvents,
  nodeControllerEvents,
  taintEvictionEvents,
]
