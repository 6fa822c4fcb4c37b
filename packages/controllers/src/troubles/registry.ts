import { claimTrouble } from './claim.ts'
import { deploymentTrouble } from './deployment.ts'
import { jobTrouble } from './job.ts'
import { nodeTrouble } from './node.ts'
import { budgetTrouble } from './pod-disruption-budget.ts'
import { daemonSetTrouble, replicaSetTrouble, replicationControllerTrouble } from './replicas.ts'
import { statefulSetTrouble } from './stateful-set.ts'
import type { TroubleOf } from './trouble.ts'

/** What keeps objects from being as they should, by kind. A pod without a node is the scheduler's to explain. */
export const troubles: Readonly<Record<string, TroubleOf>> = {
  Deployment: deploymentTrouble,
  ReplicaSet: replicaSetTrouble,
  ReplicationController: replicationControllerTrouble,
  StatefulSet: statefulSetTrouble,
  DaemonSet: daemonSetTrouble,
  Job: jobTrouble,
  PersistentVolumeClaim: claimTrouble,
  Node: nodeTrouble,
  PodDisruptionBudget: budgetTrouble,
}
