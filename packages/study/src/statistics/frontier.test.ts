import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Choice, frontierOf } from './frontier.ts'

const dominates = (a: Choice, b: Choice): boolean =>
  a.cost <= b.cost && a.worth >= b.worth && (a.cost < b.cost || a.worth > b.worth)

describe('the frontier', () => {
  it('is what nothing else beats, from the cheapest on', () => {
    const choices = [
      { cost: 9, worth: 0.999 },
      { cost: 5, worth: 0.98 },
      { cost: 5, worth: 0.99 },
      { cost: 3, worth: 0.9 },
      { cost: 7, worth: 0.99 },
      { cost: 5, worth: 0.99 },
    ]
    expect(frontierOf(choices)).toEqual([3, 2, 5, 0])
  })

  it('leaves out what has no answer', () => {
    expect(
      frontierOf([
        { cost: Number.NaN, worth: 1 },
        { cost: 1, worth: Number.NaN },
        { cost: 2, worth: 0 },
      ]),
    ).toEqual([2])
  })

  it('is exactly the choices that no other dominates', () => {
    const number = fc.integer({ min: 0, max: 6 })
    fc.assert(
      fc.property(fc.array(fc.record({ cost: number, worth: number }), { maxLength: 25 }), (choices) => {
        const expected = choices.flatMap((choice, i) => (choices.some((other) => dominates(other, choice)) ? [] : [i]))
        expect([...frontierOf(choices)].sort((a, b) => a - b)).toEqual(expected)
      }),
    )
  })
})
