import { createCalendar, NORMAL } from '@wavetank/kernel'
import TinyQueue from 'tinyqueue'
import { type Bench, timed } from './bench.ts'

/**
 * The hold model (Jones 1986): with `pending` notices waiting, take the earliest and add one at a later time, again and
 * again. Times are shared by many notices (a cluster’s probes and heartbeats) or all different.
 */
interface Plain {
  readonly at: number
  readonly rank: number
  readonly ticket: number
  readonly cause: number | null
  readonly by: string
  readonly event: { readonly kind: string }
}

/** A generator of its own, so that the calendar is measured and not the random source: a 32-bit xorshift. */
const createXorshift = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

const spanOf = (shared: boolean): (() => number) => {
  const next = createXorshift(2463534242)
  // Shared: whole seconds up to ten; distinct: any of a billion milliseconds.
  return shared ? () => ((next() % 10) + 1) * 1_000 : () => (next() % 1_000_000_000) + 1
}

/** Fills the calendar; what is returned does the holding. */
const holdInstants = (pending: number, holds: number, shared: boolean): (() => number) => {
  const calendar = createCalendar()
  const event = { kind: 'Tick' }
  const span = spanOf(shared)
  for (let i = 0; i < pending; i++) calendar.add(span(), NORMAL, null, 'bench', event, 0)
  return () => {
    let checksum = 0
    for (let i = 0; i < holds; i++) {
      const notice = calendar.next()!
      checksum = (checksum * 31 + notice.at) % 4294967291
      calendar.add(notice.at + span(), NORMAL, null, 'bench', event, 0)
    }
    return checksum
  }
}

/** What a calendar without instants would be: a heap of notices. */
const holdNotices = (pending: number, holds: number, shared: boolean): (() => number) => {
  const heap = new TinyQueue<Plain>([], (a, b) => a.at - b.at || a.rank - b.rank || a.ticket - b.ticket)
  const event = { kind: 'Tick' }
  const plain = (at: number): Plain => ({ at, rank: NORMAL, ticket: ticket++, cause: null, by: 'bench', event })
  const span = spanOf(shared)
  let ticket = 0
  for (let i = 0; i < pending; i++) heap.push(plain(span()))
  return () => {
    let checksum = 0
    for (let i = 0; i < holds; i++) {
      const notice = heap.pop()!
      checksum = (checksum * 31 + notice.at) % 4294967291
      heap.push(plain(notice.at + span()))
    }
    return checksum
  }
}

export const calendarBench: Bench = {
  name: 'calendar',
  doc: 'Hold operations a second of the event calendar, beside a plain tinyqueue of notices.',
  run: (scale) => {
    const sizes = scale === 'small' ? [1_000] : [1_000, 100_000, 1_000_000]
    const holds = scale === 'small' ? 20_000 : 2_000_000
    return sizes.flatMap((pending) =>
      [true, false].flatMap((shared) => {
        const instants = timed(holdInstants(pending, holds, shared))
        const notices = timed(holdNotices(pending, holds, shared))
        if (instants.result !== notices.result) throw new Error('the two calendars disagree about the order')
        return [
          {
            case: `${pending} pending, ${shared ? 'shared instants' : 'distinct instants'}`,
            work: `${holds} holds, checksum ${instants.result}`,
            rate: `${Math.round(holds / instants.seconds)} holds/s (plain heap ${Math.round(holds / notices.seconds)})`,
          },
        ]
      }),
    )
  },
}
