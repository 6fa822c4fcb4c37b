import type { NodeName } from '../ids.ts'
import type { LabelSelectorLike, Selector } from '../labels.ts'
import type { StoredObject } from '../object/stored-object.ts'
import type { PodTemplate } from '../pod/pod.ts'
import type { DaemonSetStrategy } from './events.ts'

export interface DaemonSet extends StoredObject {
  readonly kind: 'DaemonSet'
  readonly apiVersion: 'apps/v1'
  readonly selector: LabelSelectorLike
  /** `selector`, compiled. */
  readonly matcher: Selector
  template: PodTemplate
  /** Annotation `deprecated.daemonset.template.generation`: how many templates it has had. */
  templateGeneration: number
  updateStrategy: DaemonSetStrategy
  minReadySeconds: number
  revisionHistoryLimit: number
  status: DaemonSetStatus
  /** How many pods it ever made for each node; gives the next one its name. */
  readonly podsMade: Map<NodeName, number>
}

export interface DaemonSetStatus {
  readonly desiredNumberScheduled: number
  readonly currentNumberScheduled: number
  readonly numberMisscheduled: number
  readonly numberReady: number
  readonly numberAvailable: number
  readonly numberUnavailable: number
  readonly updatedNumberScheduled: number
  readonly observedGeneration: number
  readonly collisionCount: number
}

/** As the API shows and reads it. */
export const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation'
