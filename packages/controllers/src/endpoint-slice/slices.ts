import {
  type ClusterView,
  type DeepReadonly,
  type EndpointSlice,
  HEADLESS_SERVICE,
  hasClusterAddress,
  type Labels,
  MANAGED_BY,
  type ObjectKey,
  SERVICE_NAME,
} from '@wavetank/cluster'
import type { ServiceView } from './endpoint.ts'

export type SliceView = DeepReadonly<EndpointSlice>

export const CONTROLLER_NAME = 'endpointslice-controller.k8s.io'

export const isManaged = ({ labels }: Pick<SliceView, 'labels'>): boolean => labels[MANAGED_BY] === CONTROLLER_NAME

const RESERVED: ReadonlySet<string> = new Set([SERVICE_NAME, MANAGED_BY, HEADLESS_SERVICE])

/** The labels of a Service's slices: its own, and what says whose they are. Source: setEndpointSliceLabels. */
export const labelsOfSlices = ({ name, labels, spec }: ServiceView): Labels => {
  const own: Record<string, string> = {}
  for (const [key, value] of Object.entries(labels)) if (!RESERVED.has(key)) own[key] = value
  if (!hasClusterAddress(spec)) own[HEADLESS_SERVICE] = ''
  own[SERVICE_NAME] = name
  own[MANAGED_BY] = CONTROLLER_NAME
  return own
}

/** Whether a slice has the labels of its Service, apart from the reserved ones, which are not looked at. */
export const hasLabelsOf = ({ labels }: SliceView, service: ServiceView): boolean => {
  const count = (map: Labels): number => Object.keys(map).filter((key) => !RESERVED.has(key)).length
  if (count(labels) !== count(service.labels)) return false
  return Object.entries(service.labels).every(([key, value]) => RESERVED.has(key) || labels[key] === value)
}

/** The slices that the controller keeps for a Service, in the order in which they came. */
export const slicesOf = (view: ClusterView, service: ObjectKey): readonly SliceView[] =>
  [...(view.slicesByService.get(service) ?? [])].filter((slice) => slice.deletion === undefined && isManaged(slice))
