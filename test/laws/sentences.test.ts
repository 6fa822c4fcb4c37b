import { sentenceOf } from '@wavetank/report'
import { eventOf } from '@wavetank/testkit'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { catalogue } from 'wavetank'

const kinds = [...catalogue.keys()]

it('every kind of event has a sentence, and every wake-up is one', () => {
  expect(kinds.filter((kind) => sentenceOf(kind) === undefined)).toEqual([])
  const told = kinds.filter((kind) => kind.endsWith('Due') && sentenceOf(kind)?.weight === 'fact')
  // These do what their name says, where others only look.
  expect(told.sort()).toEqual(['PreemptionDue', 'TaintEvictionDue', 'VolumeProvisioningDue'])
})

it('a sentence leaves nothing open, whatever the event says', () => {
  for (const [kind, definition] of catalogue) {
    fc.assert(
      fc.property(eventOf(definition), (event) => {
        const sentence = sentenceOf(kind)!.say(event as never)
        // Texts of the event itself may say anything; those that it lacks must not show.
        const own = JSON.stringify(event)
        for (const hole of ['undefined', '[object', 'NaN'])
          if (!own.includes(hole)) expect([kind, sentence.includes(hole)]).toEqual([kind, false])
        expect(sentence).not.toBe('')
      }),
      { numRuns: 20 },
    )
  }
})
