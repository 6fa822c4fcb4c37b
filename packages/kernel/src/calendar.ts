import TinyQueue from 'tinyqueue'
import type { Rank, SimEvent } from './event.ts'
import { invariant } from './invariant.ts'

/**
 * The event calendar (future event list): every event notice that has not happened yet.
 *
 * 1. `next()` never goes back in time.
 * 2. Of the notices waiting at one instant, the lowest rank leaves first, then the one added first.
 * 3. A timer key has at most one live notice per owner; adding a later one changes nothing, an earlier one replaces it,
 *    as in Kubernetes' delaying queue.
 *
 *      heap (tinyqueue)     instant                FIFO per rank
 *      ┌──────┐            ┌─────────┐   RELEASE   ○→○
 *      │ 1000 │──────────▶ │ at 1000 │   NORMAL    ○→○→○
 *      │ 1003 │            └─────────┘   DECIDE    ○
 *
 * The heap holds distinct instants, not notices: probes, heartbeats and mass creations share instants, and a list is
 * cheaper than a heap. Cancelled notices stay where they are and are skipped when they surface: most runs cancel little.
 */
export interface Notice {
  readonly at: number
  readonly rank: Rank
  /** The `seq` of the entry that added it; `null` for the scenario. */
  readonly cause: number | null
  /** The component that added it. */
  readonly by: string
  readonly event: SimEvent
  /** The timer key, if it is a timer. */
  readonly key: string | undefined
  /** How many causes back, all within this one instant. */
  readonly depth: number
  live: boolean
  next: Notice | undefined
}

interface Instant {
  readonly at: number
  readonly head: [Notice | undefined, Notice | undefined, Notice | undefined]
  readonly tail: [Notice | undefined, Notice | undefined, Notice | undefined]
}

export interface Calendar {
  /** Notices that will still happen. */
  readonly size: () => number
  readonly add: (
    at: number,
    rank: Rank,
    cause: number | null,
    by: string,
    event: SimEvent,
    depth: number,
    key?: string,
  ) => void
  readonly cancel: (by: string, key: string) => void
  /** Takes the earliest notice. */
  readonly next: () => Notice | undefined
  /** When the earliest notice is due. */
  readonly nextAt: () => number | undefined
  /** Every live notice, in the order in which they would leave if nothing were added. */
  readonly pending: () => readonly Notice[]
}

const byTime = (a: Instant, b: Instant): number => a.at - b.at

export const createCalendar = (): Calendar => {
  // Hot path: a tinyqueue of a million notice objects holds a quarter of a million events a second, this one millions.
  const heap = new TinyQueue<Instant>([], byTime)
  const instants = new Map<number, Instant>()
  const timers = new Map<string, Map<string, Notice>>()
  let now = 0
  let live = 0

  const timersOf = (by: string): Map<string, Notice> => {
    let own = timers.get(by)
    if (own === undefined) {
      own = new Map()
      timers.set(by, own)
    }
    return own
  }

  const add: Calendar['add'] = (at, rank, cause, by, event, depth, key) => {
    invariant(
      at >= now && Number.isSafeInteger(at),
      () => `${event.kind} is added at ${at}ms, but it is already ${now}ms`,
    )
    const notice: Notice = { at, rank, cause, by, event, key, depth, live: true, next: undefined }
    if (key !== undefined) {
      const own = timersOf(by)
      const earlier = own.get(key)
      if (earlier !== undefined) {
        if (earlier.at <= at) return
        earlier.live = false
        live--
      }
      own.set(key, notice)
    }
    let instant = instants.get(at)
    if (instant === undefined) {
      instant = { at, head: [undefined, undefined, undefined], tail: [undefined, undefined, undefined] }
      instants.set(at, instant)
      heap.push(instant)
    }
    const last = instant.tail[rank]
    if (last === undefined) instant.head[rank] = notice
    else last.next = notice
    instant.tail[rank] = notice
    live++
  }

  const cancel: Calendar['cancel'] = (by, key) => {
    const own = timers.get(by)
    const notice = own?.get(key)
    if (notice === undefined) return
    notice.live = false
    live--
    own!.delete(key)
  }

  /** The instant of the earliest live notice, with dead ones before it dropped. */
  const earliest = (): Instant | undefined => {
    for (let instant = heap.peek(); instant !== undefined; instant = heap.peek()) {
      for (let rank = 0; rank < 3; rank++) {
        let notice = instant.head[rank]
        while (notice !== undefined && !notice.live) notice = notice.next
        instant.head[rank] = notice
        if (notice === undefined) instant.tail[rank] = undefined
        else return instant
      }
      heap.pop()
      instants.delete(instant.at)
    }
    return undefined
  }

  const next: Calendar['next'] = () => {
    const instant = earliest()
    if (instant === undefined) return undefined
    const rank = instant.head[0] !== undefined ? 0 : instant.head[1] !== undefined ? 1 : 2
    const notice = instant.head[rank]!
    instant.head[rank] = notice.next
    if (notice.next === undefined) instant.tail[rank] = undefined
    notice.next = undefined
    notice.live = false
    if (notice.key !== undefined) timers.get(notice.by)!.delete(notice.key)
    live--
    now = instant.at
    return notice
  }

  const pending: Calendar['pending'] = () => {
    const all: Notice[] = []
    for (const instant of [...instants.values()].sort(byTime)) {
      for (let rank = 0; rank < 3; rank++) {
        for (let notice = instant.head[rank]; notice !== undefined; notice = notice.next) {
          if (notice.live) all.push(notice)
        }
      }
    }
    return all
  }

  return { size: () => live, add, cancel, next, nextAt: () => earliest()?.at, pending }
}
