import { type ClusterView, keyOf, nameOf, type ObjectKey, type PodKey, selects } from '@wavetank/cluster'
import { type EndpointView, endpointOf, identityOf, isSameEndpoint, lacksNode } from './endpoint.ts'
import type { SliceView } from './slices.ts'

/**
 * In which slice the endpoint of a pod stands; most pods are of one Service. It may have left that slice: whoever asks
 * looks whether it is there.
 */
export interface Home {
  readonly service: ObjectKey
  readonly slice: ObjectKey
  readonly next: Home | undefined
}

export type Homes = Map<PodKey, Home>
type HomesView = ReadonlyMap<PodKey, Home>

const without = (home: Home | undefined, slice: ObjectKey): Home | undefined => {
  if (home === undefined) return undefined
  return home.slice === slice ? home.next : { ...home, next: without(home.next, slice) }
}

const podOf = ({ targetRef }: EndpointView): PodKey | undefined =>
  targetRef?.kind === 'Pod' ? keyOf(targetRef.namespace ?? '', targetRef.name ?? '') : undefined

export const settle = (
  homes: Homes,
  service: ObjectKey,
  slice: ObjectKey,
  endpoints: readonly EndpointView[],
): void => {
  for (const endpoint of endpoints) {
    const pod = podOf(endpoint)
    if (pod !== undefined) homes.set(pod, { service, slice, next: without(homes.get(pod), slice) })
  }
}

export const unsettle = (homes: Homes, slice: ObjectKey, pod: PodKey): void => {
  const home = without(homes.get(pod), slice)
  if (home === undefined) homes.delete(pod)
  else homes.set(pod, home)
}

/** The endpoint that a Service has of a pod now. */
export const placeOf = (
  view: ClusterView,
  homes: HomesView,
  service: ObjectKey,
  pod: PodKey,
): { readonly slice: SliceView; readonly place: number } | undefined => {
  for (let home = homes.get(pod); home !== undefined; home = home.next) {
    if (home.service !== service) continue
    const slice = view.endpointSlices.get(home.slice)
    const name = nameOf(pod)
    const place = slice?.endpoints.findIndex(({ targetRef }) => targetRef?.name === name) ?? -1
    if (slice !== undefined && place >= 0) return { slice, place }
  }
  return undefined
}

/** Whether what a Service has of a pod is not what it should have. */
export const isOutdated = (view: ClusterView, homes: HomesView, key: ObjectKey, podKey: PodKey): boolean => {
  const service = view.services.get(key)
  if (service === undefined) return false
  const pod = view.pods.get(podKey)
  const isMember = pod !== undefined && service.selector !== undefined && selects(service.selector, pod.labels)
  // That is a failure, which is to be said.
  if (isMember && lacksNode(view, service, pod)) return true
  const wanted = isMember ? endpointOf(view, service, pod) : undefined
  const found = placeOf(view, homes, key, podKey)
  if (wanted === undefined || found === undefined) return (wanted === undefined) !== (found === undefined)
  const there = found.slice.endpoints[found.place]!
  return !isSameEndpoint(wanted, there) || identityOf(wanted) !== identityOf(there)
}
