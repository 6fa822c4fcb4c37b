import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCalendar, type Notice } from './calendar.ts'
import type { Rank } from './event.ts'

interface Waiting {
  readonly at: number
  readonly rank: Rank
  readonly ticket: number
  readonly name: string
  readonly owner: string
  readonly key: string | undefined
}

/** The calendar as one would write it down: an array, sorted whenever it is looked at. */
const createModel = () => {
  let now = 0
  let tickets = 0
  let waiting: readonly Waiting[] = []
  const inOrder = () => [...waiting].sort((a, b) => a.at - b.at || a.rank - b.rank || a.ticket - b.ticket)
  const timerOf = (owner: string, key: string | undefined) =>
    key === undefined ? undefined : waiting.find((notice) => notice.owner === owner && notice.key === key)
  return {
    now: () => now,
    add: (delay: number, rank: Rank, name: string, owner: string, key: string | undefined) => {
      const ticket = tickets++
      const earlier = timerOf(owner, key)
      if (earlier !== undefined && earlier.at <= now + delay) return
      waiting = [...waiting.filter((notice) => notice !== earlier), { at: now + delay, rank, ticket, name, owner, key }]
    },
    cancel: (owner: string, key: string) => {
      const timer = timerOf(owner, key)
      waiting = waiting.filter((notice) => notice !== timer)
    },
    drop: (owner: string, rank: Rank) => {
      waiting = waiting.filter((notice) => notice.owner !== owner || notice.rank !== rank)
    },
    next: () => {
      const [first, ...rest] = inOrder()
      if (first !== undefined) now = first.at
      waiting = rest
      return first
    },
    pending: inOrder,
  }
}

type Model = ReturnType<typeof createModel>
interface Real {
  readonly calendar: ReturnType<typeof createCalendar>
}

const shown = (notice: Notice | Waiting | undefined) =>
  notice === undefined
    ? undefined
    : [notice.at, notice.rank, notice.ticket, 'event' in notice ? notice.event.kind : notice.name, notice.key]

class Add implements fc.Command<Model, Real> {
  readonly delay: number
  readonly rank: Rank
  readonly owner: string
  readonly key: string | undefined
  constructor(delay: number, rank: Rank, owner: string, key: string | undefined) {
    this.delay = delay
    this.rank = rank
    this.owner = owner
    this.key = key
  }
  check() {
    return true
  }
  run(model: Model, { calendar }: Real) {
    const name = `${this.owner}+${this.delay}`
    calendar.add(model.now() + this.delay, this.rank, null, this.owner, { kind: name }, 0, this.key)
    model.add(this.delay, this.rank, name, this.owner, this.key)
    expect(calendar.size()).toBe(model.pending().length)
  }
  toString() {
    return `add(+${this.delay}, rank ${this.rank}, ${this.owner}, ${this.key})`
  }
}

class Cancel implements fc.Command<Model, Real> {
  readonly owner: string
  readonly key: string
  constructor(owner: string, key: string) {
    this.owner = owner
    this.key = key
  }
  check() {
    return true
  }
  run(model: Model, { calendar }: Real) {
    calendar.cancel(this.owner, this.key)
    model.cancel(this.owner, this.key)
    expect(calendar.size()).toBe(model.pending().length)
  }
  toString() {
    return `cancel(${this.owner}, ${this.key})`
  }
}

class Drop implements fc.Command<Model, Real> {
  readonly owner: string
  readonly rank: Rank
  constructor(owner: string, rank: Rank) {
    this.owner = owner
    this.rank = rank
  }
  check() {
    return true
  }
  run(model: Model, { calendar }: Real) {
    calendar.drop(this.owner, (notice) => notice.rank === this.rank)
    model.drop(this.owner, this.rank)
    expect(calendar.size()).toBe(model.pending().length)
  }
  toString() {
    return `drop(${this.owner}, rank ${this.rank})`
  }
}

class Next implements fc.Command<Model, Real> {
  check() {
    return true
  }
  run(model: Model, { calendar }: Real) {
    expect(calendar.nextAt()).toBe(model.pending()[0]?.at)
    expect(shown(calendar.next())).toEqual(shown(model.next()))
  }
  toString() {
    return 'next()'
  }
}

class Pending implements fc.Command<Model, Real> {
  check() {
    return true
  }
  run(model: Model, { calendar }: Real) {
    expect(calendar.pending().map(shown)).toEqual(model.pending().map(shown))
  }
  toString() {
    return 'pending()'
  }
}

