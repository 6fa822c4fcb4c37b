import type { StoredObject } from '../object/stored-object.ts'
import type { PodTemplate } from '../pod/pod.ts'

/** A pod template that a DaemonSet or StatefulSet has or had. Two with the same template are equal, whatever their name. */
export interface ControllerRevision extends StoredObject {
  readonly kind: 'ControllerRevision'
  readonly apiVersion: 'apps/v1'
  readonly template: PodTemplate
  /** Rises with every new template; one that comes back gets the highest number again. */
  revision: number
}
