import type { ServiceSpec } from '../api/core/service.ts'
import type { Selector } from '../labels.ts'
import type { StoredObject } from '../object/stored-object.ts'

export interface Service extends StoredObject {
  readonly kind: 'Service'
  readonly apiVersion: 'v1'
  /** With the addresses and ports that the API server allotted. */
  spec: ServiceSpec
  /** What selects its pods; none, if somebody else writes its endpoints. */
  selector: Selector | undefined
  /** The label by which the service is looked up: `namespace/key=value`; none without a selector. */
  lookup: string | undefined
}

export const HEADLESS = 'None'

/** Source: pkg/apis/core/v1/helper/helpers.go, IsServiceIPSet. */
export const hasClusterAddress = ({ clusterIP = '' }: Pick<ServiceSpec, 'clusterIP'>): boolean =>
  clusterIP !== '' && clusterIP !== HEADLESS
