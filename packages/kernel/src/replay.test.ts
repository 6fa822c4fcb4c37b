import * as t from 'io-ts'
import { describe, expect, it } from 'vitest'
import { type BoundController, type Model, QUIET } from './controller.ts'
import { defineEvent, type Entry } from './event.ts'
import { replay } from './replay.ts'

const Counted = defineEvent('Counted', { doc: 'One more.', data: { by: t.number } })
const entries: readonly Entry[] = [1, 2, 3, 4].map((by, seq) => ({
  seq,
  at: by * 10,
  cause: null,
  by: 'test',
  event: Counted({ by }),
}))
interface Sum {
  sum: number
}
const createSum = (): Model<Sum> => {
  const view: Sum = { sum: 0 }
  return {
    view,
    apply: ({ event }) => {
      view.sum += (event as unknown as { by: number }).by
    },
  }
}
let reactions = 0
const remembering: BoundController<Sum> = {
  config: { factor: 10 },
  controller: {
    name: 'remembering',
    doc: 'Remembers the sums that it saw.',
    own: {
      initial: ({ factor }) => ({ factor, sums: [] as number[] }),
      apply: { Counted: (own, _entry, view, { factor }) => void own.sums.push(view.sum * factor) },
    },
    on: {
      Counted: () => {
        reactions++
        return QUIET
      },
    },
  },
}
const forgetful: BoundController<Sum> = {
  config: {},
  controller: { name: 'forgetful', doc: 'Has no memory.', on: { Counted: () => QUIET } },
}

describe('replay', () => {
  it('writes the model and the memories, which see the model as it is after the entry', () => {
    const model = createSum()
    const slices = replay(entries, model, [remembering, forgetful])
    expect(model.view).toEqual({ sum: 10 })
    expect(slices).toEqual({ remembering: { factor: 10, sums: [10, 30, 60, 100] } })
  })
  it('lets nobody react', () => {
    reactions = 0
    replay(entries, createSum(), [remembering])
    expect(reactions).toBe(0)
  })
  it('goes to an instant and includes it', () => {
    const sumAt = (until: number) => {
      const model = createSum()
      replay(entries, model, [], until)
      return model.view.sum
    }
    expect([9, 10, 29, 30, 1_000].map(sumAt)).toEqual([0, 1, 3, 6, 10])
  })
  it('reads no entry that lies behind the instant it goes to but one', () => {
    let read = 0
    const counting = (function* () {
      for (const entry of entries) {
        read++
        yield entry
      }
    })()
    replay(counting, createSum(), [], 20)
    expect(read).toBe(3)
  })
})
