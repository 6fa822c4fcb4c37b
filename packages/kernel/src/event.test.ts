import * as fc from 'fast-check'
import * as E from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { describe, expect, it } from 'vitest'
import { DECIDE, defineEvent, IdType, id, NORMAL, optional } from './event.ts'

const Name = id('Name')
const Moved = defineEvent('Moved', {
  doc: 'It is elsewhere.',
  data: {
    what: Name,
    to: t.string,
    distance: t.number,
    byHand: optional(t.boolean),
    note: optional(t.string),
    stops: optional(t.readonlyArray(t.type({ at: Name, wait: t.number }))),
  },
})

const plain = fc.string({ unit: fc.constantFrom(..."abc-./ ~!#[]{}'") })
const data = fc.record(
  {
    what: plain,
    to: fc.string({ unit: 'binary' }),
    distance: fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((x) => x + 0),
    ),
    byHand: fc.boolean(),
    note: fc.string(),
    stops: fc.array(fc.record({ at: plain, wait: fc.nat() })),
  },
  { requiredKeys: ['what', 'to', 'distance'] },
)

describe('an event definition', () => {
  it('reads back what it writes', () => {
    fc.assert(
      fc.property(data, (written) => {
        const event = Moved(written)
        const line: unknown = JSON.parse(`{"kind":"Moved"${Moved.encodeFields(event)}}`)
        expect(Moved.codec.decode(line)).toEqual(E.right(event))
        expect(Moved.codec.is(event)).toBe(true)
      }),
    )
  })
  it('writes what JSON.stringify writes of the event', () => {
    fc.assert(
      fc.property(data, (written) => {
        const event = Moved(written)
        expect(`{"kind":"Moved"${Moved.encodeFields(event)}}`).toBe(JSON.stringify(event))
      }),
    )
  })
  it('keeps the order of its fields, whatever the order in which they are given', () => {
    const event = Moved({ distance: 3, note: 'n', to: 'there', what: 'it', byHand: true })
    expect(Object.keys(event)).toEqual(['kind', 'what', 'to', 'distance', 'byHand', 'note'])
    const decoded = Moved.codec.decode({ to: 'there', distance: 3, kind: 'Moved', what: 'it' })
    expect(E.isRight(decoded) && Object.keys(decoded.right)).toEqual(['kind', 'what', 'to', 'distance'])
  })
  it('leaves out optional fields that are absent, and never writes null for them', () => {
    const event = Moved({ what: 'it', to: 'there', distance: 0, note: undefined })
    expect(event).toEqual({ kind: 'Moved', what: 'it', to: 'there', distance: 0 })
    expect('note' in event).toBe(false)
    expect(Moved.codec.is({ ...event, note: null })).toBe(false)
  })
  it('drops fields that it does not have', () => {
    expect(Moved.codec.decode({ kind: 'Moved', what: 'it', to: 'x', distance: 1, extra: true })).toEqual(
      E.right({ kind: 'Moved', what: 'it', to: 'x', distance: 1 }),
    )
  })
  it('refuses what misses a field, has one of another type, or is of another kind', () => {
    const right = { kind: 'Moved', what: 'it', to: 'there', distance: 1 }
    const wrong: readonly unknown[] = [
      { ...right, kind: 'Gone' },
      { ...right, to: undefined },
      { ...right, distance: '1' },
      { ...right, what: 'a "quoted" name' },
      { ...right, byHand: 'yes' },
      { ...right, stops: [{ at: 'a' }] },
      null,
      'Moved',
      [right],
    ]
    expect(E.isRight(Moved.codec.decode(right))).toBe(true)
    for (const value of wrong) {
      expect(Moved.codec.is(value)).toBe(false)
      expect(E.isLeft(Moved.codec.decode(value))).toBe(true)
    }
  })
  it('names every field that is wrong', () => {
    const decoded = Moved.codec.decode({ kind: 'Moved', what: 3, distance: 'far', note: 1 })
    const fields = E.isLeft(decoded) ? decoded.left.map(({ context }) => context.at(-1)?.key) : []
    expect(fields).toEqual(['what', 'to', 'distance', 'note'])
  })
  it('has a rank, NORMAL unless it says otherwise', () => {
    expect(Moved.rank).toBe(NORMAL)
    expect(defineEvent('LookDue', { doc: 'Somebody looks.', rank: DECIDE, data: {} }).rank).toBe(DECIDE)
  })
})

it('an identifier is what JSON need not escape', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
      expect(Name.is(text)).toBe(JSON.stringify(text) === `"${text}"` && !text.includes('\x7f'))
    }),
  )
  expect(Name.is('ü')).toBe(false)
  expect(Name).toBeInstanceOf(IdType)
})
