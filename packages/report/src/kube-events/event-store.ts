import type { KubeEvent } from './kube-event.ts'

/** The name of an Event: its object, and when it was first recorded, in nanoseconds and hexadecimal. */
export interface EventName {
  readonly object: string
  /** Milliseconds of the run. */
  readonly at: number
  /** Tells Events of one instant apart. */
  readonly ordinal: number
}

/** An Event as it is stored: with the parts of its name in place of the name. */
export interface StoredEvent extends Omit<KubeEvent, 'name' | 'labels'> {
  readonly eventName: EventName
}

/** Events as the API server has them: each for so long after it was last written. */
export interface EventStore {
  readonly put: (event: StoredEvent, at: number) => void
  /** What there is at a time, in no particular order. */
  readonly list: (at: number) => readonly StoredEvent[]
}

const keyOf = ({ namespace, eventName: { object, at, ordinal } }: StoredEvent): string =>
  `${namespace}/${object} ${at} ${ordinal}`

export const createEventStore = (ttl: number): EventStore => {
  /** In the order of the last write. */
  const events = new Map<string, { readonly event: StoredEvent; readonly writtenAt: number }>()
  return {
    put: (event, at) => {
      for (const [key, { writtenAt }] of events) {
        if (writtenAt + ttl > at) break
        events.delete(key)
      }
      const key = keyOf(event)
      const old = events.get(key)
      events.delete(key)
      events.set(key, {
        event: old === undefined ? event : { ...event, createdAt: old.event.createdAt },
        writtenAt: at,
      })
    },
    list: (at) => {
      const listed: StoredEvent[] = []
      for (const { event, writtenAt } of events.values()) if (writtenAt + ttl > at) listed.push(event)
      return listed
    },
  }
}
