import type { LabelSelectorLike, Selector } from '../labels.ts'
import type { StoredObject } from '../object/stored-object.ts'
import type { PodTemplate } from '../pod/pod.ts'
import type { ReplicaCondition } from './replica-events.ts'

export type ReplicaKind = 'ReplicaSet' | 'ReplicationController'

/** A ReplicaSet, or a ReplicationController seen as one (kube-controller-manager does the same). */
export interface ReplicaSet extends StoredObject {
  readonly kind: ReplicaKind
  readonly apiVersion: 'apps/v1' | 'v1'
  replicas: number
  minReadySeconds: number
  selector: LabelSelectorLike
  /** `selector`, compiled. */
  matcher: Selector
  template: PodTemplate
  status: ReplicaStatus
  /** Counts over its pods, kept up to date by the folds so that a sync need not look at each pod. */
  readonly tally: ReplicaTally
  /** How many pods it has ever made; gives the next pod its name. */
  podsMade: number
}

export interface ReplicaStatus {
  readonly replicas: number
  readonly fullyLabeledReplicas: number
  readonly readyReplicas: number
  readonly availableReplicas: number
  readonly observedGeneration: number
  /** Condition ReplicaFailure=True, with when it came. */
  readonly failure: (ReplicaCondition & { readonly lastTransitionAt: number }) | undefined
}

/** Counts over the active pods that a ReplicaSet owns. */
export interface ReplicaTally {
  active: number
  fullyLabeled: number
  ready: number
}
