import type { SimEvent } from '@wavetank/kernel'
import { kindOfEvent } from '@wavetank/report'

/** An object that a log has facts about. */
export interface Subject {
  readonly kind: string
  /** `namespace/name`; of a node and a namespace the name alone, `/name` of other objects without a namespace. */
  readonly key: string
}

/** Kinds of events that name their object otherwise than by the beginning of their own name. */
const OBJECT_OF: Readonly<Record<string, string>> = {
  ClaimLeftPending: 'PersistentVolumeClaim',
  ClaimSyncDue: 'PersistentVolumeClaim',
  ClaimProtectionDue: 'PersistentVolumeClaim',
  VolumeSyncDue: 'PersistentVolume',
  VolumeDeletionDue: 'PersistentVolume',
  VolumeProtectionDue: 'PersistentVolume',
  EndpointSliceSyncDue: 'Service',
  EndpointSliceSyncFailed: 'Service',
}

interface Named {
  readonly objectKind?: string
  readonly object?: unknown
  readonly claim?: unknown
  readonly pod?: string
  readonly node?: string
  readonly namespace?: string
}

/** Looked up for each kind of event once: its name never says two things. */
const objectKinds = new Map<string, string | undefined>()
const objectKindOf = (event: string): string | undefined => {
  if (!objectKinds.has(event)) objectKinds.set(event, OBJECT_OF[event] ?? kindOfEvent(event))
  return objectKinds.get(event)
}

const keyed = (kind: string, key: string): string => `${kind} ${key}`

/** What an event is about, as one text: `Pod shop/web`; undefined if it is about nothing in particular. */
export const subjectKeyOf = (event: SimEvent): string | undefined => {
  const { objectKind, object, claim, pod, node, namespace } = event as Named & SimEvent
  // NodeCreated has its whole manifest there.
  if (typeof object === 'string') {
    const kind = objectKind ?? objectKindOf(event.kind)
    if (kind !== undefined) return keyed(kind, object)
  }
  if (pod !== undefined) return keyed('Pod', pod)
  if (node !== undefined) return keyed('Node', node)
  if (typeof claim === 'string') return keyed('PersistentVolumeClaim', claim)
  return namespace === undefined ? undefined : keyed('Namespace', namespace)
}

export const subjectKey = ({ kind, key }: Subject): string => keyed(kind, key)

export const subjectOf = (text: string): Subject => {
  const space = text.indexOf(' ')
  return { kind: text.slice(0, space), key: text.slice(space + 1) }
}
