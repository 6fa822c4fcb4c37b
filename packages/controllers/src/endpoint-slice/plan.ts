import { type ClusterView, type ObjectKey, type PodKey, selects } from '@wavetank/cluster'
import {
  type EndpointView,
  endpointOf,
  identityOf,
  isSameEndpoint,
  lacksNode,
  type PodView,
  type PortGroup,
  type PortsView,
  portGroup,
  portGroups,
  type ServiceView,
} from './endpoint.ts'
import { type Home, placeOf } from './homes.ts'
import { hasLabelsOf, labelsOfSlices, type SliceView } from './slices.ts'

/**
 * What becomes of the slices of a Service.
 *
 * 1. Endpoints that are not wanted any more leave their slices; those that have changed stay where they are.
 * 2. New ones fill the slices that are written anyway, the fullest first.
 * 3. What is left goes into one slice that has room for all of it, the least room that will do, or into new slices.
 * 4. A new slice takes the name of one that would be deleted. A Service without endpoints keeps one empty slice.
 *
 * Where Kubernetes looks at every pod, this looks at those that have changed, which comes to the same; at all of them
 * only when the Service, its nodes or its slices were changed by others.
 *
 * Source: staging/src/k8s.io/endpointslice/reconciler.go, Reconcile, reconcileByPortMapping, finalize.
 */
export interface Plan {
  readonly creates: readonly NewSlice[]
  readonly updates: readonly SliceUpdate[]
  readonly deletes: readonly SliceView[]
  /** Pods that were left out for want of their nodes. */
  readonly lackingNodes: readonly PodView[]
}

export interface NewSlice {
  readonly ports: PortsView
  readonly endpoints: readonly EndpointView[]
}

export type SliceUpdate =
  | ({ readonly slice: SliceView; readonly as: 'changed' } & Changes)
  | ({ readonly slice: SliceView; readonly as: 'rewritten' } & NewSlice)
  | { readonly slice: SliceView; readonly as: 'relabelled' }

export interface Changes {
  readonly changed: ReadonlyMap<number, EndpointView>
  readonly removed: ReadonlySet<number>
  readonly added: readonly EndpointView[]
}

interface Draft {
  readonly slice: SliceView
  readonly changed: Map<number, EndpointView>
  readonly removed: Set<number>
  readonly added: EndpointView[]
  relabelled: boolean
}

interface Group extends PortGroup {
  readonly drafts: Draft[]
  /** Endpoints that are in no slice yet. */
  readonly homeless: EndpointView[]
}

export interface Surroundings {
  readonly view: ClusterView
  readonly service: ServiceView
  /** The slices that the controller keeps for it. */
  readonly slices: readonly SliceView[]
  readonly maxEndpoints: number
}

const byPorts = new WeakMap<PortsView, PortGroup>()

const groupOfSlice = ({ ports }: SliceView): PortGroup => {
  let group = byPorts.get(ports)
  if (group === undefined) {
    group = portGroup(ports)
    byPorts.set(ports, group)
  }
  return group
}

const draftOf = (slice: SliceView): Draft => ({
  slice,
  changed: new Map(),
  removed: new Set(),
  added: [],
  relabelled: false,
})

const sizeOf = ({ slice, removed, added }: Draft): number => slice.endpoints.length - removed.size + added.length
const isWritten = ({ changed, removed, added, relabelled }: Draft): boolean =>
  changed.size > 0 || removed.size > 0 || added.length > 0 || relabelled

/** The groups of a sync, by ports. */
const createGroups = () => {
  const groups = new Map<string, Group>()
  return {
    groups,
    groupFor: ({ id, ports }: PortGroup): Group => {
      let group = groups.get(id)
      if (group === undefined) {
        group = { id, ports, drafts: [], homeless: [] }
        groups.set(id, group)
      }
      return group
    },
  }
}

const fill = (slice: { readonly added: EndpointView[] }, room: number, homeless: EndpointView[]): void => {
  slice.added.push(...homeless.splice(0, Math.max(0, room)))
}

/** Source: getSliceToFill: the one that is closest to full with all of them in it. */
const sliceToFill = (drafts: readonly Draft[], count: number, max: number): Draft | undefined => {
  let best: Draft | undefined
  let least = max
  for (const draft of drafts) {
    const room = max - (count + sizeOf(draft))
    if (room < 0 || room >= least) continue
    best = draft
    least = room
    if (room === 0) break
  }
  return best
}

const placeHomeless = (
  { drafts, homeless, ports }: Group,
  emptied: ReadonlySet<Draft>,
  max: number,
): readonly NewSlice[] => {
  const kept = drafts.filter((draft) => !emptied.has(draft))
  const written = kept.filter(isWritten).sort((a, b) => sizeOf(b) - sizeOf(a))
  for (const draft of written) fill(draft, max - sizeOf(draft), homeless)
  const creates: NewSlice[] = []
  while (homeless.length > 0) {
    const untouched = kept.filter((draft) => !isWritten(draft))
    const found = homeless.length < max ? sliceToFill(untouched, homeless.length, max) : undefined
    if (found !== undefined) fill(found, max - sizeOf(found), homeless)
    else creates.push({ ports, endpoints: homeless.splice(0, max) })
  }
  return creates
}

const isOwned = ({ owner }: SliceView, { uid }: ServiceView): boolean => owner?.uid === uid && owner.kind === 'Service'

const sameLabels = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, value]) => b[key] === value)

