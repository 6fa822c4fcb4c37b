import * as fc from 'fast-check'
import * as t from 'io-ts'
import { describe, expect, it } from 'vitest'
import { after, type BoundController, type Controller, cancel, emit, type Model, QUIET, timer } from './controller.ts'
import { copyOf } from './copy.ts'
import { createDraw } from './draw.ts'
import { DECIDE, defineEvent, type Entry, RELEASE, type SimEvent } from './event.ts'
import {
  ControllersPaused,
  ControllersResumed,
  ControllersStarted,
  ControllersStopped,
  processEvents,
} from './process.ts'
import { replay } from './replay.ts'
import { createRun, type RunEnd, type RunOptions, type RunSnapshot } from './run.ts'

/** A ball that is thrown and thrown back. */
const Thrown = defineEvent('Thrown', { doc: 'The ball flies.', data: { ball: t.string, height: t.number } })
const Landed = defineEvent('Landed', { doc: 'The ball lies.', rank: RELEASE, data: { ball: t.string } })
const ThrowDue = defineEvent('ThrowDue', { doc: 'Somebody may throw.', rank: DECIDE, data: { ball: t.string } })
const Counted = defineEvent('Counted', { doc: 'An observer has counted.', data: { entries: t.number } })
const catalogue = new Map(
  [Thrown, Landed, ThrowDue, Counted, ...processEvents].map((definition) => [definition.kind, definition]),
)

const ballOf = ({ event }: { readonly event: SimEvent }): string => (event as SimEvent & { readonly ball: string }).ball

interface Field {
  readonly flying: Map<string, number>
  throws: number
  landings: number
}
const createField = (view: Field = { flying: new Map(), throws: 0, landings: 0 }): Model<Field> => {
  return {
    view,
    apply: ({ at, event }) => {
      if (event.kind === 'Thrown') {
        view.flying.set(ballOf({ event }), at)
        view.throws++
      }
      if (event.kind === 'Landed') {
        view.flying.delete(ballOf({ event }))
        view.landings++
      }
    },
  }
}

const gravity: Controller<Field> = {
  name: 'gravity',
  doc: 'What is thrown lands.',
  on: { Thrown: (_, { event }) => [after(event.height * 10, Landed({ ball: event.ball }))] },
}
const player: Controller<Field, { last: string }> = {
  name: 'player',
  doc: 'Throws what has landed, a draw later.',
  own: {
    initial: () => ({ last: '' }),
    apply: {
      Landed: (own, entry: Entry<never>) => {
        own.last = ballOf(entry)
      },
    },
  },
  on: {
    Landed: ({ draw, view }, { seq, event }) =>
      view.throws > 50
        ? QUIET
        : [timer(event.ball, Math.floor(draw('wait', `${seq}`) * 20), ThrowDue({ ball: event.ball }))],
    ThrowDue: ({ draw }, { seq, event }) => [
      emit(Thrown({ ball: event.ball, height: 1 + Math.floor(draw('height', `${seq}`) * 5) })),
    ],
  },
}
// biome-ignore lint/suspicious/noExplicitAny: a run holds controllers of every memory.
const bound = (...controllers: readonly Controller<Field, any>[]): readonly BoundController<Field>[] =>
  controllers.map((controller) => ({ controller, config: {} }))

const runOf = (options: Partial<RunOptions<Field>> = {}) => {
  const entries: Entry[] = []
  const model = createField()
  const run = createRun<Field>({
    model,
    controllers: bound(gravity, player),
    catalogue,
    draw: createDraw(1),
    initial: [{ at: 0, by: 'referee', event: Thrown({ ball: 'a', height: 3 }) }],
    append: (entry) => {
      entries.push(entry)
    },
    ...options,
  })
  const toEnd = (): RunEnd => {
    for (;;) {
      const end = run.advance(7)
      if (end !== undefined) return end
    }
  }
  return { run, entries, model, toEnd }
}
const told = (entries: readonly Entry[]) => entries.map(({ at, event, cause }) => `${at} ${event.kind} ← ${cause}`)

