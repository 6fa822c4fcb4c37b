import type { LabelSelectorLike, Selector } from '../labels.ts'
import type { StoredObject } from '../object/stored-object.ts'
import type { PodTemplate } from '../pod/pod.ts'
import type { DeploymentCondition, DeploymentStrategy } from './events.ts'

export interface Deployment extends StoredObject {
  readonly kind: 'Deployment'
  readonly apiVersion: 'apps/v1'
  replicas: number
  readonly selector: LabelSelectorLike
  /** `selector`, compiled. */
  readonly matcher: Selector
  template: PodTemplate
  strategy: DeploymentStrategy
  minReadySeconds: number
  /** 2147483647: every old ReplicaSet is kept. */
  revisionHistoryLimit: number
  /** 2147483647: none. */
  progressDeadlineSeconds: number
  paused: boolean
  status: DeploymentStatus
}

export interface DeploymentStatus {
  readonly observedGeneration: number
  readonly replicas: number
  readonly updatedReplicas: number
  readonly readyReplicas: number
  readonly availableReplicas: number
  readonly unavailableReplicas: number
  /** How often the name of a new ReplicaSet was taken by another one; absent until the first time. */
  readonly collisionCount: number | undefined
  /** In the order in which they came to their present state. */
  readonly conditions: readonly DeploymentCondition[]
}

/** What a Deployment and its controller write on objects. Source: pkg/controller/deployment/util/deployment_util.go. */
export const REVISION = 'deployment.kubernetes.io/revision'
export const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history'
export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas'
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas'
export const ROLLBACK_TO = 'deprecated.deployment.rollback.to'
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
export const POD_TEMPLATE_HASH = 'pod-template-hash'
