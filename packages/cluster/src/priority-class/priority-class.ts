import type { PriorityClass as PriorityClassObject } from '../api/scheduling/priority-class.ts'
import type { StoredObject } from '../object/stored-object.ts'

/** What a priority class says, without its metadata. */
export type PriorityClassBody = Pick<
  PriorityClassObject,
  'value' | 'globalDefault' | 'description' | 'preemptionPolicy'
>

export interface PriorityClass extends StoredObject {
  readonly kind: 'PriorityClass'
  readonly apiVersion: 'scheduling.k8s.io/v1'
  body: PriorityClassBody
}
