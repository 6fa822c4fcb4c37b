import type { EventName, StoredEvent } from '../kube-events/event-store.ts'

/** An Event of the run, or the rest of those like it. */
export interface ListedEvent {
  readonly firstAt: number
  lastAt: number
  count: number
  readonly type: StoredEvent['type']
  readonly reason: string
  /** `Pod/shop/web-x2k4q`; of a rest, what the Events are about together. */
  readonly object: string
  message: string
  /** How many Events this line stands for, beyond those that have one of their own; 0 for an Event itself. */
  readonly rest: number
}

/** Every Event that was ever written, or as many of each sort as there is room for, and how many more there were. */
export interface KubeEventList {
  readonly written: (event: StoredEvent, at: number) => void
  /** By the time at which they were first seen. */
  readonly list: () => readonly ListedEvent[]
  /** Events that have no line of their own. */
  readonly left: () => number
}

/** Events of one type and reason, about objects that belong together. */
interface Group {
  readonly type: StoredEvent['type']
  readonly reason: string
  readonly about: string
  readonly kept: { readonly key: EventName; readonly row: ListedEvent }[]
  left: number
  leftFrom: number
  leftTo: number
  leftMessage: string
}

const ROWS_MAX = 20_000
const PER_GROUP_MAX = 4_096

const objectOf = ({ involvedObject: { kind, namespace, name } }: StoredEvent): string =>
  namespace === '' ? `${kind}/${name}` : `${kind}/${namespace}/${name}`

/** @param aboutOf what an object belongs to, as text: objects with the same text are of one sort */
export const createKubeEventList = (
  aboutOf: (object: StoredEvent['involvedObject']) => string,
  rowsMax = ROWS_MAX,
): KubeEventList => {
  const groups: Group[] = []
  /** By what they are about, then by reason. */
  const index = new Map<string, Map<string, Group>>()
  /** Recorders keep the name of an Event for as long as they write it anew. */
  const rows = new Map<EventName, ListedEvent>()
  let perGroup = PER_GROUP_MAX
  let left = 0

  const leave = (group: Group, from: number, to: number, message: string): void => {
    if (group.left === 0 || from < group.leftFrom) {
      group.leftFrom = from
      group.leftMessage = message
    }
    group.leftTo = Math.max(group.leftTo, to)
    group.left++
    left++
  }

  const makeRoom = (): void => {
    while (rows.size > rowsMax && perGroup > 1) {
      perGroup >>= 1
      for (const group of groups) {
        while (group.kept.length > perGroup) {
          const { key, row } = group.kept.pop()!
          rows.delete(key)
          leave(group, row.firstAt, row.lastAt, row.message)
        }
      }
    }
  }

  const groupOf = (event: StoredEvent): Group => {
    const { type, reason, involvedObject } = event
    const about = aboutOf(involvedObject)
    let reasons = index.get(about)
    if (reasons === undefined) {
      reasons = new Map()
      index.set(about, reasons)
    }
    const key = type === 'Warning' ? `!${reason}` : reason
    let group = reasons.get(key)
    if (group === undefined) {
      group = { type, reason, about, kept: [], left: 0, leftFrom: 0, leftTo: 0, leftMessage: '' }
      reasons.set(key, group)
      groups.push(group)
    }
    return group
  }

  return {
    written: (event, at) => {
      const count = event.series?.count ?? event.count ?? 1
      const lastAt = event.series?.lastObservedAt ?? event.lastAt ?? at
      const key = event.eventName
      const known = rows.get(key)
      if (known !== undefined) {
        known.lastAt = lastAt
        known.count = count
        known.message = event.message
        return
      }
      const group = groupOf(event)
      const firstAt = event.firstAt ?? event.eventAt ?? at
      if (group.kept.length >= perGroup) {
        // One that is counted already is only written once more.
        if (count === 1) leave(group, firstAt, lastAt, event.message)
        else group.leftTo = Math.max(group.leftTo, lastAt)
        return
      }
      const { type, reason, message } = event
      const row = { firstAt, lastAt, count, type, reason, object: objectOf(event), message, rest: 0 }
      rows.set(key, row)
      group.kept.push({ key, row })
      makeRoom()
    },
    list: () => {
      const rests = groups.flatMap((group): readonly ListedEvent[] => {
        const { type, reason, about, left: rest, leftFrom: firstAt, leftTo: lastAt, leftMessage: message } = group
        return rest === 0 ? [] : [{ firstAt, lastAt, count: rest, type, reason, object: about, message, rest }]
      })
      return [...rows.values(), ...rests].sort((a, b) => a.firstAt - b.firstAt)
    },
    left: () => left,
  }
}