const isPlaceholder = (slice: SliceView, service: ServiceView): boolean =>
  slice.endpoints.length === 0 &&
  slice.ports.length === 0 &&
  isOwned(slice, service) &&
  sameLabels(slice.labels, labelsOfSlices(service))

const PLACEHOLDER: NewSlice = { ports: [], endpoints: [] }

const finish = (
  { service, slices, maxEndpoints }: Surroundings,
  groups: ReadonlyMap<string, Group>,
  unwanted: readonly SliceView[],
  lackingNodes: readonly PodView[],
): Plan => {
  const creates: NewSlice[] = []
  const updates: SliceUpdate[] = []
  let deletes: SliceView[] = [...unwanted]
  for (const group of groups.values()) {
    const emptied = new Set(group.drafts.filter((draft) => draft.removed.size > 0 && sizeOf(draft) === 0))
    const isWanted =
      group.homeless.length > 0 || group.drafts.some((draft) => draft.slice.endpoints.length > draft.removed.size)
    creates.push(...placeHomeless(group, emptied, maxEndpoints))
    for (const draft of group.drafts) {
      const { slice, changed, removed, added } = draft
      if (!isWanted || emptied.has(draft)) deletes.push(slice)
      else if (changed.size > 0 || removed.size > 0 || added.length > 0) {
        updates.push({ slice, as: 'changed', changed, removed, added })
      } else if (draft.relabelled) updates.push({ slice, as: 'relabelled' })
    }
  }
  if (deletes.length === slices.length && creates.length === 0) {
    if (deletes.length === 1 && isPlaceholder(deletes[0]!, service)) deletes = []
    else creates.push(PLACEHOLDER)
  }
  const kept: SliceView[] = []
  for (const slice of deletes) {
    const next = isOwned(slice, service) ? creates.pop() : undefined
    if (next === undefined) kept.push(slice)
    else updates.push({ slice, as: 'rewritten', ...next })
  }
  return { creates: service.deletion === undefined ? creates : [], updates, deletes: kept, lackingNodes }
}

/** Looks at every pod of the Service and at all that its slices hold. */
export const planAnew = (surroundings: Surroundings, pods: Iterable<PodView>): Plan => {
  const { view, service, slices } = surroundings
  const { groups, groupFor } = createGroups()
  const groupOf = portGroups(service)
  const lackingNodes: PodView[] = []
  const wanted = new Map<string, Map<string, EndpointView>>()
  for (const pod of pods) {
    if (lacksNode(view, service, pod)) lackingNodes.push(pod)
    const endpoint = endpointOf(view, service, pod)
    if (endpoint === undefined) continue
    const { id } = groupFor(groupOf(pod))
    const endpoints = wanted.get(id) ?? new Map<string, EndpointView>()
    wanted.set(id, endpoints.set(identityOf(endpoint), endpoint))
  }
  const unwanted: SliceView[] = []
  for (const slice of slices) {
    const { id } = groupOfSlice(slice)
    const group = groups.get(id)
    const endpoints = wanted.get(id)
    if (slice.addressType !== 'IPv4' || !isOwned(slice, service) || group === undefined || endpoints === undefined) {
      unwanted.push(slice)
      continue
    }
    const draft = draftOf(slice)
    draft.relabelled = !hasLabelsOf(slice, service)
    slice.endpoints.forEach((endpoint, place) => {
      const identity = identityOf(endpoint)
      const got = endpoints.get(identity)
      if (got === undefined) draft.removed.add(place)
      else if (!isSameEndpoint(got, endpoint)) draft.changed.set(place, got)
      endpoints.delete(identity)
    })
    group.drafts.push(draft)
  }
  for (const [id, endpoints] of wanted) groups.get(id)!.homeless.push(...endpoints.values())
  return finish(surroundings, groups, unwanted, lackingNodes)
}

/** Looks at these pods alone: nothing else has changed. */
export const planChanges = (
  surroundings: Surroundings,
  homes: ReadonlyMap<PodKey, Home>,
  changed: Iterable<PodKey>,
): Plan => {
  const { view, service, slices } = surroundings
  const { groups, groupFor } = createGroups()
  const groupOf = portGroups(service)
  const lackingNodes: PodView[] = []
  const drafts = new Map<ObjectKey, Draft>()
  for (const slice of slices) {
    const draft = draftOf(slice)
    drafts.set(slice.key, draft)
    groupFor(groupOfSlice(slice)).drafts.push(draft)
  }
  for (const key of changed) {
    const pod = view.pods.get(key)
    const isMember = pod !== undefined && service.selector !== undefined && selects(service.selector, pod.labels)
    const wanted = isMember ? endpointOf(view, service, pod) : undefined
    if (isMember && lacksNode(view, service, pod)) lackingNodes.push(pod)
    const group = wanted === undefined || pod === undefined ? undefined : groupFor(groupOf(pod))
    const found = placeOf(view, homes, service.key, key)
    const draft = found === undefined ? undefined : drafts.get(found.slice.key)
    if (found === undefined || draft === undefined) {
      if (wanted !== undefined) group?.homeless.push(wanted)
      continue
    }
    const { slice, place } = found
    const there = slice.endpoints[place]!
    const stays =
      wanted !== undefined && group?.drafts.includes(draft) === true && identityOf(there) === identityOf(wanted)
    if (!stays) {
      draft.removed.add(place)
      if (wanted !== undefined) group?.homeless.push(wanted)
    } else if (!isSameEndpoint(wanted, there)) draft.changed.set(place, wanted)
  }
  return finish(surroundings, groups, [], lackingNodes)
}