describe('entries', () => {
  const games = fc.array(
    fc.record({ at: fc.nat({ max: 50 }), height: fc.nat({ max: 4 }), ball: fc.constantFrom('a', 'b', 'c') }),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  const play = (
    game: readonly { readonly at: number; readonly height: number; readonly ball: string }[],
    seed: number,
  ) => {
    const initial = game.map(({ at, ...data }) => ({ at, by: 'referee', event: Thrown(data) }))
    const played = runOf({ initial, draw: createDraw(seed) })
    return { ...played, end: played.toEnd() }
  }
  it('are in the order of time and number, and causes come before what they cause', () => {
    fc.assert(
      fc.property(games, fc.integer(), (game, seed) => {
        const { entries, end } = play(game, seed)
        expect(end).toMatchObject({ reason: 'quiet', entries: entries.length })
        for (const [index, entry] of entries.entries()) {
          expect(entry.seq).toBe(index)
          expect(entry.at).toBeGreaterThanOrEqual(entries[index - 1]?.at ?? 0)
          if (entry.cause === null) expect(entry.by).toBe('referee')
          else {
            expect(entry.cause).toBeLessThan(entry.seq)
            expect(entries[entry.cause]!.at).toBeLessThanOrEqual(entry.at)
          }
        }
      }),
      { numRuns: 200 },
    )
  })
  it('are the same for the same seed, and fold to the same state again', () => {
    fc.assert(
      fc.property(games, fc.integer(), (game, seed) => {
        const { entries, run, model } = play(game, seed)
        expect(play(game, seed).entries).toEqual(entries)
        const again = createField()
        const slices = replay(entries, again, bound(gravity, player))
        expect(again.view).toEqual(model.view)
        expect(slices).toEqual(run.slices)
      }),
      { numRuns: 200 },
    )
  })
  it('at one instant go by rank, and then by who came first', () => {
    const initial = [
      { at: 5, by: 'referee', event: ThrowDue({ ball: 'late' }) },
      { at: 5, by: 'referee', event: Thrown({ ball: 'b', height: 1 }) },
      { at: 5, by: 'referee', event: Landed({ ball: 'x' }) },
      { at: 5, by: 'referee', event: Thrown({ ball: 'c', height: 1 }) },
    ]
    const { entries, toEnd } = runOf({ initial, controllers: [] })
    toEnd()
    expect(told(entries)).toEqual(['5 Landed ← null', '5 Thrown ← null', '5 Thrown ← null', '5 ThrowDue ← null'])
  })
  it('of one reaction happen in the order in which it gave them, whatever their rank', () => {
    const juggler: Controller<Field> = {
      name: 'juggler',
      doc: 'Throws a ball and lets it fall at once.',
      on: {
        ThrowDue: (_, { event }) => [emit(Thrown({ ball: event.ball, height: 1 })), emit(Landed({ ball: event.ball }))],
      },
    }
    const { run, entries } = runOf({
      controllers: bound(juggler),
      initial: [{ at: 0, by: 'test', event: ThrowDue({ ball: 'red' }) }],
    })
    run.advance(10)
    expect(entries.map(({ event }) => event.kind)).toEqual(['ThrowDue', 'Thrown', 'Landed'])
  })

  it('are appended before they are applied, so that a broken rule leaves its culprit last', () => {
    const model: Model<Field> = {
      ...createField(),
      apply: () => {
        throw new Error('broken')
      },
    }
    const { run, entries } = runOf({ model })
    expect(() => run.advance(1)).toThrow('broken')
    expect(told(entries)).toEqual(['0 Thrown ← null'])
  })
  it('are applied before anyone reacts to them, and reacted to in the order of the registry', () => {
    const seen: string[] = []
    const watcher = (name: string): Controller<Field> => ({
      name,
      doc: '',
      on: {
        Thrown: ({ view }) => {
          seen.push(`${name} ${view.throws}`)
          return QUIET
        },
      },
    })
    runOf({ controllers: bound(watcher('first'), watcher('second')) }).toEnd()
    expect(seen).toEqual(['first 1', 'second 1'])
  })
})

describe('a controller', () => {
  const reacting = (on: Controller<Field>['on']) =>
    runOf({
      controllers: bound({ name: 'c', doc: '', on }),
      initial: [{ at: 0, by: 'referee', event: Thrown({ ball: 'a', height: 1 }) }],
    })
  it('can take back a timer of its own, and set it earlier but not later', () => {
    const { entries, toEnd } = reacting({
      Thrown: () => [
        timer('k', 30, Landed({ ball: 'late' })),
        timer('k', 10, ThrowDue({ ball: 'a' })),
        timer('k', 20, Landed({ ball: 'later' })),
        timer('other', 15, Landed({ ball: 'never' })),
      ],
      ThrowDue: () => [cancel('other'), cancel('nothing')],
    })
    toEnd()
    expect(told(entries)).toEqual(['0 Thrown ← null', '10 ThrowDue ← 0'])
  })
  it('may only emit and await what the catalogue has', () => {
    expect(() => reacting({ Unheard: () => QUIET })).toThrow('c reacts to Unheard')
    expect(() => reacting({ Thrown: () => [emit({ kind: 'Unheard' })] }).toEnd()).toThrow(
      'Unheard is not in the catalogue',
    )
  })
  it('cannot reach into the past', () => {
    expect(() => reacting({ Thrown: () => [after(-1, Landed({ ball: 'a' }))] }).toEnd()).toThrow(
      'Landed is added at -1ms',
    )
  })
})

describe('controllers whose process is gone', () => {
  const turn = ({ kind }: { readonly kind: string }, at: number, name = 'player') => ({
    at,
    by: 'referee',
    event: { kind, controllers: [name], process: name },
  })
  /** Throws again 10 ms after a landing, and says when it starts. */
  const thrower: Controller<Field> = {
    name: 'player',
    doc: '',
    on: {
      Landed: (_, { event }) => [timer(event.ball, 10, ThrowDue({ ball: event.ball }))],
      ThrowDue: (_, { event }) => [emit(Thrown({ ball: event.ball, height: 0 }))],
      ControllersStarted: () => [timer('anew', 5, ThrowDue({ ball: 'anew' }))],
    },
  }
  const landed = (at: number, ball: string) => ({ at, by: 'referee', event: Landed({ ball }) })
  const played = (initial: RunOptions<Field>['initial'], controller: Controller<Field> = thrower) => {
    const { toEnd, entries } = runOf({ controllers: bound(controller), initial })
    toEnd()
    return entries.filter(({ event }) => event.kind === 'ThrowDue').map(({ at, event }) => `${at} ${ballOf({ event })}`)
  }

  it('do not react, and what they had before them does not happen', () => {
    expect(played([landed(0, 'a'), turn(ControllersStopped, 5), landed(6, 'b')])).toEqual([])
  })
  it('start as if they were new, and are told so', () => {
    const story = [landed(0, 'a'), turn(ControllersStopped, 5), turn(ControllersStarted, 20), landed(21, 'c')]
    expect(played(story)).toEqual(['25 anew', '31 c'])
  })
  it('stop before anything else of their instant, but not in the middle of what they do', () => {
    const story = [landed(0, 'a'), turn(ControllersStopped, 10)]
    expect(played(story)).toEqual([])
    // A fact of the same reaction stops it: the other still happens, the wake-up does not.
    const half: Controller<Field> = {
      name: 'player',
      doc: '',
      on: {
        ThrowDue: () => [
          emit(turn(ControllersStopped, 0).event),
          emit(Thrown({ ball: 'done', height: 0 })),
          emit(ThrowDue({ ball: 'never' })),
        ],
      },
    }
    const { toEnd, entries } = runOf({
      controllers: bound(half),
      initial: [{ at: 3, by: 'referee', event: ThrowDue({ ball: 'a' }) }],
    })
    toEnd()
    expect(told(entries)).toEqual(['3 ThrowDue ← null', '3 ControllersStopped ← 0', '3 Thrown ← 0'])
  })
  it('leave others alone', () => {
    expect(played([turn(ControllersStopped, 0, 'other'), landed(1, 'a')])).toEqual(['11 a'])
  })
  it('go on with what they stand in for', () => {
    const standingIn = { ...thrower, standsIn: ['ThrowDue'] }
    const { toEnd, entries } = runOf({
      controllers: bound(standingIn),
      initial: [landed(0, 'a'), turn(ControllersStopped, 5), landed(6, 'b')],
    })
    toEnd()
    expect(told(entries).slice(3)).toEqual(['10 ThrowDue ← 0', '10 Thrown ← 3'])
  })
  it('in a pause wait with what is due, and do it at the end of the pause', () => {
    const story = [
      landed(0, 'a'),
      landed(1, 'b'),
      turn(ControllersPaused, 5),
      landed(6, 'c'),
      turn(ControllersResumed, 30),
    ]
    expect(played(story)).toEqual(['30 a', '30 b', '30 c'])
  })
  it('that stop in a pause forget what has waited', () => {
    const story = [
      landed(0, 'a'),
      turn(ControllersPaused, 5),
      turn(ControllersStopped, 20),
      turn(ControllersStarted, 40),
    ]
    expect(played(story)).toEqual(['45 anew'])
  })
  it('can take back in a pause what waits', () => {
    const fickle: Controller<Field> = {
      ...thrower,
      on: { ...thrower.on, Thrown: (_, { event }) => [cancel(event.ball)] },
    }
    const thrown = { at: 15, by: 'referee', event: Thrown({ ball: 'a', height: 0 }) }
    const story = [landed(0, 'a'), landed(0, 'b'), turn(ControllersPaused, 5), thrown, turn(ControllersResumed, 30)]
    expect(played(story, fickle)).toEqual(['30 b'])
  })
})

describe('the end', () => {
  it('is the horizon if there is one, with everything at it and nothing after it', () => {
    const initial = [10, 20, 21].map((at) => ({ at, by: 'referee', event: Landed({ ball: `${at}` }) }))
    const { toEnd, entries, run } = runOf({ initial, controllers: [], horizon: 20 })
    expect(toEnd()).toEqual({ reason: 'horizon', at: 20, entries: 2 })
    expect(told(entries)).toEqual(['10 Landed ← null', '20 Landed ← null'])
    expect(run.now()).toBe(20)
    expect(run.advance(1)).toEqual({ reason: 'horizon', at: 20, entries: 2 })
  })
  it('is the horizon even if nothing is left to happen', () => {
    expect(runOf({ initial: [], horizon: 99 }).toEnd()).toEqual({ reason: 'horizon', at: 99, entries: 0 })
    expect(runOf({ initial: [] }).toEnd()).toEqual({ reason: 'quiet', at: 0, entries: 0 })
  })
  it('is where the run was stopped', () => {
    const { run } = runOf()
    expect(run.advance(2)).toBeUndefined()
    expect(run.stop()).toEqual({ reason: 'stopped', at: 30, entries: 2 })
    expect(run.stop()).toEqual({ reason: 'stopped', at: 30, entries: 2 })
    expect(run.advance(1)).toEqual({ reason: 'stopped', at: 30, entries: 2 })
    expect(run.pending().length).toBeGreaterThan(0)
  })
  it('is the budget of entries, with what happened most', () => {
    const ticking: Controller<Field> = {
      name: 'clock',
      doc: '',
      on: { ThrowDue: (_, { event }) => [after(1, ThrowDue({ ball: event.ball }))] },
    }
    const initial = [{ at: 0, by: 'referee', event: ThrowDue({ ball: 'a' }) }]
    const { toEnd, entries } = runOf({ controllers: bound(ticking), initial, limits: { entries: 100 } })
    expect(toEnd()).toEqual({ reason: 'budget', at: 99, entries: 100, kinds: ['ThrowDue'] })
    expect(entries).toHaveLength(100)
  })
  it('is a loop within one instant, with the events that go round', () => {
    const looping: Controller<Field> = {
      name: 'loop',
      doc: '',
      on: {
        ThrowDue: (_, { event }) => [emit(Thrown({ ball: event.ball, height: 0 }))],
        Thrown: (_, { event }) => [emit(ThrowDue({ ball: event.ball }))],
      },
    }
    const initial = [{ at: 8, by: 'referee', event: ThrowDue({ ball: 'a' }) }]
    const { toEnd } = runOf({ controllers: bound(looping), initial, limits: { causesInOneInstant: 1_000 } })
    expect(toEnd()).toEqual({ reason: 'loop', at: 8, entries: 1_001, kinds: ['ThrowDue', 'Thrown'] })
  })
  it('is no loop where much happens at one instant without going round', () => {
    const initial = Array.from({ length: 5_000 }, (_, index) => ({
      at: 8,
      by: 'referee',
      event: Landed({ ball: `${index}` }),
    }))
    expect(runOf({ initial, controllers: [], limits: { causesInOneInstant: 10 } }).toEnd().reason).toBe('quiet')
  })
})

describe('an observer', () => {
  const observed = (story: readonly number[], horizon?: number) => {
    const looks: string[] = []
    const initial = story.map((at) => ({ at, by: 'referee', event: Landed({ ball: `${at}` }) }))
    const { toEnd } = runOf({
      initial,
      controllers: [],
      ...(horizon === undefined ? {} : { horizon }),
      observe: (at, last) => {
        looks.push(`${at} after ${last}`)
        return []
      },
    })
    toEnd()
    return looks
  }
  it('looks when an instant is over, and once more when the run is', () => {
    expect(observed([1, 1, 3], 9)).toEqual(['1 after 1', '3 after 2', '9 after 2'])
    expect(observed([1, 1, 3])).toEqual(['1 after 1', '3 after 2', '3 after 2'])
  })
  it('sees what everybody did at the instant, and adds to the log what it saw', () => {
    const { toEnd, entries } = runOf({
      initial: [{ at: 1, by: 'referee', event: Thrown({ ball: 'a', height: 0 }) }],
      controllers: bound(gravity),
      observe: (at, last) =>
        at === 1 && last === 1 ? [{ event: Counted({ entries: last + 1 }), cause: last, by: 'observer' }] : [],
    })
    toEnd()
    expect(told(entries)).toEqual(['1 Thrown ← null', '1 Landed ← 0', '1 Counted ← 1'])
  })
  it('is heard by controllers, whose answer belongs to the same instant', () => {
    const answering: Controller<Field> = { name: 'c', doc: '', on: { Counted: () => [emit(Landed({ ball: 'b' }))] } }
    let asked = 0
    const { toEnd, entries } = runOf({
      initial: [{ at: 1, by: 'referee', event: Thrown({ ball: 'a', height: 0 }) }],
      controllers: bound(answering),
      observe: (_, last) =>
        asked++ === 0 ? [{ event: Counted({ entries: last + 1 }), cause: last, by: 'observer' }] : [],
    })
    expect(toEnd()).toEqual({ reason: 'quiet', at: 1, entries: 3 })
    expect(told(entries)).toEqual(['1 Thrown ← null', '1 Counted ← 0', '1 Landed ← 1'])
  })
})

describe('a snapshot', () => {
  const throwAt = (at: number, ball: string) => ({ at, by: 'referee', event: Thrown({ ball, height: 2 }) })
  const first = [throwAt(0, 'a'), throwAt(3, 'b')]

  const goOn = (snapshot: RunSnapshot<Field>, options: Partial<RunOptions<Field>> = {}) => {
    const from = copyOf(snapshot)
    const model = createField(from.view)
    return runOf({ initial: first, model, from, ...options })
  }

  it('goes on as the run would have, again and again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 800 }), fc.integer(), (at, seed) => {
        const options = { initial: first, draw: createDraw(seed) }
        const undisturbed = runOf(options)
        const end = undisturbed.toEnd()
        const trunk = runOf(options)
        if (trunk.run.advanceTo(at) !== undefined) return
        expect(trunk.entries).toEqual(undisturbed.entries.filter((entry) => entry.at < at))
        const snapshot = trunk.run.snapshot()
        expect(trunk.toEnd()).toEqual(end)
        const rest = undisturbed.entries.slice(snapshot.entries)
        for (let i = 0; i < 2; i++) {
          const again = goOn(snapshot, options)
          expect(again.toEnd()).toEqual(end)
          expect(again.entries).toEqual(rest)
          expect(again.run.slices).toEqual(undisturbed.run.slices)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('lets what the scenario brings later go first at its instant, as if it had been there from the beginning', () => {
    // `a` lands at 30 and is thrown again later; a throw of the referee at 30 was added before the landing.
    const initial = [throwAt(0, 'a'), throwAt(20, 'c')]
    const whole = runOf({ initial })
    whole.toEnd()
    const trunk = runOf({ initial: [throwAt(0, 'a')] })
    trunk.run.advanceTo(20)
    const forked = goOn(trunk.run.snapshot(), { initial })
    forked.toEnd()
    expect(told(forked.entries)).toEqual(told(whole.entries).slice(1))
    expect(told(forked.entries).slice(0, 2)).toEqual(['20 Landed ← 0', '20 Thrown ← null'])
  })

  it('keeps timers and who may cancel them', () => {
    const canceller: Controller<Field> = {
      name: 'canceller',
      doc: 'Sets a timer with the first throw, and stops it with the second.',
      on: {
        Thrown: (_, { event }) => (event.ball === 'a' ? [timer('t', 100, Landed({ ball: 'timer' }))] : [cancel('t')]),
      },
    }
    const options = { controllers: bound(canceller) }
    const trunk = runOf({ ...options, initial: [throwAt(0, 'a')] })
    trunk.run.advanceTo(50)
    const snapshot = trunk.run.snapshot()
    const stopped = goOn(snapshot, { ...options, initial: [throwAt(60, 'b')] })
    expect(stopped.toEnd()).toMatchObject({ at: 60, entries: 2 })
    const left = goOn(snapshot, { ...options, initial: [] })
    expect(left.toEnd()).toMatchObject({ at: 100, entries: 2 })
  })

  it('is of the end of the instant under way', () => {
    const { run, entries } = runOf({ initial: [throwAt(0, 'a'), throwAt(0, 'b'), throwAt(1, 'c')] })
    run.advance(1)
    expect(run.snapshot()).toMatchObject({ at: 0, entries: 2 })
    expect(entries).toHaveLength(2)
  })

  it('has what observers add at the end of its instant', () => {
    const observe = (at: number, last: number) =>
      at === 0 ? [{ event: Counted({ entries: last + 1 }), cause: last, by: 'observer' }] : []
    const { run, entries } = runOf({ initial: [throwAt(0, 'a')], observe })
    expect(run.advanceTo(10)).toBeUndefined()
    expect(run.snapshot()).toMatchObject({ at: 0, entries: 2 })
    expect(told(entries)).toEqual(['0 Thrown ← null', '0 Counted ← 0'])
  })

  it('of the last instant of a run can be gone on from with a later end', () => {
    const whole = runOf({ initial: first, horizon: 200 })
    whole.toEnd()
    const trunk = runOf({ initial: first, horizon: 100 })
    expect(trunk.run.advanceTo(101)).toBeUndefined()
    const longer = goOn(trunk.run.snapshot(), { horizon: 200 })
    longer.toEnd()
    expect([...trunk.entries, ...longer.entries]).toEqual(whole.entries)
  })

  it('is refused where the run is over', () => {
    const { run, toEnd } = runOf()
    toEnd()
    expect(() => run.snapshot()).toThrow(/the run ended at \d+ms: there is nothing to go on from/)
  })

  it('says what went round before it, if the run goes round after it', () => {
    const loop: Controller<Field> = {
      name: 'loop',
      doc: 'Throws whatever lands.',
      on: { Landed: () => [after(1, Landed({ ball: 'a' }))] },
    }
    const options = {
      controllers: bound(loop),
      limits: { entries: 20 },
      initial: [{ at: 0, by: 'referee', event: Landed({ ball: 'a' }) }],
    }
    const end = runOf(options).toEnd()
    expect(end).toMatchObject({ reason: 'budget', kinds: ['Landed'] })
    const trunk = runOf(options)
    trunk.run.advanceTo(19)
    expect(goOn(trunk.run.snapshot(), options).toEnd()).toEqual(end)
  })
})

describe('advanceTo', () => {
  it('gives the end of a run that ends before', () => {
    const { run } = runOf({ horizon: 10 })
    expect(run.advanceTo(50)).toEqual({ reason: 'horizon', at: 10, entries: 1 })
  })
})
