import { claimTrouble } from './claim.ts'
import { lookedAfterBy } from './control-plane.ts'
import { deploymentTrouble } from './deployment.ts'
import { jobTrouble } from './job.ts'
import { nodeTrouble } from './node.ts'
import { budgetTrouble } from './pod-disruption-budget.ts'
import { daemonSetTrouble, replicaSetTrouble, replicationControllerTrouble } from './replicas.ts'
import { statefulSetTrouble } from './stateful-set.ts'
import type { TroubleOf } from './trouble.ts'

/** What keeps objects from being as they should, by kind. A pod without a node is the scheduler's to explain. */
export const troubles: Readonly<Record<string, TroubleOf>> = {
  Deployment: lookedAfterBy('deployment-controller', deploymentTrouble),
  ReplicaSet: lookedAfterBy('replicaset-controller', replicaSetTrouble),
  ReplicationController: lookedAfterBy('replication-controller', replicationControllerTrouble),
  StatefulSet: lookedAfterBy('statefulset-controller', statefulSetTrouble),
  DaemonSet: lookedAfterBy('daemonset-controller', daemonSetTrouble),
  Job: lookedAfterBy('job-controller', jobTrouble),
  PersistentVolumeClaim: lookedAfterBy('persistentvolume-controller', claimTrouble),
  Node: lookedAfterBy('node-controller', nodeTrouble),
  PodDisruptionBudget: lookedAfterBy('disruption-controller', budgetTrouble),
}