const rank = fc.constantFrom<Rank>(0, 1, 2)
const owner = fc.constantFrom('kubelet', 'scheduler')
const key = fc.constantFrom('a', 'b')
/** Few instants, so that they are shared; some a multiple of the calendar's table apart, so that they share a place in it. */
const delay = fc.oneof(
  fc.nat({ max: 4 }),
  fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 2 })).map(([tables, rest]) => tables * 16_384 + rest),
)
const commands = [
  fc.tuple(delay, rank, owner).map(([after, ...rest]) => new Add(after, ...rest, undefined)),
  fc.tuple(delay, rank, owner, key).map((parts) => new Add(...parts)),
  fc.tuple(owner, key).map((parts) => new Cancel(...parts)),
  fc.tuple(owner, rank).map((parts) => new Drop(...parts)),
  fc.constant(new Next()),
  fc.constant(new Next()),
  fc.constant(new Pending()),
]

it('does what a sorted array does, whatever is asked of it', () => {
  fc.assert(
    fc.property(fc.commands(commands, { size: 'large', maxCommands: 200 }), (script) => {
      fc.modelRun(() => ({ model: createModel(), real: { calendar: createCalendar() } }), script)
    }),
    { numRuns: 500 },
  )
})

const add = (calendar: ReturnType<typeof createCalendar>, at: number, kind: string, ofRank: Rank = 1, timer?: string) =>
  calendar.add(at, ofRank, null, 'test', { kind }, 0, timer)

const drain = (calendar: ReturnType<typeof createCalendar>): readonly string[] => {
  const kinds: string[] = []
  for (let notice = calendar.next(); notice !== undefined; notice = calendar.next()) {
    kinds.push(`${notice.at} ${notice.event.kind}`)
  }
  return kinds
}

describe('the order', () => {
  it('is by time, then rank, then who came first', () => {
    const calendar = createCalendar()
    add(calendar, 2, 'late')
    add(calendar, 1, 'look', 2)
    add(calendar, 1, 'first')
    add(calendar, 1, 'end', 0)
    add(calendar, 1, 'second')
    expect(drain(calendar)).toEqual(['1 end', '1 first', '1 second', '1 look', '2 late'])
  })
  it('lets what is added at the instant under way go before what waits there with a higher rank', () => {
    const calendar = createCalendar()
    add(calendar, 1, 'first')
    add(calendar, 1, 'look', 2)
    calendar.next()
    add(calendar, 1, 'end', 0)
    add(calendar, 1, 'second')
    expect(drain(calendar)).toEqual(['1 end', '1 second', '1 look'])
  })
  it('is never back in time', () => {
    const calendar = createCalendar()
    add(calendar, 5, 'first')
    calendar.next()
    expect(() => add(calendar, 4, 'past')).toThrow('past is added at 4ms, but it is already 5ms')
    expect(() => add(calendar, 5.5, 'between')).toThrow('between is added at 5.5ms')
    expect(() => add(calendar, Number.NaN, 'never')).toThrow('never is added at NaNms')
  })
})

describe('a timer', () => {
  it('stays with the earlier deadline', () => {
    const calendar = createCalendar()
    add(calendar, 5, 'first', 1, 'k')
    add(calendar, 9, 'later', 1, 'k')
    expect(calendar.size()).toBe(1)
    add(calendar, 3, 'earlier', 1, 'k')
    expect(calendar.size()).toBe(1)
    expect(drain(calendar)).toEqual(['3 earlier'])
  })
  it('can be set anew once it has happened or was cancelled', () => {
    const calendar = createCalendar()
    add(calendar, 1, 'once', 1, 'k')
    calendar.next()
    add(calendar, 9, 'again', 1, 'k')
    calendar.cancel('test', 'k')
    add(calendar, 12, 'at last', 1, 'k')
    expect(drain(calendar)).toEqual(['12 at last'])
  })
  it('belongs to one owner', () => {
    const calendar = createCalendar()
    add(calendar, 1, 'mine', 1, 'k')
    calendar.add(2, 1, null, 'other', { kind: 'theirs' }, 0, 'k')
    calendar.cancel('other', 'k')
    calendar.cancel('nobody', 'k')
    expect(drain(calendar)).toEqual(['1 mine'])
  })
})

it('is empty when everything was cancelled', () => {
  const calendar = createCalendar()
  add(calendar, 1, 'a', 1, 'a')
  add(calendar, 1, 'b', 1, 'b')
  calendar.cancel('test', 'a')
  calendar.cancel('test', 'b')
  expect([calendar.size(), calendar.nextAt(), calendar.next(), calendar.pending()]).toEqual([
    0,
    undefined,
    undefined,
    [],
  ])
})
