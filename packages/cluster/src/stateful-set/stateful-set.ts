import type { VolumeClaimTemplate } from '../api/apps/stateful-set.ts'
import type { LabelSelectorLike, Selector } from '../labels.ts'
import type { StoredObject } from '../object/stored-object.ts'
import type { PodTemplate } from '../pod/pod.ts'
import type { ClaimRetention, StatefulSetStrategy } from './events.ts'

export interface StatefulSet extends StoredObject {
  readonly kind: 'StatefulSet'
  readonly apiVersion: 'apps/v1'
  replicas: number
  /** The first ordinal. */
  start: number
  readonly selector: LabelSelectorLike
  /** `selector`, compiled. */
  readonly matcher: Selector
  template: PodTemplate
  readonly serviceName: string
  readonly podManagementPolicy: 'OrderedReady' | 'Parallel'
  updateStrategy: StatefulSetStrategy
  minReadySeconds: number
  revisionHistoryLimit: number
  readonly claimTemplates: readonly VolumeClaimTemplate[]
  claimRetention: ClaimRetention
  status: StatefulSetStatus
}

export interface StatefulSetStatus {
  readonly replicas: number
  readonly readyReplicas: number
  readonly availableReplicas: number
  readonly currentReplicas: number
  readonly updatedReplicas: number
  /** Name of the ControllerRevision; empty before the first sync. */
  readonly currentRevision: string
  readonly updateRevision: string
  readonly observedGeneration: number
  readonly collisionCount: number
}
