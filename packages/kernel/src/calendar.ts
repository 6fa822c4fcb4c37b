import TinyQueue from 'tinyqueue'
import type { Rank, SimEvent } from './event.ts'
import { invariant } from './invariant.ts'

/**
 * The event calendar (future event list): every event notice that has not happened yet.
 *
 * 1. `next()` never goes back in time.
 * 2. Of the notices waiting at one instant, the lowest rank leaves first, then the one added first: (at, rank, ticket).
 * 3. A timer key has at most one live notice per owner; adding a later one changes nothing, an earlier one replaces it,
 *    as in Kubernetes' delaying queue.
 *
 *      heap (tinyqueue)            the instant under way
 *      ┌──────────┐                RELEASE  ○→○
 *      │ at 1000  │○→○→○→○   ──▶   NORMAL   ○→○→○
 *      │ at 1003  │○               DECIDE   ○
 *      └──────────┘
 *
 * The heap holds instants, not notices: the first notice of an instant stands for it, and those that come later hang
 * behind it in the order of adding. When its time has come the chain is dealt out by rank. Probes, heartbeats and mass
 * creations share instants, and a list is cheaper than a heap; where instants are not shared, this is a heap of notices.
 *
 * Cancelled notices stay where they are and are skipped when they surface: most runs cancel little.
 */
export interface Notice {
  readonly at: number
  readonly rank: Rank
  /** Counts notices in the order of adding. */
  readonly ticket: number
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
  /** The notice behind it: of the same instant, and once dealt out also of the same rank. */
  next: Notice | undefined
  /** Of the first notice of an instant: the last one. */
  last: Notice | undefined
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
  /** Drops what the owner has added, as far as `which` says so. Goes through all notices. */
  readonly drop: (by: string, which: (notice: Notice) => boolean) => void
  /** Takes the earliest notice. It is the caller's until the next call, which may use the object again. */
  readonly next: () => Notice | undefined
  /** When the earliest notice is due. */
  readonly nextAt: () => number | undefined
  /** Every live notice, in the order in which they would leave if nothing were added. */
  readonly pending: () => readonly Notice[]
}

type Slot = { -readonly [K in keyof Notice]: Notice[K] } & { next: Slot | undefined; last: Slot | undefined }

const NOTHING: SimEvent = { kind: '' }

const byInstant = (a: Notice, b: Notice): number => a.at - b.at || a.ticket - b.ticket
const byOrder = (a: Notice, b: Notice): number => a.at - b.at || a.rank - b.rank || a.ticket - b.ticket

/** Instants that can be found by their time; a power of two. */
const KNOWN_INSTANTS = 16_384

type Lists = [Slot | undefined, Slot | undefined, Slot | undefined]

