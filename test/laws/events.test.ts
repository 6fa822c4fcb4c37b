import { eventOf, survivesTheLog } from '@wavetank/testkit'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { catalogue } from 'wavetank'

it.each([...catalogue.values()].map((definition) => [definition.kind, definition] as const))(
  '%s survives the log',
  (_, definition) => {
    fc.assert(
      fc.property(eventOf(definition), (event) => survivesTheLog(definition, event)),
      { numRuns: 30 },
    )
  },
)

it('an event that lacks a field, or has one of another type, is no event', () => {
  for (const definition of catalogue.values()) {
    const [sample] = fc.sample(eventOf(definition), { numRuns: 1, seed: 1 })
    for (const [name, field] of Object.entries(definition.fields)) {
      const without = { ...sample!, [name]: undefined }
      expect([definition.kind, name, definition.codec.is(without)]).toEqual([
        definition.kind,
        name,
        'optional' in field,
      ])
      // A symbol is no value of any codec but `unknown`, and JSON has none.
      const wrong = { ...sample!, [name]: Symbol('wrong') }
      expect([definition.kind, name, definition.codec.is(wrong)]).toEqual([definition.kind, name, false])
    }
  }
})
