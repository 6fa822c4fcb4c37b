import { nameOf, namespaceOf } from '@wavetank/cluster'
import { CATALOG } from '@wavetank/cluster/api'
import type { SimEvent } from '@wavetank/kernel'

/** What an entry is about. */
export interface Subject {
  readonly kind: string | null
  readonly namespace: string | null
  readonly name: string | null
}

interface Named {
  readonly kind: string
  readonly pod?: unknown
  readonly object?: unknown
  readonly objectKind?: unknown
  readonly node?: unknown
  readonly namespace?: unknown
}

/** Longest first: a ReplicaSet’s events are no Replica’s. */
const KINDS = CATALOG.map(({ kind }) => kind).sort((a, b) => b.length - a.length || (a < b ? -1 : 1))

/** The kind of object that a kind of event is about, by how its name begins. */
const kindsOfEvents = new Map<string, string | null>()
const kindOf = (event: string): string | null => {
  let kind = kindsOfEvents.get(event)
  if (kind === undefined) {
    kind = KINDS.find((one) => event.startsWith(one)) ?? null
    kindsOfEvents.set(event, kind)
  }
  return kind
}

const NOTHING: Subject = { kind: null, namespace: null, name: null }

const at = (kind: string | null, key: string): Subject => ({ kind, namespace: namespaceOf(key), name: nameOf(key) })

/** The object that an event is about: its pod, else its object, its node, its namespace. */
export const subjectOf = (event: SimEvent): Subject => {
  const { kind, pod, object, objectKind, node, namespace } = event as Named
  if (typeof pod === 'string' && pod !== '') return at('Pod', pod)
  if (typeof object === 'string') return at(typeof objectKind === 'string' ? objectKind : kindOf(kind), object)
  if (typeof node === 'string') return { kind: 'Node', namespace: null, name: node }
  if (typeof namespace === 'string') return { kind: 'Namespace', namespace: null, name: namespace }
  return NOTHING
}