/** @param start the instant under way: nothing is added before it */
export const createCalendar = (start = 0): Calendar => {
  // Hot path: see bench/calendar.ts for what a heap of notices costs instead.
  const heap = new TinyQueue<Slot>([], byInstant)
  // The latest instant of each slot. One that lost its slot to another stays in the heap; a second one of the same time
  // then holds only later tickets, so that dealing out both in turn keeps the order.
  const known: (Slot | undefined)[] = new Array<Slot | undefined>(KNOWN_INSTANTS).fill(undefined)
  const timers = new Map<string, Map<string, Slot>>()
  const head: Lists = [undefined, undefined, undefined]
  const tail: Lists = [undefined, undefined, undefined]
  let now = start
  let tickets = 0
  let live = 0
  /** Notices dealt out, dead ones too. */
  let dealt = 0

  const timersOf = (by: string): Map<string, Slot> => {
    let own = timers.get(by)
    if (own === undefined) {
      own = new Map()
      timers.set(by, own)
    }
    return own
  }

  /** Objects that are free, chained by `next`: what is made and dropped a million times a second is made once. */
  let free: Slot | undefined
  let given: Slot | undefined

  const slot = (): Slot => {
    const spare = free
    if (spare === undefined) {
      return {
        at: 0,
        rank: 0,
        ticket: 0,
        cause: null,
        by: '',
        event: NOTHING,
        key: undefined,
        depth: 0,
        live: false,
        next: undefined,
        last: undefined,
      }
    }
    free = spare.next
    spare.next = undefined
    return spare
  }

  const recycle = (notice: Slot): void => {
    notice.event = NOTHING
    notice.live = false
    notice.last = undefined
    notice.next = free
    free = notice
  }

  /** Behind what waits at the instant under way with the same rank. */
  const deal = (notice: Slot): void => {
    const { rank } = notice
    dealt++
    const behind = tail[rank]
    if (behind === undefined) head[rank] = notice
    else behind.next = notice
    tail[rank] = notice
  }

  const add: Calendar['add'] = (at, rank, cause, by, event, depth, key) => {
    invariant(
      at >= now && Number.isSafeInteger(at),
      () => `${event.kind} is added at ${at}ms, but it is already ${now}ms`,
    )
    const ticket = tickets++
    const notice = slot()
    notice.at = at
    notice.rank = rank
    notice.ticket = ticket
    notice.cause = cause
    notice.by = by
    notice.event = event
    notice.key = key
    notice.depth = depth
    notice.live = true
    if (key !== undefined) {
      const own = timersOf(by)
      const earlier = own.get(key)
      if (earlier !== undefined) {
        if (earlier.at <= at) {
          recycle(notice)
          return
        }
        earlier.live = false
        live--
      }
      own.set(key, notice)
    }
    live++
    if (at === now) {
      deal(notice)
      return
    }
    const place = at & (KNOWN_INSTANTS - 1)
    const first = known[place]
    if (first !== undefined && first.at === at) {
      first.last!.next = notice
      first.last = notice
      return
    }
    notice.last = notice
    known[place] = notice
    heap.push(notice)
  }

  const cancel: Calendar['cancel'] = (by, key) => {
    const own = timers.get(by)
    const notice = own?.get(key)
    if (notice === undefined) return
    notice.live = false
    live--
    own!.delete(key)
  }

  const drop: Calendar['drop'] = (by, which) => {
    const own = timers.get(by)
    for (const first of [...head, ...heap.data]) {
      for (let notice = first; notice !== undefined; notice = notice.next) {
        if (!notice.live || notice.by !== by || !which(notice)) continue
        notice.live = false
        live--
        if (notice.key !== undefined) own!.delete(notice.key)
      }
    }
  }

  const forget = (first: Slot): void => {
    const place = first.at & (KNOWN_INSTANTS - 1)
    if (known[place] === first) known[place] = undefined
  }

  /** The rank of the first live notice of the instant under way; 3 if there is none. */
  const rankUnderWay = (): number => {
    if (dealt === 0) return 3
    for (let rank = 0; rank < 3; rank++) {
      let notice = head[rank]
      while (notice !== undefined && !notice.live) {
        const dead = notice
        notice = notice.next
        dealt--
        recycle(dead)
      }
      head[rank] = notice
      if (notice !== undefined) return rank
      tail[rank] = undefined
    }
    return 3
  }

  /** The earliest instant in the heap in which something will still happen. */
  const upcoming = (): Slot | undefined => {
    for (let first = heap.peek(); first !== undefined; first = heap.peek()) {
      for (let notice: Slot | undefined = first; notice !== undefined; notice = notice.next) {
        if (notice.live) return first
      }
      forget(first)
      heap.pop()
      let dead: Slot | undefined = first
      while (dead !== undefined) {
        const following: Slot | undefined = dead.next
        recycle(dead)
        dead = following
      }
    }
    return undefined
  }

  const dealOut = (at: number): void => {
    now = at
    for (let first = heap.peek(); first !== undefined && first.at === at; first = heap.peek()) {
      heap.pop()
      forget(first)
      first.last = undefined
      let notice: Slot | undefined = first
      while (notice !== undefined) {
        const following: Slot | undefined = notice.next
        notice.next = undefined
        if (notice.live) deal(notice)
        else recycle(notice)
        notice = following
      }
    }
  }

  const taken = (notice: Slot): Slot => {
    given = notice
    notice.live = false
    if (notice.key !== undefined) timers.get(notice.by)!.delete(notice.key)
    live--
    return notice
  }

  const next: Calendar['next'] = () => {
    if (given !== undefined) recycle(given)
    given = undefined
    let rank = rankUnderWay()
    if (rank === 3) {
      const first = upcoming()
      if (first === undefined) return undefined
      if (first.next === undefined) {
        // Alone at its instant, as most are where instants are not shared: nothing to deal out.
        forget(first)
        heap.pop()
        now = first.at
        first.last = undefined
        if (heap.peek()?.at !== now) return taken(first)
        deal(first)
      }
      dealOut(first.at)
      rank = rankUnderWay()
    }
    const notice = head[rank]!
    head[rank] = notice.next
    if (notice.next === undefined) tail[rank] = undefined
    notice.next = undefined
    dealt--
    return taken(notice)
  }

  const pending: Calendar['pending'] = () => {
    const all: Notice[] = []
    for (const first of [...head, ...heap.data]) {
      for (let notice = first; notice !== undefined; notice = notice.next) if (notice.live) all.push(notice)
    }
    return all.sort(byOrder)
  }

  return {
    size: () => live,
    add,
    cancel,
    drop,
    next,
    nextAt: () => (rankUnderWay() < 3 ? now : upcoming()?.at),
    pending,
  }
}
