import { type Labels, selects } from '../labels.ts'
import type { ClusterTables, ClusterView, DeepReadonly } from '../tables.ts'
import type { Service } from './service.ts'

/**
 * Which Services select a pod, without a look at all of them: each is filed under one of the labels that it asks for.
 */

const label = (namespace: string, key: string, value: string): string => `${namespace}/${key}=${value}`

/** Of the labels that a Service asks for, the one that the fewest others are filed under. */
const bestLabel = (tables: ClusterTables, { namespace, spec }: Service): string | undefined => {
  let best: string | undefined
  let fewest = Number.POSITIVE_INFINITY
  for (const [key, value] of Object.entries(spec.selector ?? {})) {
    const candidate = label(namespace, key, value)
    const others = tables.servicesByLabel.get(candidate)?.size ?? 0
    if (others >= fewest) continue
    best = candidate
    fewest = others
  }
  return best
}

export const fileService = (tables: ClusterTables, service: Service): void => {
  service.lookup = bestLabel(tables, service)
  if (service.lookup === undefined) return
  const others = tables.servicesByLabel.get(service.lookup)
  if (others === undefined) tables.servicesByLabel.set(service.lookup, new Set([service]))
  else others.add(service)
}

export const unfileService = (tables: ClusterTables, service: Service): void => {
  if (service.lookup === undefined) return
  const others = tables.servicesByLabel.get(service.lookup)
  others?.delete(service)
  if (others?.size === 0) tables.servicesByLabel.delete(service.lookup)
}

const NONE: readonly never[] = []

/** The Services of a namespace that select a pod with these labels. */
export const servicesSelecting = (
  view: Pick<ClusterView, 'servicesByLabel'>,
  namespace: string,
  labels: Labels,
): readonly DeepReadonly<Service>[] => {
  // Hot path: for every change of every pod.
  if (view.servicesByLabel.size === 0) return NONE
  let found: DeepReadonly<Service>[] | undefined
  for (const key in labels) {
    const filed = view.servicesByLabel.get(label(namespace, key, labels[key]!))
    if (filed === undefined) continue
    for (const service of filed) {
      if (service.selector === undefined || !selects(service.selector, labels)) continue
      if (found === undefined) found = [service]
      else found.push(service)
    }
  }
  return found ?? NONE
}
