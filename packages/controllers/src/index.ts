export { LeaderElectionDue, ProcessLaunched } from './control-plane/events.ts'
export { leaderElectionFlags } from './control-plane/leader-election.ts'
export { DeploymentStalled } from './deployment/events.ts'
export { type Disruption, DisruptionDue, DisruptionIgnored, type ReclaimTerms } from './disruptions/disruptions.ts'
export { FailureDue, FailureSkipped, type FailureSource } from './failures/failures.ts'
export {
  DEFAULT_CONFIGURATION,
  type SchedulerConfiguration,
} from './kube-scheduler/configuration/configuration.ts'
export { decodeKubeSchedulerConfiguration } from './kube-scheduler/configuration/decode.ts'
export {
  explainPod,
  type NodeExplanation,
  type PluginScore,
  type PodExplanation,
  type PreFilterOutcome,
} from './kube-scheduler/explain.ts'
export type { Own as SchedulerMemory } from './kube-scheduler/own.ts'
export { simulatorAnnotations } from './kube-scheduler/simulator-annotations.ts'
export { type PodWait, waitOf } from './kube-scheduler/wait.ts'
export { KubectlCompleted, KubectlIssued, NodeDrainBlocked, NodeDrained } from './kubectl/events.ts'
export { type BehaviorOf, type BehaviorSubject, type ContainerBehavior, DEFAULT_BEHAVIOR } from './kubelet/behavior.ts'
export { OutageDue, OutageIgnored } from './outages/outages.ts'
export { podTrouble } from './pod-trouble.ts'
export { controllers } from './registry.ts'
export { idleReasons } from './troubles/control-plane.ts'
export { troubles } from './troubles/registry.ts'
export type { Trouble, TroubledCluster, TroubledObject, TroubleOf } from './troubles/trouble.ts'
export { NodeUpgradesOrdered } from './upgrades/events.ts'
