export { DisruptionDue, DisruptionIgnored } from './disruptions/disruptions.ts'
export { KubectlCompleted, KubectlIssued, NodeDrained } from './kubectl/events.ts'
export { type BehaviorOf, type BehaviorSubject, type ContainerBehavior, DEFAULT_BEHAVIOR } from './kubelet/behavior.ts'
export { controllers } from './registry.ts'
